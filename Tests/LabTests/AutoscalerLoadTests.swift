import HTTPMessages
import JSONTree
import Manifests
import Testing

@testable import Lab

/// Autoscalers that follow what the mesh's users ask for.
struct AutoscalerLoadTests {
    /// 50 requests a second, of which a pod of v1 can bear `capacity`.
    private static func world(_ capacity: Double, seed: UInt64 = 1) throws -> LabState {
        var tree = DemoWorld.tree
        tree.set(.number(capacity), at: "versions", "v1", "capacityPerPod")
        tree.set(.integer(Int(seed)), at: "seed")
        tree.set("1m", at: "warmUp")
        return try LabWorldFile(tree).begin(date: 1_767_614_400_000)
    }

    private static func size(_ state: LabState, _ name: String = "demo-app-v1") -> Int {
        let reference = ObjectReference(.deployment, namespace: "demo", name: name)
        return state.cluster.object(reference)?.spec["replicas"]?.whole ?? 0
    }

    private static func load(_ perSecond: Double) -> @Sendable (inout LabState) -> Void {
        { _ = $0.mesh.turn("load", ["perSecond": .number(perSecond)]) }
    }

    /// Eighty of a hundred is the goal, as in the demo's autoscaler; between 3 and 10 pods.
    @Test(
        arguments: [
            (100, 3), (20.8, 3), (17.5, 4), (12.5, 5), (10, 7), (7, 9), (2, 10),
        ] as [(Double, Int)])
    func asManyPodsAsTheLoadNeeds(_ capacity: Double, _ pods: Int) throws {
        let state = try Self.world(capacity)
        #expect(Self.size(state) == pods)
        let scaler = state.cluster.objects(.autoscaler)[0]
        let percent = Int((5000 / Double(pods) / capacity).rounded())
        let seen = scaler.status["currentMetrics"]?.items?.first?.at("resource", "current")
        #expect(seen?["averageUtilization"]?.whole == percent)
        #expect(seen?["averageValue"]?.text == "\(percent * 10)m")
    }

    @Test func withoutACapacityNobodyKnowsTheLoad() throws {
        let state = ClusterHand.demo
        #expect(Self.size(state) == 3)
        #expect(state.cluster.objects(.autoscaler)[0].status["currentMetrics"] == .null)
    }

    /// Up at once; down only when fewer were enough for as long as the pace says.
    @Test func itFollowsTheLoadUpAndDown() throws {
        let hand = ClusterHand(try Self.world(10))
        try hand.run { hand in
            hand.world.reach(Self.load(75))
            try await hand.clock.sleep(for: .seconds(1))
            #expect(Self.size(hand.world.snapshot()) == 7)
            try await hand.clock.sleep(for: .seconds(8))
            #expect(Self.size(hand.world.snapshot()) == 10)
            hand.world.reach(Self.load(20))
            try await hand.clock.sleep(for: .seconds(30))
            #expect(Self.size(hand.world.snapshot()) == 10)
            try await hand.clock.sleep(for: .seconds(5))
            #expect(Self.size(hand.world.snapshot()) == 3)
        }
    }

    /// What a pod cannot bear fails, until there are pods enough.
    @Test func usersFailUntilThereArePodsEnough() throws {
        let hand = ClusterHand(try Self.world(10))
        try hand.run { hand in
            hand.world.reach(Self.load(76))
            let start = hand.world.now
            try await hand.clock.sleep(for: .seconds(20))
            let mesh = hand.world.snapshot().mesh
            #expect(mesh.errors(of: "v1", from: start, to: start + .seconds(2)) > 5)
            #expect(mesh.errors(of: "v1", from: start + .seconds(10)) == 0)
        }
    }

    @Test func eachVersionHasItsOwnLoad() throws {
        let hand = ClusterHand(try Self.world(10))
        try hand.run { hand in
            hand.world.reach {
                _ = $0.mesh.turn("versions", ["v2": ["capacityPerPod": 10]])
            }
            _ = try await hand.ask(
                "POST", ClusterHand.deployments, DemoWorld.deployment(version: "v2"))
            _ = try await hand.ask("POST", ClusterHand.scalers, DemoWorld.autoscaler(version: "v2"))
            let rule: JSONTree = [
                "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
                "metadata": ["name": "demo-app"],
                "spec": [
                    "host": "demo-app",
                    "subsets": [
                        ["name": "v1", "labels": ["version": "v1"]],
                        ["name": "v2", "labels": ["version": "v2"]],
                    ],
                ],
            ]
            _ = try await hand.ask("POST", ClusterHand.rules, rule)
            for (one, two, sizes) in [(100, 0, [7, 3]), (20, 80, [3, 5])] {
                let route: JSONTree = [
                    [
                        "name": "primary",
                        "route": .array(
                            [("v1", one), ("v2", two)].map {
                                [
                                    "destination": ["host": "demo-app", "subset": .string($0)],
                                    "weight": .integer($1),
                                ]
                            }),
                    ]
                ]
                _ = try await hand.ask(
                    "PATCH", ClusterHand.routes + "/demo-app", ["spec": ["http": route]],
                    type: "merge-patch+json")
                try await hand.clock.sleep(for: .seconds(90))
                let state = hand.world.snapshot()
                #expect([Self.size(state), Self.size(state, "demo-app-v2")] == sizes)
            }
        }
    }

    /// Nothing but the load changes, and a watch hears of what comes of it at its time.
    @Test func aWatchIsToldInTime() throws {
        let hand = ClusterHand(try Self.world(10))
        let heard = try hand.run { hand in
            let version = hand.world.snapshot().cluster.revision
            var request = HTTPRequest(
                "GET",
                LabWorld.server + ClusterHand.deployments
                    + "?watch=true&resourceVersion=\(version)")
            request.streams = true
            guard case .chunks(let chunks) = try await hand.world.send(request).body else {
                return Duration?.none
            }
            let start = hand.clock.now
            return try await withThrowingTaskGroup(of: Duration?.self) { group in
                group.addTask {
                    _ = try await chunks.next()
                    return hand.clock.now - start
                }
                group.addTask {
                    try await hand.clock.sleep(for: .seconds(5))
                    hand.world.reach(Self.load(75))
                    return nil
                }
                var heard: Duration?
                for try await time in group { heard = time ?? heard }
                return heard
            }
        }
        #expect((heard ?? .zero) > .seconds(6))
        #expect((heard ?? .zero) < .seconds(8))
    }

    /// A world goes on by itself: it is the same however often somebody looks.
    @Test(arguments: UInt64(1)...100) func lookingChangesNothing(seed: UInt64) throws {
        var dice = SeededGenerator(seed: seed)
        var schedule: [JSONTree] = []
        var at = 60.0
        for _ in 0..<4 {
            at += 15 * dice.fraction()
            schedule.append(["at": .number(at), "perSecond": .number(100 * dice.fraction())])
        }
        var tree = DemoWorld.tree
        var users = tree["users"]?.items?.first ?? [:]
        users["schedule"] = .array(schedule)
        tree["users"] = .array([users])
        tree.set(.number(Double(5 + seed % 10)), at: "versions", "v1", "capacityPerPod")
        tree.set(.integer(Int(seed)), at: "seed")
        tree.set("1m", at: "warmUp")
        let state = try LabWorldFile(tree).begin(date: 1_767_614_400_000)
        func history(lookingEvery pause: Duration) throws -> [StoredVersion] {
            let hand = ClusterHand(state)
            try hand.run { hand in
                let end = hand.clock.now + .seconds(90)
                while hand.clock.now < end {
                    try await hand.clock.sleep(for: pause)
                    _ = hand.world.snapshot()
                }
            }
            return hand.world.history()
        }
        let often = try history(lookingEvery: .milliseconds(250))
        #expect(often.count > state.cluster.history.count)
        #expect(try history(lookingEvery: .seconds(90)) == often)
    }
}

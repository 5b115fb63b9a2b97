import CanaryEngine
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing

@testable import IstioRoutes

/// What users of the demo's service see while its routes move.
struct RouterMeshTests {
    static let scope = RouteScope(
        namespace: "demo", service: "demo-app", stableVersion: "v1", candidateVersion: "v2",
        dark: [["headers": ["x-tester": ["exact": "yes"]]]], run: "r1")

    struct Demo: Sendable {
        let turnable = TurnableWorld()
        let clock: LabClock
        let lab: LabWorld
        let router: IstioRouter
        let client: KubernetesClient

        init() throws {
            clock = LabClock(turnable)
            lab = LabWorld(try DemoWorld.file.begin(date: clock.epoch), time: clock)
            client = KubernetesClient(server: LabWorld.server, transport: lab, time: clock)
            router = IstioRouter(
                scope: RouterMeshTests.scope,
                writer: SealedWriter(
                    client: client, time: clock,
                    seal: { WriteSeal(run: "r1", epoch: 1, head: "1:a") }))
        }

        func settle() async throws { try await clock.sleep(for: .seconds(10)) }

        func leaks() -> Double {
            lab.snapshot().mesh.leaks(to: "v2").reduce(0) { $0 + $1.requests }
        }

        func lost() -> Double { lab.snapshot().mesh.lost() }

        /// The candidate's part of users' requests from now on.
        func share(over seconds: Int) async throws -> Double {
            let begin = lab.snapshot().now
            try await clock.sleep(for: .seconds(seconds))
            let mesh = lab.snapshot().mesh
            let candidate = mesh.requests(to: "v2", from: begin)
            return candidate / (candidate + mesh.requests(to: "v1", from: begin))
        }

        func startCandidate(pinned: Bool = true) async throws {
            if pinned {
                try await router.claim()
                try await router.ensureStableSubset()
                try await settle()
                try await router.pin()
                try await settle()
            }
            _ = try await client.create(
                KubernetesObject(DemoWorld.deployment(version: "v2")), as: .deployment)
            try await clock.sleep(for: .seconds(60))
            guard pinned else { return }
            try await router.addCandidateSubset()
            try await settle()
            try await router.addDarkRoute()
            try await clock.sleep(for: .seconds(60))
        }

        func stopCandidate() async throws {
            try await router.removeDarkRoute()
            try await settle()
            let candidate = ObjectReference(
                .deployment, namespace: "demo", name: "demo-app-v2")
            if let object = try await client.get(candidate) {
                try await client.delete(object, as: .deployment)
            }
            try await clock.sleep(for: .seconds(60))
        }
    }

    /// Pods of a candidate stand in the dark for two minutes, and no user meets one; on the way
    /// there, through every weight and back nobody's request is lost.
    @Test func darkIsDark() throws {
        let demo = try Demo()
        try demo.turnable.run(atMost: .seconds(86_400)) {
            let backup = try await demo.router.backUp()
            try await demo.startCandidate()
            #expect(demo.leaks() == 0)
            for (weight, before) in [(1, 0), (50, 1), (100, 50)] {
                try await demo.router.shift(to: percent(weight), expecting: percent(before))
                try await demo.settle()
                let share = try await demo.share(over: 300)
                #expect(abs(share - Double(weight) / 100) < 0.01)
            }
            _ = try await demo.router.sendHome(share: .none)
            try await demo.settle()
            #expect(try await demo.share(over: 60) == 0)
            try await demo.stopCandidate()
            try await demo.router.removeCandidateSubset()
            try await demo.router.unpin(backup: backup)
            try await demo.settle()
            try await demo.router.tidyHome()
            try await demo.clock.sleep(for: .seconds(60))
            #expect(try await demo.router.verifyHome(backup: backup) == [])
            #expect(demo.lost() == 0)
        }
    }

    /// Without the pins the same pods do meet users: what the test above rests on.
    @Test func lightWithoutPins() throws {
        let demo = try Demo()
        try demo.turnable.run(atMost: .seconds(86_400)) {
            try await demo.startCandidate(pinned: false)
            #expect(demo.leaks() > 100)
        }
    }

    /// Promotion: the old version's destination, pods and subset go, and nobody notices.
    @Test func promotesUnnoticed() throws {
        let demo = try Demo()
        try demo.turnable.run(atMost: .seconds(86_400)) {
            try await demo.startCandidate()
            try await demo.router.shift(to: .all, expecting: .none)
            try await demo.settle()
            try await demo.router.removeDarkRoute()
            try await demo.router.dropStable()
            try await demo.settle()
            let old = ObjectReference(.deployment, namespace: "demo", name: "demo-app-v1")
            let object = try #require(try await demo.client.get(old))
            try await demo.client.delete(object, as: .deployment)
            try await demo.settle()
            try await demo.router.removeStableSubset()
            try await demo.router.tidy()
            #expect(try await demo.share(over: 120) == 1)
            #expect(demo.lost() == 0)
        }
    }

    /// A first release: users find nobody until it is given to them, and then all of it.
    @Test func releasesForTheFirstTime() throws {
        let waters = try RouterWaters("{}")
        let shares = try waters.play {
            let router = waters.router(RouteScope.reviews.firstRelease())
            var shares: [Int] = []
            let legs: [RouterLeg] = [
                .stableSubset, .pin, .candidateSubset, .dark, .shift(100, from: 0),
            ]
            for leg in legs + RouterLeg.closing {
                try await leg.sail(router, backup: [])
                shares.append(try await router.currentShare().percent)
            }
            return shares
        }
        #expect(shares == [0, 0, 0, 0, 100, 100, 100, 100, 0])
        let route = try #require(waters.routes?.spec["http"]?.items?.first)
        #expect(
            route["route"]
                == (try tree("[{destination: {host: reviews, subset: v2}}]")))
    }
}

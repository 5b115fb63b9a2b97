import CanaryEngine
import HTTPMessages
import JSONTree
import Lab
import Testing

@testable import TestHooks

/// Over the Lab's gateway, in virtual time.
@Suite struct LabTests {
    private static let weights: [JSONTree] = [
        ["destination": ["host": "demo-app", "subset": "stable"], "weight": 60],
        ["destination": ["host": "demo-app", "subset": "candidate"], "weight": 40],
    ]

    private static let dark: JSONTree = [
        "name": "dark",
        "match": [["headers": ["cookie": ["regex": "^(.*;\\s*)?user=jason(;.*)?$"]]]],
        "headers": ["response": ["set": ["theseus-run": "r-1"]]],
        "route": [["destination": ["host": "demo-app", "subset": "candidate"]]],
    ]

    private static func routes(_ http: [JSONTree]) -> JSONTree {
        [
            "gateways": ["demo-gateway", "mesh"], "hosts": ["demo-app", "demo.example.test"],
            "http": .array(http),
        ]
    }

    private static func object(_ kind: String, _ spec: JSONTree) -> JSONTree {
        [
            "apiVersion": "networking.istio.io/v1", "kind": .string(kind),
            "metadata": ["name": "demo-app", "namespace": "demo"], "spec": spec,
        ]
    }

    /// The demo's world with both versions, and these routes.
    private static func tell<Value: Sendable>(
        candidate: String = "v2", _ http: [JSONTree],
        _ story: @escaping @Sendable (LabWorld, LabClock, TestContext) async throws -> Value
    ) throws -> Value {
        let turnable = TurnableWorld()
        let time = LabClock(turnable)
        var tree = DemoWorld.tree
        let subsets = [("stable", "v1"), ("candidate", candidate)].map { name, version in
            ["name": .string(name), "labels": ["version": .string(version)]] as JSONTree
        }
        tree["objects"] = .array(
            DemoWorld.objects.filter { $0["kind"]?.text != "VirtualService" } + [
                DemoWorld.deployment(version: candidate),
                object("DestinationRule", ["host": "demo-app", "subsets": .array(subsets)]),
                object("VirtualService", routes(http)),
            ])
        tree["warmUp"] = "60s"
        let world = LabWorld(try LabWorldFile(tree).begin(date: time.date), time: time)
        let context = TestContext(
            run: "r-1", idempotencyKey: "k", namespace: "demo", service: "demo-app",
            stable: "v1", candidate: candidate, weight: .least, phase: "test",
            gateway: GatewayAddress(
                url: "http://\(LabWorld.gateway)", host: "demo.example.test"),
            dark: try DarkExample.derive(from: dark["match"] ?? []))
        return try turnable.run {
            try await time.sleep(for: .seconds(70))
            return try await story(world, time, context)
        }
    }

    private static func run(
        _ load: TestSpec.Load, _ world: LabWorld, _ time: LabClock, _ context: TestContext
    ) async -> TestReport {
        await TestRunner(transport: world, spawner: ToldSpawner(), time: time)
            .run(TestSpec("load", .http(load)), call: TestCall("load"), context: context)
    }

    @Test func aDarkTestMeetsTheCandidateAlone() throws {
        let report = try Self.tell([Self.dark, ["route": .array(Self.weights)]]) {
            await Self.run(
                .init("/reviews", requests: 200, concurrency: 4, dark: true), $0, $1, $2)
        }
        #expect(report.passed, "\(report.sentence)")
        #expect(
            report.traffic
                == .counted(candidate: 200, candidateErrors: 0, stable: 0, stableErrors: 0))
        #expect(report.measures.map(\.name) == ["p50", "p90", "p99", "throughput", "errors"])
        let median = try #require(report.measures.first).value
        #expect((15.0..<30.0).contains(median), "v2's median is 18 ms, and the way takes 2")
    }

    @Test func aHeaderTellsWhoAnswered() throws {
        let report = try Self.tell([["route": .array(Self.weights)]]) {
            await Self.run(
                .init("/", requests: 500, concurrency: 8, versionHeader: "x-lab-version"),
                $0, $1, $2)
        }
        guard case .counted(let candidate, _, let stable, _) = report.traffic else {
            Issue.record("\(report.traffic)")
            return
        }
        #expect(candidate + stable == 500)
        #expect((150...250).contains(candidate), "\(candidate) of 500 at a weight of 40")
    }

    @Test func aBadCandidateFailsTheTest() throws {
        let report = try Self.tell(candidate: "v3", [Self.dark, ["route": .array(Self.weights)]]) {
            await Self.run(.init("/", requests: 400, dark: true, maxErrors: 4), $0, $1, $2)
        }
        #expect(!report.passed)
        guard case .counted(400, let errors, 0, 0) = report.traffic else {
            Issue.record("\(report.traffic)")
            return
        }
        #expect((5...40).contains(errors), "v3 fails in 5 of 100")
    }

    @Test func reachIsReachedOnceTheRouteIsThere() throws {
        let home: JSONTree = ["route": [["destination": ["host": "demo-app", "subset": "stable"]]]]
        let (finding, took) = try Self.tell([home]) { world, time, context in
            let began = time.now
            return try await withThrowingTaskGroup(of: Reach.Finding?.self) { group in
                group.addTask {
                    try await Reach(transport: world, time: time).reach(
                        context, every: .seconds(1), deadline: .seconds(60))
                }
                group.addTask {
                    try await time.sleep(for: .seconds(10))
                    let answer = try await world.send(
                        HTTPRequest(
                            "PATCH",
                            LabWorld.server + "/apis/networking.istio.io/v1/namespaces/demo"
                                + "/virtualservices/demo-app",
                            headers: ["Content-Type": "application/merge-patch+json"],
                            body: .tree(["spec": Self.routes([Self.dark, home])])))
                    #expect(answer.status == 200)
                    return nil
                }
                var finding: Reach.Finding?
                for try await one in group { finding = one ?? finding }
                return (finding, time.now - began)
            }
        }
        #expect(finding?.reached == true, "\(finding?.sentence ?? "")")
        #expect(took > .seconds(10) && took < .seconds(30))
    }

    @Test func aLeakIsNotReached() throws {
        let finding = try Self.tell([Self.dark, ["route": .array(Self.weights)]]) {
            world, time, context in
            var context = context
            context.run = "r-2"
            return try await Reach(transport: world, time: time).reach(
                context, every: .seconds(1), deadline: .seconds(20))
        }
        #expect(!finding.reached)
        #expect(
            finding.sentence
                == "last seen: a matched request was answered by another run's candidate (r-1)")
    }
}

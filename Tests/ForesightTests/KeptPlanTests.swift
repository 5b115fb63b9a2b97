import CanaryEngine
import FlowFiles
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Rehearsal
import Testing
import Voyage

@testable import Foresight

/// A plan that was kept, beside a world that goes on.
@Suite struct KeptPlanTests {
    private static let routes = ObjectReference(
        .virtualService, namespace: "demo", name: "demo-app")
    private static let stable = ObjectReference(.deployment, namespace: "demo", name: "demo-app-v1")
    private static let scaler = ObjectReference(.autoscaler, namespace: "demo", name: "demo-app-v1")

    /// What somebody does to the world, and what the plan says of it.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let said: [String]
        let work: @Sendable (inout LabState) -> Void
    }

    static let changes = [
        Change(testDescription: "nothing", said: []) { _ in },
        Change(testDescription: "a timeout in the routes", said: ["virtualservices demo/demo-app"])
        {
            $0.cluster.edit(routes, by: "mia") { object in
                object.spec = Self.withTimeout(object.spec)
            }
        },
        Change(testDescription: "another image of stable", said: ["deployments demo/demo-app-v1"]) {
            $0.cluster.edit(stable, by: "mia") {
                $0.tree.set("x", at: "spec", "template", "metadata", "annotations", "x")
            }
        },
        Change(testDescription: "more load, and so more pods", said: []) {
            $0.cluster.setDemand(5, namespace: "demo", deployment: "demo-app-v1")
            $0.advance(to: $0.now + .seconds(30))
        },
        Change(
            testDescription: "another bound of the autoscaler",
            said: ["horizontalpodautoscalers demo/demo-app-v1"]
        ) {
            $0.cluster.edit(scaler, by: "mia") { $0.tree.set(9, at: "spec", "maxReplicas") }
        },
        Change(testDescription: "an annotation of a tool", said: []) {
            $0.cluster.edit(stable, by: "mia") { $0.annotate("example.test/seen", "today") }
        },
        Change(testDescription: "the candidate is there", said: ["deployments demo/demo-app-v2"]) {
            guard var object = $0.cluster.object(stable) else { return }
            object.tree.set("demo-app-v2", at: "metadata", "name")
            $0.cluster.put(object, as: .deployment, by: "mia")
        },
        Change(testDescription: "stable is gone", said: ["deployments demo/demo-app-v1 (gone)"]) {
            $0.cluster.remove(stable, by: "mia")
        },
    ]

    private static func withTimeout(_ spec: JSONTree) -> JSONTree {
        var spec = spec
        spec["http"] = .array(
            (spec["http"]?.items ?? []).map { route in
                var route = route
                route["timeout"] = "3s"
                return route
            })
        return spec
    }

    @Test(arguments: changes) func namesWhatChanged(_ change: Change) throws {
        let both = try PlannedAndDone(try #require(Repertoire.scenario("good")))
        let file = try PlanFile(tree: Self.tree(try both.planned().plan), place: "plan.json")
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        var state = try DemoWorld.file.begin(date: clock.date)
        change.work(&state)
        let client = KubernetesClient(
            server: LabWorld.server, token: "lab", transport: LabWorld(state, time: clock),
            time: clock)
        let said = try turnable.run { try await file.changedObjects(in: client) }
        #expect(said == change.said)
    }

    static func tree(_ plan: DeliveryPlan) -> JSONTree {
        let steps = plan.charter.flow.plan.steps.indices.map { "step \($0 + 1)" }
        return plan.tree(version: "1", workingDirectory: "/work", names: steps, tests: [])
    }

    // MARK: Files

    @Test func namesTheFileThatChanged() throws {
        let both = try PlannedAndDone(try #require(Repertoire.scenario("good")))
        let plan = try both.planned().plan
        let file = try PlanFile(tree: Self.tree(plan), place: "plan.json")
        let kept = plan.charter.source.files
        func changed(_ texts: [String: String]) throws -> [String] {
            try file.changedFiles(
                readFile: { path in
                    guard let text = texts[path] else { throw Missing() }
                    return Array(text.utf8)
                }, programs: { texts[$0] != nil ? .runs : .missing })
        }
        let texts = Dictionary(
            uniqueKeysWithValues: kept.map {
                ("/rehearsal/\($0.path)", String(decoding: $0.bytes, as: UTF8.self))
            })
        #expect(try changed(texts) == [])
        #expect(try changed([:]) == [], "on another machine the plan's own copy counts")
        var other = texts
        other["/rehearsal/manifest.yaml"]? += "\n# seen\n"
        #expect(try changed(other) == ["file manifest.yaml"])
        other = texts
        other["/rehearsal/flow.yaml"]? += "\n# seen\n"
        #expect(try changed(other) == ["file flow.yaml"])
    }

    private struct Missing: Error {}

    // MARK: Itself

    @Test func isOfOneBinaryAndOneCluster() throws {
        let both = try PlannedAndDone(try #require(Repertoire.scenario("good")))
        let file = try PlanFile(tree: Self.tree(try both.planned().plan), place: "plan.json")
        #expect(throws: Never.self) {
            try file.check(version: "1", server: LabWorld.server, place: "plan.json")
        }
        let version = #expect(throws: ForesightError.self) {
            try file.check(version: "2", server: LabWorld.server, place: "plan.json")
        }
        #expect(
            version?.description == """
                plan: it was made by theseus 1, and this is 2
                  where: plan.json
                  do:    look at what `theseus plan` says now, and keep it with --out
                """)
        let cluster = #expect(throws: ForesightError.self) {
            try file.check(version: "1", server: "https://other.test", place: "plan.json")
        }
        #expect(
            cluster?.description == """
                plan: it was made for \(LabWorld.server)
                  where: https://other.test
                  do:    give --cluster or --kubeconfig the one that it was made for
                """)
    }

    @Test(arguments: [
        ("{}", "it is no Plan"), (#"{"kind": "Plan"}"#, "its apiVersion is another"),
        (#"{"kind": "Plan", "apiVersion": "theseus.dev/v1"}"#, "parts of it are missing"),
    ])
    func isNotJustAnyFile(_ text: String, _ why: String) throws {
        let tree = try JSONReader.tree(of: Array(text.utf8))
        let error = #expect(throws: ForesightError.self) {
            _ = try PlanFile(tree: tree, place: "x.json")
        }
        #expect(error?.code == .noPlan(why))
    }

    /// What a new survey finds otherwise is named too.
    @Test func theSameCharterHasNoChanges() throws {
        let both = try PlannedAndDone(try #require(Repertoire.scenario("good")))
        let plan = try both.planned().plan
        let file = try PlanFile(tree: Self.tree(plan), place: "plan.json")
        #expect(file.changes(in: plan.charter) == [])
        #expect(file.charter.tree == plan.charter.tree)
    }
}

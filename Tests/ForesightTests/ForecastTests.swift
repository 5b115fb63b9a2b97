import CanaryEngine
import FlowFiles
import JSONTree
import Lab
import Rehearsal
import Testing
import Voyage

@testable import Foresight

@Suite struct ForecastTests {
    private static func scenario(_ name: String) throws -> Scenario {
        try #require(Repertoire.scenario(name))
    }

    /// Refused as a deploy refuses, in its words, and nothing is written.
    @Test func refusesAsDeployDoes() throws {
        let scenario = try Self.scenario("good").with {
            $0.manifest = $0.manifest.replacing("name: demo-app-v2", with: "name: demo-app-v1")
        }
        let both = try PlannedAndDone(scenario)
        var said: [String] = []
        do { _ = try both.planned() } catch { said.append("\(error)") }
        do { _ = try both.done() } catch { said.append("\(error)") }
        #expect(said.count == 2)
        #expect(said.first == said.last)
        #expect(said.first?.hasPrefix("workload") == true, "\(said)")
    }

    /// A candidate that cannot come up even in the lab has no good day.
    @Test func aFlowWithoutAGoodDayHasNoPlan() throws {
        let both = try PlannedAndDone(try Self.scenario("never-ready"))
        let error = #expect(throws: ForesightError.self) { _ = try both.planned() }
        guard case .badDay(let why)? = error?.code else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(why.contains("ready"), "\(why)")
    }

    /// The times stand in their order, and the calls of a good day are about those of a real one.
    @Test func timesAndCallsAreNearTheTruth() throws {
        let both = try PlannedAndDone(try Self.scenario("good-in-cluster"))
        let plan = try both.planned().plan
        let day = try both.done()
        #expect(plan.earliest <= day.lasted)
        #expect(day.lasted <= plan.latest)
        #expect(plan.wayHome > .zero)
        #expect(plan.day.bookkeeping > 0)
        let share = Double(plan.day.calls) / Double(day.calls)
        #expect((0.6...1.1).contains(share), "\(plan.day.calls) planned, \(day.calls) made")
    }

    /// What a Secret says stands nowhere in a plan, but in the manifest that the person gave.
    @Test func secretsStayUnsaid() throws {
        let secret: JSONTree = [
            "apiVersion": "v1", "kind": "Secret",
            "metadata": ["name": "token", "namespace": "demo"],
            "data": ["token": "cGxhbnRlZC10b2tlbg=="],
        ]
        let scenario = try Self.scenario("good").with {
            $0.world.objects.append(secret)
            $0.manifest += "\n          envFrom: [{secretRef: {name: token}}]"
            $0.flow = $0.flow.replacing("spec:\n", with: "spec:\n  fingerprintSecrets: true\n")
        }
        let plan = try PlannedAndDone(scenario).planned().plan
        let text = JSONWriter.text(of: KeptPlanTests.tree(plan))
        #expect(text.contains("secretRef"))
        #expect(!text.contains("cGxhbnRlZC10b2tlbg"))
        #expect(plan.footing.contains { $0.path.hasSuffix("/secrets/token") })
    }

    /// Whatever the run looks at by name was looked up in the cluster, or was found not to be there.
    @Test func everythingThatTheRunLooksAtWasLookedUp() throws {
        let plan = try PlannedAndDone(try Self.scenario("whole-way")).planned().plan
        let named = Footing.lookedFor(plan.day.looks).filter { APIPath($0)?.name != nil }
        #expect(named.count >= 4)
        #expect(named.allSatisfy { path in plan.footing.contains { $0.path == path } })
        let absent = plan.footing.filter { $0.digest == nil }.map(\.name)
        #expect(absent.contains("deployments demo/demo-app-v2"))
    }
}

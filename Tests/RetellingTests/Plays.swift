import CanaryEngine
import Chronicle
import FlowFiles
import Lab
import Rehearsal
import Testing
import Voyage

@testable import Retelling

/// A run of the Lab, and what is told of it.
struct Play {
    let charter: RunCharter
    let facts: [LoggedFact]

    init(_ scenario: Scenario, _ mishap: Mishap = .none) throws {
        let bill = try Stage(scenario).play(mishap)
        #expect(bill.complaints(scenario) == [], "\(scenario.name)")
        facts = bill.facts
        charter = RunCharter(
            run: "r1", cluster: "https://lab.example.test", source: scenario.source,
            flow: try FlowReader.read(scenario.source),
            stable: .init(deployment: "demo-app-v1", label: "v1"),
            candidate: .init(deployment: "demo-app-\(scenario.version)", label: scenario.version),
            routes: [], warnings: ["the gateway <retries> & asks again"],
            removal: scenario.removal.map { .init(isForced: $0 == .forced) })
    }

    /// The account of its first facts; nil: of all.
    func account(_ count: Int? = nil) throws -> RunAccount {
        try #require(RunAccount(charter, Array(facts.prefix(count ?? facts.count))))
    }

    // MARK: Stories

    static let flow = DemoFlow.text(
        smoke: """
            {command: [./smoke], env: [API_TOKEN], results: {junit: results.xml}, timeout: 1m, \
            requests: none}
            """,
        steps: """
                - backup
                - deploy: {deadline: 2m}
                - route
                - test: smoke
                - weight: 10
                - test: {performance: {baseline: record}}
                - bake: {for: 30s, maxFor: 4m, gates: [errors], tests: [smoke]}
                - weight: 100
                - retire
            """)

    static let good = scenario("good", ends: .promoted)
    static let bad = scenario("bad", version: "v3", ends: .rolledBack)
    /// The test prints a secret, and what no XML may hold.
    static let failing = scenario("failing", ends: .rolledBack).with { story in
        story.commands = { _, _ in
            .brings(
                """
                <testsuites><testsuite name="shop">
                <testcase classname="cart" name="pays &lt;once&gt;"/>
                <testcase classname="cart" name="signs in">
                <failure message="401 for token rehearsal&#7; &amp; &quot;mia&quot;"/></testcase>
                <testcase classname="cart" name="ships"><skipped message="no depot"/></testcase>
                </testsuite></testsuites>
                """, code: 1)
        }
    }

    private static func scenario(_ name: String, version: String = "v2", ends: Scenario.End)
        -> Scenario
    {
        Scenario(
            name, flow: flow, version: version,
            commands: { _, _ in
                .brings("<testsuite><testcase name=\"pays\"/></testsuite>", code: 0)
            }, ends: ends
        ).with { $0.variables = ["API_TOKEN"] }
    }

    /// Its process dies in the bake, and another one goes on.
    static func resumed() throws -> Play {
        let whole = try Play(good)
        let bake = try #require(whole.charter.flow.plan.steps.firstIndex { $0.name == "bake" })
        let began = try #require(
            whole.facts.first { fact in
                if case .stepBegun(let id) = fact.fact { id.step == bake } else { false }
            })
        var mishap = Mishap()
        mishap.kills = [.milliseconds(began.date - LabClock.defaultEpoch + 10_000)]
        let play = try Play(good, mishap)
        #expect(play.takeover != nil)
        return play
    }

    /// How many facts there were when another process took the run.
    var takeover: Int? {
        facts.firstIndex {
            if case .held(let holding) = $0.fact { holding.epoch > 1 } else { false }
        }
    }
}

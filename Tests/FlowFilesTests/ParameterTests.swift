import CanaryEngine
import Foundation
import MetricsGate
import TestHooks
import Testing

@testable import FlowFiles

/// Parameters, templates, and the flows that come with the product.
@Suite struct ParameterTests {
    static let templated = """
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: reviews}
        spec:
          template: canary
          parameters: {smoke: ./tests/smoke.sh}
          target: {namespace: bookinfo, service: reviews, manifest: k8s/reviews-v2.yaml}
          gateway: {url: "https://shop.example.com"}
          prometheus: {address: "http://prometheus:9090"}
          dark: {match: [{headers: {x-canary: {exact: "1"}}}]}

        """

    static func files(_ change: (inout String) -> Void = { _ in }) -> Files {
        var files = Files.good
        var text = templated
        change(&text)
        files.texts["reviews.yaml"] = text
        return files
    }

    static func setting(_ pairs: (String, String)...) -> FlowOverrides {
        var overrides = FlowOverrides()
        overrides.parameters = pairs.map { .init(name: $0.0, value: $0.1) }
        return overrides
    }

    @Test func fillsTheTemplate() throws {
        let overrides = Self.setting(("minimum", "2"), ("errors", "0.05"), ("bake", "90s"))
        let flow = try Self.files().load("reviews.yaml", overrides).flow
        #expect(flow.plan.steps.count == 20)
        #expect(flow.plan.steps.first == .backup)
        #expect(flow.plan.steps.last == .retire)
        #expect(flow.plan.steps.contains(.shrink(minimum: 2)))
        #expect(flow.gates.first?.maximum == 0.05)
        #expect(flow.tests.map(\.name) == ["smoke", "performance"])
        #expect(flow.tests.first?.kind == .command(.init(["/repo/tests/smoke.sh"])))
        let bakes = flow.plan.steps.compactMap { step in
            if case .bake(let bake) = step { bake.duration } else { nil }
        }
        #expect(bakes == [.seconds(90), .seconds(600), .seconds(90)])
    }

    @Test func letsTheFlowOverruleItsTemplate() throws {
        let files = Self.files {
            $0.replace("  parameters: {smoke: ./tests/smoke.sh}\n", with: "")
            $0 += "  tests: {smoke: {http: {path: /ready, dark: true}}}\n"
        }
        let flow = try files.load().flow
        #expect(flow.tests.map(\.name) == ["smoke", "performance"])
        #expect(flow.tests.first?.kind == .http(.init("/ready", dark: true)))
    }

    @Test(arguments: [
        BadFlow(
            "a parameter that the template has not", "{smoke:", "{patent: 5m, smoke:",
            """
            flow: the template has no parameter "patent"
              where: reviews.yaml:6:16 (spec.parameters.patent)
              do:    did you mean "patience"?
            """),
        BadFlow(
            "a parameter that the template needs", "  parameters: {smoke: ./tests/smoke.sh}\n", "",
            """
            flow: the template needs parameter "smoke"
              where: reviews.yaml:5:13 (spec.template)
              do:    give it under spec.parameters, or with --set smoke=…
            """),
    ])
    func tells(_ bad: BadFlow) {
        let files = Self.files { $0.replace(bad.old, with: bad.new) }
        #expect(files.complaint() == bad.words)
    }

    @Test func tellsOfSettingsThatNothingTakes() {
        #expect(
            Files.good.complaint("reviews.yaml", Self.setting(("smok", "x"))) == """
                flow: unknown parameter "smok"
                  where: --set
                  do:    did you mean "smoke"?
                """)
    }

    @Test func leavesPlaceholdersOfQueriesAndEscapesAlone() throws {
        var files = Files.with("query: \"…\"", "query: \"x[${window}] $${y}\"")
        files.texts["reviews.yaml"]?.replace("path: /reviews", with: "path: \"/$${x}/${smoke}\"")
        let flow = try? files.load().flow
        // `${y}` is no placeholder of a query: the gate itself says so.
        #expect(flow == nil)
        files.texts["reviews.yaml"]?.replace(" $${y}", with: "")
        let filled = try files.load().flow
        #expect(filled.gates.first?.question == .query("x[${window}]"))
        guard case .http(let load) = filled.tests[1].kind else {
            Issue.record("performance is no http test")
            return
        }
        #expect(load.path == "/${x}/./tests/smoke.sh")
    }

    // MARK: Files of the product

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func product(_ path: String) throws -> Flow {
        try FlowReader.load(
            path: path, workingDirectory: root.path(),
            readFile: { Array(try Data(contentsOf: root.appending(path: $0))) }
        ).flow
    }

    @Test(arguments: ["good", "bad"])
    func readsTheDemo(_ name: String) throws {
        let flow = try Self.product("examples/demo/\(name).yaml")
        #expect(flow.target.service == "demo-app")
        #expect(flow.plan.steps.count == 20)
        #expect(flow.plan.steps.last == .retire)
        #expect(flow.scrape == .seconds(5))
    }

    @Test func readsTheBootstrap() throws {
        let files = Self.files {
            $0.replace("canary", with: "bootstrap")
        }
        let plan = try files.load().flow.plan
        #expect(plan.isFirstRelease)
        #expect(try !Self.files().load().flow.plan.isFirstRelease)
        let smoke = TestCall(
            "smoke", timeout: .seconds(300), attempts: 4, every: .seconds(120))
        #expect(
            plan.steps == [
                .backup, .deploy(deadline: .seconds(600)), .route,
                .reach(deadline: .seconds(120), every: .seconds(1)), .test(smoke), .weight(.all),
                .bake(Bake(duration: .seconds(60))),
            ])
    }
}

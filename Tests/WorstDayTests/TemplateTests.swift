import CanaryEngine
import FlowFiles
import Foundation
import Rehearsal
import Testing

@testable import WorstDay

/// Every template that theseus ships can be rehearsed, with and without what its flow leaves open.
@Suite struct TemplateTests {
    private static func playground(_ template: String, _ more: String = "") throws -> Playground {
        let text = """
            apiVersion: theseus.dev/v1
            kind: Flow
            metadata: {name: shop}
            spec:
              template: \(template)
              parameters: {smoke: /bin/true\(template == "bootstrap" ? "" : ", bake: 1m")}
              target: {namespace: shop, service: shop, manifest: app-v2.yaml}
              routes: [{virtualService: shop, http: [primary]}]
              gateway: {url: "https://gateway.example.test", host: shop.example.test}
              prometheus:
                address: "https://prometheus.example.test"
                \(more)
              dark: {match: [{headers: {x-canary: {exact: "1"}}}]}
            """
        let manifest = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Flows/app-v2.yaml")
        var overrides = FlowOverrides()
        if ["ab-test", "dark-only"].contains(template) {
            overrides.parameters = [.init(name: "time", value: "2m")]
        }
        let (flow, source) = try FlowReader.load(
            path: "flow.yaml", overrides: overrides,
            readFile: { path in
                path == "flow.yaml" ? Array(text.utf8) : try Array(Data(contentsOf: manifest))
            })
        return try Playground(flow, from: source, load: 200, seed: 1)
    }

    @Test(arguments: [
        "canary", "canary-stepped", "blue-green", "ab-test", "mirror-then-canary", "dark-only",
        "bootstrap",
    ])
    func hasAGoodDay(_ template: String) throws {
        let ground = try Self.playground(template)
        let day = TrialResult(
            TrialList.goodDay, TrialList.goodDay.play(on: ground), ground.flow.plan)
        #expect(day.end == .promoted, "\(day.why)")
        #expect(day.broken == [])
        // Whoever fails is noticed before the next share.
        let bad = TrialList(ground).mishaps.filter { $0.what == .turnsBad }
        let results = bad.map { TrialResult($0, $0.play(on: ground), ground.flow.plan) }
        #expect(FlawSearch(ground.flow, [day] + results).flaws == [])
    }

    /// What a source must be shown is nobody's to have here: the Lab asks for nothing.
    @Test(arguments: [
        "auth: {bearer: {env: NO_SUCH_VARIABLE}}", "auth: {bearer: {file: /no/such/file}}",
        "auth: {bearer: {command: [/no/such/program]}}",
    ])
    func secretsOfSourcesAreNotNeeded(_ access: String) throws {
        let ground = try Self.playground("blue-green", access)
        let day = TrialList.goodDay.play(on: ground)
        #expect(day.end == .promoted, "\(day.summary)")
    }

    /// Days of a quarter of an hour are played whole, those of a week here and there.
    @Test func longDaysArePlayedHereAndThere() {
        #expect(FlowRehearsal.stride(of: 850, effects: 600) == 1)
        #expect(FlowRehearsal.stride(of: 850, effects: 23_000) == 15)
        #expect(FlowRehearsal.stride(of: 1700, effects: 1000) == 3)
    }
}

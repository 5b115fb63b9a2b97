import CanaryEngine
import FlowFiles
import HTTPMessages
import JSONTree
import Manifests
import MetricsGate
import MetricsSources
import TestHooks
import Testing

/// The example of the design, read whole.
@Suite struct FlowReaderTests {
    private static let smoke = TestCall(
        "smoke", timeout: .seconds(300), attempts: 4, every: .seconds(120))

    private static func performance(_ baseline: TestCall.Baseline) -> TestCall {
        TestCall("performance", baseline: baseline, every: .seconds(120))
    }

    private static func weight(_ percent: Int) -> Step {
        .weight(TrafficWeight(percent: percent) ?? .none)
    }

    private static func bake(_ seconds: Int, longest: Int? = nil, tests: [TestCall]) -> Step {
        .bake(
            Bake(
                duration: .seconds(seconds), longest: longest.map { .seconds($0) },
                gates: ["errors"], tests: tests))
    }

    private static let steps: [Step] = [
        .backup, .deploy(deadline: .seconds(600)), .route,
        .reach(deadline: .seconds(120), every: .seconds(1)), .test(smoke), .autoscale,
        .drill(within: .seconds(10)), weight(1), .test(performance(.record)),
        bake(300, longest: 1800, tests: [smoke]), weight(50), .test(smoke),
        .test(performance(.compare)), bake(600, tests: [smoke]), weight(100),
        .shrink(minimum: 1), .test(smoke), .test(performance(.compare)), bake(300, tests: []),
        .retire,
    ]

    @Test func readsTheExampleOfTheDesign() throws {
        let flow = try Files.good.load().flow
        #expect(flow.name == "reviews")
        #expect(flow.target.namespace == "bookinfo")
        #expect(flow.target.service == "reviews")
        #expect(flow.target.versionLabel == "version")
        #expect(flow.target.stable == "reviews-v1")
        #expect(flow.target.manifest.map(\.name) == ["reviews-v2"])
        #expect(flow.routes == [FlowRoute(virtualService: "reviews", http: ["primary"])])
        #expect(
            flow.gateway
                == GatewayAddress(url: "https://shop.example.com", host: "shop.example.com"))
        #expect(flow.prometheus?.address == "http://prometheus.istio-system:9090")
        #expect(
            flow.dark == [
                ["headers": ["cookie": ["regex": "^(.*;\\s*)?user=jason(;.*)?$"]]]
            ])
        #expect(flow.darkExample == nil)
        #expect(
            flow.tests == [
                TestSpec("smoke", .command(.init(["/repo/tests/smoke.sh"]))),
                TestSpec(
                    "performance", .http(.init("/reviews", requests: 200)), tolerance: 0.2),
            ])
        #expect(
            flow.gates == [
                GateSpec("errors", .query("…"), maximum: 0.01, minimumSamples: 100)
            ])
        #expect(flow.plan == RunPlan(steps: Self.steps))
        #expect(flow.scrape == .seconds(15))
        #expect(!flow.trustsWeights)
        #expect(!flow.keepsGitOps)
        #expect(!flow.goesOnWhenStale)
    }

    @Test func readsTheSameAgainFromWhatIsRemembered() throws {
        var overrides = FlowOverrides()
        overrides.images = [.init(name: "reviews", value: "example/reviews:v2.1")]
        overrides.namespace = "elsewhere"
        overrides.parameters = [.init(name: "smoke", value: "true")]
        let (flow, source) = try Files.good.load("reviews.yaml", overrides)
        let written = JSONWriter.bytes(of: source.tree)
        let again = try #require(FlowSource(tree: try JSONReader.tree(of: written)))
        #expect(again == source)
        #expect(try FlowReader.read(again) == flow)
        #expect(flow.target.namespace == "elsewhere")
        #expect(flow.tests[0].kind == .command(.init(["true"])))
    }
}

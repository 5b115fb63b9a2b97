import CanaryEngine
import Testing

@testable import MetricsGate

@Suite struct QueryTests {
    private static let scope = GateScope(
        namespace: "de\"mo", service: "shop", stable: .init(label: "v1.0", workload: "shop-v1"),
        candidate: .init(label: "v2", workload: "shop-v2"))

    @Test(arguments: [
        ("x[${window}]", "x[90s]"),
        ("${candidate} ${stable} ${service} ${namespace}", "v2 v1.0 shop de\\\"mo"),
        ("a $b {c} ${", "a $b {c} ${"), ("${other}", "${other}"), ("", ""),
        ("${window}${window}", "90s90s"),
    ])
    func fillsPlaceholders(_ text: String, _ filled: String) {
        #expect(QueryText.filled(text, scope: Self.scope, window: .seconds(90)) == filled)
    }

    @Test func countersBornInTheWindowCountFromZero() {
        let counter =
            "istio_requests_total{reporter=\"source\",destination_service_name=\"shop\","
            + "destination_service_namespace=\"de\\\"mo\",destination_version=\"v2\"}"
        #expect(
            QueryText.count(
                .of(Self.scope.candidate), scope: Self.scope, window: .milliseconds(1500))
                == "sum((increase(\(counter)[1500ms]) and "
                + "count_over_time(\(counter)[5m] offset 1500ms))"
                + " or (\(counter) unless count_over_time(\(counter)[5m] offset 1500ms)))")
    }

    @Test func whatIsLostIsAskedForByServiceAndByHost() {
        let query = QueryText.lost(codes: "5..", scope: Self.scope, window: .seconds(30))
        let rest =
            "destination_workload=\"unknown\",response_code=~\"5..\",response_flags!=\"FI\"}[30s]"
        #expect(
            query.contains(
                "{reporter=\"source\",destination_service_name=\"shop\","
                    + "destination_service_namespace=\"de\\\"mo\",\(rest)"), "\(query)")
        #expect(
            query.contains(
                "{reporter=\"source\",destination_service=~\"shop\\\\.de\\\"mo(\\\\..*)?(:[0-9]+)?\","
                    + "destination_service_namespace=\"unknown\",\(rest)"), "\(query)")
    }

    /// Where each version has a Service, the mesh names that by which a request came.
    @Test func requestsToTheVersionsServicesCount() {
        var scope = Self.scope
        scope.versionServices = ["shop-v1", "shop.2"]
        let named = "destination_service_name=~\"(shop|shop-v1|shop\\\\.2)\","
        for requests: QueryText.Requests? in [.of(scope.candidate), .ofBoth, nil] {
            let counter = QueryText.counter(requests, scope: scope)
            #expect(counter.contains("{reporter=\"source\",\(named)"), "\(counter)")
        }
        let lost = QueryText.lost(codes: "5..", scope: scope, window: .seconds(30))
        #expect(lost.contains(named), "\(lost)")
        #expect(
            lost.contains("destination_service=~\"(shop|shop-v1|shop\\\\.2)\\\\.de\\\"mo"),
            "\(lost)")
    }

    @Test func arrivalsAreAskedOfEitherEnd() {
        let counter =
            "istio_requests_total{destination_workload=\"shop-v2\","
            + "destination_workload_namespace=\"de\\\"mo\"}"
        #expect(
            QueryText.arrivals(scope: Self.scope, window: .seconds(30))
                == "sum by (source_workload,source_workload_namespace,reporter)"
                + "((increase(\(counter)[30s]) and count_over_time(\(counter)[5m] offset 30s))"
                + " or (\(counter) unless count_over_time(\(counter)[5m] offset 30s)))")
    }

    struct Spells: Sendable {
        var spells: [(Int, Int)]
        var leftOut: [(Int, Int)]
    }

    @Test(arguments: [
        Spells(spells: [], leftOut: []),
        Spells(spells: [(100, 60)], leftOut: [(110, 50)]),
        Spells(spells: [(100, 5)], leftOut: [(110, 0)]),
        Spells(spells: [(500, 295)], leftOut: [(300, 285)]),
        Spells(spells: [(500, 310)], leftOut: []),
        // Overlapping ones, whatever their order, are left out once.
        Spells(spells: [(40, 30), (100, 60), (70, 55)], leftOut: [(110, 20)]),
        Spells(spells: [(200, 20), (100, 60)], leftOut: [(210, 10)]),
        Spells(spells: [(50, 45), (250, 240)], leftOut: [(260, 230), (60, 35)]),
    ])
    func leavesStretchesOut(_ table: Spells) {
        let own = table.spells.map {
            OwnSpell(.unknown, began: .seconds($0.0), ended: .seconds($0.1))
        }
        let window = GateWindow(sinceEffect: .seconds(300), own: own)
        #expect(
            window.leftOut(scrape: .seconds(10))
                == table.leftOut.map { AgeSpan(from: .seconds($0.0), to: .seconds($0.1)) })
    }

    @Test func windowsAreCut() {
        #expect(GateWindow(sinceEffect: .seconds(3600)).length == .seconds(600))
        #expect(GateWindow(sinceEffect: .seconds(-1)).length == .zero)
    }

    @Test(arguments: [
        (0, "0"), (12, "12"), (0.25, "0.25"), (0.0123456, "0.01235"), (-1.5, "-1.5"),
        (1234.5678, "1235"), (99.999999, "100"), (0.00001, "1e-05"),
    ])
    func showsNumbers(_ number: Double, _ text: String) {
        #expect(NumberText.short(number) == text)
    }

    @Test(arguments: [
        (GateSpec("g", .errorRatio(codes: "5.."), maximum: 0.5), [String]()),
        (
            GateSpec("g", .errorRatio(codes: "5.."), maximum: 1),
            ["gate g: max is 1, which accepts every failure; 1% is 0.01"]
        ),
        (
            GateSpec("g", .query("x"), minimum: 2, maximum: 1),
            ["gate g: min is above max: it could not pass"]
        ),
        (
            GateSpec("g", .query("x"), maximum: .nan, minimumSamples: 0, every: .zero),
            [
                "gate g: a bound is not finite", "gate g: minimumSamples is below 1",
                "gate g: every is below 1s",
            ]
        ),
    ])
    func namesFaults(_ gate: GateSpec, _ faults: [String]) {
        #expect(gate.faults == faults)
    }
}

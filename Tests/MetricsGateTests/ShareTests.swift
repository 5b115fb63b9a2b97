import CanaryEngine
import HTTPMessages
import JSONTree
import MetricsSources
import Testing

@testable import MetricsGate

@Suite struct ShareTests {
    /// Against the values that R's `binom.confint(method = "wilson")` gives.
    @Test(arguments: [
        (0.0, 10.0, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1), (81, 263, 0.2553, 0.3662), (0, 0, 0, 1),
    ])
    func wilson(_ hits: Double, _ total: Double, _ lower: Double, _ upper: Double) {
        let interval = ShareInterval(hits: hits, total: total)
        #expect(abs(interval.lower - lower) < 0.0001)
        #expect(abs(interval.upper - upper) < 0.0001)
    }

    struct Look: Sendable {
        var candidate: Double
        var stable: Double
        var old: Double
        var new: Double
        var seen: ShareObserver.Observation
    }

    @Test(arguments: [
        Look(candidate: 0, stable: 0, old: 0, new: 0.01, seen: .notYet(share: nil, requests: 0)),
        Look(candidate: 0, stable: 50, old: 0, new: 0.01, seen: .notYet(share: 0, requests: 50)),
        Look(candidate: 1, stable: 99, old: 0, new: 0.01, seen: .seen(share: 0.01, requests: 100)),
        // Far more than was asked for is not what was asked for.
        Look(
            candidate: 50, stable: 50, old: 0, new: 0.01, seen: .notYet(share: 0.5, requests: 100)),
        Look(candidate: 5, stable: 5, old: 0.01, new: 0.5, seen: .seen(share: 0.5, requests: 10)),
        Look(
            candidate: 1, stable: 99, old: 0.01, new: 0.5, seen: .notYet(share: 0.01, requests: 100)
        ),
        Look(candidate: 2, stable: 0, old: 0.5, new: 1, seen: .notYet(share: 1, requests: 2)),
        Look(candidate: 10, stable: 0, old: 0.5, new: 1, seen: .seen(share: 1, requests: 10)),
        // The way home takes many requests to be seen from 1 %, few from 100 %.
        Look(candidate: 0, stable: 380, old: 0.01, new: 0, seen: .notYet(share: 0, requests: 380)),
        Look(candidate: 0, stable: 381, old: 0.01, new: 0, seen: .seen(share: 0, requests: 381)),
        Look(candidate: 0, stable: 5, old: 1, new: 0, seen: .seen(share: 0, requests: 5)),
        // The first seconds of the old weight keep nothing out for ever.
        Look(
            candidate: 480_000, stable: 520_000, old: 0.01, new: 0.5,
            seen: .seen(share: 0.48, requests: 1_000_000)),
        Look(candidate: 3, stable: 3, old: 0.5, new: 0.5, seen: .seen(share: 0.5, requests: 6)),
    ])
    func looks(_ look: Look) {
        #expect(
            ShareObserver.observe(
                candidate: look.candidate, stable: look.stable, old: look.old, new: look.new)
                == look.seen)
    }

    private static let scope = GateScope(
        namespace: "demo", service: "shop", stable: .init(label: "1.0", workload: "shop-v1"),
        candidate: .init(label: "2.0", workload: "shop-v2"), mark: .workload)

    private static let candidate = "destination_workload=\"shop-v2\""
    private static let stable = "destination_workload=\"shop-v1\""

    @Test func leavesOurOwnRequestsOut() async {
        let prometheus = ScriptedPrometheus([
            .fresh(), .number(Self.candidate, is: "210"), .number(Self.stable, is: "100"),
        ])
        let own = OwnSpell(
            .counted(candidate: 200, candidateErrors: 0, stable: 10, stableErrors: 0),
            began: .seconds(50), ended: .seconds(40))
        let seen = await ShareObserver(source: source(prometheus), scope: Self.scope).seen(
            old: 0, new: 0.1, window: GateWindow(sinceEffect: .seconds(60), own: [own]))
        #expect(seen == .seen(share: 0.1, requests: 100))
    }

    @Test func isBlindWithoutPrometheus() async {
        let prometheus = ScriptedPrometheus([
            .fails(as: .init(.refused, reached: .never, place: ""))
        ])
        let observer = ShareObserver(source: source(prometheus), scope: Self.scope)
        let window = GateWindow(sinceEffect: .seconds(60))
        #expect(
            await observer.seen(old: 0, new: 0.1, window: window)
                == .blind("nobody listens at Prometheus's address"))
    }

    @Test func waitsForTwoScrapes() async {
        let prometheus = ScriptedPrometheus([])
        let observer = ShareObserver(source: source(prometheus), scope: Self.scope)
        let window = GateWindow(sinceEffect: .seconds(29))
        #expect(
            await observer.seen(old: 0, new: 0.1, window: window)
                == .notYet(share: nil, requests: 0))
        #expect(prometheus.asked.isEmpty)
    }

    // MARK: Leaks

    private static func sources(
        _ values: [(String, String)], reporter: String = "destination"
    ) -> ScriptedPrometheus.Rule {
        .init(words: ["source_workload", candidate]) { asked in
            ScriptedPrometheus.labelled(
                values.map { workload, value in
                    (
                        [
                            "source_workload": .string(workload),
                            "source_workload_namespace": "demo",
                            "reporter": .string(reporter),
                        ], value
                    )
                }, asked)
        }
    }

    @Test func namesLeaksByTheirSource() async {
        let prometheus = ScriptedPrometheus([
            .fresh(),
            Self.sources([("cart", "3"), ("mail", "12"), ("qa", "9"), ("idle", "0")]),
        ])
        let finding = await look(prometheus, visitors: ["qa"])
        #expect(
            finding
                == .leaks([
                    .init(namespace: "demo", workload: "mail", requests: 12),
                    .init(namespace: "demo", workload: "cart", requests: 3),
                ]))
    }

    /// Both ends report a request, unless the sender has no proxy.
    @Test func bothReportersMeanTheSameRequests() async {
        let prometheus = ScriptedPrometheus([
            .fresh(), Self.sources([("cart", "3"), ("cart", "4"), ("unknown", "1")]),
        ])
        let finding = await look(prometheus)
        #expect(
            finding
                == .leaks([
                    .init(namespace: "demo", workload: "cart", requests: 4),
                    .init(namespace: "demo", workload: "unknown", requests: 1),
                ]))
    }

    /// The candidate's requests to itself are nobody's visit; a namesake elsewhere is a visitor.
    @Test(
        arguments: [
            ([], ["demo/cart"]), (["cart"], []), (["demo/cart"], []),
            (["other/cart"], ["demo/cart"]),
            (["shop"], ["demo/cart"]),
        ] as [([String], [String])])
    func visitorsMayBeNamedWithTheirNamespace(visitors: [String], left: [String]) async {
        let prometheus = ScriptedPrometheus([
            .fresh(), Self.sources([("cart", "3"), ("shop-v2", "40")]),
        ])
        var senders: [String] = []
        if case .leaks(let leaks) = await look(prometheus, visitors: visitors) {
            senders = leaks.map { "\($0.namespace)/\($0.workload)" }
        }
        #expect(senders == left)
    }

    @Test func whoHasNoProxyIsSeenByTheCandidateOnly() async {
        let seen = Self.sources([("unknown", "2")])
        let said = Self.sources([("unknown", "2")], reporter: "source")
        #expect(await look(ScriptedPrometheus([.fresh(), said])) == .dark)
        let finding = await look(ScriptedPrometheus([.fresh(), seen]))
        guard case .leaks(let leaks) = finding else {
            Issue.record("\(finding)")
            return
        }
        #expect(
            leaks.map(\.description) == [
                "2 from unknown (no proxy tells who, so it may be a scraper)"
            ])
        #expect(
            LeakCheck.Leak(namespace: "demo", workload: "cart", requests: 3).description
                == "3 from demo/cart")
        #expect(await look(ScriptedPrometheus([.fresh(), seen]), visitors: ["unknown"]) == .dark)
    }

    @Test(arguments: [[("idle", "0.2")], []])
    func nobodyIsNoLeak(_ sources: [(String, String)]) async {
        #expect(await look(ScriptedPrometheus([.fresh(), Self.sources(sources)])) == .dark)
    }

    @Test func unreadableIsNotDark() async {
        let prometheus = ScriptedPrometheus([.fresh(), Self.sources([("gateway", "NaN")])])
        #expect(
            await look(prometheus)
                == .blind("the value is not a number, as when nothing is divided by nothing"))
    }

    @Test func tooShortALookIsNotDark() async {
        let finding = await LeakCheck(
            source: source(ScriptedPrometheus([.fresh()])), scope: Self.scope
        ).look(over: .seconds(1))
        guard case .blind(let reason) = finding else {
            Issue.record("\(finding)")
            return
        }
        #expect(reason.hasPrefix("the window is 1s long"))
    }

    private func look(
        _ prometheus: ScriptedPrometheus, visitors: [String] = []
    ) async -> LeakCheck.Finding {
        await LeakCheck(source: source(prometheus), scope: Self.scope)
            .look(over: .seconds(60), visitors: visitors)
    }

    private func source(_ prometheus: ScriptedPrometheus) -> PrometheusSource {
        PrometheusSource(address: "http://prom", transport: prometheus)
    }
}

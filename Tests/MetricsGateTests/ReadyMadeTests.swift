import CanaryEngine
import Testing

@testable import MetricsGate

/// What ready-made questions ask, to the letter.
@Suite struct ReadyMadeTests {
    private static let scope = GateScope(
        namespace: "demo", service: "shop", stable: .init(label: "v1", workload: "shop"),
        candidate: .init(label: "v2", workload: "shop-v2"))

    @Test(arguments: [
        (
            GateSpec.Question.latency(quantile: 0.99),
            "histogram_quantile(0.99, sum by (le) (rate(istio_request_duration_milliseconds_bucket{"
                + "reporter=\"source\",destination_service_name=\"shop\","
                + "destination_service_namespace=\"demo\",destination_version=\"v2\"}[60s]))) / 1000"
        ),
        (
            .saturation(.cpu),
            "sum(rate(container_cpu_usage_seconds_total{namespace=\"demo\","
                + "pod=~\"shop-v2-[^-]+-[^-]{5}\",container!=\"\"}[60s]))"
                + " / sum(kube_pod_container_resource_limits{namespace=\"demo\","
                + "pod=~\"shop-v2-[^-]+-[^-]{5}\",resource=\"cpu\"})"
        ),
        (
            .saturation(.memory),
            "sum(container_memory_working_set_bytes{namespace=\"demo\","
                + "pod=~\"shop-v2-[^-]+-[^-]{5}\",container!=\"\"})"
                + " / sum(kube_pod_container_resource_limits{namespace=\"demo\","
                + "pod=~\"shop-v2-[^-]+-[^-]{5}\",resource=\"memory\"})"
        ),
        (
            .restarts,
            "sum(increase(kube_pod_container_status_restarts_total{namespace=\"demo\","
                + "pod=~\"shop-v2-[^-]+-[^-]{5}\"}[60s]))"
        ),
    ])
    func asks(_ question: GateSpec.Question, _ text: String) {
        #expect(
            QueryText.text(
                of: question, about: Self.scope.candidate, scope: Self.scope, window: .seconds(60))
                == text)
    }

    /// Counted, not asked: our own tests' requests are taken out.
    @Test(arguments: [GateSpec.Question.errorRatio(codes: "5.."), .successRate(codes: "5..")])
    func countsRatios(_ question: GateSpec.Question) {
        #expect(
            QueryText.text(
                of: question, about: Self.scope.stable, scope: Self.scope, window: .seconds(60))
                == nil)
    }
}

/// Several metrics at once.
@Suite struct ScoreTests {
    private static func metric(
        _ name: String, group: String = "", isCritical: Bool = false,
        _ change: (inout DistributionRule.Metric) -> Void = { _ in }
    ) -> DistributionRule.Metric {
        var metric = DistributionRule.Metric(name, query: "${candidate}")
        metric.group = group
        metric.isCritical = isCritical
        change(&metric)
        return metric
    }

    /// Twelve points around a level.
    private static func points(_ level: Double) -> [Double] {
        (0..<12).map { level + Double($0) / 100 }
    }

    private static func verdict(
        _ metrics: [DistributionRule.Metric], _ levels: [Double],
        groups: [DistributionRule.Group] = [],
        samples: Int = 1000, lost: Int = 0, points: [Double]? = nil
    ) -> Verdict {
        let rule = DistributionRule(metrics: metrics, groups: groups)
        let findings = zip(metrics, levels).map { metric, level in
            MetricFinding(
                metric: metric, rule: rule, candidate: points ?? Self.points(level),
                stable: Self.points(10))
        }
        var gate = GateSpec("g", .errorRatio(codes: "5.."))
        gate.rule = .distributions(rule)
        return ScoreCard(findings: findings, rule: rule, samples: samples, lost: lost)
            .verdict(on: gate, over: GateWindow(sinceEffect: .seconds(600)))
    }

    @Test func scores() {
        let four = ["a", "b", "c", "d"].map { Self.metric($0) }
        let cases: [([Double], Verdict.Ruling, String)] = [
            ([10, 10, 10, 10], .pass, "g: score 100 is at least 95"),
            ([10, 10, 10, 8], .pass, "g: score 100 is at least 95"),
            (
                [10, 10, 10, 20], .notEnough,
                "g: score 75 is below 95 (d is higher by 10 than 10.06)"
            ),
            (
                [10, 10, 20, 20], .fail,
                "g: score 50 is below 75 (c is higher by 10 than 10.06; d is higher by 10 than"
                    + " 10.06)"
            ),
        ]
        for (levels, ruling, sentence) in cases {
            let verdict = Self.verdict(four, levels)
            #expect(verdict.ruling == ruling)
            #expect(verdict.sentence == sentence)
        }
    }

    @Test func groupsWeigh() {
        let metrics = [
            Self.metric("a", group: "speed"), Self.metric("b", group: "load"),
            Self.metric("c", group: "load"),
        ]
        let rule = DistributionRule(metrics: metrics, groups: [.init("speed", weight: 80)])
        #expect(rule.weights == [.init("speed", weight: 0.8), .init("load", weight: 0.2)])
        let verdict = Self.verdict(metrics, [10, 10, 20], groups: rule.groups)
        #expect(verdict.measures.first?.value == 90)
    }

    @Test func aCriticalOneFailsThemAll() {
        let metrics = [Self.metric("a", isCritical: true)] + (0..<30).map { Self.metric("m\($0)") }
        let levels = [20.0] + [Double](repeating: 10, count: 30)
        #expect(Self.verdict(metrics, levels).ruling == .fail)
        #expect(Self.verdict(metrics, levels, samples: 3).ruling == .notEnough)
        #expect(Self.verdict(metrics, [10] + levels.dropFirst()).ruling == .pass)
    }

    @Test func whatIsMissingNeverPasses() {
        let one = [Self.metric("a")]
        #expect(Self.verdict(one, [10], samples: 99).ruling == .notEnough)
        #expect(Self.verdict(one, [10], lost: 1).ruling == .notEnough)
        #expect(
            Self.verdict(one, [10], points: [10, 10]).sentence
                == "g: a: 2 points of the candidate and 12 of stable, it takes 10")
        let strict = [Self.metric("a") { $0.gaps = .refuse }]
        let holes = Self.points(10) + [.nan]
        #expect(Self.verdict(strict, [10], points: holes).ruling == .notEnough)
        #expect(Self.verdict(one, [10], points: holes).ruling == .pass)
        #expect(
            Self.verdict(one, [10], points: [Double](repeating: .nan, count: 20)).ruling
                == .notEnough)
    }

    @Test func cleansPoints() {
        let points = Self.points(10) + [1000, .infinity]
        #expect(Self.metric("a").cleaned(points)?.count == 13)
        #expect(Self.metric("a") { $0.outliers = .remove }.cleaned(points)?.count == 12)
        #expect(Self.metric("a") { $0.gaps = .zero }.cleaned(points)?.last == 0)
        #expect(Self.metric("a") { $0.gaps = .refuse }.cleaned(points) == nil)
    }

    @Test func looksToTheRightSide() {
        let down = [Self.metric("a") { $0.direction = .decrease }]
        #expect(Self.verdict(down, [5]).ruling == .fail)
        #expect(Self.verdict(down, [20]).ruling == .pass)
        let either = [Self.metric("a") { $0.direction = .either }]
        #expect(Self.verdict(either, [5]).ruling == .fail)
        #expect(Self.verdict(either, [20]).ruling == .fail)
        let patient = [Self.metric("a") { $0.tolerance = 1.1 }]
        #expect(Self.verdict(patient, [20]).ruling == .pass)
    }

    @Test func refusesWhatCannotBe() {
        func faults(_ rule: DistributionRule) -> [String] { rule.faults("g") }
        #expect(faults(DistributionRule(metrics: [])) == ["gate g: there are no metrics"])
        #expect(
            faults(DistributionRule(metrics: [.init("a", query: "up")])) == [
                "gate g: the query of a does not say ${candidate}: both versions would be the same"
            ])
        let metrics = [Self.metric("a", group: "x"), Self.metric("b", group: "y")]
        let wrong = "gate g: the groups' weights must be above 0, and 100 at most in all"
        #expect(
            faults(DistributionRule(metrics: metrics, groups: [.init("x", weight: 100)])) == [wrong]
        )
        #expect(
            faults(DistributionRule(metrics: metrics, groups: [.init("z", weight: 10)]))
                == ["gate g: no metric is of the group z"])
        #expect(
            faults(DistributionRule(metrics: metrics, pass: 10, marginal: 20))
                == ["gate g: 0 ≤ marginal ≤ pass ≤ 100 must hold"])
    }
}

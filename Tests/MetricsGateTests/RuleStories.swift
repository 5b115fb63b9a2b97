import CanaryEngine
import JSONTree
import Lab
import MetricsSources
import Testing

@testable import MetricsGate

/// Judges and ready-made questions before the Lab's Prometheus.
@Suite struct RuleStories {
    private static func gate(
        _ question: GateSpec.Question = .errorRatio(codes: "5.."), _ rule: GateRule = .range,
        minimum: Double? = nil, maximum: Double? = nil
    ) -> GateSpec {
        var gate = GateSpec("g", question, minimum: minimum, maximum: maximum, minimumSamples: 50)
        gate.rule = rule
        return gate
    }

    private static func shape(_ metrics: (name: String, query: String)...) -> GateSpec {
        gate(
            .errorRatio(codes: "5.."),
            .distributions(
                DistributionRule(
                    metrics: metrics.map { .init($0.name, query: $0.query) }, step: .seconds(15),
                    minimumPoints: 8)))
    }

    private static let counter =
        "istio_requests_total{reporter=\"source\",destination_service_name=\"${service}\","
        + "destination_version=\"${candidate}\""
    private static let errors =
        "sum(rate(\(counter),response_code=~\"5..\"}[${window}])) or vector(0)"
    private static let ratio = "(\(errors)) / sum(rate(\(counter)}[${window}]))"

    static let gates = [
        gate(.errorRatio(codes: "5.."), .sequential(SequentialRule(margin: 0.03))),
        gate(.errorRatio(codes: "5.."), .compare(ComparisonRule(absolute: 0.02))),
        gate(.errorRatio(codes: "5.."), .burnRate(BurnRateRule(objective: 0.997))),
        gate(.successRate(codes: "5.."), minimum: 0.98),
        gate(.successRate(codes: "5.."), .compare(ComparisonRule(absolute: 0.02, worse: .lower))),
        shape(("errors", ratio)),
    ]

    private static func verdict(
        _ gate: GateSpec, candidate: String, weight: Int = 50, after seconds: Int = 240
    ) throws -> Verdict {
        try LabStory.tell(candidate: candidate, weight: weight) { story in
            try await story.pass(seconds)
            return await story.judge(candidate: candidate)
                .judge(gate, window: GateWindow(sinceEffect: .seconds(seconds)))
        }
    }

    @Test(arguments: gates) func goodPasses(_ gate: GateSpec) throws {
        let verdict = try Self.verdict(gate, candidate: "v2")
        #expect(verdict.ruling == .pass, "\(verdict.sentence)")
    }

    @Test(arguments: gates) func badFails(_ gate: GateSpec) throws {
        let verdict = try Self.verdict(gate, candidate: "v3")
        #expect(verdict.ruling == .fail, "\(verdict.sentence)")
    }

    @Test(arguments: [
        gate(.latency(quantile: 0.99), maximum: 1), gate(.latency(quantile: 0.5), maximum: 0.5),
        gate(.latency(quantile: 0.9), .compare(ComparisonRule(relative: 0.2))),
    ])
    func latencyIsToldInSeconds(_ gate: GateSpec) throws {
        let verdict = try Self.verdict(gate, candidate: "v2")
        #expect(verdict.ruling == .pass, "\(verdict.sentence)")
        let value = try #require(verdict.measures.first { $0.name == "g" }).value
        #expect((0.0001...1).contains(value))
    }

    /// Pods without limits have no saturation: there is no evidence, and never a pass.
    @Test(arguments: [GateSpec.Question.saturation(.cpu), .saturation(.memory)])
    func podsWithoutLimitsAreNotEnough(_ question: GateSpec.Question) throws {
        let verdict = try LabStory.tell(weight: 50, limits: false) { story in
            try await story.pass(120)
            return await story.judge().judge(
                Self.gate(question, maximum: 1), window: GateWindow(sinceEffect: .seconds(120)))
        }
        #expect(verdict == Verdict(.notEnough, "g: the query finds no series"))
    }

    /// Every fault of the source, for every judge.
    @Test(arguments: [
        "nan", "infinite", "empty", "many-series", "hang", "server-error", "timeout",
        "undecodable", "partial",
    ])
    func everyFaultIsNotEnough(_ fault: String) throws {
        for gate in Self.gates {
            let judgement = try LabStory.tell(weight: 50) { story in
                try await story.pass(240)
                story.turn("prometheus", ["fault": .string(fault)])
                return await story.judge()
                    .judgement(on: gate, window: GateWindow(sinceEffect: .seconds(240)))
            }
            #expect(judgement.verdict.ruling == .notEnough, "\(judgement.verdict.sentence)")
            let blames = !["nan", "infinite", "empty"].contains(fault)
            #expect((judgement.trouble != nil) == blames, "\(fault)")
        }
    }

    @Test func aGoodCandidateIsNotEnoughWithFewRequests() throws {
        let verdict = try Self.verdict(
            Self.gate(.errorRatio(codes: "5.."), .sequential(SequentialRule())), candidate: "v2",
            weight: 1, after: 60)
        #expect(verdict.ruling == .notEnough, "\(verdict.sentence)")
        #expect(verdict.sentence.contains("it takes about"), "\(verdict.sentence)")
    }
}

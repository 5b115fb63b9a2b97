import CanaryEngine
import MetricsSources
import Testing

@testable import MetricsGate

/// What one keeps in mind who watches a gate.
@Suite struct MemoryTests {
    private static func gate(_ failures: FailureRule) -> GateSpec {
        var gate = GateSpec("g", .errorRatio(codes: "5.."), maximum: 0.99)
        gate.failures = failures
        return gate
    }

    /// p, f, and n are heard and said.
    @Test(arguments: [
        (FailureRule(), "pfn", "pfn"),
        (FailureRule(3, of: 3), "ffpfff", "nnpnnf"),
        (FailureRule(3, of: 3), "fnfnf", "nnnnf"),
        (FailureRule(2, of: 4), "fppfpppf", "nppfpppn"),
        (FailureRule(2, of: 4), "ff", "nf"),
    ])
    func countsFailures(_ rule: FailureRule, _ heard: String, _ said: String) {
        var memory = VerdictMemory(Self.gate(rule))
        let words: [Character: Verdict.Ruling] = ["p": .pass, "f": .fail, "n": .notEnough]
        for (heard, said) in zip(heard, said) {
            let verdict = Verdict(words[heard] ?? .notEnough, "g: it is so")
            let answer = memory.hear(MetricsJudge.Judgement(verdict), at: .zero)
            #expect(answer.ruling == words[said])
        }
    }

    @Test func saysHowManyItTakes() {
        var memory = VerdictMemory(Self.gate(FailureRule(2, of: 5)))
        let verdict = Verdict(.fail, "g: 2 is above 1", measures: [Measure("g", 2)])
        #expect(
            memory.hear(MetricsJudge.Judgement(verdict), at: .zero)
                == Verdict(
                    .notEnough, "g: 2 is above 1; failed 1 of the last 1 times, it takes 2 of 5",
                    measures: [Measure("g", 2)]))
    }

    /// Only trouble without a break counts.
    @Test func tellsHowLongASourceErrs() {
        var memory = VerdictMemory(Self.gate(FailureRule()))
        let trouble = MetricsJudge.Judgement(
            Verdict(.notEnough, "g: away"), trouble: MetricsError(.denied, place: "there"))
        let fine = MetricsJudge.Judgement(Verdict(.notEnough, "g: too few"))
        #expect(memory.troubled(at: .seconds(1)) == nil)
        _ = memory.hear(trouble, at: .seconds(10))
        _ = memory.hear(trouble, at: .seconds(20))
        #expect(memory.troubled(at: .seconds(25)) == .seconds(15))
        _ = memory.hear(fine, at: .seconds(30))
        #expect(memory.troubled(at: .seconds(40)) == nil)
        _ = memory.hear(trouble, at: .seconds(50))
        #expect(memory.troubled(at: .seconds(50)) == .zero)
    }
}

import FlowFiles
import Testing

/// Gates that could not fail, or could not pass, are told at the bound that is meant.
@Suite struct BadGateTests {
    @Test(arguments: gates)
    func tells(_ flow: BadFlow) {
        #expect(Files.with(flow.old, flow.new).complaint() == flow.words)
    }

    private static let gates = [
        BadFlow(
            "a gate that cannot fail", "max: 0.01, ", "",
            """
            flow: gate errors has neither min nor max: it could not fail
              where: reviews.yaml:20:5 (spec.gates.errors)
              do:    mend what is named; docs/GATES.md shows every key with its neighbours
            """),
        BadFlow(
            "a ratio that nothing exceeds", "{prometheus: {query: \"…\"}, max: 0.01",
            "{errorRatio: {}, max: 5",
            """
            flow: gate errors: max is above 1: a ratio never is; 5% is 0.05
              where: reviews.yaml:20:35 (spec.gates.errors.max)
              do:    mend what is named; docs/GATES.md shows every key with its neighbours
            """),
        BadFlow(
            "a rate that nothing reaches", "{prometheus: {query: \"…\"}, max: 0.01",
            "{successRate: {}, min: 99",
            """
            flow: gate errors: min is above 1: a rate never is; 99% is 0.99
              where: reviews.yaml:20:36 (spec.gates.errors.min)
              do:    mend what is named; docs/GATES.md shows every key with its neighbours
            """),
        BadFlow(
            "a ratio that accepts every failure", "{prometheus: {query: \"…\"}, max: 0.01",
            "{errorRatio: {}, max: 1",
            """
            flow: gate errors: max is 1, which accepts every failure; 1% is 0.01
              where: reviews.yaml:20:35 (spec.gates.errors.max)
              do:    mend what is named; docs/GATES.md shows every key with its neighbours
            """),
        BadFlow(
            "an error ratio bounded from below", "{prometheus: {query: \"…\"}, max: 0.01",
            "{errorRatio: {}, min: 0",
            """
            flow: gate errors: min bounds an error ratio from below; max is meant
              where: reviews.yaml:20:35 (spec.gates.errors.min)
              do:    mend what is named; docs/GATES.md shows every key with its neighbours
            """),
        BadFlow(
            "a bound in percent", "max: 0.01", "max: 5%",
            """
            flow: "max" must be a number, found text
              where: reviews.yaml:20:45 (spec.gates.errors.max)
              do:    write 0.05 for 5%
            """),
        BadFlow(
            "a misspelt bound", "max: 0.01", "maks: 0.01",
            """
            flow: unknown key "maks"
              where: reviews.yaml:20:40 (spec.gates.errors.maks)
              do:    did you mean "max"?
            """),
    ]
}

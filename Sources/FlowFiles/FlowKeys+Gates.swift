internal import MetricsGate
internal import MetricsSources

/// Questions to the metrics, and how their answers are judged.
extension FlowKeys {
    static let gate = FlowPart(
        [
            FlowKey("prometheus", .part(query), "A PromQL query of your own."),
            FlowKey("errorRatio", .part(codes), "The part of users' requests that fail."),
            FlowKey("successRate", .part(codes), "The part of users' requests that go well."),
            FlowKey(
                "latency", .either(.words(["p50", "p90", "p95", "p99"]), .part(latency)),
                "How long so many of users' requests take at most, in seconds."),
            FlowKey(
                "saturation", .words(GateSpec.Resource.allCases.map(\.rawValue)),
                "How much of its limit the candidate's pods use."),
            FlowKey("restarts", .part(FlowPart([])), "How often its containers began anew."),
            FlowKey(
                "distributions", .part(distributions),
                "Several metrics' numbers over time, each against stable's."),
            FlowKey("source", .text, "The source that is asked: a name from spec.sources."),
            FlowKey("query", .text, "The question to that source, in its own language."),
            FlowKey("samplesQuery", .text, "Counts there the samples behind it."),
            FlowKey(
                "reduce", .words(MetricsReduction.allCases.map(\.rawValue)), default: "last",
                "Which number is made of several points."),
            FlowKey("min", .decimal, "The least good value."),
            FlowKey("max", .decimal, "The greatest good value."),
            FlowKey("compare", .part(comparison), "Judges by stable's value instead of bounds."),
            FlowKey(
                "sequential", .part(sequential),
                "Judges by both versions' failures, however often it looks."),
            FlowKey("burnRate", .part(burnRate), "Judges by how fast the error budget burns."),
            FlowKey(
                "minimumSamples", .whole(1...1_000_000_000), default: "100",
                "Users' requests that it takes before anything is said."),
            FlowKey(
                "every", .duration, "How long to wait before asking again; as long as a scrape."),
            FlowKey("staleAfter", .duration, "A newest sample older than this is no answer."),
            FlowKey("failures", .part(failures), "How many failing answers it takes; one."),
            FlowKey(
                "watchOnly", .flag, default: "false",
                "It is told what it says, and decides nothing."),
        ], oneOf: questions)

    static let questions = [
        "prometheus", "errorRatio", "successRate", "latency", "saturation", "restarts",
        "distributions", "source",
    ]

    static let query = FlowPart([
        FlowKey("query", .text, isRequired: true, "Must give exactly one number."),
        FlowKey("samplesQuery", .text, "Counts the samples behind it."),
    ])

    static let codes = FlowPart([
        FlowKey(
            "codes", .text, default: "5..",
            "A regular expression of the statuses that are failures.")
    ])

    static let latency = FlowPart([
        FlowKey("quantile", .decimal, isRequired: true, "Which part of the requests, as 0.999.")
    ])

    static let comparison = FlowPart([
        FlowKey("relative", .percentage, "How much worse it may be, as a part of stable's value."),
        FlowKey("absolute", .decimal, "How much worse it may be, in its own unit."),
        FlowKey(
            "worse", .words(ComparisonRule.Worse.allCases.map(\.rawValue)),
            "Which way is worse; higher, of a success rate lower."),
    ])

    static let sequential = FlowPart([
        FlowKey(
            "noWorseThan", .percentage, default: "1%",
            "Passes what surely fails by less than so much more often than stable."),
        FlowKey(
            "falseAlarms", .percentage, default: "2%",
            "How many of the releases that are no worse may fail, at all looks together."),
        FlowKey(
            "confidence", .percentage, default: "95%", "How sure it must be to let one pass."),
    ])

    static let burnRate = FlowPart([
        FlowKey(
            "objective", .percentage, isRequired: true,
            "Which part of the requests must go well, as 99.9%."),
        FlowKey("windows", .list(.part(burnWindow)), "Pairs of windows, both of which must burn."),
    ])

    static let burnWindow = FlowPart([
        FlowKey("short", .duration, isRequired: true, "Shows that it burns still."),
        FlowKey("long", .duration, isRequired: true, "Shows that it is no flicker; at most 30m."),
        FlowKey(
            "factor", .decimal, isRequired: true,
            "So many times as fast as the budget allows is too fast."),
    ])

    static let failures = FlowPart(
        [
            FlowKey("consecutive", .whole(1...1000), "So many one after the other."),
            FlowKey("count", .whole(1...1000), "So many of the last ones."),
            FlowKey("of", .whole(1...1000), "How many last ones are looked at."),
        ], oneOf: ["consecutive", "count"])

    static let distributions = FlowPart([
        FlowKey("source", .text, "The source that is asked: a name from spec.sources."),
        FlowKey(
            "metrics", .named(.part(metric)), isRequired: true,
            "Queries that give a number for ${candidate}, by name."),
        FlowKey(
            "groups", .named(.whole(1...100)), "What groups of metrics weigh, of 100 in all."),
        FlowKey("pass", .decimal, default: "95", "A score from here on passes."),
        FlowKey("marginal", .decimal, default: "75", "A score below this fails."),
        FlowKey(
            "confidence", .percentage, default: "98%", "How sure it must be that a metric moved."),
        FlowKey("step", .duration, default: "1m", "The distance of the points."),
        FlowKey(
            "minimumPoints", .whole(4...11_000), default: "10",
            "Points that each version must show."),
    ])

    static let metric = FlowPart([
        FlowKey("query", .text, isRequired: true, "The question; ${window} is one step."),
        FlowKey(
            "worse", .words(DistributionRule.Metric.Direction.allCases.map(\.rawValue)),
            default: "increase", "Which way it must not move."),
        FlowKey("critical", .flag, default: "false", "Where it moved, the gate fails."),
        FlowKey(
            "tolerance", .percentage, default: "25%",
            "How far it may move, as a part of stable's."),
        FlowKey("group", .text, "The group that it is of."),
        FlowKey(
            "gaps", .words(DistributionRule.Gaps.allCases.map(\.rawValue)), default: "remove",
            "What becomes of points that are no number."),
        FlowKey(
            "outliers", .words(DistributionRule.Outliers.allCases.map(\.rawValue)), default: "keep",
            "What becomes of points far from all others."),
    ])
}

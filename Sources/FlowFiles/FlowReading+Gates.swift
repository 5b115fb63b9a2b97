internal import CanaryEngine
internal import MetricsGate
internal import MetricsSources
internal import YAML

/// Gates.
extension FlowReading {
    mutating func readGates(_ flow: inout Flow) {
        for (name, field) in document.named("gates") {
            guard let question = question(name, field, flow) else { continue }
            if field["source"] == nil { requireNoSourceKeys(field) }
            let isMissing = flow.prometheus == nil && document["prometheus"] == nil
            if isMissing, field["source"] == nil {
                faults.append(
                    field.keyError(
                        .contradiction, "gate \"\(name)\" needs metrics",
                        do: "add spec.prometheus.address"))
            }
            var gate = GateSpec(
                name, question, minimum: field["min"]?.decimal, maximum: field["max"]?.decimal,
                minimumSamples: field["minimumSamples"]?.whole ?? 100,
                samplesQuery: (field["prometheus"] ?? field)["samplesQuery"]?.text,
                every: field["every"]?.duration ?? flow.scrape)
            gate.rule = rule(name, question, field)
            gate.source = (field["distributions"] ?? field)["source"]?.text
            gate.reduction =
                (field["reduce"]?.text).flatMap(MetricsReduction.init) ?? gate.reduction
            gate.staleAfter = field["staleAfter"]?.duration
            gate.isWatchOnly = field["watchOnly"]?.flag ?? false
            gate.failures = Self.failures(field["failures"])
            if let fault = Self.fault(of: gate, field) { faults.append(fault) }
            flow.gates.append(gate)
        }
    }

    /// What does not go together in a gate, at the bound that is meant where it is one.
    ///
    /// Nothing, where a key or value is misspelt: that was told, and what follows from it is no news.
    private static func fault(of gate: GateSpec, _ field: FlowField) -> FlowError? {
        var shape = ShapeCheck(mayLack: true)
        shape.check(field, .part(FlowKeys.gate))
        guard shape.faults.isEmpty, let fault = gate.faults.first else { return nil }
        let remedy = "mend what is named; docs/GATES.md shows every key with its neighbours"
        if let bound = gate.boundFault, bound.what == fault, let odd = field[bound.key] {
            return odd.error(.contradiction, fault, do: remedy)
        }
        return field.keyError(.contradiction, fault, do: remedy)
    }

    /// What is asked; nil where it was told already that nothing is.
    private mutating func question(_ name: String, _ field: FlowField, _ flow: Flow)
        -> GateSpec.Question?
    {
        if let query = field["prometheus"]?["query"]?.text { return .query(query) }
        if let ratio = field["errorRatio"], ratio.node.members != nil {
            return .errorRatio(codes: ratio["codes"]?.text ?? GateSpec.serverErrors)
        }
        if let rate = field["successRate"], rate.node.members != nil {
            return .successRate(codes: rate["codes"]?.text ?? GateSpec.serverErrors)
        }
        if let latency = field["latency"] {
            let words = ["p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99]
            return (latency.text.flatMap { words[$0] } ?? latency["quantile"]?.decimal)
                .map(GateSpec.Question.latency)
        }
        if let resource = field["saturation"]?.text {
            return GateSpec.Resource(rawValue: resource).map(GateSpec.Question.saturation)
        }
        if field["restarts"] != nil { return .restarts }
        if let several = field["distributions"] {
            if let source = several["source"], let other = source.text {
                requireSource(other, source)
            }
            return several.node.members == nil ? nil : .errorRatio(codes: GateSpec.serverErrors)
        }
        return sourceQuery(name, field, flow).map(GateSpec.Question.query)
    }

    // MARK: Judges

    private mutating func rule(
        _ name: String, _ question: GateSpec.Question, _ field: FlowField
    ) -> GateRule {
        let keys = ["compare", "sequential", "burnRate", "distributions"]
        let found = keys.filter { field[$0] != nil }
        if found.count > 1, let odd = field[found[1]] {
            faults.append(
                odd.keyError(
                    .contradiction,
                    "gate \"\(name)\" is judged by \(found.list.replacing(" or ", with: " and "))",
                    do: "keep one of them, or make two gates of it"))
        }
        guard let key = found.first, let rule = field[key] else { return .range }
        switch key {
        case "compare": return .compare(comparison(name, question, rule))
        case "distributions": return .distributions(distributions(rule))
        default:
            if field["errorRatio"] == nil {
                faults.append(
                    rule.keyError(
                        .contradiction,
                        "\"\(key)\" judges failed requests: it goes with \"errorRatio\"",
                        do: "add errorRatio: {} to gate \"\(name)\", in the place of its question"))
            }
            return key == "sequential"
                ? .sequential(Self.sequential(rule)) : .burnRate(Self.burn(rule))
        }
    }

    private mutating func comparison(
        _ name: String, _ question: GateSpec.Question, _ field: FlowField
    ) -> ComparisonRule {
        if field["relative"] == nil, field["absolute"] == nil, field.node.members != nil {
            faults.append(
                field.keyError(
                    .missingKey,
                    "gate \"\(name)\" does not say how much worse than stable's it may be",
                    do: "add relative: 20%, or absolute: in the value's own unit"))
        }
        let isSuccess = if case .successRate = question { true } else { false }
        return ComparisonRule(
            relative: field["relative"]?.share ?? 0, absolute: field["absolute"]?.decimal ?? 0,
            worse: (field["worse"]?.text).flatMap(ComparisonRule.Worse.init)
                ?? (isSuccess ? .lower : .higher))
    }

    private static func sequential(_ field: FlowField) -> SequentialRule {
        var rule = SequentialRule()
        if let margin = field["noWorseThan"]?.share { rule.margin = margin }
        if let alarms = field["falseAlarms"]?.share { rule.falseAlarms = alarms }
        if let confidence = field["confidence"]?.share { rule.confidence = confidence }
        return rule
    }

    private static func burn(_ field: FlowField) -> BurnRateRule {
        var rule = BurnRateRule(objective: field["objective"]?.share ?? 0)
        let windows = (field["windows"]?.items ?? []).compactMap { item -> BurnRateRule.Window? in
            guard let short = item["short"]?.duration, let long = item["long"]?.duration,
                let factor = item["factor"]?.decimal
            else { return nil }
            return BurnRateRule.Window(short: short, long: long, factor: factor)
        }
        if field["windows"] != nil { rule.windows = windows }
        return rule
    }

    private static func failures(_ field: FlowField?) -> FailureRule {
        if let row = field?["consecutive"]?.whole { return FailureRule(row, of: row) }
        let count = field?["count"]?.whole ?? 1
        return FailureRule(count, of: field?["of"]?.whole ?? count)
    }

    private func distributions(_ field: FlowField) -> DistributionRule {
        let metrics = (field["metrics"]?.members ?? []).compactMap { member in
            member.field["query"]?.text.map { metric(member.name, $0, member.field) }
        }
        let groups = (field["groups"]?.members ?? []).compactMap { member in
            member.field.whole.map { DistributionRule.Group(member.name, weight: Double($0)) }
        }
        var rule = DistributionRule(metrics: metrics, groups: groups)
        if let pass = field["pass"]?.decimal { rule.pass = pass }
        if let marginal = field["marginal"]?.decimal { rule.marginal = marginal }
        if let confidence = field["confidence"]?.share { rule.confidence = confidence }
        if let step = field["step"]?.duration { rule.step = step }
        if let points = field["minimumPoints"]?.whole { rule.minimumPoints = points }
        return rule
    }

    private func metric(_ name: String, _ query: String, _ field: FlowField)
        -> DistributionRule.Metric
    {
        var metric = DistributionRule.Metric(name, query: query)
        metric.direction =
            (field["worse"]?.text).flatMap { .init(rawValue: $0) } ?? metric.direction
        metric.isCritical = field["critical"]?.flag ?? false
        metric.tolerance = field["tolerance"]?.share ?? metric.tolerance
        metric.group = field["group"]?.text ?? ""
        metric.gaps = (field["gaps"]?.text).flatMap { .init(rawValue: $0) } ?? metric.gaps
        metric.outliers =
            (field["outliers"]?.text).flatMap { .init(rawValue: $0) } ?? metric.outliers
        return metric
    }
}

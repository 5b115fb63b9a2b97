internal import JSONTree
internal import MetricsGate
internal import MetricsSources
internal import YAML

/// Gates.
extension FlowReading {
    mutating func readGates(_ flow: inout Flow) {
        for (name, field) in document.named("gates") {
            let question: GateSpec.Question
            if let query = field["prometheus"]?["query"]?.text {
                question = .query(query)
            } else if let ratio = field["errorRatio"], ratio.node.members != nil {
                question = .errorRatio(codes: ratio["codes"]?.text ?? GateSpec.serverErrors)
            } else if let query = sourceQuery(name, field, flow) {
                question = .query(query)
            } else {
                continue
            }
            if field["source"] == nil { requireNoSourceKeys(field) }
            if flow.prometheus == nil, document["prometheus"] == nil, field["source"] == nil {
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
            gate.source = field["source"]?.text
            gate.reduction =
                (field["reduce"]?.text).flatMap(MetricsReduction.init) ?? gate.reduction
            faults += gate.faults.prefix(1).map { fault in
                field.keyError(
                    .contradiction, fault,
                    do: "mend it; keys here are: "
                        + FlowKeys.gate.keys.map(\.name).joined(separator: ", "))
            }
            flow.gates.append(gate)
        }
    }
}

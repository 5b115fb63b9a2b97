internal import JSONTree

/// Argo Rollouts' blue-green: all users at once, looked at before and after.
extension Crosser {
    mutating func crossBlueGreen(_ green: ForeignField, deadline: String) {
        remark(
            green, "users are moved by Istio's routes, not by a Service's selector",
            do: "see that the Service's clients and pods are on the mesh")
        draft.step("backup")
        draft.step("deploy", ["deadline": .string(deadline)])
        setDark([])
        draft.step("route")
        draft.step("reach")
        let late = lookBefore(green)
        if let automatic = green["autoPromotionEnabled"] {
            ledger.carry(automatic)
            if automatic.flag == false {
                remark(
                    automatic, "nobody waits for ever: who is not answered in 24h goes home",
                    do: "set the timeout of the step approve; `theseus approve` goes on")
                draft.step("approve", ["timeout": "24h"])
            }
        }
        if let seconds = take(green, "autoPromotionSeconds")?.whole, seconds > 0 {
            draft.step("pause", .string(TimeSpan.text(seconds: seconds)))
        }
        draft.step("weight", 100)
        lookAfter(green, late)
        wait(green)
        draft.step("retire")
    }

    /// Runs what can be run in the dark; gives the gates, which need users.
    private mutating func lookBefore(_ green: ForeignField) -> [JudgedMetric] {
        guard let field = green["prePromotionAnalysis"] else { return [] }
        let metrics = analysis(field)
        if let delay = metrics.compactMap(\.delay).max() {
            draft.step("pause", .string(TimeSpan.text(delay)))
        }
        for metric in metrics where metric.isTest {
            if let length = metric.length, length > 0, metric.count != 1 {
                bake(length, gates: [], tests: [metric.name])
            } else {
                draft.step("test", .string(metric.name))
            }
        }
        let gates = metrics.filter { !$0.isTest }
        if !gates.isEmpty {
            remark(
                field,
                "in the dark there are no users to judge by: its gates look on behind weight: 100",
                do: "add - weight: 1 and a bake with them before, so that few users meet it first")
        }
        return gates
    }

    private mutating func lookAfter(_ green: ForeignField, _ late: [JudgedMetric]) {
        let after = green["postPromotionAnalysis"].map { analysis($0) } ?? []
        let all = late + after.filter { !late.contains($0) }
        guard !all.isEmpty else { return }
        let length = all.compactMap { $0.length.map { $0 } }.max() ?? 60_000
        let delay = after.compactMap(\.delay).max() ?? 0
        var names: [String] = []
        for metric in all where !metric.isTest && !names.contains(metric.name) {
            names.append(metric.name)
        }
        bake(length + delay, gates: names, tests: all.filter(\.isTest).map(\.name))
    }
}

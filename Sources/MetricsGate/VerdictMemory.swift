package import CanaryEngine
internal import MetricsSources

/// What one who watches a gate must keep in mind between two looks.
package struct VerdictMemory: Sendable {
    private let gate: GateSpec
    /// The newest answers that were one, the oldest first: whether they failed.
    private var failed: [Bool] = []
    private var troubleSince: Duration?

    package init(_ gate: GateSpec) { self.gate = gate }

    /// Turns a failure that alone does not count into not enough evidence; never into a pass.
    ///
    /// `now` is any clock that goes on.
    package mutating func hear(_ judgement: MetricsJudge.Judgement, at now: Duration) -> Verdict {
        troubleSince = judgement.trouble == nil ? nil : troubleSince ?? now
        let verdict = judgement.verdict
        guard verdict.ruling != .notEnough else { return verdict }
        failed.append(verdict.ruling == .fail)
        failed.removeFirst(max(0, failed.count - gate.failures.of))
        let failures = failed.count { $0 }
        guard verdict.ruling == .fail, failures < gate.failures.count else { return verdict }
        return Verdict(
            .notEnough,
            "\(verdict.sentence); failed \(failures) of the last \(failed.count) times, it takes"
                + " \(gate.failures.count) of \(gate.failures.of)",
            measures: verdict.measures)
    }

    /// How long the source has erred without a break.
    package func troubled(at now: Duration) -> Duration? { troubleSince.map { now - $0 } }
}

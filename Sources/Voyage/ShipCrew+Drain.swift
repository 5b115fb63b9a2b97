internal import CanaryEngine
internal import FlowFiles
internal import MetricsGate
internal import Timekeeping
internal import Workloads

extension ShipCrew {
    /// Waits for what is in flight, once the share is 0: half of `limits.drain` in any case, and up to
    /// all of it while the metrics show that there is something.
    ///
    /// What is cut off then is counted.
    func drain(_ deployment: String, _ version: GateScope.Version) async throws -> String {
        let end = rig.time.now + limits.drain - rig.pace.poll * 3
        if try await keeper.drainCandidate(deployment, grace: limits.drain / 2) == 0 {
            return "no pod was left"
        }
        guard let source = prometheus else { return "" }
        let watch = DrainWatch(source: source, scope: gateScope)
        while true {
            let finding = await watch.look(at: version)
            try Task.checkCancellation()
            switch finding {
            case .quiet: return "nothing was in flight any more"
            case .blind(let why): return "what was in flight could not be counted: \(why)"
            case .busy(let requests, let connections):
                guard rig.time.now < end else {
                    return "cut off: \(connections) open connections;"
                        + " \(requests) requests ended just before"
                }
            }
            try await rig.time.sleep(for: max(rig.pace.poll, flow.scrape / 2))
        }
    }

    /// Pods may take longer to end than any of our writes: their grace period is theirs.
    var endPatience: Duration { max(rig.pace.poll, limits.write - rig.pace.poll * 10) }

    func ending(_ left: Int) -> String {
        left == 0 ? "" : "\(left) pods are still ending, as their grace period lets them"
    }
}

/// The queries of gates that are ready-made.
extension QueryText {
    /// What a question asks Prometheus about a version; nil for one that is counted (`errorRatio`).
    static func text(
        of question: GateSpec.Question, about version: GateScope.Version, scope: GateScope,
        window: Duration
    ) -> String? {
        let length = duration(window)
        switch question {
        case .errorRatio, .successRate: return nil
        case .query(let text):
            return filled(text, scope: scope.asking(about: version), window: window)
        case .latency(let quantile):
            let buckets = counter(
                .of(version), scope: scope, named: "istio_request_duration_milliseconds_bucket")
            return "histogram_quantile(\(quantile), sum by (le) (rate(\(buckets)[\(length)])))"
                + " / 1000"
        case .saturation(.cpu):
            let used = "container_cpu_usage_seconds_total\(pods(version, scope, "container!=\"\""))"
            return "sum(rate(\(used)[\(length)])) / \(limit("cpu", version, scope))"
        case .saturation(.memory):
            let used =
                "container_memory_working_set_bytes\(pods(version, scope, "container!=\"\""))"
            return "sum(\(used)) / \(limit("memory", version, scope))"
        case .restarts:
            let count = "kube_pod_container_status_restarts_total\(pods(version, scope))"
            return "sum(increase(\(count)[\(length)]))"
        }
    }

    private static func limit(
        _ resource: String, _ version: GateScope.Version, _ scope: GateScope
    ) -> String {
        let labels = pods(version, scope, "resource=\"\(resource)\"")
        return "sum(kube_pod_container_resource_limits\(labels))"
    }

    /// The pods of a Deployment by their names, `NAME-HASH-RANDOM`: what belongs to
    /// `shop-v2` has a part more than what belongs to `shop`.
    private static func pods(
        _ version: GateScope.Version, _ scope: GateScope, _ more: String...
    ) -> String {
        let name = "\(pattern(version.workload))-[^-]+-[^-]{5}"
        let labels =
            ["namespace=\"\(escaped(scope.namespace))\"", "pod=~\"\(escaped(name))\""] + more
        return "{\(labels.joined(separator: ","))}"
    }
}

internal import JSONTree

/// One line of Envoy's access log.
struct AccessEntry: Hashable, Sendable {
    var listener = ""
    var code = 0
    var flags = "-"
    var milliseconds = 0
    /// Where the request went; nil for one that went nowhere.
    var place: String?
    var cluster = ""
    var authority = ""
    var source = ""

    /// nil for a line that does not say what it must.
    init?(_ line: ArraySlice<UInt8>) {
        guard let tree = try? JSONReader.tree(of: Array(line)),
            let listener = tree["listener"]?.text, let code = Self.number(tree["code"]),
            let milliseconds = Self.number(tree["ms"])
        else { return nil }
        self.listener = listener
        self.code = code
        self.milliseconds = milliseconds
        flags = tree["flags"]?.text ?? "-"
        place = tree["host"]?.text
        cluster = tree["cluster"]?.text ?? ""
        authority = tree["authority"]?.text ?? ""
        source = tree["source"]?.text ?? ""
    }

    /// Envoy writes numbers as numbers or, in older versions, as texts.
    private static func number(_ tree: JSONTree?) -> Int? {
        tree?.whole ?? tree?.text.flatMap { Int($0) }
    }

    /// Istio's labels of this request, in their order.
    func labels(_ directory: PodDirectory) -> [MetricLabel] {
        let pod = place.flatMap(directory.find)
        let host = serviceHost
        let parts = host.split(separator: ".").map(String.init)
        let isService = host.hasSuffix(".svc.cluster.local")
        let sender =
            listener == "gateway" ? "istio-ingressgateway" : source.isEmpty ? "unknown" : source
        return [
            MetricLabel("reporter", "source"),
            MetricLabel("source_workload", sender),
            MetricLabel(
                "source_workload_namespace", listener == "gateway" ? "istio-system" : "rig"),
            MetricLabel("destination_workload", pod?.workload ?? "unknown"),
            MetricLabel("destination_workload_namespace", pod?.namespace ?? "unknown"),
            MetricLabel("destination_version", pod?.version ?? "unknown"),
            MetricLabel("destination_service", host),
            MetricLabel("destination_service_name", isService ? parts[0] : host),
            MetricLabel("destination_service_namespace", isService ? parts[1] : "unknown"),
            MetricLabel("request_protocol", "http"),
            MetricLabel("response_code", "\(code)"),
            MetricLabel("response_flags", flags),
            MetricLabel("connection_security_policy", "unknown"),
        ]
    }

    /// The service that was meant: the cluster's, or what the request named.
    private var serviceHost: String {
        let parts = cluster.split(separator: "|", omittingEmptySubsequences: false)
        if parts.count == 4 { return String(parts[3]) }
        return authority.split(separator: ":").first.map(String.init) ?? "unknown"
    }
}

struct MetricLabel: Hashable, Sendable {
    let name: String
    let value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    var text: String { "\(name)=\"\(value)\"" }
}

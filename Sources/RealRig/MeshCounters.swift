/// Istio's two metrics, counted from the access log.
struct MeshCounters: Sendable {
    /// The upper bounds of Istio's histogram of durations, in milliseconds.
    static let bounds: [Double] = [
        0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000,
        600_000, 1_800_000, 3_600_000,
    ]

    private struct Series {
        var count = 0
        var sum = 0
        /// How many lie within each bound and not within the one before.
        var within = [Int](repeating: 0, count: MeshCounters.bounds.count)
    }

    private var series: [[MetricLabel]: Series] = [:]

    mutating func add(_ entry: AccessEntry, _ directory: PodDirectory) {
        let labels = entry.labels(directory)
        var one = series[labels] ?? Series()
        one.count += 1
        one.sum += entry.milliseconds
        if let place = Self.bounds.firstIndex(where: { Double(entry.milliseconds) <= $0 }) {
            one.within[place] += 1
        }
        series[labels] = one
    }

    /// What came to a namespace that nobody asks about any more.
    mutating func forget(_ namespace: String) {
        let names = ["destination_workload_namespace", "destination_service_namespace"]
        series = series.filter { member in
            !member.key.contains { names.contains($0.name) && $0.value == namespace }
        }
    }

    /// Requests whose labels have all these values.
    func requests(_ wanted: [String: String]) -> Int {
        series.reduce(0) { sum, member in
            let matches = wanted.allSatisfy { pair in
                member.key.contains { $0.name == pair.key && $0.value == pair.value }
            }
            return matches ? sum + member.value.count : sum
        }
    }

    /// In Prometheus' text format.
    var text: String {
        let sorted = series.map { (labels: $0.key.map(\.text).joined(separator: ","), $0.value) }
            .sorted { $0.labels < $1.labels }
        var text = "# TYPE istio_requests_total counter\n"
        for (labels, one) in sorted { text += "istio_requests_total{\(labels)} \(one.count)\n" }
        let name = "istio_request_duration_milliseconds"
        text += "# TYPE \(name) histogram\n"
        for (labels, one) in sorted {
            var sofar = 0
            for (bound, count) in zip(Self.bounds, one.within) {
                sofar += count
                text += "\(name)_bucket{\(labels),le=\"\(bound)\"} \(sofar)\n"
            }
            text += "\(name)_bucket{\(labels),le=\"+Inf\"} \(one.count)\n"
            text += "\(name)_sum{\(labels)} \(one.sum)\n"
            text += "\(name)_count{\(labels)} \(one.count)\n"
        }
        return text
    }
}

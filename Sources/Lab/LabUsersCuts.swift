/// Requests that were still being answered when their pod went away.
///
/// A pod that is to go gets no new requests, but may have old ones; when it is gone before they
/// are done, they are cut. Counted in closed form, from the rate at which requests came and the
/// share of answers that take longer than the pod had left.
struct LabUsersCuts: Sendable {
    private struct Stop: Sendable {
        let pod: String
        let namespace: String
        let at: Double
        /// How many pods had shared the requests until then.
        let among: Int
    }

    /// What the end of one pod cut off.
    struct Cut: Hashable, Sendable {
        let at: Double
        let version: String
        let requests: Double
    }

    private var stops: [Stop] = []
    private(set) var cuts: [Cut] = []

    /// No answer takes longer, in seconds.
    private static let longest = 600.0
    private static let step = 0.5

    /// A pod gets no more requests; `pods` are those from before.
    mutating func stop(_ pod: MeshPod, among pods: [MeshPod], at seconds: Double) {
        let sharing = pods.filter {
            $0.isReady && $0.workload == pod.workload && $0.namespace == pod.namespace
        }
        stops.append(
            Stop(
                pod: pod.name, namespace: pod.namespace, at: seconds, among: max(sharing.count, 1)))
    }

    /// A pod that was not ready is so again, or never was.
    mutating func forget(_ pod: MeshPod) {
        stops.removeAll { $0.pod == pod.name && $0.namespace == pod.namespace }
    }

    /// A pod is gone, and with it what it had not finished.
    mutating func end(_ pod: MeshPod, in ledger: RequestLedger, at seconds: Double) {
        let known = stops.last { $0.pod == pod.name && $0.namespace == pod.namespace }
        forget(pod)
        guard let stop = known else { return }
        var requests = 0.0
        for (place, stream) in ledger.streams.enumerated()
        where stream.workload == pod.workload && stream.version == pod.version
            && stream.origin != .mirror
        {
            let latency = ledger.profiles[stream.profile]
            requests += Self.unfinished(place, latency, in: ledger, stop: stop, now: seconds)
        }
        if requests > 0.001 {
            cuts.append(Cut(at: seconds, version: pod.version, requests: requests))
        }
    }

    /// How many of one stream's requests to one pod are not done yet.
    private static func unfinished(
        _ place: Int, _ latency: LatencyProfile, in ledger: RequestLedger, stop: Stop, now: Double
    ) -> Double {
        var total = 0.0
        var end = stop.at
        while end > max(0, stop.at - longest) {
            let remaining = 1 - latency.share(within: (now - end + step / 2) * 1000)
            if remaining < 1e-6 { break }
            let count =
                ledger.value(of: place, at: end) - ledger.value(of: place, at: max(0, end - step))
            total += count / Double(stop.among) * remaining
            end -= step
        }
        return total
    }

    func requests(after start: Double?, until end: Double) -> Double {
        cuts.reduce(0) { total, cut in
            let isWithin = cut.at <= end && start.map { cut.at > $0 } ?? true
            return isWithin ? total + cut.requests : total
        }
    }
}

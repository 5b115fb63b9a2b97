/// A value that is known here only some time after it was set elsewhere.
struct Lagging<Value: Hashable & Sendable>: Sendable {
    private(set) var current: Value
    private var underway: [(at: Duration, value: Value)] = []

    init(_ value: Value) { current = value }

    /// Values arrive in the order in which they were sent, however long each one takes.
    mutating func send(_ value: Value, arrivingAt arrival: Duration) {
        underway.append((max(arrival, underway.last?.at ?? arrival), value))
    }

    /// When the next value arrives.
    var next: Duration? { underway.first?.at }

    /// The value that will hold in the end.
    var newest: Value { underway.last?.value ?? current }

    /// Takes in what has arrived; true when the value is another now.
    mutating func arrive(until now: Duration) -> Bool {
        var isChanged = false
        while let first = underway.first, first.at <= now {
            isChanged = isChanged || first.value != current
            current = first.value
            underway.removeFirst()
        }
        return isChanged
    }
}

/// One group of proxies: what it holds of the mesh's configuration, and what is still on its way.
///
/// Routes and clusters travel apart, so that a route can name a subset that is not there yet:
/// that is why one is made before the other is broken.
struct MeshProxies: Sendable {
    var routes = Lagging(RouteTable())
    var clusters = Lagging(ClusterTable())
    /// The gateway whose routes they hold; nil: any gateway's.
    let gateway: String?
    /// The workload as which they send requests on; empty where many do.
    let workload: String
    /// What requests were found to come to among these pods, since something last arrived.
    private var known: [RequestFeatures: [Fate]] = [:]
    private var knownPods: [MeshPod] = []

    init(gateway: String?, workload: String) {
        self.gateway = gateway
        self.workload = workload
    }

    /// How one request fares, or an endless number of equal ones.
    struct Fate: Hashable, Sendable {
        enum End: Hashable, Sendable {
            case pod(
                service: ClusterTable.Service, workload: String, version: String, image: String)
            case lost(service: String, code: Int, flags: String)
            /// The route itself answered.
            case answered(service: String, code: Int)
        }

        var end: End
        var share: Double
        var path: RequestStream.Path
        var isMirror = false
        var headers: [HeaderEdits] = []
    }

    var nextArrival: Duration? { LabTime.earlier(routes.next, clusters.next) }

    mutating func arrive(until now: Duration) -> Bool {
        let hasRoutes = routes.arrive(until: now)
        let isChanged = clusters.arrive(until: now) || hasRoutes
        if isChanged { known.removeAll(keepingCapacity: true) }
        return isChanged
    }

    /// Whether any pod stands ready behind a load's service, whatever the routes.
    func hasPods(_ load: UserLoad, among pods: [MeshPod]) -> Bool {
        let host = MeshNames.fullHost(load.service, load.namespace)
        guard case .success = clusters.current.pods(host, subset: nil, among: pods) else {
            return false
        }
        return true
    }

    /// All the ends that a request may come to, with their shares; those of no mirror sum to 1.
    mutating func fates(of request: RequestFeatures, among pods: [MeshPod]) -> [Fate] {
        if pods != knownPods {
            known.removeAll(keepingCapacity: true)
            knownPods = pods
        }
        if let fates = known[request] { return fates }
        let fates = reckonFates(of: request, among: pods)
        // Whoever asks for ever new paths must not fill the memory.
        if known.count < 1000 { known[request] = fates }
        return fates
    }

    private func reckonFates(of request: RequestFeatures, among pods: [MeshPod]) -> [Fate] {
        let service = clusters.current.service(request.authority)
        let names = service?.names ?? [request.authority]
        let host = service?.host ?? request.authority
        switch routes.current.choose(for: request, names: names, gateway: gateway) {
        case .noHost where gateway == MeshNames.mesh && service != nil:
            return spread(host, subset: nil, share: 1, isSelective: false, among: pods)
        case .noHost, .noRoute:
            return [
                Fate(end: .lost(service: host, code: 404, flags: "NR"), share: 1, path: .routed)
            ]
        case .route(let route, let isSelective):
            if let status = route.status {
                let end = Fate.End.answered(service: host, code: status)
                return [Fate(end: end, share: 1, path: .routed, headers: [route.headers])]
            }
            return fates(along: route, isSelective: isSelective, host: host, among: pods)
        }
    }

    private func fates(
        along route: MeshRoute, isSelective: Bool, host: String, among pods: [MeshPod]
    ) -> [Fate] {
        var fates: [Fate] = []
        for destination in route.destinations where destination.share > 0 {
            for var fate in spread(
                destination.host, subset: destination.subset, share: destination.share,
                isSelective: isSelective, among: pods)
            {
                fate.headers = [destination.headers, route.headers]
                fates.append(fate)
            }
        }
        if fates.isEmpty {
            fates = [
                Fate(end: .lost(service: host, code: 503, flags: "NC"), share: 1, path: .routed)
            ]
        }
        for mirror in route.mirrors where mirror.share > 0 {
            for var fate in spread(
                mirror.host, subset: mirror.subset, share: mirror.share, isSelective: isSelective,
                among: pods)
            {
                fate.isMirror = true
                fates.append(fate)
            }
        }
        return fates
    }

    /// Every ready pod behind a destination gets an equal part.
    private func spread(
        _ host: String, subset: String?, share: Double, isSelective: Bool, among pods: [MeshPod]
    ) -> [Fate] {
        let table = clusters.current
        switch table.pods(host, subset: subset, among: pods) {
        case .failure(let missing):
            let end = Fate.End.lost(
                service: missing.service, code: 503, flags: missing.absence.flags)
            return [Fate(end: end, share: share, path: .routed)]
        case .success(let chosen):
            guard let service = table.service(host) else { return [] }
            let each = share / Double(chosen.count)
            let isUnpinned = chosen.contains { $0.version != chosen[0].version }
            let path: RequestStream.Path =
                isSelective ? .matched : isUnpinned ? .unpinned : .routed
            var kinds: [(pod: MeshPod, share: Double)] = []
            for pod in chosen {
                if let known = kinds.firstIndex(where: { $0.pod.isLike(pod) }) {
                    kinds[known].share += each
                } else {
                    kinds.append((pod, each))
                }
            }
            return kinds.map { pod, share in
                let end = Fate.End.pod(
                    service: service, workload: pod.workload, version: pod.version,
                    image: pod.image)
                return Fate(end: end, share: share, path: path)
            }
        }
    }
}

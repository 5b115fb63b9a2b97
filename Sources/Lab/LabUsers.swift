/// The users: who asks for what, how they fare, and what flows where at the moment.
struct LabUsers: Sendable {
    /// What one version of a service bears now.
    struct Burden: Hashable, Sendable {
        let service: String
        let version: String
        /// Users' requests a second.
        var perSecond: Double
        /// In percent of the service's requests that reach any pod.
        var percent: Double
        var pods: Int
    }

    private struct Flow {
        let source: String
        let fate: MeshProxies.Fate
        let perSecond: Double
    }

    private(set) var loads: [UserLoad]
    /// Which loads' services have ever had a ready pod: nobody comes before the doors open.
    private var isOpen: [Bool]
    private(set) var burdens: [Burden] = []

    init(_ loads: [UserLoad]) {
        self.loads = loads
        isOpen = loads.map { _ in false }
        for index in loads.indices { self.loads[index].schedule.sort { $0.at < $1.at } }
    }

    /// When a load next changes by its schedule.
    var nextChange: Duration? {
        var next: Duration?
        for index in loads.indices { next = LabTime.earlier(next, loads[index].schedule.first?.at) }
        return next
    }

    mutating func followSchedule(until now: Duration) {
        for index in loads.indices {
            while let change = loads[index].schedule.first, change.at <= now {
                loads[index].perSecond = change.perSecond
                loads[index].schedule.removeFirst()
            }
        }
    }

    /// Sets the load of a service, or of all.
    mutating func setLoad(_ perSecond: Double, service: String?) {
        for index in loads.indices where service == nil || loads[index].service == service {
            loads[index].perSecond = max(perSecond, 0)
        }
    }

    func burden(service: String, version: String) -> Burden? {
        burdens.first { $0.service == service && $0.version == version }
    }

    /// Reckons anew what flows where, and has it booked from now on.
    mutating func flow(
        through gateway: inout MeshProxies, and clients: inout MeshProxies, to pods: [MeshPod],
        settings: MeshSettings, booked ledger: inout RequestLedger, at seconds: Double
    ) {
        var flows: [Flow] = []
        for (index, load) in loads.enumerated() where load.perSecond > 0 {
            isOpen[index] = isOpen[index] || clients.hasPods(load, among: pods)
            guard isOpen[index] else { continue }
            for isGateway in [true, false] {
                let part = isGateway ? load.gatewayShare : 1 - load.gatewayShare
                guard part > 0 else { continue }
                let request = load.features(throughGateway: isGateway)
                let fates =
                    isGateway
                    ? gateway.fates(of: request, among: pods)
                    : clients.fates(of: request, among: pods)
                for fate in fates {
                    flows.append(
                        Flow(
                            source: isGateway ? gateway.workload : load.client, fate: fate,
                            perSecond: load.perSecond * part * fate.share))
                }
            }
        }
        weigh(flows, pods)
        var rates: [(place: Int, perSecond: Double)] = []
        for flow in flows {
            for (stream, share) in streams(of: flow.fate, from: flow.source, settings, &ledger) {
                rates.append((ledger.place(of: stream), flow.perSecond * share))
            }
        }
        ledger.setRates(rates, at: seconds)
    }

    private mutating func weigh(_ flows: [Flow], _ pods: [MeshPod]) {
        burdens = []
        for flow in flows where !flow.fate.isMirror {
            guard case .pod(let service, _, let version, _) = flow.fate.end else { continue }
            if let known = burdens.firstIndex(where: {
                $0.service == service.host && $0.version == version
            }) {
                burdens[known].perSecond += flow.perSecond
            } else {
                let ready = pods.filter {
                    $0.isReady && $0.version == version && $0.namespace == service.namespace
                        && $0.bears(service.selector)
                }
                burdens.append(
                    Burden(
                        service: service.host, version: version, perSecond: flow.perSecond,
                        percent: 0, pods: ready.count))
            }
        }
        for index in burdens.indices {
            let total = burdens.filter { $0.service == burdens[index].service }
                .reduce(0) { $0 + $1.perSecond }
            burdens[index].percent = total > 0 ? 100 * burdens[index].perSecond / total : 0
        }
    }

    /// How a version answers at its present burden.
    func behavior(of version: String, image: String, service: String, _ settings: MeshSettings)
        -> VersionBehavior
    {
        let burden = burden(service: service, version: version)
        var behavior = settings.behavior(image: image, version: version)
            .under(percent: burden?.percent ?? 0)
        if let capacity = behavior.capacityPerPod, let burden, burden.pods > 0 {
            let each = burden.perSecond / Double(burden.pods)
            let tooMuch = each > capacity ? 1 - capacity / each : 0
            if tooMuch > behavior.errorRate {
                behavior.errorRate = tooMuch
                behavior.errorCode = 503
            }
        }
        return behavior
    }

    /// The streams into which requests of one fate part: those that went well, those that failed.
    private func streams(
        of fate: MeshProxies.Fate, from source: String, _ settings: MeshSettings,
        _ ledger: inout RequestLedger
    ) -> [(RequestStream, share: Double)] {
        let origin: RequestStream.Origin = fate.isMirror ? .mirror : .users
        guard case .pod(let service, _, let version, let image) = fate.end else {
            let stream = RequestStream(
                fate, origin: origin, source: source, code: nil,
                profile: ledger.place(of: Self.atOnce))
            return [(stream, 1)]
        }
        let behavior = behavior(
            of: version, image: image, service: service.host, settings)
        let profile = ledger.place(of: behavior.latency)
        let fine = RequestStream(
            fate, origin: origin, source: source, code: 200, profile: profile)
        var failed = fine
        failed.code = behavior.errorCode
        return [(fine, 1 - behavior.errorRate), (failed, behavior.errorRate)].filter { $0.1 > 0 }
    }

    /// Answers that a proxy gives without asking anybody.
    static let atOnce = LatencyProfile(median: 0.4, spread: 0)
}

extension RequestStream {
    /// `code` is for requests that reach a pod; others have the proxy's.
    init(
        _ fate: MeshProxies.Fate, origin: Origin, source: String, code: Int?, profile: Int
    ) {
        switch fate.end {
        case .pod(let service, let workload, let version, _):
            self.init(
                origin: origin, path: fate.path, source: source, service: service.host,
                workload: workload, version: version, code: code ?? 200, flags: Self.fine,
                profile: profile)
        case .lost(let service, let proxyCode, let flags):
            self.init(
                origin: origin, path: fate.path, source: source, service: service, workload: "",
                version: "", code: proxyCode, flags: flags, profile: profile)
        case .answered(let service, let proxyCode):
            self.init(
                origin: origin, path: fate.path, source: source, service: service, workload: "",
                version: "", code: proxyCode, flags: Self.fine, profile: profile)
        }
    }
}

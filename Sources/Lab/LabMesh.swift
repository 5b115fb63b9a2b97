package import HTTPMessages
package import JSONTree
internal import Manifests

/// The mesh, its users and its Prometheus, as a value.
///
/// A change of the cluster reaches each group of proxies after a lag of its own; pods that come
/// and go are seen at once. Users are no events but rates, booked in a ledger whenever one changes.
package struct LabMesh: Sendable {
    package private(set) var settings: MeshSettings
    var users: LabUsers
    private(set) var now: Duration = .zero
    var ledger: RequestLedger
    var prometheus: PrometheusDoor
    var gateway: MeshProxies
    private var clients: MeshProxies
    private(set) var pods: [MeshPod] = []
    private(set) var cuts = LabUsersCuts()
    private var dice: SeededGenerator
    /// For requests through the gateway, so that their number does not move the lags.
    var requestDice: SeededGenerator
    /// How far the cluster's history has been read.
    private var read = 0
    /// What each version's pods bear now, where it is known what they can bear.
    private(set) var podLoads: [PodLoad] = []

    /// A mesh as a world's file describes it.
    package init(settings: JSONTree, seed: UInt64) {
        self.init(MeshSettings(settings), seed: seed)
    }

    package init(_ settings: MeshSettings, seed: UInt64) {
        self.settings = settings
        users = LabUsers(settings.loads)
        dice = SeededGenerator(seed: seed ^ 0x6D65_7368)
        requestDice = SeededGenerator(seed: seed ^ 0x6761_7465)
        let period = max(settings.ripplePeriod.inSeconds, 1)
        let turn = { (dice: inout SeededGenerator) in 2 * Double.pi * dice.fraction() }
        ledger = RequestLedger(
            steady: LoadRipple(
                amplitude: settings.ripple, period: period, phase: turn(&dice)),
            failing: LoadRipple(
                amplitude: settings.ripple * 2, period: period * 0.61, phase: turn(&dice)),
            retention: settings.retention)
        gateway = MeshProxies(
            gateway: settings.gateway, workload: settings.gatewayWorkload)
        clients = MeshProxies(gateway: MeshNames.mesh, workload: "")
        var namespaces = [settings.gatewayWorkload: settings.gatewayNamespace]
        for load in settings.loads { namespaces[load.client] = load.namespace }
        prometheus = PrometheusDoor(
            settings.prometheus, epoch: settings.epoch, sourceNamespaces: namespaces)
        reckon()
    }

    /// Looks at the cluster after a change; what it sees takes effect after the mesh's lag.
    ///
    /// Only what the cluster stored since the last time is read. What a world begins with is in
    /// effect at once.
    package mutating func notice(_ cluster: LabCluster, at now: Duration) {
        advance(to: now)
        prometheus.epoch = cluster.epoch
        if cluster.history.count < read { read = 0 }
        var hasPods = false
        var hasRoutes = false
        var hasClusters = false
        for stored in cluster.history[read...] {
            switch stored.reference.kind.plural {
            case ResourceKind.pod.plural: hasPods = notice(stored) || hasPods
            case ResourceKind.virtualService.plural: hasRoutes = true
            case ResourceKind.destinationRule.plural, ResourceKind.service.plural:
                hasClusters = true
            default: break
            }
        }
        read = cluster.history.count
        if hasRoutes { send(RouteTable(cluster.objects(.virtualService))) }
        if hasClusters {
            send(
                ClusterTable(
                    services: cluster.objects(.service), rules: cluster.objects(.destinationRule)))
        }
        let hasArrived = arrive(until: self.now)
        if hasPods || hasArrived { reckon() }
    }

    /// Takes in one pod's new version; false where nothing of it matters here.
    private mutating func notice(_ stored: StoredVersion) -> Bool {
        let place = pods.firstIndex {
            $0.name == stored.reference.name && $0.namespace == stored.reference.namespace
        }
        guard let object = stored.object else {
            prometheus.notice(nil, stored.reference, saturation: 0, at: now)
            guard let place else { return false }
            let pod = pods[place]
            if pod.isReady { cuts.stop(pod, among: pods, at: now.inSeconds) }
            cuts.end(pod, in: ledger, at: now.inSeconds)
            pods.remove(at: place)
            return pod.isReady
        }
        let pod = MeshPod(object, versionLabel: settings.versionLabel)
        let behavior = settings.behavior(image: pod.image, version: pod.version)
        prometheus.notice(
            object, stored.reference, saturation: behavior.saturation, at: now)
        guard let place else {
            pods.append(pod)
            return pod.isReady
        }
        let old = pods[place]
        if old.isReady, !pod.isReady { cuts.stop(old, among: pods, at: now.inSeconds) }
        if !old.isReady, pod.isReady { cuts.forget(pod) }
        pods[place] = pod
        return old != pod && (old.isReady || pod.isReady)
    }

    private mutating func send(_ table: RouteTable) {
        if table != gateway.routes.newest {
            gateway.routes.send(table, arrivingAt: arrival(settings.gatewayLag))
        }
        if table != clients.routes.newest {
            clients.routes.send(table, arrivingAt: arrival(settings.clientLag))
        }
    }

    private mutating func send(_ table: ClusterTable) {
        if table != gateway.clusters.newest {
            gateway.clusters.send(table, arrivingAt: arrival(settings.gatewayLag))
        }
        if table != clients.clusters.newest {
            clients.clusters.send(table, arrivingAt: arrival(settings.clientLag))
        }
    }

    private mutating func arrival(_ lag: MeshSettings.Lag) -> Duration {
        if now == .zero { return now }
        return now + lag.least + (lag.most - lag.least) * dice.fraction()
    }

    private mutating func arrive(until now: Duration) -> Bool {
        let atGateway = gateway.arrive(until: now)
        return clients.arrive(until: now) || atGateway
    }

    /// When the mesh next changes by itself; nil: never.
    @inline(__always)  // else all of it is copied to be asked
    package var nextChange: Duration? {
        LabTime.earlier(
            LabTime.earlier(gateway.nextArrival, clients.nextArrival), users.nextChange)
    }

    /// Lets users send requests, and configuration spread, up to `now`.
    package mutating func advance(to now: Duration) {
        while let change = nextChange, change <= now {
            self.now = max(self.now, change)
            let isScheduled = users.nextChange.map { $0 <= change } ?? false
            users.followSchedule(until: change)
            if arrive(until: change) || isScheduled { reckon() }
        }
        self.now = max(self.now, now)
    }

    /// Books from now on what flows now.
    private mutating func reckon() {
        users.flow(
            through: &gateway, and: &clients, to: pods, settings: settings, booked: &ledger,
            at: now.inSeconds)
        podLoads = users.burdens.compactMap { burden in
            let image = pods.first { $0.isReady && $0.version == burden.version }?.image ?? ""
            let behavior = settings.behavior(image: image, version: burden.version)
            guard let capacity = behavior.capacityPerPod, capacity > 0, burden.pods > 0 else {
                return nil
            }
            return PodLoad(
                service: burden.service, version: burden.version,
                share: burden.perSecond / Double(burden.pods) / capacity)
        }
    }

    package mutating func handlePrometheus(_ request: HTTPRequest, at now: Duration)
        -> LabAnswer
    {
        handlePrometheus(request, LabAddress(request.url), at: now)
    }

    mutating func handlePrometheus(
        _ request: HTTPRequest, _ address: LabAddress, at now: Duration
    ) -> LabAnswer {
        advance(to: now)
        return prometheus.answer(request, address, from: ledger, at: self.now)
    }

    /// Changes the mesh in the middle of a run: lags, behaviours, faults.
    package mutating func change(_ edit: (inout MeshSettings) -> Void) {
        edit(&settings)
        prometheus.settings = settings.prometheus
        reckon()
    }

    /// A knob under `/lab/<name>`; nil where the mesh has no such knob.
    ///
    /// `load`: `{service, perSecond}` · `versions`: `{v2: {errorRate, …}}` · `prometheus`:
    /// `{fault, lag, frozen, delay}` · `lag`: a duration, or `{least, most}`.
    package mutating func turn(_ knob: String, _ setting: JSONTree) -> LabAnswer? {
        switch knob {
        case "load":
            guard let perSecond = setting["perSecond"]?.decimal else {
                return Self.refusal("load: give perSecond, a number")
            }
            users.setLoad(perSecond, service: setting["service"]?.text)
            reckon()
        case "versions":
            guard let members = setting.members else {
                return Self.refusal("versions: give an object of versions")
            }
            change { settings in
                for member in members {
                    settings.versions[member.key] = VersionBehavior(member.value)
                }
            }
        case "prometheus":
            var prometheus = settings.prometheus
            guard prometheus.turn(setting, at: now) else {
                let known = PrometheusSettings.Fault.allCases.map(\.rawValue)
                return Self.refusal(
                    "prometheus: fault is one of \(known.joined(separator: ", "))")
            }
            change { $0.prometheus = prometheus }
        case "lag":
            change { settings in
                settings.gatewayLag = .init(setting, or: settings.gatewayLag)
                settings.clientLag = .init(setting, or: settings.clientLag)
            }
        default: return nil
        }
        return .tree(summary)
    }

    private static func refusal(_ reason: String) -> LabAnswer {
        .tree(["error": .string(reason)], status: 400)
    }
}

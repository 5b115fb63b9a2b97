package import JSONTree

/// What a mesh, its users and its Prometheus are like.
package struct MeshSettings: Sendable {
    /// How long a change is on its way to a group of proxies: drawn anew for each change.
    package struct Lag: Hashable, Sendable {
        package var least: Duration
        package var most: Duration

        package init(_ least: Duration, _ most: Duration) {
            self.least = max(least, .zero)
            self.most = max(most, self.least)
        }
    }

    /// The pods' label that tells versions apart.
    package var versionLabel = "version"
    /// The gateway through which half of the users come, as `namespace/name`; nil: any.
    package var gateway: String?
    package var gatewayWorkload = "istio-ingressgateway"
    package var gatewayNamespace = "istio-system"
    package var gatewayLag = Lag(.milliseconds(100), .seconds(1))
    package var clientLag = Lag(.milliseconds(100), .seconds(1))
    package var loads: [UserLoad] = []
    /// How versions answer, by image or by version label; the image is looked up first.
    package var versions: [String: VersionBehavior] = [:]
    package var otherVersions = VersionBehavior()
    /// By what share the load swells and ebbs, and how long one swell takes.
    package var ripple = 0.05
    package var ripplePeriod: Duration = .seconds(47)
    package var prometheus = PrometheusSettings()
    /// How far back the past can be asked for.
    package var retention: Duration = .seconds(6 * 3600)
    /// The date at time zero, in milliseconds since 1970.
    package var epoch = 1_767_614_400_000

    package init() {}

    package func behavior(image: String, version: String) -> VersionBehavior {
        versions[image] ?? versions[version] ?? otherVersions
    }
}

/// Users of one service who all ask for the same.
package struct UserLoad: Hashable, Sendable {
    package struct Change: Hashable, Sendable {
        package var at: Duration
        package var perSecond: Double

        package init(at: Duration, perSecond: Double) {
            self.at = at
            self.perSecond = perSecond
        }
    }

    package var service: String
    package var namespace: String
    /// Requests a second, by the gateway and in the mesh together.
    package var perSecond: Double
    /// The part that comes through the gateway, 0...1.
    package var gatewayShare = 0.5
    /// The host that users of the gateway ask for; nil: the service's full name.
    package var host: String?
    package var method = "GET"
    package var path = "/"
    package var headers: [(name: String, value: String)] {
        get { headerFields.map { ($0.name, $0.value) } }
        set { headerFields = newValue.map { .init(name: $0.name.lowercased(), value: $0.value) } }
    }
    private(set) var headerFields: [RequestFeatures.Field] = []
    /// The workload in the mesh that sends the rest; it lives in the service's namespace.
    package var client = "load-generator"
    /// When the load changes, in order.
    package var schedule: [Change] = []

    package init(service: String, namespace: String, perSecond: Double) {
        self.service = service
        self.namespace = namespace
        self.perSecond = perSecond
    }

    func features(throughGateway: Bool) -> RequestFeatures {
        let name = MeshNames.fullHost(service, namespace)
        var features = RequestFeatures(authority: throughGateway ? host ?? name : name)
        features.method = method
        features.path = path
        features.headers = headerFields
        if !throughGateway {
            features.sourceNamespace = namespace
            features.sourceLabels = [.init(name: "app", value: client)]
        }
        return features
    }
}

/// How Prometheus scrapes, and what is wrong with it.
package struct PrometheusSettings: Hashable, Sendable {
    /// What every query is answered with.
    package enum Fault: String, CaseIterable, Hashable, Sendable {
        case none
        /// Every value is NaN.
        case notANumber = "nan"
        /// Every value is +Inf.
        case infinite
        /// No series is found.
        case empty
        /// Every series is there twice, once for each of two replicas.
        case manySeries = "many-series"
        /// No answer comes at all.
        case hang
        /// 500 and no JSON.
        case serverError = "server-error"
        /// 503, as when a query took too long.
        case timeout
        /// 200, but cut off in the middle.
        case undecodable
        /// An answer with a warning that part of it is missing.
        case partial
    }

    package var scrapeInterval: Duration = .seconds(5)
    /// What a query takes.
    package var delay: Duration = .milliseconds(3)
    /// How long a scraped sample takes until queries see it.
    package var lag: Duration = .zero
    package var fault = Fault.none
    /// Since when nothing new has been scraped; nil: scrapes go on.
    package var frozenAt: Duration?

    package init() {}
}

extension MeshSettings {
    /// Reads the mesh's part of a world; what is not there keeps its usual value.
    ///
    /// `{mesh: {versionLabel, gateway, lag, gatewayLag, clientLag}, users: [{service, namespace,
    /// perSecond, gatewayShare, host, method, path, headers, client, schedule: [{at,
    /// perSecond}]}], versions: {v2: …}, otherVersions: …, ripple: {share, period},
    /// prometheus: {scrapeInterval, delay, lag, fault}}`; durations in seconds or like `250ms`.
    package init(_ tree: JSONTree) {
        let mesh = tree["mesh"] ?? [:]
        versionLabel = mesh["versionLabel"]?.text ?? versionLabel
        gateway = mesh["gateway"]?.text
        gatewayLag = Lag(mesh["gatewayLag"] ?? mesh["lag"], or: gatewayLag)
        clientLag = Lag(mesh["clientLag"] ?? mesh["lag"], or: clientLag)
        loads = (tree["users"]?.items ?? []).compactMap(UserLoad.init)
        for member in tree["versions"]?.members ?? [:] {
            versions[member.key] = VersionBehavior(member.value)
        }
        if let others = tree["otherVersions"] { otherVersions = VersionBehavior(others) }
        ripple = tree.at("ripple", "share")?.decimal ?? ripple
        ripplePeriod = Duration(lab: tree.at("ripple", "period")) ?? ripplePeriod
        prometheus.turn(tree["prometheus"] ?? [:], at: .zero)
        epoch = tree["epoch"]?.whole ?? epoch
    }
}

extension PrometheusSettings {
    /// Takes over what a knob says; false where a fault's name is not known.
    @discardableResult
    mutating func turn(_ tree: JSONTree, at now: Duration) -> Bool {
        scrapeInterval = Duration(lab: tree["scrapeInterval"]) ?? scrapeInterval
        delay = Duration(lab: tree["delay"]) ?? delay
        lag = Duration(lab: tree["lag"]) ?? lag
        if let isFrozen = tree["frozen"]?.flag { frozenAt = isFrozen ? frozenAt ?? now : nil }
        guard let name = tree["fault"]?.text else { return true }
        guard let fault = Fault(rawValue: name) else { return false }
        self.fault = fault
        return true
    }
}

extension MeshSettings.Lag {
    init(_ tree: JSONTree?, or other: MeshSettings.Lag) {
        let both = Duration(lab: tree)
        self.init(
            both ?? Duration(lab: tree?["least"]) ?? other.least,
            both ?? Duration(lab: tree?["most"]) ?? other.most)
    }
}

extension UserLoad {
    init?(_ tree: JSONTree) {
        guard let service = tree["service"]?.text, let perSecond = tree["perSecond"]?.decimal else {
            return nil
        }
        self.init(
            service: service, namespace: tree["namespace"]?.text ?? "default",
            perSecond: perSecond)
        gatewayShare = min(max(tree["gatewayShare"]?.decimal ?? gatewayShare, 0), 1)
        host = tree["host"]?.text
        method = tree["method"]?.text ?? method
        path = tree["path"]?.text ?? path
        client = tree["client"]?.text ?? client
        headers = (tree["headers"]?.members ?? [:]).compactMap { member in
            member.value.text.map { (member.key, $0) }
        }
        schedule = (tree["schedule"]?.items ?? []).compactMap { change in
            guard let at = Duration(lab: change["at"]), let rate = change["perSecond"]?.decimal
            else { return nil }
            return Change(at: at, perSecond: rate)
        }
        schedule.sort { $0.at < $1.at }
    }
}

extension Duration {
    /// Seconds as a number, or a text with a unit; nothing beyond some thirty years.
    init?(lab tree: JSONTree?) {
        if let seconds = tree?.decimal, abs(seconds) < 1e9 {
            self = .milliseconds(Int((seconds * 1000).rounded()))
        } else if let text = tree?.text, text.utf8.count < 12,
            let duration = LabTime.duration(text)
        {
            self = duration
        } else {
            return nil
        }
    }
}

package import CanaryEngine
package import JSONTree
package import Manifests

/// Which service is moved, between which two versions, and over which routes.
package struct RouteScope: Hashable, Sendable {
    package var namespace: String
    package var service: String
    /// The pod label that tells the versions apart.
    package var versionLabel: String
    /// The label's value on stable's pods; nil for a first release.
    package var stableVersion: String?
    package var candidateVersion: String
    /// The routes that somebody named; empty: find them.
    package var routes: [RouteName]
    /// Istio match blocks: a request that fits one of them meets the candidate.
    package var dark: [JSONTree]
    /// The run's id: what is ours carries it.
    package var run: String
    /// Where the mesh keeps what holds for all namespaces.
    package var rootNamespace = "istio-system"
    package var clusterDomain = "cluster.local"
    /// The run is going to copy requests to the candidate.
    package var mirrors = false
    package var stickiness: Stickiness?
    /// The versions have a Service each; nil: they are subsets of one.
    package var versionHosts: VersionHosts?
    /// The candidate stands already, whatever it is given, and is to leave the routes.
    package var isRemoval = false
    /// In which version of `networking.istio.io` objects are read and written.
    package var version = "v1"

    package init(
        namespace: String, service: String, versionLabel: String = "version",
        stableVersion: String?, candidateVersion: String, routes: [RouteName] = [],
        dark: [JSONTree] = [], run: String
    ) {
        self.namespace = namespace
        self.service = service
        self.versionLabel = versionLabel
        self.stableVersion = stableVersion
        self.candidateVersion = candidateVersion
        self.routes = routes
        self.dark = dark
        self.run = run
    }

    package var virtualServices: ResourceKind { .virtualService.inVersion(version) }
    package var destinationRules: ResourceKind { .destinationRule.inVersion(version) }

    package var host: MeshHost { mesh(service) }

    /// Every host that leads to pods of the two versions.
    package var hosts: ServiceHosts {
        guard let own = versionHosts else { return ServiceHosts(host) }
        return ServiceHosts(
            service: host, stable: mesh(own.stable), candidate: mesh(own.candidate))
    }

    private func mesh(_ service: String) -> MeshHost {
        MeshHost(service, from: namespace, domain: clusterDomain)
    }
}

/// The Services of the two versions, where each has one, by their names in the target's namespace.
package struct VersionHosts: Hashable, Sendable {
    package let stable: String
    package let candidate: String

    package init(stable: String, candidate: String) {
        self.stable = stable
        self.candidate = candidate
    }

    package var names: [String] { [stable, candidate] }
}

/// Routes of one VirtualService, as a flow names them.
package struct RouteName: Hashable, Sendable {
    package var virtualService: String
    /// nil: the service's namespace.
    package var namespace: String?
    /// Names of http routes.
    package var http: [String]
    package var tls: [TLSRouteName]
    /// Ports of TCP routes.
    package var tcp: [Int]

    package init(
        virtualService: String, namespace: String? = nil, http: [String] = [],
        tls: [TLSRouteName] = [], tcp: [Int] = []
    ) {
        self.virtualService = virtualService
        self.namespace = namespace
        self.http = http
        self.tls = tls
        self.tcp = tcp
    }

    /// Nothing is named: all of its routes that lead to the service are meant.
    var meansAll: Bool { http.isEmpty && tls.isEmpty && tcp.isEmpty }
}

/// A TLS route, as a flow names it: they have no names of their own.
package struct TLSRouteName: Hashable, Sendable, CustomStringConvertible {
    /// nil: on whatever port.
    package var port: Int?
    /// The route's whole set of SNI hosts, in any order; empty: whatever they are.
    package var sniHosts: [String]

    package init(port: Int? = nil, sniHosts: [String] = []) {
        self.port = port
        self.sniHosts = sniHosts
    }

    func means(_ key: RouteKey) -> Bool {
        guard case .tls(let ports, let hosts) = key else { return false }
        let wanted = Set(sniHosts.map { $0.lowercased() })
        return port.map { ports.contains($0) } ?? true
            && (wanted.isEmpty || wanted == Set(hosts))
    }

    package var description: String {
        let hosts = sniHosts.joined(separator: ",")
        return [port.map(String.init), hosts.isEmpty ? nil : hosts].compactMap { $0 }
            .joined(separator: " ")
    }
}

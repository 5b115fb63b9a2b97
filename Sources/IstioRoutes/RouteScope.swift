package import JSONTree

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

    package var host: MeshHost { MeshHost(service, from: namespace, domain: clusterDomain) }
}

/// Routes of one VirtualService, as a flow names them.
package struct RouteName: Hashable, Sendable {
    package var virtualService: String
    /// nil: the service's namespace.
    package var namespace: String?
    /// Names of http routes; empty: all of them that lead to the service.
    package var http: [String]

    package init(virtualService: String, namespace: String? = nil, http: [String] = []) {
        self.virtualService = virtualService
        self.namespace = namespace
        self.http = http
    }
}

internal import Manifests

/// Whose pods the Services of the target's namespace select, by their names.
package struct ServiceOffer: Hashable, Sendable {
    /// Pods of stable, and of no other version.
    package var stable: [String]
    /// Pods of the candidate alone, once there are any; those that its manifest brings included.
    package var candidate: [String]
    /// Pods of several versions.
    package var shared: [String]
    /// Pods of a third version.
    package var foreign: [String]

    package init(
        stable: [String] = [], candidate: [String] = [], shared: [String] = [],
        foreign: [String] = []
    ) {
        self.stable = stable
        self.candidate = candidate
        self.shared = shared
        self.foreign = foreign
    }
}

/// Whether users are divided by hosts, a Service for each version.
extension Surveying {
    /// The versions' Services, where the service's own routes lead to such; nil where they lead to
    /// the service, or nowhere that we know.
    ///
    /// Asked once, ahead of a run: from then on the scope says it.
    func versionHosts(_ offer: ServiceOffer) throws(RouteRefusal) -> VersionHosts? {
        let ways = ways
        func leading(to services: [String]) -> [Way] {
            ways.filter { services.contains($0.service) }
        }
        guard scope.stableVersion != nil else {
            // Before the first weight nobody may meet the candidate, and there is no host for nobody.
            guard leading(to: [scope.service]).isEmpty,
                let early = leading(to: offer.candidate).first
            else { return nil }
            throw RouteRefusal(
                .firstAtHost(host: early.service, service: scope.service), at: early.place)
        }
        let own = leading(to: offer.stable)
        let theirs = leading(to: offer.candidate)
        // All users may be with the version that is to go.
        guard let first = own.first ?? (scope.isRemoval ? theirs.first : nil) else {
            // With a way to the service itself the other Service is a stranger's.
            guard leading(to: [scope.service]).isEmpty,
                let shared = leading(to: offer.shared).first(where: { $0.weight > 0 })
            else { return nil }
            throw RouteRefusal(.sharedHost(host: shared.service), at: shared.place)
        }
        if let mixed = leading(to: [scope.service]).first {
            throw RouteRefusal(
                .mixedHosts(service: scope.service, host: first.service), at: mixed.place)
        }
        for way in leading(to: offer.shared) where way.weight > 0 {
            throw RouteRefusal(.sharedHost(host: way.service), at: way.place)
        }
        for way in leading(to: offer.foreign) where way.weight > 0 {
            throw RouteRefusal(.foreignHost(host: way.service), at: way.place)
        }
        let stable = try host(of: own, or: offer.stable, at: first.place)
        let candidate = try host(of: theirs, or: offer.candidate, at: first.place)
        guard let stable else {
            throw RouteRefusal(.noHost(version: scope.stableVersion ?? ""), at: first.place)
        }
        // What goes needs none.
        guard let candidate = candidate ?? (scope.isRemoval ? Self.nobody : nil) else {
            throw RouteRefusal(.noHost(version: scope.candidateVersion), at: first.place)
        }
        return VersionHosts(stable: stable, candidate: candidate)
    }

    /// The one that routes name, else the only one that there is.
    private func host(of named: [Way], or all: [String], at place: String)
        throws(RouteRefusal) -> String?
    {
        let hosts = named.isEmpty ? all : named.map(\.service)
        if let other = hosts.first(where: { $0 != hosts.first }) {
            throw RouteRefusal(.severalHosts([hosts[0], other]), at: place)
        }
        return hosts.first
    }

    /// A destination that is a Service of the target's namespace.
    private struct Way {
        let service: String
        let weight: Int
        let place: String
    }

    /// All of the service's own routes: those of a VirtualService that claims its host, that a flow
    /// names, or to which such a one delegates.
    private var ways: [Way] {
        let named = scope.routes.map {
            ObjectReference(
                scope.virtualServices, namespace: $0.namespace ?? scope.namespace,
                name: $0.virtualService)
        }
        let own = readings.filter {
            $0.hosts.contains(scope.host) || named.contains($0.reference)
        }
        let delegates = own.flatMap(\.delegations).map(\.to)
        let meant = own.map(\.reference) + delegates
        return readings.filter { meant.contains($0.reference) }.flatMap { reading in
            reading.places.flatMap { place -> [Way] in
                let found = FoundRoute(reading: reading, place: place)
                return (reading.destinations(of: found.route) ?? []).compactMap { destination in
                    service(of: destination.host).map {
                        Way(service: $0, weight: destination.weight, place: found.words)
                    }
                }
            }
        }
    }

    /// The Service of the target's namespace that a host is; nil for any other host.
    private func service(of host: MeshHost) -> String? {
        let name = String(host.name.prefix { $0 != "." })
        let whole = MeshHost(name, from: scope.namespace, domain: scope.clusterDomain)
        return whole == host ? name : nil
    }
}

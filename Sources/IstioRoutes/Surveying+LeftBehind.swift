internal import JSONTree
internal import Manifests

/// What becomes of the Services that only the version that goes answers.
package struct LeftBehind: Hashable, Sendable {
    /// Their users would lose them: nothing may begin.
    package fileprivate(set) var refusals: [RouteRefusal] = []
    /// What nobody's users are known to need, a sentence each.
    package fileprivate(set) var warnings: [String] = []
}

/// Whether somebody is led, or may find his own way, to the version that goes and to no other.
///
/// A run moves the routes to the flow's service and to the Services of its two versions. Whoever
/// comes by another one that selects the same pods is moved by nobody.
extension Surveying {
    /// Its owner says that nobody calls the Service, or that he will be told.
    private static let mark = "service.theseus.dev/goes-with-version"

    /// `services`: those that only pods of the version that goes answer.
    func leftBehind(_ services: [KubernetesObject]) -> LeftBehind {
        let version = (scope.isRemoval ? scope.candidateVersion : scope.stableVersion) ?? ""
        var left = LeftBehind()
        for service in services {
            let host = MeshHost(
                service.name, from: scope.namespace, domain: scope.clusterDomain)
            guard !scope.hosts.contains(host) else { continue }
            let place = "Service \(scope.namespace)/\(service.name)"
            if let route = route(to: host) {
                let code = RouteRefusal.Code.strandedRoute(
                    host: service.name, version: version, service: scope.service,
                    mayForce: scope.isRemoval)
                left.refusals.append(RouteRefusal(code, at: route.words))
            } else if service.annotation(Self.mark) == "true" {
                continue
            } else if service.spec["clusterIP"]?.text == "None" {
                left.warnings.append(
                    "\(place) is headless and selects pods of \(version) alone: whoever asks for its"
                        + " addresses finds none when that version goes")
            } else if Self.isExposed(service) || !isLed(host, service) {
                let code = RouteRefusal.Code.strandedService(
                    version: version, service: scope.service,
                    isExposed: Self.isExposed(service), mayForce: scope.isRemoval)
                left.refusals.append(RouteRefusal(code, at: place))
            }
        }
        return left
    }

    /// The first route by which somebody's requests are led there.
    private func route(to host: MeshHost) -> FoundRoute? {
        for reading in readings where !reading.hosts.isEmpty || !delegations(to: reading).isEmpty {
            for place in reading.places {
                let found = FoundRoute(reading: reading, place: place)
                let destinations = reading.destinations(of: found.route) ?? []
                if destinations.contains(where: { $0.host == host && $0.weight > 0 }) {
                    return found
                }
            }
        }
        return nil
    }

    /// Clients outside of the mesh come to its pods by no route.
    private static func isExposed(_ service: KubernetesObject) -> Bool {
        ["NodePort", "LoadBalancer"].contains(service.spec["type"]?.text)
            || service.spec["externalIPs"]?.items?.isEmpty == false
    }

    /// Whoever calls the host is led elsewhere by the mesh, since no route leads to it.
    private func isLed(_ host: MeshHost, _ service: KubernetesObject) -> Bool {
        speaksHTTPAlone(service)
            && readings.contains { reading in
                reading.isOnMesh && !Self.isHidden(reading.object) && !reading.http.isEmpty
                    && reading.hosts.contains { $0.covers(host) }
            }
    }
}

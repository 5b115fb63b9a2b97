internal import JSONTree
internal import Manifests

extension Surveying {
    /// Refuses hosts that are claimed twice.
    ///
    /// On the mesh, Istio takes one VirtualService for a host and forgets the others. On a gateway
    /// it joins them, in an order that nobody promises: that is refused only where two of them
    /// lead to the service.
    func checkClaims(_ routes: [FoundRoute]) throws(RouteRefusal) {
        let onMesh = meshClaims
        if onMesh.count > 1 {
            throw RouteRefusal(
                .claimedTwice(
                    host: scope.host.name, gateway: "mesh", other: onMesh[1].place),
                at: onMesh[0].place)
        }
        for claim in onMesh where Self.isHidden(claim.object) {
            throw RouteRefusal(.hidden, at: claim.place)
        }
        let involved = readings.filter { reading in
            routes.contains { $0.reading.reference == reading.reference }
        }
        for (number, first) in involved.enumerated() {
            for second in involved.dropFirst(number + 1) {
                guard
                    let gateway = first.fullGateways.first(where: {
                        $0 != "mesh" && second.fullGateways.contains($0)
                    }), let host = first.hosts.first(where: { second.hosts.contains($0) })
                else { continue }
                throw RouteRefusal(
                    .claimedTwice(host: host.name, gateway: gateway, other: second.place),
                    at: first.place)
            }
        }
    }

    /// The VirtualServices that the mesh asks about the service's own host.
    private var meshClaims: [RouteReading] {
        readings.filter { $0.isOnMesh && $0.hosts.contains(scope.host) }
    }

    /// Whether some clients cannot see the object.
    static func isHidden(_ object: KubernetesObject) -> Bool {
        guard let list = object.spec["exportTo"]?.items, !list.isEmpty else { return false }
        return !list.contains { $0.text == "*" }
    }

    /// The VirtualService that must be made; nil where the mesh has one for the service's host.
    ///
    /// Without one, the mesh's default route sends requests to every pod that the Service selects,
    /// the candidate's too: also where a gateway's routes are all pinned.
    func missingRoutes(among routes: [FoundRoute]) throws(RouteRefusal) -> ObjectReference? {
        guard meshClaims.isEmpty else {
            if routes.isEmpty {
                throw RouteRefusal(.noRoute(service: scope.service), at: meshClaims[0].place)
            }
            return nil
        }
        let wildcard = readings.first { reading in
            reading.isOnMesh && reading.hosts.contains { $0.isWildcard && $0.covers(scope.host) }
        }
        if let wildcard {
            let host = wildcard.hosts.first { $0.isWildcard && $0.covers(scope.host) }
            throw RouteRefusal(
                .coveredByWildcard(host: host?.name ?? "*"), at: wildcard.place)
        }
        return try freeName(scope.virtualServices, among: readings.map(\.object))
    }

    /// What an object that we make may be called.
    var madeNames: [String] { [scope.service, "\(scope.service)-theseus"] }

    /// The service's name, or the next best, for an object that we must make.
    func freeName(_ kind: ResourceKind, among objects: [KubernetesObject])
        throws(RouteRefusal) -> ObjectReference
    {
        let taken = objects.filter { $0.namespace == scope.namespace }.map(\.name)
        for name in madeNames where !taken.contains(name) {
            return ObjectReference(kind, namespace: scope.namespace, name: name)
        }
        throw RouteRefusal(
            .nameTaken, at: "\(kind.kind) \(scope.namespace)/\(scope.service)-theseus")
    }

    /// Whether a version's subset stands in the rule, or a route leads to it, one of an ended run
    /// included.
    func names(_ version: VersionDestination, _ ruling: Ruling?) -> Bool {
        if let ruling, let subset = version.subset, SubsetEdit.has(subset, in: ruling.object) {
            return true
        }
        return readings.contains { reading in
            reading.places.contains { place in
                (reading.destinations(of: reading[place]) ?? []).contains {
                    version.means($0.host, $0.subset)
                }
            }
        }
    }

    /// Whether the dark match can be joined with every route's own: found out before anything is
    /// written, by making the dark routes.
    func checkDark(_ routes: [FoundRoute]) throws(RouteRefusal) {
        if !scope.dark.isEmpty, let first = routes.first,
            !routes.contains(where: { $0.place.list == .http })
        {
            throw RouteRefusal(.darkWithoutHTTP, at: first.words)
        }
        for route in routes where route.place.list == .http {
            if scope.mirrors, !RouteEdit.canMirror(route.route) {
                throw RouteRefusal(.mirrorTaken, at: route.words)
            }
            if let stickiness = scope.stickiness {
                try KeptRoute.check(route, stickiness, scope)
            }
            let own = route.route["match"]?.items ?? []
            let matched = try MatchProduct.of(own, scope.dark, at: route.words)
            if let other = Self.taker(of: matched, before: route, whoseOwn: own) {
                throw RouteRefusal(.darkHidden(by: other), at: route.words)
            }
            // Istio joins a delegate's matches with those of the route that delegates, and drops
            // the delegate's route where they contradict; these fields it does not take there.
            for delegation in delegations(to: route.reading) {
                for field in ["sourceLabels", "sourceNamespace", "gateways"]
                where scope.dark.contains(where: { $0[field] != nil }) {
                    throw RouteRefusal(.darkConflict(field: field), at: route.words)
                }
                _ = try MatchProduct.of(
                    delegation["match"]?.items ?? [], scope.dark, at: route.words)
                if let stickiness = scope.stickiness {
                    try KeptRoute.check(
                        delegation["match"], stickiness, scope, at: route.words)
                }
            }
        }
    }

    /// A route before this one that takes all requests of the dark match, and yet leaves it others.
    private static func taker(
        of matched: [JSONTree], before route: FoundRoute, whoseOwn own: [JSONTree]
    )
        -> String?
    {
        guard !matched.isEmpty else { return nil }
        let whole: [JSONTree] = own.isEmpty ? [.object([:])] : own
        let earlier = route.reading.http.prefix(route.place.index)
        let place = earlier.firstIndex { other in
            let blocks = other["match"]?.items ?? []
            return matched.allSatisfy { MatchProduct.takes(blocks, $0) }
                && !whole.allSatisfy { MatchProduct.takes(blocks, $0) }
        }
        return place.map { earlier[$0]["name"]?.text ?? "(unnamed, \($0 + 1))" }
    }
}

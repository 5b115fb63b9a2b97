internal import CanaryEngine
internal import JSONTree
internal import Manifests

/// A route to the service, where it stands.
struct FoundRoute {
    let reading: RouteReading
    let place: RoutePlace

    var route: JSONTree { reading[place] }
    /// Only http routes can have one.
    var name: String? {
        place.list == .http ? route["name"]?.text.flatMap { $0.isEmpty ? nil : $0 } : nil
    }
    /// Of a TLS or TCP route.
    var key: RouteKey? { RouteKey(unnamedIn: place.list, route) }

    private var called: String {
        key.map { "\($0)" } ?? name ?? "(unnamed, \(place.index + 1))"
    }

    /// The object and the route, for a refusal.
    var words: String { "\(reading.place), \(place.list.rawValue) route \(called)" }

    /// The object and the route, as a list of choices has them.
    var choice: String {
        let list = place.list == .http ? "" : place.list.rawValue + " "
        return "\(reading.object.namespace)/\(reading.object.name): \(list)\(called)"
    }
}

/// Looks a world over for one service.
struct Surveying {
    let scope: RouteScope
    let readings: [RouteReading]
    let rules: [KubernetesObject]
    let service: KubernetesObject?

    init(_ world: RouteWorld, _ scope: RouteScope) {
        self.scope = scope
        service = world.service
        readings = Self.sorted(world.virtualServices).compactMap { object in
            Self.asFound(object, scope).map { RouteReading($0, domain: scope.clusterDomain) }
        }
        rules = Self.sorted(world.rules).compactMap { Self.ruleAsFound($0, scope) }
    }

    private static func sorted(_ objects: [KubernetesObject]) -> [KubernetesObject] {
        objects.sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
    }

    /// The object without what the run did to it; nil for one that the run made.
    private static func asFound(_ object: KubernetesObject, _ scope: RouteScope)
        -> KubernetesObject?
    {
        guard let edit = RouteEdit(of: object, run: scope.run) else { return object }
        if edit.record.isOurObject { return nil }
        return RouteEdit.forgotten(edit.unpinned(edit.weighted(edit.undarkened(object), .none)))
    }

    private static func ruleAsFound(_ object: KubernetesObject, _ scope: RouteScope)
        -> KubernetesObject?
    {
        guard let record = RuleRecord(on: object), record.run == scope.run else { return object }
        // What a removal adds is what routes may name already.
        if scope.isRemoval { return object }
        if record.isOurObject { return nil }
        let edit = SubsetEdit(run: scope.run)
        return record.added.reduce(object) { edit.removing($1, from: $0) }
    }

    // MARK: Routes

    /// Every route to the service: all found, all named or none, and each one understood.
    ///
    /// That all must be named, or none, is no pedantry: a route that nobody named would either
    /// show the candidate to everybody from its first pod on, or keep stable's whole share when
    /// stable has been scaled down for weight 100.
    func routes() throws(RouteRefusal) -> [FoundRoute] {
        try checkDatagrams()
        var found: [FoundRoute] = []
        for reading in readings {
            found += try self.found(in: reading)
        }
        try checkPorts(found)
        let chosen = try self.chosen(among: found)
        for route in chosen { try checkNames(route) }
        try checkClaims(chosen)
        return chosen
    }

    private func found(in reading: RouteReading) throws(RouteRefusal) -> [FoundRoute] {
        // Without hosts it counts only where another one delegates to it.
        if reading.hosts.isEmpty, delegations(to: reading).isEmpty { return [] }
        var found: [FoundRoute] = []
        for place in reading.places {
            let here = FoundRoute(reading: reading, place: place)
            if reading.mirrors(here.route, { host, _ in scope.hosts.contains(host) }) {
                throw RouteRefusal(.mirrored(service: scope.service), at: here.words)
            }
            guard reading.leads(here.route, to: scope.hosts) else { continue }
            // A dark route that an ended run left goes with the version that it leads to.
            if scope.isRemoval, LeftRoute.isOne(here.route) { continue }
            try checkOwner(here)
            found.append(here)
        }
        return found
    }

    /// The routes that delegate to a VirtualService.
    func delegations(to reading: RouteReading) -> [JSONTree] {
        readings.flatMap(\.delegations).filter { $0.to == reading.reference }.map(\.route)
    }

    private func checkOwner(_ found: FoundRoute) throws(RouteRefusal) {
        if found.reading.object.annotation(RouteRecord.annotation) != nil {
            guard let record = RouteRecord(on: found.reading.object) else {
                throw RouteRefusal(
                    .unreadable(part: "annotation \(RouteRecord.annotation)"),
                    at: found.reading.place)
            }
            throw RouteRefusal(.heldByRun(record.run), at: found.reading.place)
        }
        if let name = found.name, name.hasPrefix(DarkRoute.beginning) {
            let run = found.route.at("headers", "response", "set", DarkRoute.header)?.text
            throw RouteRefusal(.leftOver(run: run ?? name), at: found.words)
        }
    }

    private func chosen(among found: [FoundRoute]) throws(RouteRefusal) -> [FoundRoute] {
        guard !scope.routes.isEmpty else {
            let others = found.filter { !isAsMade($0) }
            guard others.count <= 1 else {
                throw RouteRefusal(
                    .ambiguous(found: others.map(\.choice)),
                    at: "Service \(scope.namespace)/\(scope.service)")
            }
            return found
        }
        var chosen: [FoundRoute] = []
        for name in scope.routes {
            for route in try routes(named: name, among: found) where !isIn(chosen, route) {
                chosen.append(route)
            }
        }
        let left = found.filter { !isIn(chosen, $0) && !isAsMade($0) }
        guard left.isEmpty else {
            throw RouteRefusal(
                .partial(left: left.map(\.choice)),
                at: "Service \(scope.namespace)/\(scope.service)")
        }
        return found
    }

    /// Whether it is what an earlier run made, for the service has no other route of the mesh: it
    /// stays after the promotion, without any mark, and no flow knew to name it.
    private func isAsMade(_ route: FoundRoute) -> Bool {
        let object = route.reading.object
        let spec = object.spec
        guard object.namespace == scope.namespace,
            madeNames.contains(object.name), route.name == "primary",
            (spec.members ?? [:]).allSatisfy({ ["hosts", "http"].contains($0.key) }),
            spec["hosts"]?.items?.count == 1, route.reading.hosts == [scope.host],
            spec["http"]?.items?.count == 1
        else { return false }
        return (route.route.members ?? [:]).allSatisfy { ["name", "route"].contains($0.key) }
            && (route.reading.destinations(of: route.route) ?? []).allSatisfy {
                scope.hosts.contains($0.host)
            }
    }

    private func isIn(_ routes: [FoundRoute], _ route: FoundRoute) -> Bool {
        routes.contains {
            $0.reading.reference == route.reading.reference && $0.place == route.place
        }
    }

    private func routes(named wanted: RouteName, among found: [FoundRoute])
        throws(RouteRefusal) -> [FoundRoute]
    {
        let namespace = wanted.namespace ?? scope.namespace
        let reference = ObjectReference(
            scope.virtualServices, namespace: namespace, name: wanted.virtualService)
        guard let reading = readings.first(where: { $0.reference == reference }) else {
            let present = readings.filter { $0.object.namespace == namespace }
            throw RouteRefusal(
                .noSuchVirtualService(present: present.map(\.object.name)), at: "\(reference)")
        }
        let here = found.filter { $0.reading.reference == reference }
        if wanted.meansAll {
            guard !here.isEmpty else {
                throw RouteRefusal(.leadsElsewhere(service: scope.service), at: reading.place)
            }
            return here
        }
        var routes = try connections(named: wanted, in: reading, among: here)
        for name in wanted.http {
            let words = "\(reading.place), http route \(name)"
            guard let route = reading.http.first(where: { $0["name"]?.text == name }) else {
                throw RouteRefusal(
                    .noSuchRoute(present: reading.http.map { $0["name"]?.text ?? "(unnamed)" }),
                    at: words)
            }
            if let field = ["redirect", "directResponse"].first(where: { route[$0] != nil }) {
                throw RouteRefusal(.answersItself(with: field), at: words)
            }
            let named = here.filter { $0.name == name }
            guard !named.isEmpty else {
                throw RouteRefusal(.leadsElsewhere(service: scope.service), at: words)
            }
            routes += named
        }
        return routes
    }

    private func checkNames(_ route: FoundRoute) throws(RouteRefusal) {
        try checkKey(route)
        guard let name = route.name else { return }
        let bearers = route.reading.http.filter { $0["name"]?.text == name }
        if bearers.count > 1 { throw RouteRefusal(.sameName, at: route.words) }
    }
}

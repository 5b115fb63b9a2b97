package import CanaryEngine
internal import JSONTree
package import KubernetesAPI
package import Manifests

/// Moves one service's traffic in one cluster.
///
/// Every method reads before it writes, changes only what is not yet as wanted, and may be called
/// again after a crash. Which change comes when, and how long the mesh is given in between, is the
/// caller's; but no route is written that names a subset which is not there.
package struct IstioRouter: Sendable {
    package let scope: RouteScope
    let writer: SealedWriter
    /// The objects that the run moves, as the survey named them; empty: found by their records.
    ///
    /// Known ones save the way home a list of everything.
    let known: [ObjectReference]
    /// The routes and the rule as `backUp` gave them; asked only where one of them is not there any more.
    let backup: (@Sendable () async throws -> [KubernetesObject])?

    package init(
        scope: RouteScope, writer: SealedWriter, known: [ObjectReference] = [],
        backup: (@Sendable () async throws -> [KubernetesObject])? = nil
    ) {
        self.scope = scope
        self.writer = writer
        self.known = known
        self.backup = backup
    }

    var client: KubernetesClient { writer.client }

    // MARK: Looking

    package func survey() async throws -> RouteSurvey { try await look().survey }

    /// The versions' Services, where the routes of the service lead to such; nil where they share one.
    package func versionHosts(_ offer: ServiceOffer) async throws -> VersionHosts? {
        if (offer.stable + offer.candidate + offer.shared).isEmpty { return nil }
        return try Surveying(try await world(), scope).versionHosts(offer)
    }

    /// Who would lose the version that goes, of those that call `services`: only its pods answer these.
    package func leftBehind(_ services: [KubernetesObject]) async throws -> LeftBehind {
        if services.isEmpty { return LeftBehind() }
        return Surveying(try await world(), scope).leftBehind(services)
    }

    /// A survey, and the objects that it was taken from.
    func look() async throws -> (survey: RouteSurvey, world: RouteWorld) {
        let world = try await world()
        return (try RouteSurvey(of: world, for: scope), world)
    }

    /// Everything that the run will write, as it is now and without our marks.
    package func backUp() async throws -> [KubernetesObject] {
        let (survey, world) = try await look()
        return survey.touched.compactMap { world.object($0)?.unsealed }
    }

    /// The candidate's share as the stored routes have it; of several routes the largest.
    ///
    /// Where our record is gone the destinations still say whose a weight is. `unknown` is for what
    /// cannot be told: a route whose VirtualService is gone, or that is illegible.
    package func currentShare(unknown: TrafficWeight = .all) async throws -> TrafficWeight {
        var share = TrafficWeight.none
        let objects = try await managed()
        for object in objects {
            let edit: RouteEdit
            if let own = RouteEdit(of: object, run: scope.run) {
                edit = own
            } else {
                let bare = try await bareRecord()
                edit = RouteEdit(makeshiftRecord(of: object, bare.stable, bare.candidate))
                if unknown == .none, edit.isUnpinned(object) { continue }
            }
            share = max(share, edit.share(in: object) ?? unknown)
        }
        let isLost = known.contains { reference in
            reference.kind.isSame(as: .virtualService)
                && !objects.contains { Self.reference($0) == reference }
        }
        return isLost ? max(share, unknown) : share
    }

    /// What the run's routes divide between the two versions: by these a weight becomes a share.
    package func pools() async throws -> [WeightPool] {
        try await managed().flatMap { object in
            RouteEdit(of: object, run: scope.run)?.states(in: object) ?? []
        }.compactMap { $0.1.flatMap { WeightPool(foreign: $0.foreign) } }
    }

    func read(_ reference: ObjectReference) async throws -> KubernetesObject? {
        try await client.patiently { try await $0.get(reference) }
    }

    func world() async throws -> RouteWorld {
        let (services, all) = try await visible(scope.virtualServices)
        let (rules, allRules) = try await visible(scope.destinationRules)
        let service = ObjectReference(
            .service, namespace: scope.namespace, name: scope.service)
        return RouteWorld(
            virtualServices: services, rules: rules, service: try await read(service),
            seesAllNamespaces: all && allRules)
    }

    /// All objects of a kind; where the account may not list all namespaces, those of the
    /// namespaces that the scope speaks of.
    func visible(_ kind: ResourceKind) async throws -> ([KubernetesObject], isAll: Bool) {
        do {
            let list = try await client.patiently { try await $0.list(kind, namespace: nil) }
            return (list.items, true)
        } catch let error as KubernetesError where error.code == .forbidden {
            var spaces = [scope.namespace]
            for space in scope.routes.compactMap(\.namespace) + [scope.rootNamespace]
            where !spaces.contains(space) { spaces.append(space) }
            var found: [KubernetesObject] = []
            for space in spaces {
                do {
                    found += try await client.patiently {
                        try await $0.list(kind, namespace: space).items
                    }
                } catch let error as KubernetesError
                    where error.code == .forbidden && space != scope.namespace
                {
                    continue  // what may not be read there cannot be seen; the survey says so
                }
            }
            return (found, false)
        }
    }

    /// The VirtualServices that the run moves.
    func managed() async throws -> [KubernetesObject] {
        let references = known.filter { $0.kind.isSame(as: .virtualService) }
        guard references.isEmpty else {
            var objects: [KubernetesObject] = []
            for reference in references {
                if let object = try await read(reference) { objects.append(object) }
            }
            return objects
        }
        return try await visible(scope.virtualServices).0.filter {
            let record = RouteRecord(on: $0)
            return record?.run == scope.run && record?.service == scope.host.name
        }.sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
    }

    /// The service's own DestinationRule; nil where it has none, or the run needs none.
    func rule() async throws -> KubernetesObject? {
        guard scope.versionHosts == nil else { return nil }
        if let reference = known.first(where: { $0.kind.isSame(as: .destinationRule) }) {
            return try await read(reference)
        }
        return try await client.patiently {
            try await $0.list(scope.destinationRules, namespace: scope.namespace).items
        }.first(where: isOfService)
    }

    /// Whether a DestinationRule is for the service's host, written short or long.
    func isOfService(_ rule: KubernetesObject) -> Bool {
        rule.spec["host"]?.text.map {
            MeshHost($0, from: rule.namespace, domain: scope.clusterDomain)
        } == scope.host
    }

    // MARK: Refusing to go on

    static func reference(_ object: KubernetesObject) -> ObjectReference {
        let isRule = object.kind == ResourceKind.destinationRule.kind
        let kind: ResourceKind = isRule ? .destinationRule : .virtualService
        return ObjectReference(
            object.version.map(kind.inVersion) ?? kind, namespace: object.namespace,
            name: object.name)
    }

    static func noRule(_ scope: RouteScope) -> Setback {
        Setback(.foreignEdit, "there is no DestinationRule for \(scope.host) any more")
    }

    static func gone(_ reference: ObjectReference) -> Setback {
        Setback(.foreignEdit, "\(reference) is gone: somebody deleted it")
    }

    /// What says that the object no longer stands as we wrote it; nil where it does.
    static func difference(
        _ object: KubernetesObject, _ edit: RouteEdit, from weights: [TrafficWeight]
    ) -> String? {
        for (route, state) in edit.states(in: object) {
            guard let state, weights.contains(where: { state.stands(at: $0) }) else {
                let found = state?.words ?? "the route is gone or illegible"
                return "\(reference(object)), \(route.key.words): \(found), where we had"
                    + " written \(edit.record.weight.percent)%;"
                    + " \(ForeignHand(on: object).sentence)"
            }
        }
        let reading = edit.reading(object)
        let ours = edit.places(in: object).compactMap(\.place)
        for place in reading.places where !ours.contains(place) {
            let route = reading[place]
            guard reading.leads(route, to: edit.record.hosts), !edit.isAside(route) else {
                continue
            }
            return "\(reference(object)) has a new route to the service,"
                + " \(route["name"]?.text ?? "without a name"): the candidate is not dark on it;"
                + " \(ForeignHand(on: object).sentence)"
        }
        return nil
    }
}

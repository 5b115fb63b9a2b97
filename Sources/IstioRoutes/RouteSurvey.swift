package import JSONTree
package import Manifests

/// All that was visible of the mesh's routes at one moment.
package struct RouteWorld: Sendable {
    package var virtualServices: [KubernetesObject]
    package var rules: [KubernetesObject]
    /// The Service itself, where it is there.
    package var service: KubernetesObject?
    /// False where only some namespaces may be read: a route elsewhere would go unseen.
    package var seesAllNamespaces: Bool

    package init(
        virtualServices: [KubernetesObject], rules: [KubernetesObject],
        service: KubernetesObject? = nil, seesAllNamespaces: Bool = true
    ) {
        self.virtualServices = virtualServices
        self.rules = rules
        self.service = service
        self.seesAllNamespaces = seesAllNamespaces
    }

    /// The object as it was read; nil where none of that name was.
    func object(_ reference: ObjectReference) -> KubernetesObject? {
        let isRule = reference.kind.isSame(as: .destinationRule)
        return (isRule ? rules : virtualServices).first {
            $0.namespace == reference.namespace && $0.name == reference.name
        }
    }
}

/// Which routes lead to a service, which rule is in effect for it, and what its versions' subsets
/// are called: all that the run's edits rest on.
///
/// A world in which the run already made its changes gives the same survey as the one before them:
/// what is ours is taken out first. So a resumed run may ask again.
package struct RouteSurvey: Hashable, Sendable {
    package struct Route: Hashable, Sendable {
        package let reference: ObjectReference
        package let key: RouteKey
        /// Its destinations before the run.
        package let was: [JSONTree]
    }

    package let service: MeshHost
    /// Every route to the service; all of them move together.
    package let routes: [Route]
    /// A VirtualService that must be made, since the mesh's default route would find both versions.
    package let missingRoutes: ObjectReference?
    /// nil where the versions have hosts of their own: none is written.
    package let rule: ObjectReference?
    /// The rule as it must be made, where the service has none of its own.
    package let missingRule: KubernetesObject?
    /// What the versions are in the rule.
    package let subsets: VersionSubsets?
    package let stable: VersionDestination
    package let candidate: VersionDestination
    package let seesAllNamespaces: Bool
    /// What people should know before users are moved, a sentence each.
    package let warnings: [String]
    /// Objects of the run that a GitOps tool keeps: it will undo our weights unless it is told.
    package let kept: [Kept]
    /// A route or the rule names the candidate.
    package let namesCandidate: Bool

    package struct Kept: Hashable, Sendable {
        package let reference: ObjectReference
        package let steward: Steward
    }

    package init(of world: RouteWorld, for scope: RouteScope) throws(RouteRefusal) {
        let surveying = Surveying(world, scope)
        let found = try surveying.routes()
        let ruling = try surveying.ruling()
        subsets = try surveying.subsets(of: found, under: ruling)
        stable = VersionDestination(
            host: scope.hosts.stable, subset: subsets?.stable.name)
        candidate = VersionDestination(
            host: scope.hosts.candidate, subset: subsets?.candidate.name)
        service = scope.host
        routes = found.map {
            Route(
                reference: $0.reading.reference,
                key: $0.reading.key(at: $0.place, leadingTo: scope.hosts),
                was: $0.route["route"]?.items ?? [])
        }
        missingRoutes = try surveying.missingRoutes(among: found)
        let standing = ruling.flatMap { $0.isMissing ? nil : $0.object }
        rule = ruling?.reference
        missingRule = standing == nil ? ruling?.object : nil
        seesAllNamespaces = world.seesAllNamespaces
        let touched = Self.objects(found) + [standing].compactMap(\.self)
        kept = touched.compactMap { object in
            Steward(of: object).map {
                Kept(reference: IstioRouter.reference(object), steward: $0)
            }
        }
        namesCandidate = surveying.names(candidate, ruling)
        warnings = surveying.warnings(
            of: touched, found, under: ruling, seesAll: world.seesAllNamespaces)
        try surveying.checkDark(found)
    }

    private static func objects(_ routes: [FoundRoute]) -> [KubernetesObject] {
        var seen: [KubernetesObject] = []
        for object in routes.map(\.reading.object) where !seen.contains(object) {
            seen.append(object)
        }
        return seen
    }

    /// Throws for the first object that a GitOps tool keeps: it would undo every weight.
    package func requireUnkept() throws(RouteRefusal) {
        guard let first = kept.first else { return }
        throw RouteRefusal(.kept(by: first.steward), at: "\(first.reference)")
    }

    /// The VirtualServices with routes of the run, each once.
    package var virtualServices: [ObjectReference] {
        var seen: [ObjectReference] = []
        for route in routes where !seen.contains(route.reference) { seen.append(route.reference) }
        return seen
    }

    /// Everything that exists and will be written.
    package var touched: [ObjectReference] {
        virtualServices + (missingRule == nil ? [rule].compactMap(\.self) : [])
    }

    /// Everything that the run moves, what it must make included: for `IstioRouter`'s `known`.
    package var managed: [ObjectReference] {
        virtualServices + [missingRoutes, rule].compactMap(\.self)
    }

    /// The record for one VirtualService.
    package func record(of reference: ObjectReference, run: String) -> RouteRecord {
        var record = RouteRecord(
            run: run, service: service.name, stable: stable, candidate: candidate,
            routes: routes.filter { $0.reference == reference }
                .map { RouteRecord.Route(key: $0.key, was: $0.was) })
        record.labels = subsets.map {
            RouteRecord.SubsetLabels(stable: $0.stable.labels, candidate: $0.candidate.labels)
        }
        return record
    }

    /// The ways by which users come to the candidate's pods, as long as it has any.
    package var ways: [Way] {
        let routed = routes.flatMap { route -> [Way] in
            let list = route.was
            return list.compactMap { destination -> Way? in
                let target = destination["destination"]
                let host = MeshHost(target?["host"]?.text ?? "", from: route.reference.namespace)
                let weight = destination["weight"]?.whole ?? (list.count == 1 ? 100 : 0)
                guard weight > 0 else { return nil }
                let place = "\(route.reference), \(route.key.words)"
                let subset = target?["subset"]?.text
                if candidate.means(host, subset) {
                    return Way(place: place, weight: weight, isShared: false)
                }
                guard host == service, subset == nil else { return nil }
                return Way(place: place, weight: weight, isShared: true)
            }
        }
        guard missingRoutes != nil else { return routed }
        let mesh = "Service \(service.name), which no VirtualService of the mesh leads"
        return routed + [Way(place: mesh, weight: 100, isShared: true)]
    }

    /// Users are divided between the two versions.
    package var isSplit: Bool {
        let given = ways.filter { !$0.isShared }
        return routes.count > given.count || given.contains { $0.weight < 100 }
    }

    /// A way by which users come to a version.
    package struct Way: Hashable, Sendable, CustomStringConvertible {
        package let place: String
        package let weight: Int
        /// It leads to every pod that the Service selects, those of other versions too.
        package let isShared: Bool

        package var description: String {
            isShared ? "\(place), leads to every version" : "\(place), gives it \(weight)%"
        }
    }

    /// The VirtualService that must be made: pinned from the start, and marked as ours.
    package func routesToMake(for scope: RouteScope) -> KubernetesObject? {
        guard let reference = missingRoutes else { return nil }
        let was: JSONTree = ["destination": ["host": .string(scope.service)]]
        let tree: JSONTree = [
            "apiVersion": .string(reference.kind.apiVersion),
            "kind": .string(ResourceKind.virtualService.kind),
            "metadata": [
                "name": .string(reference.name), "namespace": .string(reference.namespace),
            ],
            "spec": [
                "hosts": [.string(scope.service)],
                "http": [["name": "primary", "route": [was]]],
            ],
        ]
        var record = record(of: reference, run: scope.run)
        record.isOurObject = true
        record.routes = [RouteRecord.Route(key: .named("primary"), was: [was])]
        return RouteEdit(record).pinned(KubernetesObject(tree))
    }
}

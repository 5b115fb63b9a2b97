package import CanaryEngine
internal import KubernetesAPI
internal import Manifests

extension IstioRouter {
    /// Names stable's pods in the service's DestinationRule; makes the rule where there is none.
    ///
    /// A version with a host of its own needs no name: only its Service must be there.
    package func ensureStableSubset() async throws {
        try await ensureStableSubset(isGoingHome: false)
    }

    /// On the way home a rule that somebody else made is good enough: it need not be sealed.
    func ensureStableSubset(isGoingHome: Bool) async throws {
        let (survey, world) = try await look()
        guard let reference = survey.rule, let stable = survey.subsets?.stable else {
            return try await require(survey.stable)
        }
        let edit = SubsetEdit(run: scope.run)
        var seen = world.object(reference)
        if let rule = survey.missingRule {
            let made = try await writer.create(
                edit.adding(stable, to: rule), as: scope.destinationRules)
            if SubsetEdit.has(stable.name, in: made) { return }
            seen = made  // it was there, without the subset
        }
        try await add(stable, to: reference, seen, mustBeSealed: !isGoingHome)
    }

    /// Names the candidate's pods in the service's DestinationRule.
    package func addCandidateSubset() async throws {
        let (survey, world) = try await look()
        guard let rule = survey.rule, let candidate = survey.subsets?.candidate else {
            return try await require(survey.candidate)
        }
        try await add(candidate, to: rule, world.object(rule), mustBeSealed: true)
    }

    private func add(
        _ subset: VersionSubset, to rule: ObjectReference, _ seen: KubernetesObject?,
        mustBeSealed: Bool
    ) async throws {
        let edit = SubsetEdit(run: scope.run)
        let written = try await writer.change(rule, seen: seen, mustBeSealed: mustBeSealed) {
            try edit.adding(subset, to: $0)
        }
        if written == nil { throw Self.gone(rule) }
    }

    /// Leads every route's traffic to stable alone; makes the mesh's route where there is
    /// none.
    ///
    /// From here on a new pod meets no user.
    package func pin() async throws {
        let (survey, world) = try await look()
        try await require(survey.stable)
        for reference in survey.virtualServices {
            let record = survey.record(of: reference, run: scope.run)
            let written = try await writer.change(
                reference, seen: world.object(reference), mustBeSealed: true
            ) { object in
                let pinned = RouteEdit(record).pinned(object)
                try Self.requireAsWritten(pinned, scope.run)
                return pinned
            }
            if written == nil { throw Self.gone(reference) }
        }
        if let routes = survey.routesToMake(for: scope) {
            let made = try await writer.create(routes, as: scope.virtualServices)
            try Self.requireAsWritten(made, scope.run)
        }
    }

    /// Puts the dark routes before their base routes.
    package func addDarkRoute() async throws {
        let blocks = scope.dark
        guard !blocks.isEmpty else {
            throw Setback(.fault, "a dark route needs at least one match, or it would take all")
        }
        try await changeManaged { edit, object in
            try edit.darkened(object, matching: blocks)
        }
    }

    /// Copies so much of the users' requests to the candidate.
    package func mirror(
        _ part: TrafficWeight, while holds: (@Sendable () async throws -> Void)? = nil
    ) async throws {
        try await changeManaged(while: holds) { edit, object in
            try edit.mirrored(object, part)
        }
    }

    /// From the first weight on, users stay with the version that they met.
    package func stick(_ stickiness: Stickiness) async throws {
        try await changeManaged { edit, object in
            try edit.sticky(object, stickiness)
        }
    }

    /// Gives the candidate `weight`, if the routes stand at `expected` or there already.
    ///
    /// Where somebody else changed what we own, nothing is written: the setback says who did it.
    /// `holds` is asked ahead of every attempt to write, and what it throws ends the way there.
    package func shift(
        to weight: TrafficWeight, expecting expected: TrafficWeight,
        while holds: (@Sendable () async throws -> Void)? = nil
    ) async throws {
        try await changeManaged(while: holds) { edit, object in
            guard [weight, expected].contains(edit.record.weight) else {
                throw Setback(
                    .foreignEdit,
                    "\(Self.reference(object)) is noted to stand at"
                        + " \(edit.record.weight.percent)%, and not at \(expected.percent)%")
            }
            return edit.weighted(object, weight)
        }
    }

    /// Throws where what we own does not stand as we wrote it for `weight`, and says who changed it.
    ///
    /// Held against the weights themselves: in a pool below 100 a share cannot be told from them. The
    /// rule is looked at as well: without its subsets no weight leads anywhere.
    /// `seen` holds the versions that stood well last time, which need no second look.
    package func requireWritten(_ weight: TrafficWeight, seen: inout [String]) async throws {
        let objects = try await managedWhole()
        let rule = try await rule()
        let versions = (objects + [rule].compactMap(\.self)).map {
            "\($0.uid) \($0.resourceVersion) \(weight.percent)"
        }
        guard versions != seen else { return }
        var edits: [(RouteEdit, KubernetesObject)] = []
        for object in objects {
            let edit = try Self.requireAsWritten(object, scope.run)
            edits.append((edit, object))
            let noted = edit.record.weight
            guard noted != weight else { continue }
            // The note is ours alone: it is lower only where a holder could not remember any more.
            throw Setback(
                .fault,
                "\(Self.reference(object)) stands at \(noted.percent)%, and not at"
                    + " \(weight.percent)%: it was brought home while nothing could be remembered")
        }
        if let difference = difference(rule, from: subsets(namedBy: edits)) {
            throw Setback(.foreignEdit, difference)
        }
        seen = versions
    }

    /// Edits every VirtualService of the run, if it is there, stands as we wrote it and carries our
    /// seal, and the subsets that the edit may name exist.
    private func changeManaged(
        while holds: (@Sendable () async throws -> Void)? = nil,
        _ change: @escaping @Sendable (RouteEdit, KubernetesObject) throws -> KubernetesObject
    ) async throws {
        let objects = try await managedWhole()
        if let record = objects.lazy.compactMap({ RouteRecord(on: $0) }).first {
            try await require(record.candidate)
        }
        // None is moved where one of them could not be: they move together.
        for object in objects { try Self.requireAsWritten(object, scope.run) }
        for object in objects {
            let reference = Self.reference(object)
            let written = try await writer.change(
                reference, seen: object, mustBeSealed: true, before: holds
            ) { object in
                try change(Self.requireAsWritten(object, scope.run), object)
            }
            if written == nil { throw Self.gone(reference) }
        }
    }

    /// The VirtualServices that the run moves; throws where one of them is gone, or all are.
    private func managedWhole() async throws -> [KubernetesObject] {
        let objects = try await managed()
        let lost = known.first { reference in
            reference.kind.isSame(as: .virtualService)
                && !objects.contains { Self.reference($0) == reference }
        }
        if let lost { throw Self.gone(lost) }
        guard !objects.isEmpty else {
            throw Setback(
                .foreignEdit,
                "no VirtualService carries the record of run \(scope.run): somebody took it off")
        }
        return objects
    }

    /// The edit that our record on it asks for; throws where the object has lost that, or its routes
    /// stand otherwise than it says.
    @discardableResult
    private static func requireAsWritten(_ object: KubernetesObject, _ run: String) throws
        -> RouteEdit
    {
        guard let edit = RouteEdit(of: object, run: run) else {
            throw Setback(
                .foreignEdit,
                "\(reference(object)) has lost our record;"
                    + " \(ForeignHand(on: object).sentence)")
        }
        if let difference = difference(object, edit, from: [edit.record.weight]) {
            throw Setback(.foreignEdit, difference)
        }
        return edit
    }

    /// A subset must stand in the rule, and a host's Service be there, before any route names it.
    func require(_ version: VersionDestination) async throws {
        guard let subset = version.subset else {
            guard try await isServed(version.host) else {
                throw Setback(.foreignEdit, "there is no Service \(version.host) any more")
            }
            return
        }
        guard let rule = try await rule(), isOfService(rule) else { throw Self.noRule(scope) }
        guard SubsetEdit.has(subset, in: rule) else {
            throw Setback(
                .foreignEdit,
                "\(Self.reference(rule)) has no subset \(subset);"
                    + " \(ForeignHand(on: rule).sentence)")
        }
    }

    /// Whether the Service of a host stands, and is to stay.
    private func isServed(_ host: MeshHost) async throws -> Bool {
        let name = String(host.name.prefix { $0 != "." })
        let reference = ObjectReference(.service, namespace: scope.namespace, name: name)
        return try await read(reference).map { !$0.isBeingDeleted } ?? false
    }
}

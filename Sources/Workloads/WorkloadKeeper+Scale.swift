internal import CanaryEngine
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

extension WorkloadKeeper {
    /// Puts our seal on stable's Deployment and autoscaler, and raises it on what the run made.
    ///
    /// The first write of a run, and the first of every later holder: from then on no older one
    /// can write. Seals of `ended` runs are taken over.
    package func claimAll(over ended: [String] = []) async throws {
        if let stable = try await stableName() {
            _ = try await writer.claim(scope.reference(.deployment, stable), over: ended)
            if let autoscaler = try await autoscaler(of: stable) {
                let reference = autoscaler.reference(like: .autoscaler)
                _ = try await writer.claim(reference, seen: autoscaler, over: ended)
            }
        }
        for (object, kind) in try await leftovers() {
            _ = try await writer.claim(object.reference(as: kind), seen: object)
        }
    }

    /// Takes every annotation of ours off what is left: the run is over.
    package func unsealAll() async throws {
        if let stable = try await stableName() {
            try await writer.unseal(scope.reference(.deployment, stable))
            if let autoscaler = try await autoscaler(of: stable) {
                try await writer.unseal(
                    autoscaler.reference(like: .autoscaler), seen: autoscaler)
            }
        }
        for (object, kind) in try await leftovers() {
            try await writer.unseal(object.reference(as: kind), seen: object)
        }
    }

    /// Holds stable at `minimum` pods or more, so that home always fits.
    ///
    /// Raises its autoscaler's minimum; without an autoscaler nobody scales it down, and nothing
    /// is written.
    package func holdStable(minimum: Int) async throws {
        guard let stable = try await stableName(),
            let autoscaler = try await autoscaler(of: stable)
        else { return }
        let floor = min(minimum, autoscaler.maxReplicas)
        try await raise(autoscaler, .autoscaler, to: floor, mustBeSealed: true, notesPause: true)
    }

    /// The way home: stable asks for `count` pods, or as many as it may have; how many that are.
    ///
    /// An autoscaler looks at no Deployment that somebody scaled to nothing: there the replicas are
    /// written as well.
    @discardableResult
    package func raiseStable(to count: Int) async throws -> Int {
        guard let stable = try await stableName() else { return count }
        let autoscaler = try await autoscaler(of: stable)
        let allowed = min(count, autoscaler?.maxReplicas ?? count)
        if let autoscaler { try await raise(autoscaler, .autoscaler, to: allowed) }
        if let deployment = try await get(.deployment, stable),
            autoscaler == nil || deployment.replicas == 0
        {
            try await raise(deployment, .deployment, to: allowed)
        }
        return allowed
    }

    /// Sees that a Deployment has no fewer than `count` pods; never lowers.
    ///
    /// By its autoscaler's minimum or, without one, by its replicas.
    ///
    /// `scalers`: as they were found just now.
    package func raiseFloor(_ deployment: String, to count: Int, _ scalers: Scalers? = nil)
        async throws
    {
        let found: Scalers
        if let scalers { found = scalers } else { found = try await self.scalers() }
        if let autoscaler = found[deployment] {
            guard count <= autoscaler.maxReplicas else {
                throw Setback(
                    .denied,
                    "\(count) pods are needed, and the autoscaler \(autoscaler.name) allows at"
                        + " most \(autoscaler.maxReplicas)")
            }
            try await raise(autoscaler, .autoscaler, to: count, mustBeSealed: true)
        } else if let object = try await get(.deployment, deployment) {
            try await raise(object, .deployment, to: count, mustBeSealed: true)
        } else {
            throw Setback(.fault, "there is no Deployment \(deployment)")
        }
    }

    /// Throws where the autoscaler that this run gave the candidate is gone, is another one, or allows
    /// less than it was given: a candidate that has lost it is not what was judged, and nobody would
    /// scale it any more.
    ///
    /// What somebody gave it beyond that stays; a sentence for it, or nil.
    @discardableResult
    package func requireAutoscaler(_ scalers: Scalers) throws -> String? {
        let candidate = scope.candidateName
        // One that scales something else is nothing that the candidate could lose.
        if let own = scope.ownAutoscaler, !own.scales(candidate) { return nil }
        guard let autoscaler = scalers[candidate] else {
            throw Setback(
                .foreignEdit,
                "the autoscaler that this run gave \(candidate) was removed by somebody else")
        }
        if autoscaler.seal?.run == scope.run { return try moved(autoscaler) }
        let kind: ResourceKind = autoscaler.isScaledObject ? .scaledObject : .autoscaler
        let hand = autoscaler.lastWriter.map { ", last written by \($0)" } ?? ""
        throw Setback(
            .foreignEdit,
            "\(autoscaler.reference(as: kind)) is not the autoscaler that this run gave"
                + " \(candidate)\(hand)")
    }

    /// The bounds that others moved: lowered ones throw, and raised ones are told.
    private func moved(_ autoscaler: KubernetesObject) throws -> String? {
        let names =
            autoscaler.isScaledObject
            ? ["minReplicaCount", "maxReplicaCount"] : ["minReplicas", "maxReplicas"]
        let bounds = [
            (names[0], Self.floorAnnotation, autoscaler.minReplicas),
            (names[1], Self.ceilingAnnotation, autoscaler.maxReplicas),
        ]
        let place = "\(autoscaler.reference(like: .autoscaler))"
        var said: [String] = []
        for (name, mark, stands) in bounds {
            guard let given = autoscaler.annotation(mark).flatMap({ Int($0) }), given != stands
            else { continue }
            let change =
                "\(name) \(stands), and this run gave it \(given)\(Self.hand(on: autoscaler, name))"
            guard stands > given else {
                throw Setback(
                    .foreignEdit,
                    "somebody lowered the candidate's autoscaler: \(place) has \(change)")
            }
            said.append(change)
        }
        return said.isEmpty ? nil : "\(place), and stays so: \(said.joined(separator: "; "))"
    }

    /// Lets stable become small: its autoscaler's minimum or, without one, its replicas.
    package func shrinkStable(minimum: Int) async throws {
        guard let stable = try await stableName() else { return }
        let target = try await autoscaler(of: stable)
        let reference =
            target?.reference(like: .autoscaler) ?? scope.reference(.deployment, stable)
        let candidate = scope.candidateName
        _ = try await writer.change(reference, mustBeSealed: true) { object in
            let floor = Floor.of(object, candidate: candidate)
            if floor.isForeign(in: object) {
                throw Setback(
                    .foreignEdit,
                    "somebody paused \(reference) at \(floor.value(in: object) ?? 0), where the run"
                        + " had it\(Self.hand(on: object, nil))")
            }
            // KEDA that is not paused yet keeps as many as its triggers say.
            let present = floor.value(in: object) ?? (floor == .pause ? .max : 1)
            return present > minimum ? floor.set(minimum, on: object) : object
        }
    }

    /// Looks until stable asks for `minimum` pods and has no more.
    package func awaitShrunk(minimum: Int) async throws {
        guard let stable = try await stableName() else { return }
        try await watchingPods(of: try await get(.deployment, stable)) { bell in
            try await awaitShrunk(stable, minimum, bell)
        }
    }

    private func awaitShrunk(_ stable: String, _ minimum: Int, _ bell: Doorbell) async throws {
        var steadiness = Steadiness()
        while true {
            guard let deployment = try await get(.deployment, stable) else { return }
            let desired = try await autoscaler(of: stable)?.status["desiredReplicas"]?.whole
            let pods = try await pods(of: deployment).count
            let isShrunk =
                deployment.replicas <= minimum && pods <= minimum
                && (desired ?? minimum) <= minimum
            if steadiness.hears(isShrunk) { return }
            try await rest(bell, pods: pods > minimum)
        }
    }

    /// On the way forward what we raise carries our seal; on the way home it need not.
    private func raise(
        _ object: KubernetesObject, _ kind: ResourceKind, to count: Int,
        mustBeSealed: Bool = false, notesPause: Bool = false
    ) async throws {
        let candidate = scope.candidateName
        let reference = object.reference(like: kind)
        var count = count
        if Floor.of(object, candidate: candidate) == .pause, let stable = try await stableName() {
            // A pause takes none away.
            count = max(count, try await get(.deployment, stable)?.replicas ?? 0)
        }
        let (wanted, least) = (count, object.isScaledObject ? -1 : 1)
        _ = try await writer.change(reference, seen: object, mustBeSealed: mustBeSealed) { object in
            let floor = Floor.of(object, candidate: candidate)
            if (floor.value(in: object) ?? least) < wanted { return floor.set(wanted, on: object) }
            return notesPause ? floor.noted(on: object) : object
        }
    }
}

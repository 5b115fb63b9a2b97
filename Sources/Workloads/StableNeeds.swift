package import CanaryEngine
internal import JSONTree
internal import KubernetesAPI
internal import Manifests

/// What stable must ask for while the way goes forward: others may make it smaller at any moment.
package struct StableNeeds: Hashable, Sendable {
    /// The share of the users that is led to it.
    package let share: TrafficWeight
    /// The pods that this share needs.
    package let pods: Int
    /// So many it is held at, so that everybody could come home at once; nil: it was let become small.
    package let held: Int?

    package init(share: TrafficWeight, ofStableReady stableReady: Int, isHeld: Bool) {
        self.share = share
        pods = Capacity.floor(for: share, stableReady: stableReady)
        held = isHeld ? stableReady : nil
    }
}

extension WorkloadKeeper {
    /// Throws where somebody made stable smaller than its users need; where `scalers` are told, also
    /// where nothing holds it at its size any more.
    ///
    /// Writes nothing: what was ours there, and was changed, is somebody's wish that it be otherwise.
    package func requireStable(_ needs: StableNeeds, _ scalers: Scalers? = nil) async throws {
        guard let stable = scope.stable else { return }
        guard let deployment = try await get(.deployment, stable) else {
            throw Setback(
                .foreignEdit, "Deployment \(scope.namespace)/\(stable) is gone: somebody deleted it"
            )
        }
        let isShort = deployment.replicas < needs.pods
        var scalers = scalers
        // What scales it may have done no more than it was let to.
        if isShort, scalers == nil, needs.held != nil { scalers = try await self.scalers() }
        if let held = needs.held, let autoscaler = scalers?[stable] {
            try require(autoscaler, heldAt: held)
        }
        guard isShort else { return }
        throw Setback(
            .foreignEdit,
            "somebody scaled stable \(stable) to \(Self.pods(deployment.replicas)), and the"
                + " \(needs.share.percent)% of users that it has need \(needs.pods)"
                + Self.hand(on: deployment, "replicas"))
    }

    /// The number noted beside a floor is the last that we gave it; none: it needed no raising.
    private func require(_ autoscaler: KubernetesObject, heldAt count: Int) throws {
        let floor = Floor.of(autoscaler, candidate: scope.candidateName)
        let noted = autoscaler.annotation(Self.floorAnnotation).flatMap { Int($0) }
        let least = noted ?? min(count, autoscaler.maxReplicas)
        let stands = floor.value(in: autoscaler) ?? (floor == .pause ? nil : 1)
        if let stands, stands >= least { return }
        let place = "\(autoscaler.reference(like: .autoscaler))"
        throw Setback(
            .foreignEdit,
            "somebody took off what holds stable at \(Self.pods(least)): \(place) has"
                + " \(floor.name) \(stands.map(String.init) ?? "no more")"
                + Self.hand(on: autoscaler, floor.member))
    }

    static func pods(_ count: Int) -> String { count == 1 ? "1 pod" : "\(count) pods" }

    /// Who wrote a member of the spec, or a mark, where that is known and was not us.
    static func hand(on object: KubernetesObject, _ member: String?) -> String {
        guard let writer = member.flatMap(object.writer(ofSpec:)) ?? object.lastWriter,
            writer != "theseus"
        else { return "" }
        return "; last written by \(writer)"
    }

    /// Gives stable its pods back where somebody scaled it below `count`; what was done, or nil.
    ///
    /// Of a way home that has nobody to bring there: users are there already.
    package func upholdStable(at count: Int) async throws -> String? {
        guard let stable = scope.stable, let deployment = try await get(.deployment, stable),
            deployment.replicas < count
        else { return nil }
        let autoscaler = try await autoscaler(of: stable)
        let allowed = min(count, autoscaler?.maxReplicas ?? count)
        let floor = autoscaler.map { Floor.of($0, candidate: scope.candidateName) }
        let stands = autoscaler.flatMap { floor?.value(in: $0) } ?? 0
        // Its autoscaler is asked for them already, and looks at it.
        if autoscaler != nil, stands >= allowed, deployment.replicas > 0 { return nil }
        guard deployment.replicas < allowed else { return nil }
        try await raiseStable(to: count)
        return "stable \(stable) had been scaled to \(Self.pods(deployment.replicas))"
            + Self.hand(on: deployment, "replicas") + "; it is brought to \(allowed) again"
    }
}

internal import CanaryEngine
package import FlowFiles
internal import IstioRoutes
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Workloads

/// What a removal is going to do, for people.
package struct RemovalPlan: Sendable {
    package let charter: RunCharter
    /// The ways by which users meet the version; they lead to the other one first.
    package let ways: [String]
    package let removed: [String]
    /// Objects of the manifest that stay, since others may use them.
    package let staying: [String]
}

extension Departure {
    /// From a flow to the charter that takes its version away; nil where nothing of it is there.
    ///
    /// Throws the first refusal; writes nothing.
    package func surveyRemoval(
        _ flow: Flow, from source: FlowSource, isForced: Bool
    ) async throws -> RemovalPlan? {
        try await namingTheHolder(of: flow) { client in
            try await removal(of: flow, from: source, isForced, client)
        }
    }

    private func removal(
        of flow: Flow, from source: FlowSource, _ isForced: Bool, _ client: KubernetesClient
    ) async throws -> RemovalPlan? {
        let istio = try await IstioRouter.servedVersion(client)
        var flow = flow
        // The version that goes cannot be the one that stays.
        if flow.target.stable == flow.candidateName { flow.target.stable = nil }
        let first = try charter(flow, source, istio, stable: nil, routes: [], isForced)
        var scope = try first.workloadScope
        scope.stable = flow.target.stable
        let writer = unsealedWriter(client)
        let workloads = try await WorkloadKeeper(
            scope: scope, writer: writer, time: rig.time, poll: rig.pace.poll
        ).surveyRemoval()
        try await requireFree(workloads.removed, flow.target, client)
        let stable = workloads.other.map {
            RunCharter.Version(
                deployment: $0.name,
                label: $0.templateLabels?[flow.target.versionLabel]?.text ?? "")
        }
        let byKEDA = workloads.isScaledByKEDA
        var draft = try charter(
            flow, source, istio, stable: stable, routes: [], isForced, byKEDA: byKEDA)
        draft.hosts = try await hosts(of: draft, workloads.selections, writer)
        let keeper = WorkloadKeeper(
            scope: try draft.workloadScope, writer: writer, time: rig.time, poll: rig.pace.poll)
        let router = IstioRouter(scope: draft.routeScope, writer: writer)
        let look = try await RemovalLook(keeper, router)
        if !flow.keepsGitOps {
            try look.routes.requireUnkept()
            try look.workloads.requireUnkept()
        }
        if look.isEmpty { return nil }
        try look.check(isForced: isForced)
        let left = try await router.leftBehind(look.workloads.onlyGoings)
        if !isForced, let first = left.refusals.first { throw first }
        try look.workloads.checkRoom(needed: look.needed)
        try await NeededRights(
            namespace: flow.target.namespace, routes: look.routes.managed, manifest: [],
            removed: look.workloads.removed, scaler: look.workloads.otherAutoscaler,
            remembered: accepts.remembersInCluster, guarded: flow.guardian != nil,
            makesRoutes: look.routes.missingRoutes != nil, writesRule: look.routes.rule != nil
        ).require(of: client)
        var final = try charter(
            flow, source, istio, stable: stable, routes: look.routes.managed, isForced,
            byKEDA: byKEDA, warnings: left.refusals.map(\.sentence) + left.warnings)
        final.hosts = draft.hosts
        return RemovalPlan(
            charter: final,
            ways: look.ways.map(\.description),
            removed: look.workloads.removed.map(Self.name),
            staying: look.workloads.staying.map(Self.name))
    }

    private static func name(_ object: KubernetesObject) -> String {
        "\(object.kind) \(object.namespace)/\(object.name)"
    }

    private func charter(
        _ flow: Flow, _ source: FlowSource, _ istio: String, stable: RunCharter.Version?,
        routes: [ObjectReference], _ isForced: Bool, byKEDA: Bool = false,
        warnings: [String] = []
    ) throws -> RunCharter {
        let scope = try WorkloadScope(
            namespace: flow.target.namespace, service: flow.target.service,
            versionLabel: flow.target.versionLabel, candidateObjects: flow.target.manifest,
            run: run)
        return RunCharter(
            run: run, cluster: rig.cluster.server, source: source, flow: flow, stable: stable,
            candidate: RunCharter.Version(
                deployment: scope.candidateName, label: scope.candidateVersion ?? ""),
            routes: routes, istio: istio, warnings: warnings,
            removal: RunCharter.Removal(isForced: isForced),
            isScaledByKEDA: byKEDA)
    }

    /// A run that is not over has its seal on what it made.
    private func requireFree(
        _ objects: [KubernetesObject], _ target: FlowTarget, _ client: KubernetesClient
    ) async throws {
        for object in objects {
            guard let seal = object.seal, seal.run != run else { continue }
            throw VoyageError(
                .held(by: seal.run, isAlive: try await isDriven(seal.run, target, client)),
                place: Self.name(object))
        }
    }

    /// Whether somebody renews the lease of that run; nil: it is not the one of this target.
    private func isDriven(
        _ run: String, _ target: FlowTarget, _ client: KubernetesClient
    ) async throws -> Bool? {
        let lease = TargetLease(
            client: client, namespace: target.namespace, service: target.service, run: run,
            holder: "", pace: rig.pace)
        guard try await lease.owner() == run else { return nil }
        return try await lease.look() == .renewed
    }
}

extension Flow {
    fileprivate var candidateName: String? {
        target.manifest.first { $0.kind == ResourceKind.deployment.kind }?.name
    }
}

extension RemovalLook {
    /// Nothing of the version is there any more: neither objects nor a subset nor a route.
    var isEmpty: Bool {
        workloads.removed.isEmpty && workloads.deployment == nil && !routes.namesCandidate
    }
}

internal import CanaryEngine
package import FlowFiles
internal import IstioRoutes
internal import JSONTree
internal import Journal
package import KubernetesAPI
internal import Manifests
internal import Workloads

/// From a flow to a charter: looks at the cluster, and refuses before anything is written.
package struct Departure: Sendable {
    let rig: Rig
    let run: String
    let accepts: Terms

    /// What the person at the command line takes upon himself.
    package struct Terms: Hashable, Sendable {
        /// Who says that stable may have no ready pod, since this release mends it; nil: nobody.
        package var unfitStable: String?
        /// The journal is kept in the cluster, which takes rights of its own.
        package var remembersInCluster = false

        package init() {}
    }

    package init(rig: Rig, run: String, terms: Terms = Terms()) {
        self.rig = rig
        self.run = run
        accepts = terms
    }

    /// What a survey found, for whoever wants to know more than the run itself must remember.
    package struct Prospect: Sendable {
        package let charter: RunCharter
        /// What the run's account must be allowed.
        package let rights: [AccessRight]
        /// Stable's pods that are ready now.
        package let readyPods: Int
    }

    /// Throws the first refusal; writes nothing.
    package func survey(_ flow: Flow, from source: FlowSource) async throws -> RunCharter {
        try await prospect(flow, from: source).charter
    }

    /// The same survey, with all that it found.
    ///
    /// `forOthers`: it is about what another account must be allowed; whether ours may do so, and
    /// whether the sources answer us, is not asked.
    package func prospect(
        _ flow: Flow, from source: FlowSource, forOthers: Bool = false
    ) async throws -> Prospect {
        try await namingTheHolder(of: flow) { client in
            try await prospect(flow, from: source, forOthers, client)
        }
    }

    /// Where a refusal is another run's work, that run is what to speak of.
    func namingTheHolder<Found: Sendable>(
        of flow: Flow, _ survey: (KubernetesClient) async throws -> Found
    ) async throws -> Found {
        let client = rig.cluster.patient(for: rig.pace.patience)
        do {
            return try await survey(client)
        } catch let refusal where refusal is WorkloadRefusal || refusal is RouteRefusal {
            let place = "\(rig.cluster.server) \(flow.target.namespace)/\(flow.target.service)"
            if let held = try await holding(flow.target, refusal, client) {
                throw VoyageError(held, place: place)
            }
            throw refusal
        }
    }

    private func prospect(
        _ flow: Flow, from source: FlowSource, _ forOthers: Bool, _ client: KubernetesClient
    ) async throws -> Prospect {
        let target = flow.target
        var scope = try WorkloadScope(
            namespace: target.namespace, service: target.service,
            versionLabel: target.versionLabel, stable: target.stable,
            candidateObjects: target.manifest, run: run)
        scope.fingerprintsSecrets = flow.fingerprintsSecrets
        let writer = unsealedWriter(client)
        let keeper = WorkloadKeeper(
            scope: scope, writer: writer, time: rig.time, poll: rig.pace.poll)
        let workloads = try await keeper.survey(
            WorkloadSurvey.Terms(
                highestWeight: flow.plan.highestWeight, mayBeKept: flow.keepsGitOps,
                isFirstRelease: flow.plan.isFirstRelease, mayBeUnfit: accepts.unfitStable != nil))
        try workloads.check()
        try await keeper.requireSecrets()
        let candidate = RunCharter.Version(
            deployment: scope.candidateName, label: scope.candidateVersion ?? "")
        let stable = workloads.stable.map {
            RunCharter.Version(
                deployment: $0.name,
                label: $0.templateLabels?[target.versionLabel]?.text ?? "")
        }
        var draft = RunCharter(
            run: run, cluster: rig.cluster.server, source: source, flow: flow, stable: stable,
            candidate: candidate, routes: [],
            istio: try await IstioRouter.servedVersion(client))
        draft.hosts = try await hosts(of: draft, workloads.selections, writer)
        let router = IstioRouter(scope: draft.routeScope, writer: writer)
        let routes = try await router.survey()
        if !flow.keepsGitOps { try routes.requireUnkept() }
        let left = try await router.leftBehind(flow.letsStableGo ? workloads.onlyStables : [])
        if let first = left.refusals.first { throw first }
        let rights = NeededRights(
            namespace: target.namespace, routes: routes.managed, manifest: target.manifest,
            settings: scope.settings, scaler: workloads.autoscaler,
            remembered: accepts.remembersInCluster, guarded: flow.guardian != nil,
            makesRoutes: routes.missingRoutes != nil, writesRule: routes.rule != nil,
            hasJobs: flow.hasJobs)
        if !forOthers { try await rights.require(of: client) }
        var charter = RunCharter(
            run: run, cluster: draft.cluster, source: source, flow: flow, stable: stable,
            candidate: candidate, routes: routes.managed, istio: draft.istio,
            warnings: routes.warnings + left.warnings + acceptance(of: workloads)
                + likeness(of: target.manifest, to: workloads.stable),
            isScaledByKEDA: workloads.isScaledByKEDA, hosts: draft.hosts)
        charter.serviceSelector = workloads.serviceSelector
        if !forOthers { try await charter.requireSources(of: rig) }
        return Prospect(charter: charter, rights: rights.all, readyPods: workloads.readyPods)
    }

    /// The versions' Services, where users are divided by hosts.
    func hosts(
        of draft: RunCharter, _ selections: ServiceSelections, _ writer: SealedWriter
    ) async throws -> VersionHosts? {
        let offer = ServiceOffer(
            stable: selections.stable, candidate: selections.candidate, shared: selections.shared,
            foreign: selections.foreign)
        let router = IstioRouter(scope: draft.routeScope, writer: writer)
        guard let hosts = try await router.versionHosts(offer) else { return nil }
        try selections.requirePorts(of: hosts.stable, on: hosts.candidate)
        return hosts
    }

    /// Whoever accepts a stable without ready pods stands in the journal by name.
    private func acceptance(of workloads: WorkloadSurvey) -> [String] {
        guard let person = accepts.unfitStable, let stable = workloads.stable,
            workloads.readyPods == 0
        else { return [] }
        return ["\(person) accepts that stable \(stable.name) has no ready pod"]
    }

    /// Says where both versions have the same images.
    ///
    /// A release may change settings alone; more often the image was forgotten.
    private func likeness(of manifest: [KubernetesObject], to stable: KubernetesObject?) -> [String]
    {
        func images(_ deployment: KubernetesObject) -> [String] {
            (deployment.tree.at("spec", "template", "spec", "containers")?.items ?? [])
                .compactMap { $0["image"]?.text }.sorted()
        }
        guard let stable, let own = manifest.first(where: { $0.kind == stable.kind }),
            case let shared = images(own), !shared.isEmpty, shared == images(stable)
        else { return [] }
        return [
            "the candidate's pods run the image of stable \(stable.name) itself"
                + " (\(shared.joined(separator: ", "))); --image NAME=REF gives another"
        ]
    }

    /// For looking alone.
    func unsealedWriter(_ client: KubernetesClient) -> SealedWriter {
        SealedWriter(
            client: client, time: rig.time,
            seal: { WriteSeal(run: "", epoch: 0, head: "") })
    }

    // MARK: Another run

    /// The other run that holds the target, or to which the objects belong that made us refuse.
    private func holding(
        _ target: FlowTarget, _ refusal: any Error, _ client: KubernetesClient
    ) async throws -> VoyageError.Code? {
        let lease = TargetLease(
            client: client, namespace: target.namespace, service: target.service, run: run,
            holder: "", pace: rig.pace)
        if let other = try await lease.owner(), other != run {
            return .held(by: other, isAlive: try await lease.look() == .renewed)
        }
        if case .heldByRun(let other)? = (refusal as? RouteRefusal)?.code {
            return .held(by: other, isAlive: nil)
        }
        for object in target.manifest {
            guard let kind = ResourceKind.named(apiVersion: object.apiVersion, kind: object.kind)
            else { continue }
            let reference = ObjectReference(kind, namespace: target.namespace, name: object.name)
            let there = try await client.patiently { try await $0.get(reference) }
            if let seal = there?.seal, seal.run != run {
                return .held(by: seal.run, isAlive: nil)
            }
        }
        return nil
    }
}

extension RunPlan {
    /// The greatest share that the plan gives the candidate.
    var highestWeight: TrafficWeight {
        steps.reduce(.none) { highest, step in
            if case .weight(let weight) = step { max(highest, weight) } else { highest }
        }
    }
}

extension Flow {
    /// Stable goes in the end: by the run, or by what it writes for a tool's source.
    fileprivate var letsStableGo: Bool {
        plan.steps.contains(.retire) && (!keepsGitOps || writesBackTo != nil)
    }
}

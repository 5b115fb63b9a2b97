internal import FlowFiles
internal import IstioRoutes
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import MetricsGate
internal import MetricsSources
internal import Timekeeping
internal import Voyage

/// What stands in the namespace, and what the mesh tells of it.
extension Examination {
    private func all(_ kind: ResourceKind) async throws -> [KubernetesObject] {
        let space = namespace
        return try await client.patiently { try await $0.list(kind, namespace: space).items }
    }

    // MARK: Sidecars

    /// Without a proxy a pod's requests go by no route.
    func sidecars() async throws -> [Symptom] {
        let pods = try await servedPods()
        let whose = flow.map { "Service \(namespace)/\($0.flow.target.service)" } ?? namespace
        guard !pods.isEmpty else {
            return [
                Symptom(
                    "sidecars", .unseen, "\(whose) has no pods", do: "look at its selector")
            ]
        }
        let bare = pods.filter { !Self.hasProxy($0) }
        if bare.isEmpty {
            return [
                Symptom("sidecars", .good, "all \(pods.count) pods of \(whose) have a proxy")
            ]
        }
        return [
            Symptom(
                "sidecars", .odd,
                "\(bare.count) of \(pods.count) pods of \(whose) have no proxy: \(bare[0].name)",
                do: "label the namespace istio-injection=enabled and restart them; what pods"
                    + " without a proxy call goes by no route and is in no metric")
        ]
    }

    private func servedPods() async throws -> [KubernetesObject] {
        let pods = try await all(.pod).filter { !$0.isBeingDeleted }
        guard let flow else { return pods }
        let place = ObjectReference(
            .service, namespace: namespace, name: flow.flow.target.service)
        let service = try await client.patiently { try await $0.get(place) }
        guard let service, let selector = LabelSelector(service: service) else { return [] }
        return pods.filter { selector.matches($0.tree.at("metadata", "labels")) }
    }

    /// By its container, as a native sidecar, or in a namespace without sidecars by ztunnel.
    private static func hasProxy(_ pod: KubernetesObject) -> Bool {
        let containers = ["containers", "initContainers"].flatMap { pod.spec[$0]?.items ?? [] }
        return containers.contains { $0["name"]?.text == "istio-proxy" }
            || pod.annotation("sidecar.istio.io/status") != nil
            || pod.annotation("ambient.istio.io/redirection") == "enabled"
    }

    // MARK: Other tools

    /// Who would put back what a run writes.
    func stewards() async throws -> [Symptom] {
        var kept: [(steward: Steward, places: [String])] = []
        for kind in try await routedKinds() {
            for object in try await all(kind) {
                guard let steward = Steward(of: object) else { continue }
                let place = "\(object.reference(as: kind))"
                if let known = kept.firstIndex(where: { $0.steward == steward }) {
                    kept[known].places.append(place)
                } else {
                    kept.append((steward, [place]))
                }
            }
        }
        if kept.isEmpty {
            return [
                Symptom(
                    "other tools", .good, "neither Argo CD nor Flux nor Helm keeps an object here")
            ]
        }
        let isForeseen = flow?.flow.keepsGitOps ?? false
        return kept.map { steward, places in
            let more = places.count > 1 ? " and \(places.count - 1) more" : ""
            return Symptom(
                "other tools", isForeseen ? .good : .odd,
                "\(steward) keeps \(places[0])\(more)",
                do: isForeseen
                    ? nil
                    : "say gitops: keep or gitops: {writeBack: DIR} in the flow, where its service"
                        + " is among them")
        }
    }

    private func routedKinds() async throws -> [ResourceKind] {
        let version = try await IstioRouter.servedVersion(client)
        let scaler = try await client.patiently {
            try await $0.served(.autoscaler, as: ["v2", "v2beta2", "v1"])
        }
        return [ResourceKind.deployment, .service, scaler].compactMap(\.self)
            + [ResourceKind.virtualService, .destinationRule].map { $0.inVersion(version) }
    }

    // MARK: Left behind

    /// Marks of runs that nobody drives.
    func leftovers() async throws -> [Symptom] {
        let held = try await held()
        var left: [(run: String, places: [String])] = []
        for kind in try await routedKinds() {
            for object in try await all(kind) {
                guard let run = object.seal?.run, !held.contains(run) else { continue }
                let place = "\(object.reference(as: kind))"
                if let known = left.firstIndex(where: { $0.run == run }) {
                    left[known].places.append(place)
                } else {
                    left.append((run, [place]))
                }
            }
        }
        if left.isEmpty {
            return [Symptom("left behind", .good, "no object carries marks of a run that is over")]
        }
        return left.map { run, places in
            let more = places.count > 1 ? " and \(places.count - 1) more" : ""
            return Symptom(
                "left behind", .odd,
                "\(places[0])\(more) carries marks of run \(run), which nobody drives",
                do: "theseus resume \(run), or theseus abort \(run)")
        }
    }

    /// The runs that somebody holds: of the flow's service, which an account may always ask for, else
    /// of all that the namespace has.
    private func held() async throws -> Set<String> {
        if let service = flow?.flow.target.service {
            let lease = TargetLease(
                client: client, namespace: namespace, service: service, run: "", holder: "",
                pace: rig.pace)
            return Set([try await lease.owner()].compactMap(\.self))
        }
        return Set(
            try await all(.lease).filter { $0.spec["holderIdentity"]?.text?.isEmpty == false }
                .compactMap { $0.seal?.run })
    }

    // MARK: Metrics

    func metrics() async throws -> [Symptom] {
        guard let flow = flow?.flow else { return [] }
        guard let source = rig.prometheus(of: flow) else {
            return [
                Symptom(
                    "metrics", .odd, "the flow names no Prometheus",
                    do: "set spec.prometheus: without it weights are trusted unseen, and nobody"
                        + " looks whether the candidate is dark")
            ]
        }
        let version = GateScope.Version(label: "", workload: "")
        let hosts = await hosts(of: flow)
        let scope = GateScope(
            namespace: namespace, service: flow.target.service, versionServices: hosts,
            stable: version, candidate: version, scrape: flow.scrape)
        guard let look = try await TelemetryLook.look(at: source, scope) else {
            let whose =
                hosts.isEmpty ? "this service" : "this service or \(hosts.joined(separator: ", "))"
            return [
                Symptom(
                    "metrics", .odd,
                    "Prometheus answers, and has no istio_requests_total of \(whose) with"
                        + " reporter=\"source\"",
                    do: "let it scrape the proxies of those who call the service; or nobody calls")
            ]
        }
        return [freshness(of: look, flow)] + pace(of: look, flow) + hour(of: look)
    }

    /// The versions' Services, where users are divided by hosts: the mesh counts by these then.
    ///
    /// None where the release could not begin; why not is said at the end.
    private func hosts(of flow: Flow) async -> [String] {
        do {
            return try await Hindsight(flow, on: rig, stable: nil, candidate: nil)
                .scope.versionServices
        } catch {
            return []
        }
    }

    private func freshness(of look: TelemetryLook, _ flow: Flow) -> Symptom {
        let age = look.age.shortText
        guard look.age > flow.scrape * 4 else {
            return Symptom("metrics", .good, "the newest sample is \(age) old")
        }
        return Symptom(
            "metrics", .bad, "the newest sample is \(age) old: gates take nothing that old",
            do: "see why Prometheus does not scrape the proxies, or correct prometheus.scrape")
    }

    /// Windows, leaks and freshness are reckoned in scrapes.
    private func pace(of look: TelemetryLook, _ flow: Flow) -> [Symptom] {
        guard let interval = look.interval, interval > flow.scrape * 1.5 else { return [] }
        let seconds = max(1, Int((interval / .seconds(1)).rounded()))
        return [
            Symptom(
                "metrics", .odd,
                "samples come about every \(seconds) s, and the flow says every"
                    + " \(flow.scrape.shortText)",
                do: "write scrape: \(seconds)s below spec.prometheus")
        ]
    }

    private func hour(of look: TelemetryLook) -> [Symptom] {
        guard let theirs = rig.cluster.serverDate else { return [] }
        let seconds = Int(look.serverTime) - theirs / 1000
        guard abs(seconds) > 15 else { return [] }
        let side = seconds > 0 ? "ahead of" : "behind"
        return [
            Symptom(
                "metrics", .odd, "Prometheus's clock is \(abs(seconds)) s \(side) the API server's",
                do: "set both by NTP")
        ]
    }
}

internal import CanaryEngine
package import FlowFiles
package import IstioRoutes
package import JSONTree
package import Manifests
package import Workloads

/// What a run stands on: the flow as it was read, and what the survey found.
///
/// Kept as a blob, so that any machine can go on.
package struct RunCharter: Sendable {
    package let run: String
    /// The API server's address; part of the target.
    package let cluster: String
    package let source: FlowSource
    package let flow: Flow
    /// Stable's Deployment and version; nil for a first release.
    package let stable: Version?
    package let candidate: Version
    /// The route objects that the run moves, those it makes included.
    package let routes: [ObjectReference]
    /// In which version of its API the cluster serves Istio's objects.
    package let istio: String
    /// What people should know before users are moved, a sentence each.
    package let warnings: [String]
    /// The candidate stands already and is to go; nil for a release.
    package let removal: Removal?
    /// KEDA scales one of the versions.
    package let isScaledByKEDA: Bool
    /// The versions' Services, where each has one; nil: they are subsets of one.
    package var hosts: VersionHosts?
    /// The Service's selector, as it was found; nil in charters of before, and of removals.
    package var serviceSelector: LabelSelector?

    /// What a removal was allowed.
    package struct Removal: Hashable, Sendable {
        /// Users may be moved or, where there is no other version, left without one.
        package let isForced: Bool

        package init(isForced: Bool) { self.isForced = isForced }
    }

    /// One version: its Deployment's name and the value of its version label.
    package struct Version: Hashable, Sendable {
        package let deployment: String
        package let label: String

        package init(deployment: String, label: String) {
            self.deployment = deployment
            self.label = label
        }
    }

    package init(
        run: String, cluster: String, source: FlowSource, flow: Flow, stable: Version?,
        candidate: Version, routes: [ObjectReference], istio: String = "v1",
        warnings: [String] = [], removal: Removal? = nil, isScaledByKEDA: Bool = false,
        hosts: VersionHosts? = nil
    ) {
        self.run = run
        self.cluster = cluster
        self.source = source
        self.flow = removal == nil ? flow : flow.removing
        self.stable = stable
        self.candidate = candidate
        self.routes = routes
        self.istio = istio
        self.warnings = warnings
        self.removal = removal
        self.isScaledByKEDA = isScaledByKEDA
        self.hosts = hosts
    }

    /// Cluster, namespace and service as one key: at most one run holds it.
    package var target: String {
        "\(cluster) \(flow.target.namespace)/\(flow.target.service)"
    }

    package var routeScope: RouteScope {
        var scope = RouteScope(
            namespace: flow.target.namespace, service: flow.target.service,
            versionLabel: flow.target.versionLabel, stableVersion: stable?.label,
            candidateVersion: candidate.label,
            routes: flow.routes.map {
                RouteName(
                    virtualService: $0.virtualService, namespace: $0.namespace, http: $0.http,
                    tls: $0.tls.map { TLSRouteName(port: $0.port, sniHosts: $0.sniHosts) },
                    tcp: $0.tcp)
            },
            dark: flow.dark, run: run)
        scope.version = istio
        scope.clusterDomain = flow.meshDomain ?? scope.clusterDomain
        scope.rootNamespace = flow.rootNamespace ?? scope.rootNamespace
        scope.isRemoval = removal != nil
        scope.versionHosts = hosts
        for step in flow.plan.steps {
            switch step {
            case .mirror: scope.mirrors = true
            case .sticky(let stickiness): scope.stickiness = stickiness
            default: continue
            }
        }
        return scope
    }

    // MARK: As a blob

    package var tree: JSONTree {
        var tree: JSONTree = [
            "run": .string(run), "cluster": .string(cluster), "source": source.tree,
            "istio": .string(istio), "warnings": .array(warnings.map(JSONTree.string)),
            "stable": stable.map(Self.tree) ?? .null,
            "routes": .array(
                routes.map {
                    [
                        "kind": .string($0.kind.kind), "apiVersion": .string($0.kind.apiVersion),
                        "plural": .string($0.kind.plural), "namespace": .string($0.namespace),
                        "name": .string($0.name),
                    ]
                }),
        ]
        tree[Self.candidateKey(isRemoval: removal != nil, byHosts: hosts != nil)] =
            Self.tree(candidate)
        if let hosts {
            tree["hosts"] = [
                "stable": .string(hosts.stable), "candidate": .string(hosts.candidate),
            ]
        }
        if let serviceSelector {
            tree["selector"] = .array(
                serviceSelector.equalities.map { ["label": .string($0), "value": .string($1)] })
        }
        if isScaledByKEDA { tree["keda"] = true }
        if let removal { tree["forced"] = .bool(removal.isForced) }
        return tree
    }

    /// Reads a charter again; the flow is read from the files that it carries.
    package init(tree: JSONTree) throws {
        guard let run = tree["run"]?.text, let cluster = tree["cluster"]?.text,
            let source = tree["source"].flatMap(FlowSource.init(tree:)),
            let key = Self.candidateKeys.first(where: { tree[$0] != nil }),
            let candidate = Self.version(tree[key])
        else { throw VoyageError(.charter, place: "the run's plan") }
        self.init(
            run: run, cluster: cluster, source: source, flow: try FlowReader.read(source),
            stable: Self.version(tree["stable"]), candidate: candidate,
            routes: (tree["routes"]?.items ?? []).compactMap(Self.reference),
            istio: tree["istio"]?.text ?? "v1",
            warnings: (tree["warnings"]?.items ?? []).compactMap(\.text),
            removal: key.hasPrefix("removes")
                ? Removal(isForced: tree["forced"]?.flag == true) : nil,
            isScaledByKEDA: tree["keda"]?.flag == true, hosts: Self.hosts(tree["hosts"]))
        serviceSelector = (tree["selector"]?.items).map {
            LabelSelector(
                $0.map { .equal($0["label"]?.text ?? "", $0["value"]?.text ?? "") })
        }
    }

    /// Whoever does not know of removals must not take one for a release, nor a version with a host
    /// of its own for a subset.
    private static func candidateKey(isRemoval: Bool, byHosts: Bool) -> String {
        (isRemoval ? "removes" : "candidate") + (byHosts ? "AtHost" : "")
    }

    private static let candidateKeys = ["candidate", "removes", "candidateAtHost", "removesAtHost"]

    private static func hosts(_ tree: JSONTree?) -> VersionHosts? {
        guard let stable = tree?["stable"]?.text, let candidate = tree?["candidate"]?.text else {
            return nil
        }
        return VersionHosts(stable: stable, candidate: candidate)
    }

    /// Whose pods the run is about.
    package var workloadScope: WorkloadScope {
        get throws(WorkloadRefusal) {
            let target = flow.target
            var scope = try WorkloadScope(
                namespace: target.namespace, service: target.service,
                versionLabel: target.versionLabel, stable: stable?.deployment,
                candidateObjects: target.manifest, run: run)
            scope.fingerprintsSecrets = flow.fingerprintsSecrets
            scope.isRemoval = removal != nil
            scope.isScaledByKEDA = isScaledByKEDA
            scope.serviceSelector = serviceSelector
            return scope
        }
    }

    private static func tree(_ version: Version) -> JSONTree {
        ["deployment": .string(version.deployment), "label": .string(version.label)]
    }

    private static func version(_ tree: JSONTree?) -> Version? {
        guard let deployment = tree?["deployment"]?.text, let label = tree?["label"]?.text else {
            return nil
        }
        return Version(deployment: deployment, label: label)
    }

    private static func reference(_ tree: JSONTree) -> ObjectReference? {
        guard let kind = tree["kind"]?.text, let version = tree["apiVersion"]?.text,
            let plural = tree["plural"]?.text, let namespace = tree["namespace"]?.text,
            let name = tree["name"]?.text
        else { return nil }
        let parts = version.split(separator: "/", maxSplits: 1)
        let group = parts.count == 2 ? String(parts[0]) : ""
        return ObjectReference(
            ResourceKind(
                group: group, version: String(parts[parts.count - 1]), kind: kind, plural: plural),
            namespace: namespace, name: name)
    }
}

extension Flow {
    /// The same flow, with the plan that takes its version away; it has no dark users.
    fileprivate var removing: Flow {
        var flow = self
        flow.plan = .removal(like: plan)
        flow.dark = []
        return flow
    }
}

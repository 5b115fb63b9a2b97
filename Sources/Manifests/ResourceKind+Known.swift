extension ResourceKind {
    package static let secret = ResourceKind(
        group: "", version: "v1", kind: "Secret", plural: "secrets")
    package static let serviceAccount = ResourceKind(
        group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts")
    package static let namespace = ResourceKind(
        group: "", version: "v1", kind: "Namespace", plural: "namespaces")
    package static let node = ResourceKind(group: "", version: "v1", kind: "Node", plural: "nodes")
    package static let event = ResourceKind(
        group: "", version: "v1", kind: "Event", plural: "events")
    package static let replicaSet = ResourceKind(
        group: "apps", version: "v1", kind: "ReplicaSet", plural: "replicasets")
    package static let job = ResourceKind(
        group: "batch", version: "v1", kind: "Job", plural: "jobs")
    package static let cronJob = ResourceKind(
        group: "batch", version: "v1", kind: "CronJob", plural: "cronjobs")
    package static let endpointSlice = ResourceKind(
        group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice", plural: "endpointslices")
    package static let networkPolicy = ResourceKind(
        group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy",
        plural: "networkpolicies")
    package static let role = ResourceKind(
        group: "rbac.authorization.k8s.io", version: "v1", kind: "Role", plural: "roles")
    package static let roleBinding = ResourceKind(
        group: "rbac.authorization.k8s.io", version: "v1", kind: "RoleBinding",
        plural: "rolebindings")
    /// KEDA's: keeps an autoscaler of its own, which is nobody else's to edit.
    package static let scaledObject = ResourceKind(
        group: "keda.sh", version: "v1alpha1", kind: "ScaledObject", plural: "scaledobjects")
    package static let gateway = ResourceKind(
        group: "networking.istio.io", version: "v1", kind: "Gateway", plural: "gateways")
    package static let sidecar = ResourceKind(
        group: "networking.istio.io", version: "v1", kind: "Sidecar", plural: "sidecars")
    package static let serviceEntry = ResourceKind(
        group: "networking.istio.io", version: "v1", kind: "ServiceEntry",
        plural: "serviceentries")

    /// Every kind that the house has a name for.
    package static let known: [ResourceKind] = [
        .pod, .service, .endpoints, .configMap, .secret, .serviceAccount, .namespace, .node,
        .event, .deployment, .replicaSet, .job, .cronJob, .autoscaler, .disruptionBudget, .lease,
        .endpointSlice, .networkPolicy, .role, .roleBinding, .virtualService, .destinationRule,
        .gateway, .sidecar, .serviceEntry, .scaledObject,
    ]

    /// The versions in which clusters serve this kind, the newest first; what we read and write of
    /// it says the same in all of them.
    package var versions: [String] {
        if isSame(as: .autoscaler) { return ["v2", "v2beta2", "v1"] }
        if isSame(as: .disruptionBudget) { return ["v1", "v1beta1"] }
        return [version]
    }

    /// The kind that a manifest means, in its version; nil for one that the house has no name for.
    package static func named(apiVersion: String, kind: String) -> ResourceKind? {
        for known in known where known.kind == kind {
            for version in known.versions where known.inVersion(version).apiVersion == apiVersion {
                return known.inVersion(version)
            }
        }
        return nil
    }
}

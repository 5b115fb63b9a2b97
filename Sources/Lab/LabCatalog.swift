internal import Manifests

/// One kind of object that the Lab's cluster keeps, and everything that discovery says of it.
struct LabResource: Sendable {
    let group: String
    /// The versions that are served; objects are stored in the first.
    let versions: [String]
    let kind: String
    let plural: String
    let singular: String
    var shortNames: [String] = []
    var isNamespaced = true
    var hasStatus = false
    var hasScale = false
    var isInAll = false

    var storedAPIVersion: String { group.isEmpty ? versions[0] : "\(group)/\(versions[0])" }
    /// `deployments.apps`, as error messages name it.
    var qualified: String { group.isEmpty ? plural : "\(plural).\(group)" }

    /// Whether a change of its content raises metadata.generation.
    var countsGenerations: Bool {
        switch group {
        case "apps", "policy", "networking.istio.io", "keda.sh": true
        default: false
        }
    }

    var resourceKind: ResourceKind {
        ResourceKind(group: group, version: versions[0], kind: kind, plural: plural)
    }
}

/// The kinds that the cluster keeps.
///
/// An index into `all` names a kind inside the Lab.
enum LabCatalog {
    static let all: [LabResource] =
        [
            LabResource(
                group: "", versions: ["v1"], kind: "Namespace", plural: "namespaces",
                singular: "namespace", shortNames: ["ns"], isNamespaced: false, hasStatus: true),
            LabResource(
                group: "", versions: ["v1"], kind: "Pod", plural: "pods", singular: "pod",
                shortNames: ["po"], hasStatus: true, isInAll: true),
            LabResource(
                group: "", versions: ["v1"], kind: "Service", plural: "services",
                singular: "service", shortNames: ["svc"], hasStatus: true, isInAll: true),
            LabResource(
                group: "", versions: ["v1"], kind: "Endpoints", plural: "endpoints",
                singular: "endpoints", shortNames: ["ep"]),
            LabResource(
                group: "apps", versions: ["v1"], kind: "Deployment", plural: "deployments",
                singular: "deployment", shortNames: ["deploy"], hasStatus: true, hasScale: true,
                isInAll: true),
            LabResource(
                group: "apps", versions: ["v1"], kind: "ReplicaSet", plural: "replicasets",
                singular: "replicaset", shortNames: ["rs"], hasStatus: true, hasScale: true,
                isInAll: true),
            LabResource(
                group: "autoscaling", versions: ["v2", "v2beta2", "v1"],
                kind: "HorizontalPodAutoscaler",
                plural: "horizontalpodautoscalers", singular: "horizontalpodautoscaler",
                shortNames: ["hpa"], hasStatus: true, isInAll: true),
            LabResource(
                group: "networking.istio.io", versions: ["v1", "v1beta1", "v1alpha3"],
                kind: "VirtualService", plural: "virtualservices", singular: "virtualservice",
                shortNames: ["vs"], hasStatus: true),
            LabResource(
                group: "networking.istio.io", versions: ["v1", "v1beta1", "v1alpha3"],
                kind: "DestinationRule", plural: "destinationrules", singular: "destinationrule",
                shortNames: ["dr"], hasStatus: true),
            LabResource(
                group: "networking.istio.io", versions: ["v1", "v1beta1", "v1alpha3"],
                kind: "Gateway", plural: "gateways", singular: "gateway", shortNames: ["gw"],
                hasStatus: true),
            LabResource(
                group: "", versions: ["v1"], kind: "ConfigMap", plural: "configmaps",
                singular: "configmap", shortNames: ["cm"]),
            LabResource(
                group: "", versions: ["v1"], kind: "Secret", plural: "secrets", singular: "secret"),
            LabResource(
                group: "", versions: ["v1"], kind: "ServiceAccount", plural: "serviceaccounts",
                singular: "serviceaccount", shortNames: ["sa"]),
            LabResource(
                group: "", versions: ["v1"], kind: "Event", plural: "events", singular: "event",
                shortNames: ["ev"]),
            LabResource(
                group: "policy", versions: ["v1", "v1beta1"], kind: "PodDisruptionBudget",
                plural: "poddisruptionbudgets", singular: "poddisruptionbudget",
                shortNames: ["pdb"], hasStatus: true),
            LabResource(
                group: "coordination.k8s.io", versions: ["v1"], kind: "Lease", plural: "leases",
                singular: "lease"),
        ] + bystanders

    /// Kinds that are only kept: nothing in the Lab acts on them.
    private static let bystanders: [LabResource] = [
        ("", ["v1"], "PersistentVolumeClaim", "persistentvolumeclaims", ["pvc"]),
        ("batch", ["v1"], "Job", "jobs", []),
        ("batch", ["v1", "v1beta1"], "CronJob", "cronjobs", ["cj"]),
        ("discovery.k8s.io", ["v1"], "EndpointSlice", "endpointslices", []),
        ("networking.k8s.io", ["v1"], "NetworkPolicy", "networkpolicies", ["netpol"]),
        ("networking.k8s.io", ["v1"], "Ingress", "ingresses", ["ing"]),
        ("rbac.authorization.k8s.io", ["v1"], "Role", "roles", []),
        ("rbac.authorization.k8s.io", ["v1"], "RoleBinding", "rolebindings", []),
        ("networking.istio.io", ["v1", "v1beta1", "v1alpha3"], "Sidecar", "sidecars", []),
        (
            "networking.istio.io", ["v1", "v1beta1", "v1alpha3"], "ServiceEntry",
            "serviceentries", ["se"]
        ),
        ("keda.sh", ["v1alpha1"], "ScaledObject", "scaledobjects", ["so"]),
    ].map { group, versions, kind, plural, short in
        LabResource(
            group: group, versions: versions, kind: kind, plural: plural,
            singular: kind.lowercased(), shortNames: short)
    }

    static let namespaces = 0
    static let pods = 1
    static let services = 2
    static let endpoints = 3
    static let deployments = 4
    static let replicaSets = 5
    static let autoscalers = 6
    static let virtualServices = 7
    static let destinationRules = 8
    static let gateways = 9
    static let configMaps = 10
    static let events = 13
    static let jobs = index(group: "batch", plural: "jobs") ?? 0
    static let scaledObjects = index(group: "keda.sh", plural: "scaledobjects") ?? 0
    static let slices = index(group: "discovery.k8s.io", plural: "endpointslices") ?? 0

    /// What each version of each kind is called in an object's `apiVersion`.
    static let apiVersions: [[String: String]] = all.map { resource in
        let names = resource.versions.map {
            ($0, resource.group.isEmpty ? $0 : "\(resource.group)/\($0)")
        }
        return Dictionary(uniqueKeysWithValues: names)
    }

    static func index(group: String, plural: String) -> Int? {
        all.firstIndex { $0.plural == plural && $0.group == group }
    }

    /// The groups other than the core group, each once, in the order of the table.
    static let groups: [String] = all.reduce(into: []) { groups, resource in
        if !resource.group.isEmpty, !groups.contains(resource.group) {
            groups.append(resource.group)
        }
    }
}

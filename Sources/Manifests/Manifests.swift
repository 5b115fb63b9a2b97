// Manifests — Kubernetes objects as values: a tree, and names for the places in it.
//
//   ResourceKind       a kind of object and its path in the API
//   ObjectReference    which object
//   KubernetesObject   one object; whatever we do not understand stays in it untouched
//   LabelSelector      which pods an object means
//   TreeDifference     what differs between two versions of an object
//   Steward            the GitOps tool that keeps an object, if one does
//
// Knows no cluster.

package import JSONTree

/// A kind of object, as the API's paths name it.
package struct ResourceKind: Hashable, Sendable {
    /// Empty for the core group.
    package let group: String
    package let version: String
    package let kind: String
    package let plural: String

    package init(group: String, version: String, kind: String, plural: String) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
    }

    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// Few kinds share a plural, and each object's reference is hashed with its kind.
    package func hash(into hasher: inout Hasher) { hasher.combine(plural) }

    /// The same kind in another of its versions.
    package func inVersion(_ version: String) -> ResourceKind {
        ResourceKind(group: group, version: version, kind: kind, plural: plural)
    }

    /// Whether two are the same kind, whatever their versions.
    package func isSame(as other: ResourceKind) -> Bool {
        group == other.group && kind == other.kind
    }

    package static let pod = ResourceKind(group: "", version: "v1", kind: "Pod", plural: "pods")
    package static let service = ResourceKind(
        group: "", version: "v1", kind: "Service", plural: "services")
    package static let endpoints = ResourceKind(
        group: "", version: "v1", kind: "Endpoints", plural: "endpoints")
    package static let configMap = ResourceKind(
        group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")
    package static let deployment = ResourceKind(
        group: "apps", version: "v1", kind: "Deployment", plural: "deployments")
    package static let autoscaler = ResourceKind(
        group: "autoscaling", version: "v2", kind: "HorizontalPodAutoscaler",
        plural: "horizontalpodautoscalers")
    package static let disruptionBudget = ResourceKind(
        group: "policy", version: "v1", kind: "PodDisruptionBudget",
        plural: "poddisruptionbudgets")
    package static let lease = ResourceKind(
        group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases")
    package static let virtualService = ResourceKind(
        group: "networking.istio.io", version: "v1", kind: "VirtualService",
        plural: "virtualservices")
    package static let destinationRule = ResourceKind(
        group: "networking.istio.io", version: "v1", kind: "DestinationRule",
        plural: "destinationrules")
}

/// Which object: its kind, namespace and name.
package struct ObjectReference: Hashable, Sendable, CustomStringConvertible {
    package let kind: ResourceKind
    package let namespace: String
    package let name: String

    package init(_ kind: ResourceKind, namespace: String, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    package var description: String { "\(kind.kind) \(namespace)/\(name)" }
}

/// One object: the tree that the API server gave, and names for the places that we read.
package struct KubernetesObject: Hashable, Sendable {
    package var tree: JSONTree

    package init(_ tree: JSONTree) { self.tree = tree }

    package var apiVersion: String { tree["apiVersion"]?.text ?? "" }
    package var kind: String { tree["kind"]?.text ?? "" }
    package var name: String { tree.at("metadata", "name")?.text ?? "" }
    package var namespace: String { tree.at("metadata", "namespace")?.text ?? "" }
    package var uid: String { tree.at("metadata", "uid")?.text ?? "" }
    package var resourceVersion: String { tree.at("metadata", "resourceVersion")?.text ?? "" }
    package var generation: Int { tree.at("metadata", "generation")?.whole ?? 0 }
    package var isBeingDeleted: Bool { tree.at("metadata", "deletionTimestamp") != nil }

    package var spec: JSONTree {
        get { tree["spec"] ?? .object([:]) }
        set { tree["spec"] = newValue }
    }

    package var status: JSONTree { tree["status"] ?? .object([:]) }

    package func label(_ name: String) -> String? { tree.at("metadata", "labels", name)?.text }

    package func annotation(_ name: String) -> String? {
        tree.at("metadata", "annotations", name)?.text
    }

    /// Takes annotations away; an `annotations` left empty goes too.
    package mutating func removeAnnotations(where isMeant: (String) -> Bool) {
        guard let all = tree.at("metadata", "annotations")?.members else { return }
        let kept = all.ordered.filter { !isMeant($0.key) }
        guard kept.count < all.count else { return }
        guard !kept.isEmpty else { return tree.set(nil, at: "metadata", "annotations") }
        let left = JSONObject(kept.map { ($0.key, $0.value) })
        tree.set(.object(left), at: "metadata", "annotations")
    }

    /// Sets or, with nil, removes; an `annotations` left empty goes too.
    package mutating func annotate(_ name: String, _ text: String?) {
        tree.set(text.map(JSONTree.string), at: "metadata", "annotations", name)
        if tree.at("metadata", "annotations")?.members?.isEmpty == true {
            tree.set(nil, at: "metadata", "annotations")
        }
    }
}

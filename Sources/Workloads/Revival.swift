package import JSONTree
internal import Manifests

extension WorkloadBackup {
    /// What brings the version back that a run has retired: its Deployment and its autoscaler as a
    /// manifest says them; empty for a first release.
    ///
    /// Marks of ours and of tools that keep objects stay behind: what a run makes is kept by nobody
    /// else.
    package var revival: [JSONTree] {
        [stable, autoscaler].compactMap { $0.map(Self.revived) }
    }

    private static func revived(_ object: KubernetesObject) -> JSONTree {
        var metadata: JSONTree = ["name": .string(object.name)]
        for part in ["labels", "annotations"] {
            let kept = (object.tree.at("metadata", part)?.members ?? [:]).filter { !isMark($0.key) }
            if !kept.isEmpty {
                metadata[part] = .object(JSONObject(kept.map { ($0.key, $0.value) }))
            }
        }
        return [
            "apiVersion": .string(object.apiVersion), "kind": .string(object.kind),
            "metadata": metadata, "spec": object.spec,
        ]
    }

    private static let marks = [
        "theseus.dev/", "deployment.kubernetes.io/", "kubectl.kubernetes.io/", "meta.helm.sh/",
        "argocd.argoproj.io/", "kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/",
        "app.kubernetes.io/managed-by",
    ]

    private static func isMark(_ key: String) -> Bool { marks.contains(where: key.hasPrefix) }
}

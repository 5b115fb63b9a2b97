internal import JSONTree
package import Manifests

/// Whose a pod is. Labels say whom the mesh leads to it; only its owner says who made it.
extension KubernetesObject {
    /// Whether the Deployment of that name made this pod, through one of its ReplicaSets.
    ///
    /// A ReplicaSet is named after its Deployment and the hash of its template, and gives its pods
    /// that hash as a label: so it is told without a look at ReplicaSets, and holds when they and
    /// the Deployment are gone.
    package func isPod(ofDeployment name: String) -> Bool {
        guard let hash = label(Self.templateHash) else { return false }
        return podOwner?.kind == "ReplicaSet" && podOwner?.name == "\(name)-\(hash)"
    }

    private static let templateHash = "pod-template-hash"

    /// The controller that made this pod; nil: nobody did, or none that looks after it any more.
    private var podOwner: (kind: String, name: String)? {
        let owners = tree.at("metadata", "ownerReferences")?.items ?? []
        guard let owner = owners.first(where: { $0["controller"]?.flag == true }),
            let kind = owner["kind"]?.text, let name = owner["name"]?.text
        else { return nil }
        return (kind, name)
    }
}

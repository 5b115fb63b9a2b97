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
        guard let hash = label(Self.templateHash), let podOwner else { return false }
        return podOwner.kind == "ReplicaSet" && podOwner.name == "\(name)-\(hash)"
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

/// What has the labels by which the mesh finds the candidate's pods, and is not the candidate's.
///
/// Users, gates and tests would meet it as if it were the candidate.
package struct Stranger: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    private init(_ description: String) { self.description = description }

    package init(pod: KubernetesObject) {
        self.init("pod \(pod.name) (\(pod.ownerSentence))")
    }

    /// A Deployment that has no pod just now, and may get some.
    package init(emptyDeployment deployment: KubernetesObject) {
        self.init("Deployment \(deployment.name) (without pods)")
    }

    /// The first few, by name.
    static func list(_ strangers: [Stranger]) -> String {
        let names = strangers.map(\.description).sorted()
        let rest = names.count > 3 ? " and \(names.count - 3) more" : ""
        return names.prefix(3).joined(separator: ", ") + rest
    }
}

extension KubernetesObject {
    /// A pod that may answer, or may yet come to: not on its way out, and not ended.
    var mayServe: Bool {
        !isBeingDeleted && !["Succeeded", "Failed"].contains(status["phase"]?.text ?? "")
    }

    /// Who made this pod, as people know it.
    fileprivate var ownerSentence: String {
        guard let podOwner else { return "nobody's" }
        guard podOwner.kind == "ReplicaSet", let hash = label(Self.templateHash),
            podOwner.name.hasSuffix("-\(hash)")
        else { return "of \(podOwner.kind) \(podOwner.name)" }
        return "of Deployment \(podOwner.name.dropLast(hash.count + 1))"
    }
}

internal import JSONTree
internal import Manifests
internal import Synchronization

/// Who lives, or lived, at a local address.
final class PodDirectory: Sendable {
    struct Entry: Hashable, Sendable {
        let namespace: String
        let pod: String
        let workload: String
        let version: String
    }

    private let entries = Mutex<[String: Entry]>([:])

    func add(_ pod: KubernetesObject, at address: String, port: Int) {
        let entry = Entry(
            namespace: pod.namespace, pod: pod.name, workload: Self.workload(of: pod),
            version: pod.label("version") ?? "unknown")
        entries.withLock { $0["\(address):\(port)"] = entry }
    }

    func find(_ place: String) -> Entry? { entries.withLock { $0[place] } }

    /// The Deployment's name: its ReplicaSet's without the hash of the template.
    private static func workload(of pod: KubernetesObject) -> String {
        let owner = pod.tree.at("metadata", "ownerReferences")?.items?.first?["name"]?.text
        guard let owner, let hash = pod.label("pod-template-hash"), owner.hasSuffix("-\(hash)")
        else { return owner ?? pod.name }
        return String(owner.dropLast(hash.count + 1))
    }
}

internal import JSONTree
package import Manifests
internal import Synchronization
internal import Timekeeping

/// What one API server serves, asked once and kept for a while.
///
/// Copies of one client share it. A kind that is installed later is seen when the answer has grown old.
final class ServedVersions: Sendable {
    /// The answer to one path of discovery.
    struct Answer: Sendable {
        /// Versions of a group, or plural names of a group version's kinds.
        var names: [String]
        var taken: Duration
    }

    static let age = Duration.seconds(300)

    let answers = Mutex<[String: Answer]>([:])
}

extension KubernetesClient {
    /// What the server calls its own version.
    package func serverVersion() async throws(KubernetesError) -> String {
        try await tree(APICall(discovering: "/version"))["gitVersion"]?.text ?? "of no version"
    }

    /// The versions of a group that the server serves, its preferred one first; empty for a group that
    /// it does not know.
    package func served(group: String) async throws(KubernetesError) -> [String] {
        let path = group.isEmpty ? "/api" : "/apis/\(group)"
        return try await discovered(path, place: "GET \(path)") { tree in
            if group.isEmpty { return tree["versions"]?.items?.compactMap(\.text) }
            guard let versions = tree["versions"]?.items?.compactMap({ $0["version"]?.text }) else {
                return nil
            }
            let preferred = tree.at("preferredVersion", "version")?.text
            return versions.filter { $0 == preferred } + versions.filter { $0 != preferred }
        }
    }

    /// Whether the server serves this very kind in this very version.
    ///
    /// A group may serve a version in which only some of its kinds are.
    package func serves(_ kind: ResourceKind) async throws(KubernetesError) -> Bool {
        let path = kind.group.isEmpty ? "/api/\(kind.version)" : "/apis/\(kind.apiVersion)"
        let plurals = try await discovered(path, place: "GET \(path)") { tree in
            tree["resources"]?.items?.compactMap { $0["name"]?.text }
        }
        return plurals.contains(kind.plural)
    }

    /// The kind in the first of these versions that the server serves it in; nil for none.
    package func served(_ kind: ResourceKind, as versions: [String]) async throws(KubernetesError)
        -> ResourceKind?
    {
        let known = try await served(group: kind.group)
        for version in versions where known.contains(version) {
            let candidate = ResourceKind(
                group: kind.group, version: version, kind: kind.kind, plural: kind.plural)
            if try await serves(candidate) { return candidate }
        }
        return nil
    }

    private func discovered(
        _ path: String, place: String, _ names: (JSONTree) -> [String]?
    ) async throws(KubernetesError) -> [String] {
        if let kept = served.answers.withLock({ $0[path] }),
            time.now - kept.taken < ServedVersions.age
        {
            return kept.names
        }
        let tree: JSONTree
        do {
            tree = try await self.tree(APICall(discovering: path))
        } catch  where error.code == .notFound {
            // Not kept: it may be a server that just begins, or something between.
            return []
        }
        guard let found = names(tree) else {
            throw KubernetesError(
                .undecodable, place: place, detail: "that is no answer to discovery")
        }
        served.answers.withLock { $0[path] = .init(names: found, taken: time.now) }
        return found
    }
}

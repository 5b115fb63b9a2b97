internal import HTTPMessages
internal import JSONTree
internal import KubernetesAPI
internal import Manifests

extension WorkloadKeeper {
    /// The kind in the newest version that this cluster serves.
    func served(_ kind: ResourceKind) async throws -> ResourceKind {
        try await Self.served(kind, by: writer.client)
    }

    /// A version that may not be asked for is the newest: what follows says so by name.
    static func served(_ kind: ResourceKind, by client: KubernetesClient) async throws
        -> ResourceKind
    {
        guard kind.versions.count > 1 else { return kind }
        do {
            return try await client.patiently { client throws(KubernetesError) in
                if let found = try await client.served(kind, as: kind.versions) { return found }
                // Every cluster has these: an answer without them is no answer.
                throw KubernetesError(
                    .unavailable(reached: .never), place: "discovery of \(kind.group)",
                    detail: "\(kind.kind) is served in none of \(kind.versions)")
            }
        } catch let error as KubernetesError
            where error.code == .forbidden || error.code == .unauthorized
        {
            return kind
        }
    }
}

extension KubernetesObject {
    /// Names this object in the version in which it was read.
    func reference(like kind: ResourceKind) -> ObjectReference {
        let own = ResourceKind.named(apiVersion: apiVersion, kind: self.kind) ?? kind
        return reference(as: own)
    }

    /// The same object for a cluster that serves its kind in another version.
    ///
    /// nil where it cannot be said in that version: `autoscaling/v1` knows no metrics.
    func inVersion(of served: ResourceKind) -> KubernetesObject? {
        guard apiVersion != served.apiVersion else { return self }
        if served.isSame(as: .autoscaler), served.version == "v1" || apiVersion.hasSuffix("/v1") {
            return nil
        }
        var object = self
        object.tree["apiVersion"] = .string(served.apiVersion)
        return object
    }
}

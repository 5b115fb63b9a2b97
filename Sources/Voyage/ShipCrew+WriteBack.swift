internal import CanaryEngine
internal import FlowFiles
internal import IstioRoutes
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping
internal import YAML

/// What a GitOps tool's source must say once the candidate is promoted.
extension ShipCrew {
    /// Writes the manifests to commit, a file each, and the list of what is to be taken out.
    ///
    /// The same files with the same content, however often it is done.
    func writeBack() async throws -> String {
        guard let folder = flow.writesBackTo else { return "" }
        let manifest = flow.target.manifest.map { object in
            var object = object
            if object.namespace.isEmpty {
                object.tree.set(.string(flow.target.namespace), at: "metadata", "namespace")
            }
            return object
        }
        let objects = try await router.promoted() + manifest
        for object in objects {
            let name = "\(object.kind.lowercased())-\(object.namespace)-\(object.name).yaml"
            try keep(YAMLWriter.text(of: object.tree), "\(folder)/\(name)")
        }
        var gone: [String] = []
        if let stable = charter.stable, try await isStableKept() {
            gone.append("Deployment \(flow.target.namespace)/\(stable.deployment)\n")
        }
        try keep(gone.joined(), "\(folder)/take-out.txt")
        return "\(objects.count) manifests are in \(folder): commit them"
            + (gone.isEmpty ? "" : ", and take out what take-out.txt names")
    }

    private func keep(_ text: String, _ path: String) throws {
        do {
            try rig.keepFile(text, path)
        } catch {
            throw Setback(.fault, "\(path) could not be written: \(error)")
        }
    }

    /// Looks until the tool has applied the routes; the leg's deadline ends it.
    func awaitWrittenBack() async throws -> String {
        while true {
            let lacking = try await router.unapplied()
            if lacking.isEmpty { return "the source is applied" }
            try await rig.time.sleep(for: rig.pace.watch)
        }
    }

    /// Whether stable stays because it is a tool's: with `keep` it always does.
    func isStableKept() async throws -> Bool {
        guard flow.keepsGitOps else { return false }
        guard flow.writesBackTo != nil, let stable = charter.stable else { return true }
        let reference = ObjectReference(
            .deployment, namespace: flow.target.namespace, name: stable.deployment)
        let object = try await writer.client.patiently { try await $0.get(reference) }
        return object.flatMap { Steward(of: $0) } != nil
    }
}

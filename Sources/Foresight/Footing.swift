internal import CanaryEngine
internal import Digests
internal import FlowFiles
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Voyage

/// One object of the cluster that a plan stands on.
///
/// Not all of it counts: who keeps it and what the cluster says of it may change, and sizes follow
/// the load where an autoscaler stands.
package struct Footing: Hashable, Sendable {
    /// As the API has it.
    package let path: String
    /// Of what counts, in canonical form; nil: there is no such object.
    package let digest: String?

    package init(path: String, digest: String?) {
        self.path = path
        self.digest = digest
    }

    /// For people: `virtualservices demo/demo-app`.
    package var name: String {
        guard let place = APIPath(path) else { return path }
        return "\(place.plural) \(place.namespace.map { "\($0)/" } ?? "")\(place.name ?? "")"
    }

    /// Kinds whose objects come and go by themselves, or hold what is none of a plan's business.
    private static let passing = [
        "pods", "replicasets", "endpoints", "endpointslices", "events", "leases", "jobs", "nodes",
    ]

    /// The paths of a played day that the cluster must be asked of, each once.
    static func lookedFor(_ looks: [String]) -> [String] {
        var paths: [String] = []
        for look in looks where !look.contains("labelSelector=theseus.dev") {
            let path = APIPath.path(of: look)
            guard let place = APIPath(path), place.subresource == nil,
                !passing.contains(place.plural), !isOfJournal(place), !paths.contains(path)
            else { continue }
            paths.append(path)
        }
        return paths
    }

    /// The journal's own ConfigMaps, which a run reads and writes beside its work.
    private static func isOfJournal(_ place: APIPath) -> Bool {
        place.plural == ResourceKind.configMap.plural
            && (place.name?.hasPrefix("theseus-") ?? true)
    }

    /// What the run touches or reads by name: as it is, or that it is not there.
    static func all(under day: PlayedDay, _ charter: RunCharter, in live: LiveObjects) -> [Footing]
    {
        let target = charter.flow.target
        var paths = [
            ResourceKind.service.path(namespace: target.namespace, name: target.service)
        ]
        for path in lookedFor(day.looks) where APIPath(path)?.name != nil {
            if !paths.contains(path) { paths.append(path) }
        }
        let trees = paths.map { live.object(at: $0) }
        let scaled = scaled(trees.compactMap { $0 }.map(KubernetesObject.init))
        return zip(paths, trees).map { path, tree in
            Footing(path: path, digest: tree.map { digest(of: $0, scaled) })
        }
    }

    /// The Deployments that an autoscaler sizes, as `namespace/name`.
    static func scaled(_ objects: [KubernetesObject]) -> Set<String> {
        Set(
            objects.filter { Likening.scalers.contains($0.kind) }.compactMap { scaler in
                scaler.spec.at("scaleTargetRef", "name")?.text.map { "\(scaler.namespace)/\($0)" }
            })
    }

    static func digest(of tree: JSONTree, _ scaled: Set<String>) -> String {
        let object = KubernetesObject(tree)
        var kept = tree
        kept["status"] = nil
        kept["metadata"] = ["labels": tree.at("metadata", "labels") ?? [:]]
        if object.kind == ResourceKind.deployment.kind,
            scaled.contains("\(object.namespace)/\(object.name)")
        {
            kept.set(nil, at: "spec", "replicas")
        }
        return SHA256.hex(of: JSONWriter.bytes(of: kept.canonical))
    }
}

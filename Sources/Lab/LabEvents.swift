internal import JSONTree
internal import Manifests

/// What happened to an object, as `kubectl describe` tells it under Events.
struct LabHappening: Hashable, Sendable {
    let kind: String
    let namespace: String
    let name: String
    let uid: String
    let reason: String
    let message: String
    var isWarning = false
    let component: String
}

/// Events, read off the cluster's history when somebody asks: nothing is kept for them, so that a
/// world is the same whether or not somebody reads them.
extension LabCluster {
    /// Equal happenings, counted together.
    private struct Told: Sendable {
        let happening: LabHappening
        /// Of all that one change gave rise to.
        let place: Int
        var count = 0
        let first: StoredVersion
        var last: StoredVersion
    }

    /// The objects of a kind, those included that are only told.
    func objects(of kind: Int) -> [KubernetesObject] {
        guard kind == LabCatalog.events else { return shelves[kind].objects }
        let all = shelves[kind].objects + told().map(event)
        func key(_ object: KubernetesObject) -> Key {
            Key(namespace: object.namespace, name: object.name)
        }
        return all.sorted { key($0) < key($1) }
    }

    /// The events that one change gave rise to, as they stand by now.
    func events(of version: StoredVersion) -> [KubernetesObject] {
        guard Self.isTold(version) else { return [] }
        let happenings = Self.happenings(version, after: self.version(before: version))
        if happenings.isEmpty { return [] }
        return told().filter { happenings.contains($0.happening) }.map(event)
    }

    /// The events that were there at a revision.
    func eventKeys(at revision: Int) -> [Key] {
        told().filter { $0.first.revision <= revision }.map(event)
            .map { Key(namespace: $0.namespace, name: $0.name) }
    }

    private static func isTold(_ version: StoredVersion) -> Bool {
        [ResourceKind.pod, .replicaSet, .autoscaler].contains(version.reference.kind)
    }

    /// Everything that happened in the last hour, in the order in which it began.
    private func told() -> [Told] {
        var before: [ObjectReference: KubernetesObject] = [:]
        var places: [LabHappening: Int] = [:]
        var all: [Told] = []
        for version in history where Self.isTold(version) {
            let happenings = Self.happenings(version, after: before[version.reference])
            before[version.reference] = version.object
            guard version.at + .seconds(3600) > now else { continue }
            for (number, happening) in happenings.enumerated() {
                let place = places[happening] ?? all.count
                if place == all.count {
                    places[happening] = place
                    all.append(
                        Told(
                            happening: happening, place: number, first: version, last: version))
                }
                all[place].count += 1
                all[place].last = version
            }
        }
        return all
    }

    private func event(_ told: Told) -> KubernetesObject {
        let about = told.happening
        // Names are in the order of what happened, as the moments in the real ones' names are.
        let short = String(told.first.revision << 8 | told.place, radix: 16)
        let digits = String(repeating: "0", count: max(0, 16 - short.count)) + short
        let resource = LabCatalog.all.first { $0.kind == about.kind }
        let version: JSONTree = .string(String(told.last.revision))
        return KubernetesObject([
            "apiVersion": "v1", "kind": "Event",
            "metadata": [
                "creationTimestamp": .string(timestamp(at: told.first.at)),
                "name": .string("\(about.name).\(digits)"), "namespace": .string(about.namespace),
                "resourceVersion": version,
                "uid": .string("1ab00000-0000-4000-9000-" + digits.suffix(12)),
            ],
            "involvedObject": [
                "apiVersion": .string(resource?.storedAPIVersion ?? ""),
                "kind": .string(about.kind), "name": .string(about.name),
                "namespace": .string(about.namespace), "resourceVersion": version,
                "uid": .string(about.uid),
            ],
            "type": about.isWarning ? "Warning" : "Normal", "reason": .string(about.reason),
            "message": .string(about.message), "count": .integer(told.count),
            "firstTimestamp": .string(timestamp(at: told.first.at)),
            "lastTimestamp": .string(timestamp(at: told.last.at)), "eventTime": .null,
            "source": ["component": .string(about.component)],
            "reportingComponent": .string(about.component), "reportingInstance": "",
        ])
    }
}

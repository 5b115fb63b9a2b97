package import CanaryEngine
internal import JSONTree
package import KubernetesAPI
package import Manifests

/// What one run has left on the routes of its service, read from the objects alone: for whoever has no
/// journal of it.
package struct RouteMark: Hashable, Sendable {
    package let run: String
    package let namespace: String
    package let service: String
    /// The share that the routes give the candidate, whatever was noted; of several the largest.
    package private(set) var share = TrafficWeight.none
    /// Stable has left every route: promotion was decided, and from there is no way home.
    package private(set) var isPromoted = false
    package private(set) var objects: [ObjectReference] = []
    /// The newest seal: the highest epoch, and the longest journal.
    package private(set) var seal: WriteSeal
    /// What stands beside the routes; nil where the run had pinned none yet.
    package private(set) var record: RouteRecord?
    private var version: String

    /// How many records the run's journal had when it wrote last.
    package var records: Int { Self.records(seal) }

    private static func records(_ seal: WriteSeal) -> Int {
        Int(seal.head.prefix { $0 != ":" }) ?? 0
    }

    /// Enough to take the run off its routes by what stands on them.
    package var scope: RouteScope {
        var scope = RouteScope(
            namespace: namespace, service: service, stableVersion: nil, candidateVersion: "",
            run: run)
        scope.version = version
        guard let record else { return scope }
        scope.clusterDomain = record.domain
        scope.stickiness = record.stickiness
        if record.stable.subset == nil {
            scope.versionHosts = VersionHosts(
                stable: Self.label(record.stable.host), candidate: Self.label(record.candidate.host)
            )
        }
        return scope
    }

    private static func label(_ host: MeshHost) -> String {
        String(host.name.prefix { $0 != "." })
    }
}

extension RouteMark {
    /// nil where nothing on the object says which service it leads to.
    fileprivate init?(_ run: String, on object: KubernetesObject) {
        let domain = RouteRecord(on: object)?.domain ?? "cluster.local"
        let host = RouteRecord(on: object)?.host ?? Self.host(on: object, domain)
        let parts = (host?.name ?? "").split(separator: ".")
        guard parts.count > 1 else { return nil }
        self.run = run
        service = String(parts[0])
        namespace = String(parts[1])
        seal = WriteSeal(run: run, epoch: 0, head: "")
        version = object.version ?? "v1"
    }

    private static func host(on object: KubernetesObject, _ domain: String) -> MeshHost? {
        let reading = RouteReading(object, domain: domain)
        let first = reading.places.lazy.compactMap { reading.destinations(of: reading[$0])?.first }
        return object.spec["host"]?.text.map(reading.host) ?? first.first?.host
    }

    fileprivate mutating func add(_ object: KubernetesObject) {
        objects.append(IstioRouter.reference(object))
        if let own = object.seal, own.run == run {
            let isLonger = Self.records(own) > records
            seal = WriteSeal(
                run: run, epoch: max(seal.epoch, own.epoch), head: isLonger ? own.head : seal.head)
        }
        guard let edit = RouteEdit(of: object, run: run) else { return }
        let left = edit.record.weight == .all && edit.isWithoutStable(object)
        isPromoted = record == nil ? left : isPromoted && left
        record = edit.record
        for (_, state) in edit.states(in: object) { share = max(share, state?.share ?? .none) }
    }
}

extension IstioRouter {
    /// The marks of every run on the routes that our account may see, one for each run.
    ///
    /// `namespace`: the one that is looked at where the others may not be.
    package static func marks(_ client: KubernetesClient, orIn namespace: String) async throws
        -> [RouteMark]
    {
        let version = try await servedVersion(client)
        var found: [(run: String, object: KubernetesObject)] = []
        for kind in [ResourceKind.virtualService, .destinationRule] {
            let kind = kind.inVersion(version)
            let all = try await client.patiently { client in
                do {
                    return try await client.list(kind, namespace: nil).items
                } catch let error as KubernetesError where error.code == .forbidden {
                    return try await client.list(kind, namespace: namespace).items
                }
            }
            for object in all {
                let run =
                    RouteRecord(on: object)?.run ?? RuleRecord(on: object)?.run ?? object.seal?.run
                if let run { found.append((run, object)) }
            }
        }
        return gathered(found)
    }

    /// What a record stands on says whose service it is; the others go by that.
    private static func gathered(_ found: [(run: String, object: KubernetesObject)]) -> [RouteMark]
    {
        var marks: [RouteMark] = []
        let recorded = found.filter { RouteRecord(on: $0.object) != nil }
        let others = found.filter { RouteRecord(on: $0.object) == nil }
        for (run, object) in recorded + others {
            if let known = marks.firstIndex(where: { $0.run == run }) {
                marks[known].add(object)
            } else if var mark = RouteMark(run, on: object) {
                mark.add(object)
                marks.append(mark)
            }
        }
        return marks.sorted {
            ($0.namespace, $0.service, $0.run) < ($1.namespace, $1.service, $1.run)
        }
    }
}

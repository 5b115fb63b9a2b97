internal import Auditor
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// Every version of every watched object, and how all stand now.
///
/// What the watches tell is all that its readers know: the node, the autoscaler and the mesh lag
/// behind the API server as real ones do.
actor ClusterMirror {
    private let client: KubernetesClient
    private let time: any Timekeeper
    private var objects: [ResourceKind: [ObjectReference: KubernetesObject]] = [:]
    /// By namespace.
    private var history: [String: [StoredObject]] = [:]
    /// By namespace: how often a ConfigMap of a journal changed.
    private var remembered: [String: Int] = [:]
    private var versions: [ResourceKind: Int] = [:]
    private var listed: Set<ResourceKind> = []
    /// How often a watch was lost, and with it, perhaps, a version.
    private(set) var gaps = 0

    init(client: KubernetesClient, time: any Timekeeper) {
        self.client = client
        self.time = time
    }

    // MARK: Questions

    /// All objects of a kind, by name.
    func all(_ kind: ResourceKind) -> [KubernetesObject] {
        (objects[kind] ?? [:]).values.sorted {
            ($0.namespace, $0.name) < ($1.namespace, $1.name)
        }
    }

    func object(_ reference: ObjectReference) -> KubernetesObject? {
        objects[reference.kind]?[reference]
    }

    /// Rises with every change of any of these kinds.
    func version(of kinds: [ResourceKind]) -> Int {
        kinds.reduce(0) { $0 + versions[$1, default: 0] }
    }

    var isComplete: Bool { listed.count == RigKinds.watched.count }

    /// Every stored version of the objects of some namespaces, oldest first; the journal's own
    /// ConfigMaps are not among them.
    func history(of namespaces: [String]) -> [StoredObject] {
        namespaces.flatMap { history[$0] ?? [] }.sorted { $0.revision < $1.revision }
    }

    /// Rises with every change of the journal that a namespace keeps.
    func journal(of namespace: String) -> Int { remembered[namespace, default: 0] }

    /// Forgets what was stored in a namespace that nobody asks about any more.
    func forget(_ namespace: String) { history[namespace] = nil }

    // MARK: Watching

    func follow() async {
        await withDiscardingTaskGroup { group in
            for kind in RigKinds.watched { group.addTask { await self.follow(kind) } }
        }
    }

    private func follow(_ kind: ResourceKind) async {
        var from: String?
        while !Task.isCancelled {
            do {
                if from == nil { from = try await list(kind) }
                var watch = try await client.watch(kind, namespace: nil, from: from ?? "")
                while let event = try await watch.next() {
                    from = take(event, kind)
                }
            } catch let error as KubernetesError where error.code == .gone {
                gaps += 1
                from = nil
            } catch {
                do { try await time.sleep(for: .milliseconds(100)) } catch { return }
            }
        }
    }

    private func list(_ kind: ResourceKind) async throws -> String {
        let found = try await client.list(kind, namespace: nil)
        for object in found.items { store(object, kind, isGone: false) }
        let there = Set(found.items.map { $0.reference(as: kind) })
        for (reference, object) in objects[kind] ?? [:] where !there.contains(reference) {
            store(object, kind, isGone: true)
        }
        listed.insert(kind)
        return found.resourceVersion
    }

    private func take(_ event: WatchEvent, _ kind: ResourceKind) -> String {
        switch event {
        case .added(let object), .modified(let object):
            store(object, kind, isGone: false)
            return object.resourceVersion
        case .deleted(let object):
            store(object, kind, isGone: true)
            return object.resourceVersion
        case .bookmark(let resourceVersion): return resourceVersion
        }
    }

    private func store(_ object: KubernetesObject, _ kind: ResourceKind, isGone: Bool) {
        let reference = object.reference(as: kind)
        if kind == .configMap, object.label("theseus.dev/journal") != nil {
            remembered[reference.namespace, default: 0] += 1
            return
        }
        let known = objects[kind]?[reference]?.resourceVersion
        if known == object.resourceVersion, !isGone { return }
        objects[kind, default: [:]][reference] = isGone ? nil : object
        versions[kind, default: 0] += 1
        history[reference.namespace, default: []].append(
            StoredObject(
                revision: Int(object.resourceVersion) ?? 0, date: time.date, reference: reference,
                object: isGone ? nil : object, manager: object.lastWriter ?? ""))
    }
}

internal import JSONTree
internal import Manifests

/// The cluster's own controllers: they look at what changed a little later, and put it right.
extension LabCluster {
    /// The names under which the controllers appear in the history.
    enum Controller {
        static let deployment = "lab/deployment-controller"
        static let replicaSet = "lab/replicaset-controller"
        static let job = "lab/job-controller"
        static let endpoints = "lab/endpoints-controller"
        static let autoscaler = "lab/autoscaler"
        static let keda = "lab/keda"
        static let node = "lab/node"
        static let collector = "lab/garbage-collector"
    }

    /// Does what is due until `now`, in order.
    mutating func performChores(until now: Duration) {
        while let (chore, at) = agenda.take(until: now) {
            self.now = max(self.now, at)
            perform(chore)
        }
        self.now = max(self.now, now)
    }

    private mutating func perform(_ chore: LabAgenda.Chore) {
        switch chore {
        case .syncDeployment(let key): syncDeployment(key)
        case .syncReplicaSet(let key): syncReplicaSet(key)
        case .syncJob(let key): syncJob(key)
        case .syncEndpoints(let key): syncEndpoints(key)
        case .syncAutoscaler(let key): syncAutoscaler(key)
        case .syncScaledObject(let key): syncScaledObject(key)
        case .live(let key, let uid): live(key, uid)
        case .bury(let key, let uid):
            if shelves[LabCatalog.pods][key]?.uid == uid {
                erase(LabCatalog.pods, key, by: Controller.node)
            }
        case .collectGarbage: collectGarbage()
        case .putBack(let kind, let key): putBack(kind, key)
        }
    }

    /// Adds a chore for a controller, a reaction time from now.
    mutating func soon(_ chore: LabAgenda.Chore) { agenda.add(chore, at: now + pace.controllers) }

    /// Tells the controllers of a change.
    mutating func stir(
        _ kind: Int, _ key: Key, from old: KubernetesObject?, to new: KubernetesObject?
    ) {
        if !kept.isEmpty { stirKeepers(kind, key, new) }
        switch kind {
        case LabCatalog.deployments:
            if new != nil { soon(.syncDeployment(key)) }
            if new?.spec["replicas"] != old?.spec["replicas"] {
                stirAutoscalers(of: key)
                stirScaledObjects(of: key)
            }
        case LabCatalog.replicaSets:
            if new != nil { soon(.syncReplicaSet(key)) }
            if let owner = owner(of: new ?? old) {
                soon(.syncDeployment(Key(namespace: key.namespace, name: owner)))
            }
        case LabCatalog.pods:
            if let owner = owner(of: new ?? old) {
                let home = Key(namespace: key.namespace, name: owner)
                soon(isOfJob(new ?? old) ? .syncJob(home) : .syncReplicaSet(home))
            }
            if let new, old == nil { agenda.add(.live(key, uid: new.uid), at: now) }
            if new == nil, let old { lives[old.uid] = nil }
            stirServices(around: key, old, new)
        case LabCatalog.jobs:
            if new != nil, old == nil { soon(.syncJob(key)) }
        case LabCatalog.services:
            soon(.syncEndpoints(key))
        case LabCatalog.autoscalers:
            if new != nil { agenda.add(.syncAutoscaler(key), at: now + pace.autoscalers) }
            if let owner = owner(of: new ?? old) {
                soon(.syncScaledObject(Key(namespace: key.namespace, name: owner)))
            }
        case LabCatalog.scaledObjects:
            if new != nil { soon(.syncScaledObject(key)) }
        default: break
        }
        if new == nil || new?.isBeingDeleted == true, kind != LabCatalog.pods || new == nil {
            soon(.collectGarbage)
        }
    }

    private mutating func stirServices(
        around key: Key, _ old: KubernetesObject?, _ new: KubernetesObject?
    ) {
        for service in shelves[LabCatalog.services].objects
        where service.namespace == key.namespace {
            guard let selector = service.spec["selector"], selector.members?.isEmpty == false
            else { continue }
            let chosen = LabSelector(equal: selector)
            if [old, new].contains(where: { $0.map(chosen.matches) ?? false }) {
                soon(.syncEndpoints(Key(namespace: key.namespace, name: service.name)))
            }
        }
    }

    /// The name of the controller that owns an object.
    func owner(of object: KubernetesObject?) -> String? {
        object?.tree.at("metadata", "ownerReferences")?.items?
            .first { $0["controller"] == true }?["name"]?.text
    }

    func isOwned(_ object: KubernetesObject, by uid: String) -> Bool {
        object.tree.at("metadata", "ownerReferences")?.items?
            .contains { $0["uid"]?.text == uid } ?? false
    }

    static func ownerReference(_ owner: KubernetesObject) -> JSONTree {
        [
            "apiVersion": .string(owner.apiVersion), "blockOwnerDeletion": true,
            "controller": true, "kind": .string(owner.kind), "name": .string(owner.name),
            "uid": .string(owner.uid),
        ]
    }

    /// Changes an object on a controller's behalf; a change that changes nothing is none.
    mutating func amend(
        _ kind: Int, _ key: Key, by controller: String, _ edit: (inout JSONTree) -> Void
    ) {
        guard let old = shelves[kind][key] else { return }
        var tree = old.tree
        edit(&tree)
        if tree.isSame(as: old.tree) { return }
        if LabCatalog.all[kind].countsGenerations,
            !(tree["spec"] ?? [:]).isSame(as: old.tree["spec"] ?? [:])
        {
            tree.set(.integer(old.generation + 1), at: "metadata", "generation")
        }
        store(consume tree, in: kind, at: key, by: controller)
    }

    /// The date of a moment, as a time stamp.
    func timestamp(at moment: Duration) -> String { LabDate.text(epoch + moment.milliseconds) }
}

// MARK: Garbage

extension LabCluster {
    func hasDependents(_ uid: String) -> Bool {
        shelves.contains { $0.objects.contains { isOwned($0, by: uid) } }
    }

    /// Takes an owner's name off everything that it owns.
    mutating func orphan(_ uid: String, by manager: String) {
        for kind in shelves.indices {
            for object in shelves[kind].objects where isOwned(object, by: uid) {
                let key = Key(namespace: object.namespace, name: object.name)
                amend(kind, key, by: manager) { tree in
                    let rest = (tree.at("metadata", "ownerReferences")?.items ?? [])
                        .filter { $0["uid"]?.text != uid }
                    tree.set(
                        rest.isEmpty ? nil : .array(rest), at: "metadata", "ownerReferences")
                }
            }
        }
    }

    /// Removes what is owned by nobody who is still there.
    private mutating func collectGarbage() {
        var present: Set<String> = []
        var leaving: Set<String> = []
        for shelf in shelves {
            for object in shelf.objects {
                present.insert(object.uid)
                if object.isBeingDeleted, finalizers(object).contains("foregroundDeletion") {
                    leaving.insert(object.uid)
                }
            }
        }
        for kind in shelves.indices {
            for object in shelves[kind].objects {
                let owners = (object.tree.at("metadata", "ownerReferences")?.items ?? [])
                    .compactMap { $0["uid"]?.text }
                if owners.isEmpty, leaving.isEmpty { continue }
                let key = Key(namespace: object.namespace, name: object.name)
                if !owners.isEmpty, owners.allSatisfy({ !present.contains($0) }) {
                    remove(kind, key, object)
                } else if owners.contains(where: leaving.contains) {
                    remove(kind, key, object)
                } else if leaving.contains(object.uid), !hasDependents(object.uid) {
                    erase(kind, key, by: Controller.collector)
                }
            }
        }
        emptyNamespaces()
    }

    private func finalizers(_ object: KubernetesObject) -> [String] {
        (object.tree.at("metadata", "finalizers")?.items ?? []).compactMap(\.text)
    }

    private mutating func remove(_ kind: Int, _ key: Key, _ object: KubernetesObject) {
        if kind == LabCatalog.pods {
            if !object.isBeingDeleted {
                terminate(key, object, grace: nil, by: Controller.collector)
            }
        } else if finalizers(object).isEmpty {
            erase(kind, key, by: Controller.collector)
        }
    }

    private mutating func emptyNamespaces() {
        for home in shelves[LabCatalog.namespaces].objects where home.isBeingDeleted {
            var isEmpty = true
            for kind in shelves.indices {
                for object in shelves[kind].objects where object.namespace == home.name {
                    isEmpty = false
                    let key = Key(namespace: object.namespace, name: object.name)
                    remove(kind, key, object)
                }
            }
            if isEmpty {
                erase(
                    LabCatalog.namespaces, Key(namespace: "", name: home.name),
                    by: Controller.collector)
            }
        }
    }
}

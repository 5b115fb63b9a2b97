package import JSONTree
package import Manifests

/// What people and other tools do to the cluster behind a run's back.
extension LabCluster {
    /// An object that a GitOps tool puts back whenever somebody changes it.
    struct Kept: Sendable {
        let spec: JSONTree
        let after: Duration
        let manager: String
    }

    /// Edits an object as a person with an editor does; false where the API server refuses it.
    @discardableResult
    package mutating func edit(
        _ reference: ObjectReference, by manager: String,
        _ change: (inout KubernetesObject) -> Void
    ) -> Bool {
        guard let call = LabCall(reference, by: manager),
            let old = shelves[call.kind][call.key(reference.name)]
        else { return false }
        var object = old
        change(&object)
        let settled = try? settle(
            object.tree, over: old, at: call.key(reference.name), call, "Update")
        return settled != nil
    }

    /// Makes an object, or puts it in the place of the one that is there.
    @discardableResult
    package mutating func put(_ object: KubernetesObject, as kind: ResourceKind, by manager: String)
        -> Bool
    {
        let reference = ObjectReference(kind, namespace: object.namespace, name: object.name)
        guard let call = LabCall(reference, by: manager) else { return false }
        let key = call.key(object.name)
        var tree = object.tree
        tree.set(nil, at: "metadata", "resourceVersion")
        tree.set(nil, at: "metadata", "uid")
        return (try? settle(tree, over: shelves[call.kind][key], at: key, call, "Update")) != nil
    }

    /// Deletes an object; what it owns follows.
    package mutating func remove(_ reference: ObjectReference, by manager: String) {
        guard let call = LabCall(reference, by: manager),
            let object = shelves[call.kind][call.key(reference.name)]
        else { return }
        _ = try? end(call, call.key(reference.name), object, [:])
    }

    /// The tool lets go: the next change stays.
    package mutating func letGo(_ reference: ObjectReference) {
        guard let call = LabCall(reference, by: "") else { return }
        kept[call.kind]?[call.key(reference.name)] = nil
    }

    /// Lets a GitOps tool keep an object's spec as its source has it, or as it is now: whoever changes
    /// it finds it put back.
    package mutating func keep(
        _ reference: ObjectReference, as source: JSONTree? = nil, putBackAfter delay: Duration,
        by manager: String
    ) {
        guard let call = LabCall(reference, by: manager),
            let object = shelves[call.kind][call.key(reference.name)]
        else { return }
        kept[call.kind, default: [:]][call.key(reference.name)] = Kept(
            spec: source ?? object.spec, after: delay, manager: manager)
    }

    mutating func stirKeepers(_ kind: Int, _ key: Key, _ new: KubernetesObject?) {
        guard let keeper = kept[kind]?[key], let new, !new.spec.isSame(as: keeper.spec) else {
            return
        }
        agenda.add(.putBack(kind, key), at: now + keeper.after)
    }

    mutating func putBack(_ kind: Int, _ key: Key) {
        guard let keeper = kept[kind]?[key] else { return }
        let reference = ObjectReference(
            LabCatalog.all[kind].resourceKind, namespace: key.namespace, name: key.name)
        edit(reference, by: keeper.manager) { $0.spec = keeper.spec }
    }
}

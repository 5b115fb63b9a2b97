internal import HTTPMessages
internal import JSONTree
internal import Manifests

/// The last steps of every write, whichever verb it came by; and of every delete.
extension LabCluster {
    /// What a manager last applied to an object, so that the next apply knows what it gave up.
    struct Applied: Hashable, Sendable {
        let kind: Int
        let key: Key
        let manager: String
    }

    /// Checks and keeps a new version; one that says nothing new is not kept.
    mutating func settle(
        _ given: JSONTree, over old: KubernetesObject?, at key: Key, _ call: LabCall,
        _ operation: String
    ) throws(LabRefusal) -> KubernetesObject {
        let resource = call.resource
        var tree = given
        if let old { try checkPreconditions(tree, old, call, key.name) }
        inherit(&tree, from: old, call)
        if call.subresource == nil || old == nil {
            LabDefaults.fill(&tree, over: old?.tree, kind: call.kind)
        }
        if call.kind == LabCatalog.services { addressService(&tree, over: old) }
        try LabAdmission.check(tree, over: old?.tree, kind: call.kind)
        if resource.countsGenerations {
            let isSame = old.map { isSameContent($0.tree, tree) } ?? true
            let generation = old.map { $0.generation + (isSame ? 0 : 1) } ?? 1
            tree.set(.integer(generation), at: "metadata", "generation")
        }
        if let old {
            tree.set(.string(old.resourceVersion), at: "metadata", "resourceVersion")
            if tree.isSame(as: old.tree) { return old }
        }
        let manager = call.manager
        let writer = LabOwnership.Writer(
            manager: manager, operation: operation, apiVersion: call.apiVersion,
            subresource: call.subresource, time: timestamp)
        tree.set(
            LabOwnership.fields(after: old?.tree, tree, by: writer), at: "metadata", "managedFields"
        )
        if call.isDryRun { return KubernetesObject(tree) }
        if tree.at("metadata", "deletionTimestamp") != nil,
            tree.at("metadata", "finalizers")?.items?.isEmpty ?? true,
            call.kind != LabCatalog.pods, old != nil
        {
            erase(call.kind, key, by: manager)
            return KubernetesObject(tree)
        }
        return store(consume tree, in: call.kind, at: key, by: manager)
    }

    private func checkPreconditions(
        _ tree: JSONTree, _ old: KubernetesObject, _ call: LabCall, _ name: String
    ) throws(LabRefusal) {
        if let uid = tree.at("metadata", "uid")?.text, !uid.isEmpty, uid != old.uid {
            throw .conflict(
                call.resource, name,
                "Precondition failed: UID in precondition: \(uid), UID in object meta: \(old.uid)")
        }
        let version = tree.at("metadata", "resourceVersion")?.text ?? ""
        if !version.isEmpty, version != old.resourceVersion { throw .modified(call.resource, name) }
    }

    /// Of an object's metadata.
    private static let unchangeable = [
        "uid", "creationTimestamp", "generation", "managedFields", "deletionTimestamp",
        "deletionGracePeriodSeconds", "namespace", "generateName",
    ]

    /// Puts back what no writer may change, and what this subresource does not reach.
    private mutating func inherit(
        _ tree: inout JSONTree, from old: KubernetesObject?, _ call: LabCall
    ) {
        let resource = call.resource
        guard let old else {
            tree.set(.string(issueUID()), at: "metadata", "uid")
            tree.set(.string(timestamp), at: "metadata", "creationTimestamp")
            for gone in ["resourceVersion", "generation", "managedFields", "deletionTimestamp"] {
                tree.set(nil, at: "metadata", gone)
            }
            return
        }
        if call.subresource == "status" {
            var whole = old.tree
            whole["status"] = tree["status"]
            tree = whole
            return
        }
        let before = old.tree["metadata"]
        if tree["metadata"] != before {
            tree.fill("metadata", [:])
            tree.change("metadata") { metadata in
                for kept in Self.unchangeable where metadata[kept] != before?[kept] {
                    metadata[kept] = before?[kept]
                }
            }
        }
        if resource.hasStatus, tree["status"] != old.tree["status"] {
            tree["status"] = old.tree["status"]
        }
        if call.kind == LabCatalog.services {
            tree.change("spec") { spec in
                for kept in ["clusterIP", "clusterIPs"] {
                    if let address = old.spec[kept] { spec.fill(kept, address) }
                }
            }
        }
    }

    /// Equal in all but metadata and status.
    private func isSameContent(_ old: JSONTree, _ new: JSONTree) -> Bool {
        func isContent(_ member: JSONObject.Member) -> Bool {
            member.key != "metadata" && member.key != "status"
        }
        var same = 0
        for member in old.members?.ordered ?? [] where isContent(member) {
            guard new[member.key]?.isSame(as: member.value) ?? false else { return false }
            same += 1
        }
        return new.members?.ordered.count(where: isContent) == same
    }

    private mutating func addressService(_ tree: inout JSONTree, over old: KubernetesObject?) {
        guard old == nil, tree.at("spec", "clusterIP") == nil,
            tree.at("spec", "type") != "ExternalName"
        else { return }
        let number = issueNumber()
        let address: JSONTree = .string("10.96.\(number / 250 % 250).\(number % 250 + 1)")
        tree.set(address, at: "spec", "clusterIP")
        tree.set(.array([address]), at: "spec", "clusterIPs")
    }

    // MARK: Deleting

    mutating func delete(_ call: LabCall, _ name: String, _ options: JSONTree)
        throws(LabRefusal) -> HTTPResponse
    {
        guard call.subresource == nil else { throw .badMethod }
        let object = try find(call, name)
        for (field, actual, label) in [
            ("uid", object.uid, "UID"),
            ("resourceVersion", object.resourceVersion, "ResourceVersion"),
        ] {
            guard let wanted = options.at("preconditions", field)?.text, wanted != actual else {
                continue
            }
            throw .conflict(
                call.resource, name,
                "the \(label) in the precondition (\(wanted)) does not match the \(label) in record"
                    + " (\(actual)). The object might have been deleted and then recreated")
        }
        if call.isDryRun { return .json(LabVersions.present(object, call)) }
        return try end(call, call.key(name), object, options)
    }

    /// Begins the end of an object, or ends it at once.
    mutating func end(
        _ call: LabCall, _ place: Key, _ object: KubernetesObject, _ options: JSONTree
    ) throws(LabRefusal) -> HTTPResponse {
        let key = Key(namespace: object.namespace, name: place.name)
        if call.kind == LabCatalog.pods {
            terminate(key, object, grace: options["gracePeriodSeconds"]?.whole, by: call.manager)
            return .json(LabVersions.present(shelves[call.kind][key] ?? object, call))
        }
        var finalizers = object.tree.at("metadata", "finalizers")?.items ?? []
        let policy = options["propagationPolicy"]?.text
        if policy == "Orphan" { orphan(object.uid, by: call.manager) }
        if policy == "Foreground", hasDependents(object.uid) {
            finalizers.append("foregroundDeletion")
        }
        if finalizers.isEmpty, call.kind != LabCatalog.namespaces {
            erase(call.kind, key, by: call.manager)
            return .json([
                "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
                "details": [
                    "name": .string(key.name), "group": .string(call.resource.group),
                    "kind": .string(call.resource.plural), "uid": .string(object.uid),
                ],
            ])
        }
        var tree = object.tree
        if tree.at("metadata", "deletionTimestamp") == nil {
            tree.set(.string(timestamp), at: "metadata", "deletionTimestamp")
            tree.set(0, at: "metadata", "deletionGracePeriodSeconds")
        }
        if call.kind == LabCatalog.namespaces {
            tree.set("Terminating", at: "status", "phase")
        } else {
            tree.set(.array(finalizers), at: "metadata", "finalizers")
        }
        let ending = store(tree, in: call.kind, at: key, by: call.manager)
        return .json(LabVersions.present(ending, call))
    }
}

internal import HTTPMessages
internal import JSONTree
internal import Manifests

/// The API server: one request in, one answer out.
extension LabCluster {
    /// Answers everything but watches, which stream.
    mutating func handle(_ request: HTTPRequest, _ address: LabAddress) -> HTTPResponse {
        var response: HTTPResponse
        do throws(LabRefusal) {
            if let call = LabCall(request, address), !unserved.contains(call.apiVersion) {
                response = try answer(call, request)
            } else if let review = try review(request, address) {
                response = review
            } else if let tree = LabDiscovery.answer(address, without: unserved) {
                response = .json(tree)
            } else {
                throw .noSuchPath
            }
        } catch {
            response = error.response
        }
        response.headers = dated(response.headers)
        return response
    }

    private mutating func answer(_ call: LabCall, _ request: HTTPRequest) throws(LabRefusal)
        -> HTTPResponse
    {
        try checkRights(call, request.method)
        switch (request.method, call.name) {
        case ("GET", nil): return try list(call, request)
        case ("GET", let name?):
            let object = try find(call, name)
            if call.subresource == "log" { return try log(of: object, call) }
            if call.subresource == "scale" { return .json(scale(of: object, call)) }
            if let table = LabTable.asked(by: request, call) {
                return .json(table.tree(of: [object], at: object.resourceVersion, epochNow))
            }
            return .json(LabVersions.present(object, call))
        case ("POST", nil): return .json(try create(call, body(of: request)), status: 201)
        case ("PUT", let name?): return .json(try replace(call, name, body(of: request)))
        case ("PATCH", let name?): return try patch(call, name, request)
        case ("DELETE", let name?): return try delete(call, name, options(of: request))
        case ("DELETE", nil):
            let selector = try selector(call)
            for object in shelves[call.kind].objects
            where isIn(call, object) && selector.matches(object) {
                let narrow = call.key(object.name)
                _ = try end(call, narrow, object, options(of: request))
            }
            return .json([
                "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
            ])
        default: throw .badMethod
        }
    }

    /// Now, in milliseconds since 1970.
    var epochNow: Int { epoch + now.milliseconds }

    // MARK: Reading

    func selector(_ call: LabCall) throws(LabRefusal) -> LabSelector {
        try LabSelector(
            labels: call.address.value("labelSelector"), fields: call.address.value("fieldSelector")
        )
    }

    func isIn(_ call: LabCall, _ object: KubernetesObject) -> Bool {
        call.namespace.isEmpty || object.namespace == call.namespace
    }

    func find(_ call: LabCall, _ name: String) throws(LabRefusal) -> KubernetesObject {
        if let object = shelves[call.kind][call.key(name)] { return object }
        let told = call.kind == LabCatalog.events ? objects(of: call.kind) : []
        guard let event = told.first(where: { $0.name == name && isIn(call, $0) }) else {
            throw .notFound(call.resource, name)
        }
        return event
    }

    /// What a list or a watch means.
    func objects(of call: LabCall, where selector: LabSelector) -> [KubernetesObject] {
        guard call.kind != LabCatalog.events else {
            return objects(of: call.kind).filter { isIn(call, $0) && selector.matches($0) }
        }
        let all = shelves[call.kind].objects(in: call.namespace)
        return selector.isEverything ? Array(all) : all.filter { selector.matches($0) }
    }

    private func list(_ call: LabCall, _ request: HTTPRequest) throws(LabRefusal) -> HTTPResponse {
        let all = objects(of: call, where: try selector(call))
        let (objects, metadata) = page(all, call)
        if let table = LabTable.asked(by: request, call) {
            var tree = table.tree(of: objects, at: String(revision), epochNow)
            tree["metadata"] = metadata
            return .json(tree)
        }
        let isCustom = LabVersions.isCustom(call.resource)
        let items = objects.map { object -> JSONTree in
            let tree = LabVersions.present(object, call)
            // As the real one does it: only custom resources say in a list what they are.
            guard !isCustom, var members = tree.members else { return tree }
            members["kind"] = nil
            members["apiVersion"] = nil
            return .object(members)
        }
        return .json([
            "kind": .string(call.resource.kind + "List"), "apiVersion": .string(call.apiVersion),
            "metadata": metadata, "items": .array(items),
        ])
    }

    /// At most `limit` objects, after the one that `continue` names.
    private func page(_ all: [KubernetesObject], _ call: LabCall) -> (
        objects: [KubernetesObject], metadata: JSONTree
    ) {
        var rest = all[...]
        if let token = call.address.value("continue"), let slash = token.firstIndex(of: "/") {
            let last = Key(
                namespace: String(token[..<slash]),
                name: String(token[token.index(after: slash)...]))
            rest = rest.drop { !(last < Key(namespace: $0.namespace, name: $0.name)) }
        }
        var metadata: JSONTree = ["resourceVersion": .string(String(revision))]
        let limit = call.address.value("limit").flatMap { Int($0) } ?? 0
        guard limit > 0, rest.count > limit, let last = rest.prefix(limit).last else {
            return (Array(rest), metadata)
        }
        metadata["continue"] = .string("\(last.namespace)/\(last.name)")
        metadata["remainingItemCount"] = .integer(rest.count - limit)
        return (Array(rest.prefix(limit)), metadata)
    }

    private func scale(of object: KubernetesObject, _ call: LabCall) -> JSONTree {
        var metadata: JSONTree = [
            "name": .string(object.name), "namespace": .string(object.namespace),
            "uid": .string(object.uid), "resourceVersion": .string(object.resourceVersion),
        ]
        metadata["creationTimestamp"] = object.tree.at("metadata", "creationTimestamp")
        let pairs = (object.spec.at("selector", "matchLabels")?.members ?? [:]).map {
            "\($0.key)=\($0.value.text ?? "")"
        }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata,
            "spec": ["replicas": object.spec["replicas"] ?? 0],
            "status": [
                "replicas": object.status["replicas"] ?? 0,
                "selector": .string(pairs.sorted().joined(separator: ",")),
            ],
        ]
    }

    // MARK: Writing

    private func isProtobuf(_ request: HTTPRequest) -> Bool {
        request.headers["Content-Type"]?.hasPrefix("application/vnd.kubernetes.protobuf") ?? false
    }

    func body(of request: HTTPRequest) throws(LabRefusal) -> JSONTree {
        if isProtobuf(request) {
            guard case .bytes(let bytes) = request.body else { throw .badRequest("no body") }
            return try LabProtobuf.tree(of: bytes)
        }
        do {
            guard let tree = try request.body.tree() else { throw LabRefusal.badRequest("no body") }
            return tree
        } catch {
            throw .badRequest("the object provided is unrecognized: \(error)")
        }
    }

    private func options(of request: HTTPRequest) throws(LabRefusal) -> JSONTree {
        if case .empty = request.body { return [:] }
        return try body(of: request)
    }

    private mutating func create(_ call: LabCall, _ given: JSONTree) throws(LabRefusal) -> JSONTree
    {
        var tree = try LabVersions.stored(given, call)
        let resource = call.resource
        if tree.at("metadata", "name")?.text?.isEmpty ?? true {
            guard let prefix = tree.at("metadata", "generateName")?.text, !prefix.isEmpty else {
                throw .invalid(
                    resource, "",
                    [
                        LabRefusal.Cause(
                            reason: "FieldValueRequired",
                            message: "Required value: name or generateName is required",
                            field: "metadata.name")
                    ])
            }
            tree.set(.string(prefix + suffix(5)), at: "metadata", "name")
        }
        let name = tree.at("metadata", "name")?.text ?? ""
        try LabAdmission.checkName(name, resource)
        if let version = tree.at("metadata", "resourceVersion")?.text, !version.isEmpty {
            throw LabRefusal(
                status: 500, reason: "InternalError",
                message: "resourceVersion should not be set on objects to be created")
        }
        if resource.isNamespaced {
            try checkNamespace(tree, call)
            tree.set(.string(call.namespace), at: "metadata", "namespace")
        } else {
            tree.set(nil, at: "metadata", "namespace")
        }
        let key = call.key(name)
        guard shelves[call.kind][key] == nil else { throw .alreadyExists(resource, name) }
        if resource.hasStatus, call.kind != LabCatalog.namespaces { tree["status"] = nil }
        return LabVersions.present(try settle(tree, over: nil, at: key, call, "Update"), call)
    }

    private func checkNamespace(_ tree: JSONTree, _ call: LabCall) throws(LabRefusal) {
        if let said = tree.at("metadata", "namespace")?.text, !said.isEmpty, said != call.namespace
        {
            throw .badRequest(
                "the namespace of the provided object does not match the namespace sent on the"
                    + " request")
        }
        guard let home = shelves[LabCatalog.namespaces][Key(namespace: "", name: call.namespace)]
        else { throw .notFound(LabCatalog.all[LabCatalog.namespaces], call.namespace) }
        guard !home.isBeingDeleted else {
            throw LabRefusal(
                status: 403, reason: "Forbidden",
                message: "unable to create new content in namespace \(call.namespace) because it"
                    + " is being terminated")
        }
    }

    private mutating func replace(_ call: LabCall, _ name: String, _ given: JSONTree)
        throws(LabRefusal) -> JSONTree
    {
        if call.subresource == "scale" { return try rescale(call, name, given) }
        let tree = try LabVersions.stored(given, call)
        guard tree.at("metadata", "name")?.text == name else {
            throw .badRequest(
                "the name of the object (\(tree.at("metadata", "name")?.text ?? "")) does not match"
                    + " the name on the URL (\(name))")
        }
        let old = try find(call, name)
        return LabVersions.present(
            try settle(tree, over: old, at: call.key(name), call, "Update"), call)
    }

    private mutating func rescale(_ call: LabCall, _ name: String, _ scale: JSONTree)
        throws(LabRefusal) -> JSONTree
    {
        let old = try find(call, name)
        var tree = old.tree
        let asked = scale.at("metadata", "resourceVersion")?.text ?? ""
        if !asked.isEmpty, asked != old.resourceVersion { throw .modified(call.resource, name) }
        tree.set(scale.at("spec", "replicas") ?? 0, at: "spec", "replicas")
        return self.scale(of: try settle(tree, over: old, at: call.key(name), call, "Update"), call)
    }

    private mutating func patch(_ call: LabCall, _ name: String, _ request: HTTPRequest)
        throws(LabRefusal) -> HTTPResponse
    {
        let patch = try body(of: request)
        let type = request.headers["Content-Type"]?.prefix { $0 != ";" } ?? ""
        if type == "application/apply-patch+yaml" { return try apply(call, name, patch) }
        let old = try find(call, name)
        let isScale = call.subresource == "scale"
        let target = isScale ? scale(of: old, call) : LabVersions.present(old, call)
        let result: JSONTree
        switch type {
        case "application/merge-patch+json": result = LabPatch.merge(patch, into: target)
        case "application/json-patch+json": result = try LabPatch.operations(patch, on: target)
        case "application/strategic-merge-patch+json" where !LabVersions.isCustom(call.resource):
            result = LabPatch.strategic(patch, into: target)
        default:
            throw LabRefusal(
                status: 415, reason: "UnsupportedMediaType",
                message: "the body of the request was in an unknown format - accepted media types"
                    + " include: application/json-patch+json, application/merge-patch+json,"
                    + " application/apply-patch+yaml")
        }
        return .json(try replace(call, name, result))
    }

    private mutating func apply(_ call: LabCall, _ name: String, _ wanted: JSONTree)
        throws(LabRefusal) -> HTTPResponse
    {
        guard call.address.value("fieldManager") != nil else {
            throw .badRequest(
                "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is"
                    + " required for apply patch"
            )
        }
        guard call.subresource != "scale" else { throw .badMethod }
        var tree = try LabVersions.stored(wanted, call)
        let key = call.key(name)
        let applied = Applied(kind: call.kind, key: key, manager: call.manager)
        guard let old = shelves[call.kind][key] else {
            if let version = tree.at("metadata", "resourceVersion")?.text, !version.isEmpty {
                throw .conflict(
                    call.resource, name, "the object does not exist, and a version of it was given")
            }
            if call.resource.isNamespaced { try checkNamespace(tree, call) }
            tree.set(.string(name), at: "metadata", "name")
            if call.resource.isNamespaced {
                tree.set(.string(call.namespace), at: "metadata", "namespace")
            }
            let made = try settle(tree, over: nil, at: key, call, "Apply")
            lastApplied[applied] = tree
            return .json(LabVersions.present(made, call), status: 201)
        }
        let result = LabApply.apply(
            tree, before: lastApplied[applied], onto: old.tree,
            mergesLists: !LabVersions.isCustom(call.resource))
        let settled = try settle(result, over: old, at: key, call, "Apply")
        if !call.isDryRun { lastApplied[applied] = tree }
        return .json(LabVersions.present(settled, call))
    }
}

extension HTTPResponse {
    static func json(_ tree: JSONTree, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: .ofJSON, body: .tree(tree))
    }
}

extension HTTPHeaders {
    /// Of an answer that says nothing else of itself.
    static let ofJSON: HTTPHeaders = ["Content-Type": "application/json"]
}

internal import JSONTree
internal import Manifests
internal import YAML

/// Reads the candidate's objects, and finds those that a run cannot make.
///
/// No error repeats a value of the file but names and kinds of objects: a manifest may hold
/// passwords, and errors are journaled.
struct ManifestReading {
    private(set) var faults: [FlowError] = []
    private let file: String
    private let namespace: String

    init(file: String, namespace: String) {
        self.file = file
        self.namespace = namespace
    }

    /// Kinds that a run makes; all have a namespace.
    static let kinds: [ResourceKind] = [
        .serviceAccount, .role, .roleBinding, .configMap, .service, .networkPolicy,
        .disruptionBudget, .deployment, .autoscaler, .scaledObject,
    ]

    private static let clusterKinds = [
        "Namespace", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition",
        "PersistentVolume", "StorageClass", "PriorityClass", "IngressClass", "Node",
        "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService",
        "GatewayClass", "RuntimeClass",
    ]

    mutating func objects(of bytes: [UInt8], images: [FlowOverrides.Setting])
        -> [KubernetesObject]
    {
        let documents: [YAMLNode]
        do throws(YAMLError) {
            documents = try YAMLReader.documents(of: bytes, file: file)
        } catch {
            faults.append(FlowError(error, file: file))
            return []
        }
        var fields: [FlowField] = []
        for document in documents where !document.isNull {
            let field = FlowField(file: file, document: document)
            let isList = field["kind"]?.text == "List" && field["apiVersion"]?.text == "v1"
            fields += isList ? field["items"]?.items ?? [] : [field]
        }
        var objects: [KubernetesObject] = []
        var seen: [(kind: String, name: String)] = []
        for field in fields where isFit(field, after: &seen) {
            objects.append(KubernetesObject(Self.tree(of: field.node)))
        }
        guard faults.isEmpty else { return objects }
        requireOneDeployment(objects, fields)
        setImages(images, &objects)
        return objects
    }

    /// Gives the objects their version: the one that was said, else the one that their image tells.
    ///
    /// A manifest whose pods have a version already keeps it.
    mutating func version(
        _ objects: inout [KubernetesObject], as said: String?, label: String, service: String
    ) {
        guard faults.isEmpty, let deployment = objects.first(where: { $0.kind == "Deployment" })
        else { return }
        let title = "Deployment \(deployment.name)"
        let own = deployment.tree.at("spec", "template", "metadata", "labels", label)?.text
        if let own {
            guard let said, said != own else { return }
            fault(
                "\(title) has the version \(ShapeCheck.short(own)) already, not"
                    + " \(ShapeCheck.short(said))",
                "leave the version out here or there")
            return
        }
        let image = ManifestVersion.image(of: deployment, service: service)
        guard let text = said ?? image.flatMap(ManifestVersion.told) else {
            fault(
                "\(title) has no version: its pods have no label \(label), and its image no tag",
                "give the image a tag, or say --set version=…")
            return
        }
        guard let version = ManifestVersion(text) else {
            fault(
                "\(ShapeCheck.short(text)) can be no value of the label \(label)",
                "say another with --set version=…: letters, digits, '-', '_', '.', 63 at most")
            return
        }
        version.apply(to: &objects, label: label)
    }

    private mutating func fault(_ what: String, _ suggestion: String) {
        faults.append(FlowError(.manifest, what, file: file, suggestion: suggestion))
    }

    // MARK: One object

    private mutating func isFit(
        _ field: FlowField, after seen: inout [(kind: String, name: String)]
    ) -> Bool {
        guard let version = field["apiVersion"]?.text, let kind = field["kind"]?.text,
            let name = field.at("metadata", "name")?.text, !name.isEmpty
        else {
            fault(
                field, "this is no Kubernetes object: it lacks apiVersion, kind or metadata.name",
                "complete it, or take it out")
            return false
        }
        let title = "\(ShapeCheck.short(kind)) \(ShapeCheck.short(name))"
        let known = ResourceKind.named(apiVersion: version, kind: kind)
        guard let known, Self.kinds.contains(where: known.isSame) else {
            refuse(kind, version, title, field)
            return false
        }
        if let other = field.at("metadata", "namespace")?.text, other != namespace {
            fault(
                field.at("metadata", "namespace") ?? field,
                "\(title) is for the namespace \(ShapeCheck.short(other)), the flow for \(namespace)",
                "leave its namespace out, or change spec.target.namespace")
            return false
        }
        if seen.contains(where: { $0 == (kind, name) }) {
            fault(field, "\(title) is there twice", "keep one of them")
            return false
        }
        seen.append((kind, name))
        return true
    }

    private mutating func refuse(
        _ kind: String, _ version: String, _ title: String, _ field: FlowField
    ) {
        let place = field["kind"] ?? field
        if Self.clusterKinds.contains(kind) {
            fault(
                place, "\(title) belongs to the whole cluster, and a run to one namespace",
                "take it out and apply it before the run")
        } else if kind == "Secret" {
            fault(
                place, "\(title) would be kept in the run's journal",
                "take it out and apply it before the run")
        } else if let known = Self.kinds.first(where: { $0.kind == kind }) {
            fault(
                field["apiVersion"] ?? field,
                "\(title) has another apiVersion than a run can make",
                "write apiVersion: \(known.apiVersion)")
        } else {
            fault(
                place, "a run does not make objects of this kind: \(title)",
                "take it out and apply it before the run; a run makes: "
                    + Self.kinds.map(\.kind).joined(separator: ", "))
        }
    }

    // MARK: All objects

    private mutating func requireOneDeployment(
        _ objects: [KubernetesObject], _ fields: [FlowField]
    ) {
        let deployments = objects.indices.filter { objects[$0].kind == "Deployment" }
        guard deployments.count != 1 else { return }
        let names = deployments.map { objects[$0].name }
        let what = "the manifest must provide exactly 1 Deployment, \(names.count) found"
        guard deployments.count > 1 else {
            faults.append(
                FlowError(
                    .manifest, what, file: file,
                    suggestion: "add the candidate's Deployment, or check target.manifest"))
            return
        }
        fault(
            fields[deployments[1]], "\(what): \(names.joined(separator: ", "))",
            "keep the candidate's; give each other service a flow of its own")
    }

    private mutating func setImages(
        _ images: [FlowOverrides.Setting], _ objects: inout [KubernetesObject]
    ) {
        guard let index = objects.firstIndex(where: { $0.kind == "Deployment" }) else { return }
        let lists = ["containers", "initContainers"]
        func containers(_ list: String) -> [JSONTree] {
            objects[index].tree.at("spec", "template", "spec", list)?.items ?? []
        }
        for image in images {
            let known = lists.flatMap(containers).compactMap { $0["name"]?.text }
            guard known.contains(image.name) else {
                faults.append(
                    FlowError(
                        .unknownName,
                        "Deployment \(objects[index].name) has no container"
                            + " \"\(ShapeCheck.short(image.name))\"",
                        file: "--image",
                        suggestion: NearestName.suggestion(
                            for: image.name, among: known, none: "check the manifest")))
                continue
            }
            for list in lists {
                var changed = containers(list)
                for place in changed.indices where changed[place]["name"]?.text == image.name {
                    changed[place]["image"] = .string(image.value)
                }
                guard !changed.isEmpty else { continue }
                objects[index].tree.set(
                    .array(changed), at: "spec", "template", "spec", list)
            }
        }
    }

    // MARK: Values

    /// As Kubernetes reads it: `0644` without quotes is an octal number.
    static func tree(of node: YAMLNode) -> JSONTree {
        switch node.content {
        case .scalar(let scalar):
            guard scalar.isPlain, case .string = scalar.value, scalar.text.utf8.count > 1,
                scalar.text.utf8.first == 0x30,
                scalar.text.utf8.allSatisfy({ 0x30...0x37 ~= $0 }),
                let octal = Int(scalar.text, radix: 8)
            else { return scalar.value }
            return .integer(octal)
        case .sequence(let items): return .array(items.map(tree))
        case .mapping(let members):
            return .object(JSONObject(members.map { ($0.key, tree(of: $0.value)) }))
        }
    }

    private mutating func fault(_ field: FlowField, _ what: String, _ suggestion: String) {
        faults.append(field.error(.manifest, what, do: suggestion))
    }
}

internal import JSONTree
internal import YAML

/// What flows of both origins have alike.
extension Crosser {
    /// What every imported flow begins with.
    mutating func begin(_ tool: String) {
        draft.name = objects[root].name
        if draft.name.isEmpty {
            draft.name = "imported"
            ask("metadata.name", "\(objects[root].title) has no name", do: "write the flow's name")
        }
        draft.header = [
            "Made by `theseus import` of the \(objects[root].title) of \(tool)."
                + " Read what it could not carry over before you use it."
        ]
    }

    mutating func setTarget(service: String) {
        let namespace = objects[root].namespace
        if namespace == nil {
            ask(
                "spec.target.namespace", "\(objects[root].title) names none",
                do: "write the namespace of the service")
        }
        draft.target = [
            .init(
                name: "namespace", tree: .string(namespace ?? "default"),
                comments: namespace == nil ? ["fill in: the namespace of the service"] : []),
            .init(name: "service", tree: .string(service)),
        ]
    }

    // MARK: The candidate's manifest

    /// Writes a Deployment beside the flow, and names it; `origin` has its template.
    mutating func setManifest(_ deployment: JSONTree, from origin: ForeignField?) {
        var deployment = Self.tidied(deployment)
        if deployment.at("spec", "template", "metadata", "labels", "version") != nil,
            deployment.at("spec", "selector", "matchLabels", "version") == nil
        {
            deployment.set(nil, at: "spec", "template", "metadata", "labels", "version")
            change(
                origin?.at("spec", "template", "metadata", "labels", "version"),
                "the Deployment's selector must tell the versions apart, and did not: each release gets"
                    + " label, selector and name by its version",
                do: "nothing, if the image's tag is the version; else say target.version")
        }
        if deployment.at("spec", "replicas")?.whole == 0 {
            deployment.set(nil, at: "spec", "replicas")
            ask(
                "spec.target.manifest",
                "its Deployment stands at 0 replicas, the controller's doing",
                do: "write spec.replicas into the manifest, or let the step autoscale see to it")
        }
        let path = "\(draft.name)-deployment.yaml"
        draft.target.append(
            .init(
                name: "manifest", tree: .string(path), comments: ["written with --out, beside this"]
            ))
        let documents = [deployment] + [versionService(with: deployment)].compactMap { $0 }
        draft.files.append(.init(path: path, text: YAMLWriter.text(ofDocuments: documents)))
        setVersion(of: deployment)
    }

    /// A manifest that only a person can give.
    mutating func askForManifest(_ why: String) {
        let path = "\(draft.name)-deployment.yaml"
        if let (front, stable) = draft.versionService {
            ask(
                "spec.target.manifest",
                "users are divided by hosts, and the candidate's is not there",
                do:
                    "write Service \(front) with the ports of \(stable) into that file, its selector"
                    + " like the Deployment's and with version: candidate")
        }
        ask(
            "spec.target.manifest", why,
            do:
                "write the path, from the flow's folder, of the file with the candidate's Deployment"
        )
        draft.target.append(
            .init(
                name: "manifest", tree: .string(path),
                comments: ["fill in: the file with the candidate's Deployment"]))
    }

    /// Pods need a version: their label, else their image's tag, else somebody says it.
    private mutating func setVersion(of deployment: JSONTree) {
        let template = deployment.at("spec", "template")
        guard template?.at("metadata", "labels", "version") == nil else { return }
        let images = template?.at("spec", "containers")?.items?.compactMap { $0["image"]?.text }
        let last = images?.first?.split(separator: "/").last ?? ""
        if last.contains("@") { return }
        let tag = last.split(separator: ":", maxSplits: 1).dropFirst().first
        guard tag == nil || tag == "latest" else { return }
        ask(
            "spec.target.version",
            "neither a label of the pods nor their image's tag tells the version",
            do: "give the image a tag, or say --set version=… with each deploy")
        draft.target.append(
            .init(
                name: "version", tree: "fill-in",
                comments: ["fill in, or give the image a tag and take this away"]))
    }

    /// Without what the API server wrote.
    static func tidied(_ object: JSONTree) -> JSONTree {
        var object = object
        object["status"] = nil
        for key in [
            "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields",
            "selfLink", "ownerReferences",
        ] {
            object.set(nil, at: "metadata", key)
        }
        for key in serverAnnotations { object.set(nil, at: "metadata", "annotations", key) }
        if object.at("metadata", "annotations")?.members?.isEmpty == true {
            object.set(nil, at: "metadata", "annotations")
        }
        return object
    }

    static let serverAnnotations = [
        "kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision",
    ]

    // MARK: Where requests go in

    mutating func setGateway(host: String?) {
        ask(
            "spec.gateway.url", "neither tool says where requests enter the mesh",
            do: "write the gateway's address; or, without a gateway, take gateway and - reach away")
        draft.gateway = [
            .init(
                name: "url", tree: "http://gateway.example.com",
                comments: ["fill in: where requests of tests enter the mesh"])
        ]
        if let host { draft.gateway.append(.init(name: "host", tree: .string(host))) }
    }

    /// The dark match: the one that is given, else one of ours.
    mutating func setDark(_ blocks: [JSONTree]) {
        if blocks.isEmpty {
            ask(
                "spec.dark.match",
                "Theseus looks at a candidate before users do, and needs to know how",
                do: "keep the header x-canary: 1, or write a match of your own")
        }
        draft.dark = FlowDraft.Entry(
            name: "dark",
            tree: [
                "match": blocks.isEmpty
                    ? [["headers": ["x-canary": ["exact": "1"]]]] : .array(blocks)
            ],
            comments: blocks.isEmpty
                ? ["fill in, or keep: which requests meet the candidate before users do"] : [])
    }

    mutating func setPrometheus() {
        guard draft.prometheus.isEmpty else { return }
        ask(
            "spec.prometheus.address", "nothing says where Prometheus is",
            do: "write its address: users' requests are counted there, and weights looked for")
        draft.prometheus = [
            .init(
                name: "address", tree: "http://prometheus.istio-system:9090",
                comments: ["fill in: where Istio's metrics are"])
        ]
    }

    // MARK: Sources

    /// The name of a source that is asked so; equal ones are one.
    mutating func source(_ kind: String, _ tree: JSONTree, _ comments: [String] = []) -> String {
        let whole: JSONTree = .object([kind: tree])
        if let known = draft.sources.first(where: { $0.tree == whole }) { return known.name }
        let taken = draft.sources.map(\.name)
        let name =
            taken.contains(kind)
            ? (2...1000).lazy.map { "\(kind)-\($0)" }.first { !taken.contains($0) } ?? kind : kind
        draft.sources.append(.init(name: name, tree: whole, comments: comments))
        return name
    }

    /// Where a secret will be found: a variable.
    mutating func secret(_ name: String, _ why: String) -> JSONTree {
        ask(
            "spec.sources", "\(why): a flow says where a secret is, never what it is",
            do: "set \(name) where theseus runs, or write {file: PATH} or {command: [PROGRAM]}")
        return ["env": .string(name)]
    }

    static let foreignBraces = "a ${…} of its own cannot stand in a query"

    /// A Service of Argo's that no release uses here, where the text speaks of one.
    func retiredService(in text: String) -> String? {
        let strategy = field(root).at("spec", "strategy")
        let names = [
            strategy?.at("canary", "canaryService")?.text,
            strategy?.at("blueGreen", "previewService")?.text,
        ]
        return names.compactMap { $0 }.first { !$0.isEmpty && text.contains($0) }
    }

    // MARK: Steps

    /// Half an hour longer, for enough samples.
    static let patience = 1_800_000

    /// A stretch in which gates and tests look on; a pause where nobody does.
    mutating func bake(_ milliseconds: Int, gates: [String], tests: [String], _ comments: String...)
    {
        let length = max(1000, milliseconds)
        guard !gates.isEmpty || !tests.isEmpty else {
            draft.steps.append(
                .init(
                    tree: .object(["pause": .string(TimeSpan.text(length))]), comments: comments))
            return
        }
        var tree: JSONTree = ["for": .string(TimeSpan.text(length))]
        if !gates.isEmpty {
            tree["maxFor"] = .string(TimeSpan.text(length + Self.patience))
            tree["gates"] = .array(gates.map(JSONTree.string))
        }
        if !tests.isEmpty { tree["tests"] = .array(tests.map(JSONTree.string)) }
        draft.steps.append(.init(tree: .object(["bake": tree]), comments: comments))
    }
}

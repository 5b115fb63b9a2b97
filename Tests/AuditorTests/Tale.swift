import Auditor
import CanaryEngine
import Chronicle
import JSONTree
import Journal
import Manifests

/// A history told by hand: what the cluster stored and the journal says, one thing after the other.
struct Tale {
    static let run = "run-1"

    var history: [StoredObject] = []
    var facts: [LoggedFact] = []
    var state = RunState()
    /// Milliseconds since 1970.
    var date = 1_767_614_400_000
    var epoch = 1
    /// nil: as the newest record has it.
    var isOver: Bool?
    var plan: RunPlan?
    /// How the newest version of each object stands, by kind and name.
    private(set) var objects: [String: JSONTree] = [:]

    var evidence: Evidence {
        Evidence(
            namespace: "demo", service: "shop", run: Self.run, history: history, facts: facts,
            isOver: isOver ?? facts.last?.state.isOver ?? false, plan: plan)
    }

    // MARK: The cluster

    static let kinds: [String: ResourceKind] = [
        "Service": .service, "Deployment": .deployment, "Pod": .pod, "Lease": .lease,
        "HorizontalPodAutoscaler": .autoscaler, "VirtualService": .virtualService,
        "DestinationRule": .destinationRule, "ConfigMap": .configMap,
    ]

    mutating func keep(_ kind: String, _ name: String, _ tree: JSONTree?, by manager: String) {
        guard let resource = Self.kinds[kind] else { return }
        date += 1_000
        var object = tree
        if tree != nil {
            object?["apiVersion"] = .string(resource.apiVersion)
            object?["kind"] = .string(kind)
            object?.set(.string(name), at: "metadata", "name")
            object?.set("demo", at: "metadata", "namespace")
            object?.set(.string("uid-\(kind)-\(name)"), at: "metadata", "uid")
        }
        objects["\(kind) \(name)"] = object
        history.append(
            StoredObject(
                revision: 100 + history.count, date: date,
                reference: ObjectReference(resource, namespace: "demo", name: name),
                object: object.map(KubernetesObject.init), manager: manager))
    }

    /// The run writes: sealed with the journal's newest record.
    mutating func write(_ kind: String, _ name: String, _ tree: JSONTree) {
        var tree = tree
        let head = facts.last?.head ?? .start
        tree.set(.string(Self.run), at: "metadata", "annotations", "theseus.dev/run")
        tree.set(.string("\(epoch)"), at: "metadata", "annotations", "theseus.dev/epoch")
        tree.set(
            .string("\(head.sequence):\(head.hash)"), at: "metadata", "annotations",
            "theseus.dev/journal")
        keep(kind, name, tree, by: "theseus")
    }

    /// The run writes what is there, changed.
    mutating func change(_ kind: String, _ name: String, _ edit: (inout JSONTree) -> Void) {
        var tree = objects["\(kind) \(name)"] ?? .object([:])
        edit(&tree)
        write(kind, name, tree)
    }

    mutating func unseal(_ kind: String, _ name: String) {
        var tree = objects["\(kind) \(name)"] ?? .object([:])
        tree.set(nil, at: "metadata", "annotations")
        keep(kind, name, tree, by: "theseus")
    }

    mutating func remove(_ kind: String, _ name: String, by manager: String = "theseus") {
        keep(kind, name, nil, by: manager)
    }

    static func labels(_ version: String) -> JSONTree {
        ["app": "shop", "version": .string(version)]
    }

    static func deployment(_ version: String, replicas: Int = 2) -> JSONTree {
        [
            "spec": [
                "replicas": .integer(replicas), "selector": ["matchLabels": labels(version)],
                "template": [
                    "metadata": ["labels": labels(version)],
                    "spec": [
                        "containers": [
                            [
                                "name": "app",
                                "envFrom": [["configMapRef": ["name": "shop-settings"]]],
                            ]
                        ]
                    ],
                ],
            ]
        ]
    }

    mutating func pod(
        _ version: String, _ number: Int, isReady: Bool = true, image: String = "app@sha256:1"
    ) {
        var labels = Self.labels(version)
        labels["pod-template-hash"] = "5d4f"
        let owners: JSONTree = [["kind": "ReplicaSet", "name": .string("shop-\(version)-5d4f")]]
        keep(
            "Pod", "shop-\(version)-\(number)",
            [
                "metadata": ["labels": labels, "ownerReferences": owners],
                "status": [
                    "conditions": [["type": "Ready", "status": isReady ? "True" : "False"]],
                    "containerStatuses": [["name": "app", "imageID": .string(image)]],
                ],
            ], by: "node")
    }

    static func destination(_ subset: String?, _ weight: Int? = nil) -> JSONTree {
        var tree: JSONTree = ["destination": ["host": "shop"]]
        if let subset { tree.set(.string(subset), at: "destination", "subset") }
        if let weight { tree["weight"] = .integer(weight) }
        return tree
    }

    /// Stable's and the candidate's part of the one route; the candidate's 0 is left out.
    static func parts(_ candidate: Int, of pool: Int = 100) -> JSONTree {
        candidate == 0
            ? [destination("v1")]
            : [destination("v1", pool - candidate), destination("v2", candidate)]
    }

    static let dark: JSONTree = [
        "name": "theseus-run-1", "match": [["headers": ["x-dark": ["exact": "yes"]]]],
        "headers": ["response": ["set": ["theseus-run": .string(run)]]],
        "route": [destination("v2")],
    ]

    static func routes(_ list: JSONTree, isDark: Bool = true) -> JSONTree {
        let open: JSONTree = ["name": "primary", "route": list]
        return ["spec": ["hosts": ["shop"], "http": isDark ? [dark, open] : [open]]]
    }

    static func rule(_ versions: String...) -> JSONTree {
        let subsets = versions.map { version -> JSONTree in
            ["name": .string(version), "labels": ["version": .string(version)]]
        }
        return ["spec": ["host": "shop.demo.svc.cluster.local", "subsets": .array(subsets)]]
    }

    // MARK: The journal

    mutating func remember(_ fact: Fact) {
        date += 1_000
        state.epoch = epoch
        let sequence = facts.count + 1
        let head = JournalHead(sequence: sequence, epoch: epoch, hash: "hash-\(sequence)")
        facts.append(
            LoggedFact(
                sequence: sequence, epoch: epoch, date: date, actor: "theseus", fact: fact,
                state: state, head: head))
    }

    static func order(
        _ step: Int, _ leg: Int = 0, _ course: OrderID.Course = .forward
    ) -> OrderID {
        OrderID(course: course, step: step, leg: leg, lane: .main, attempt: 0)
    }

    mutating func done(_ step: Int, _ leg: Int = 0) {
        remember(.done(Self.order(step, leg), note: ""))
    }

    mutating func hold() {
        remember(
            .held(Holding(epoch: epoch, holder: "host", version: "1", absence: .zero)))
    }

    mutating func turn(_ wish: Wish.Kind = .abort) {
        let first = Progress(step: 7, leg: 0, entered: .zero)
        let why = Setback(.aborted, "aborted by ann")
        state.course = .returning(Return(why: why, place: first))
        remember(.wished(Wish(wish, by: "ann")))
    }
}

internal import FlowFiles
internal import JSONTree
package import Lab
internal import Manifests
package import Voyage

/// A world of the Lab that stands as a cluster stood when it was looked at.
package struct Likening: Sendable {
    let state: LabState
    /// The same as a file, for whoever adds users to it.
    package let file: LabWorldFile
    /// Deployments that an autoscaler sizes, by the load that they had when they were looked at.
    private let scaled: [(namespace: String, name: String)]

    /// What the Lab's own controllers make, and what must not stand in its way.
    private static let left = [
        "Pod", "ReplicaSet", "Endpoints", "EndpointSlice", "Event", "Lease", "Job", "Node",
        "Namespace",
    ]
    /// Long enough for pods to become ready, and too short for an autoscaler to lower anything.
    private static let warmUp = "10s"

    package init(of live: LiveObjects, for charter: RunCharter) throws(ForesightError) {
        let target = charter.flow.target
        let service = live.objects.first {
            $0.kind == ResourceKind.service.kind && $0.namespace == target.namespace
                && $0.name == target.service
        }
        let selector = service.flatMap { LabelSelector(service: $0) }
        let deployment = ResourceKind.deployment.kind
        let objects = live.objects.filter { object in
            !Self.left.contains(object.kind) && !object.isBeingDeleted
                && object.label("theseus.dev/journal") == nil && LabWorldFile.keeps(object.tree)
                && !Self.isKEDAs(object)
        }
        var unserved: [String] = []
        for (group, versions) in live.versions.sorted(by: { $0.key < $1.key }) {
            unserved += LabWorldFile.versions(of: group).filter { !versions.contains($0) }
                .map { "\(group)/\($0)" }
        }
        let tree: JSONTree = [
            "kind": "World", "warmUp": .string(Self.warmUp),
            "mesh": ["versionLabel": .string(target.versionLabel)],
            "objects": .array(
                objects.map { object in
                    let isOurs =
                        object.name == charter.stable?.deployment
                        || selector?.matches(object.spec.at("template", "metadata", "labels"))
                            == true
                    return Self.bare(object, isBystander: !isOurs)
                }),
        ]
        var state: LabState
        do {
            var world = try LabWorldFile(tree)
            world.unserved = unserved
            file = world
            state = try world.begin(date: LabClock.defaultEpoch)
        } catch {
            throw ForesightError(.unlike("\(error.detail)"), place: Self.name(error.place, objects))
        }
        scaled = objects.compactMap { scaler in
            guard Self.scalers.contains(scaler.kind),
                case let target = scaler.spec["scaleTargetRef"],
                (target?["kind"]?.text ?? deployment) == deployment,
                let name = target?["name"]?.text
            else { return nil }
            return (scaler.namespace, name)
        }
        Self.hold(scaled, &state)
        self.state = state
    }

    /// Lets what an autoscaler sizes have the load that it had.
    package func hold(_ state: inout LabState) { Self.hold(scaled, &state) }

    private static func hold(
        _ scaled: [(namespace: String, name: String)], _ state: inout LabState
    ) {
        for (namespace, name) in scaled {
            let reference = ObjectReference(.deployment, namespace: namespace, name: name)
            let size = state.cluster.object(reference)?.spec["replicas"]?.whole ?? 1
            state.cluster.setDemand(size, namespace: namespace, deployment: name)
        }
    }

    static let scalers = [ResourceKind.autoscaler.kind, ResourceKind.scaledObject.kind]

    /// An autoscaler that KEDA made; the Lab's KEDA makes it anew.
    private static func isKEDAs(_ object: KubernetesObject) -> Bool {
        (object.tree.at("metadata", "ownerReferences")?.items ?? []).contains {
            $0["kind"]?.text == ResourceKind.scaledObject.kind
        }
    }

    /// From now on nobody needs the old version: its autoscaler may lower it.
    package func letGo(of deployment: String, in namespace: String, _ state: inout LabState) {
        guard scaled.contains(where: { $0 == (namespace, deployment) }) else { return }
        state.cluster.setDemand(nil, namespace: namespace, deployment: deployment)
    }

    /// What somebody would write to make the same object anew; of a Secret only which keys it has.
    ///
    /// Deployments of other services stand there without pods: nobody asks for these.
    private static func bare(_ object: KubernetesObject, isBystander: Bool) -> JSONTree {
        var tree = object.tree
        if isBystander, object.kind == ResourceKind.deployment.kind {
            tree.set(0, at: "spec", "replicas")
        }
        tree["status"] = nil
        var metadata: JSONTree = [:]
        for key in ["name", "namespace", "labels", "annotations"] {
            metadata[key] = tree.at("metadata", key)
        }
        tree["metadata"] = metadata
        return Concealment.concealed(KubernetesObject(tree)).tree
    }

    /// `objects[3]` of the world as the object that it is.
    private static func name(_ place: String, _ objects: [KubernetesObject]) -> String {
        let digits = place.filter { ("0"..."9").contains($0) }
        guard let number = Int(digits), objects.indices.contains(number) else { return place }
        let object = objects[number]
        return "\(object.kind) \(object.namespace)/\(object.name)"
    }
}

/// Secrets are planned by their names and keys alone.
enum Concealment {
    static func concealed(_ object: KubernetesObject) -> KubernetesObject {
        guard object.kind == ResourceKind.secret.kind else { return object }
        var object = object
        for part in ["data", "stringData"] {
            guard let members = object.tree[part]?.members else { continue }
            object.tree[part] = .object(JSONObject(members.map { ($0.key, "") }))
        }
        // What `kubectl apply` leaves there is the whole Secret.
        object.annotate("kubectl.kubernetes.io/last-applied-configuration", nil)
        return object
    }
}

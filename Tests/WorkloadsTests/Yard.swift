import HTTPMessages
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Synchronization
import Timekeeping
import Workloads

/// The demo's world, and keepers that work in it on the way from v1 to v2.
struct Yard: Sendable {
    let world: LabWorld
    let clock: LabClock

    static let stable = "demo-app-v1"
    static let candidate = "demo-app-v2"

    static func scope(
        run: String = "r1", stable: String? = Yard.stable, extra: [JSONTree] = [],
        deployment: JSONTree = DemoWorld.deployment(version: "v2")
    ) throws -> WorkloadScope {
        try WorkloadScope(
            namespace: "demo", service: "demo-app", stable: stable,
            candidateObjects: ([deployment] + extra).map(KubernetesObject.init), run: run)
    }

    func client(over transport: (any HTTPTransport)? = nil) -> KubernetesClient {
        KubernetesClient(server: LabWorld.server, transport: transport ?? world, time: clock)
    }

    func keeper(
        _ scope: WorkloadScope, epoch: Int = 1, poll: Duration = .seconds(1),
        over transport: (any HTTPTransport)? = nil
    ) -> WorkloadKeeper {
        let seal = WriteSeal(run: scope.run, epoch: epoch, head: "1:aa")
        let writer = SealedWriter(client: client(over: transport), time: clock) { seal }
        return WorkloadKeeper(scope: scope, writer: writer, time: clock, poll: poll)
    }

    func object(_ kind: ResourceKind, _ name: String) -> KubernetesObject? {
        world.snapshot().cluster.object(ObjectReference(kind, namespace: "demo", name: name))
    }

    /// Edits an object as a person does.
    func edit(
        _ kind: ResourceKind, _ name: String, _ edit: (inout KubernetesObject) -> Void
    ) async throws {
        let reference = ObjectReference(kind, namespace: "demo", name: name)
        guard var object = try await client().get(reference) else { return }
        edit(&object)
        _ = try await client().update(object, as: kind)
    }

    /// Whether that is so within a minute.
    func sees(_ isSo: (Yard) -> Bool) async throws -> Bool {
        for _ in 0..<60 where !isSo(self) { try await clock.sleep(for: .seconds(1)) }
        return isSo(self)
    }

    func behave(_ behaviour: PodBehaviour?, _ deployment: String) {
        world.reach {
            $0.cluster.setBehaviour(behaviour, namespace: "demo", deployment: deployment)
        }
    }

    var pods: [String] {
        world.snapshot().cluster.objects(.pod).compactMap { $0.label("version") }
    }

    /// Names of objects that carry an annotation of ours.
    var sealed: [String] {
        let cluster = world.snapshot().cluster
        return Ours.kinds.flatMap { kind in
            cluster.objects(kind).filter { $0.unsealed != $0 }.map { "\($0.kind) \($0.name)" }
        }
    }
}

private enum Ours {
    static let kinds: [ResourceKind] = [
        .deployment, .autoscaler, .configMap, .service, .disruptionBudget, .serviceAccount,
    ]
}

/// Plays a story in a world of its own: the demo's, without one kind of objects and with others.
@discardableResult
func inYard<Value: Sendable>(
    without kind: String? = nil, with extra: [JSONTree] = [], unserved: [String] = [],
    _ story: @escaping @Sendable (Yard) async throws -> Value
) throws -> Value {
    var tree = DemoWorld.tree
    let objects = DemoWorld.objects.filter { kind == nil || $0["kind"]?.text != kind }
    tree["objects"] = .array(objects + extra)
    tree["unserved"] = .array(unserved.map(JSONTree.string))
    tree["users"] = nil
    tree["versions"] = nil
    let turnable = TurnableWorld()
    let clock = LabClock(turnable)
    let state = try LabWorldFile(tree).begin(date: clock.date)
    let yard = Yard(world: LabWorld(state, time: clock), clock: clock)
    return try turnable.run { try await story(yard) }
}

func settings(_ color: String = "blue") -> JSONTree {
    [
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": ["name": "demo-settings", "namespace": "demo"],
        "data": ["color": .string(color)],
    ]
}

func budget(_ name: String, _ labels: JSONTree) -> JSONTree {
    [
        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
        "metadata": ["name": .string(name), "namespace": "demo"],
        "spec": ["minAvailable": 1, "selector": ["matchLabels": labels]],
    ]
}

import ClusterJournal
import HTTPMessages
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Synchronization
import Timekeeping

/// A cluster with nothing in it but a namespace, for journals.
struct EmptyCluster: Sendable {
    let world: LabWorld
    let time = HastyClock()

    init() throws {
        let state = try LabWorldFile([
            "objects": [
                ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "home"]]
            ]
        ]).begin(date: time.date)
        world = LabWorld(state, time: time)
    }

    /// A journal as one process has it, over a road that may be bad.
    func journal(
        over road: (any HTTPTransport)? = nil, patience: Duration? = nil
    ) -> ConfigMapJournal {
        ConfigMapJournal(
            client: KubernetesClient(
                server: LabWorld.server, transport: road ?? world, time: time
            ).patient(for: patience), namespace: "home")
    }

    func bad(_ plan: FaultPlan) -> FaultyTransport {
        FaultyTransport(world, time: time, plan: plan)
    }

    /// The journal's objects of one sort, by name.
    func objects(_ prefix: String) -> [KubernetesObject] {
        world.snapshot().cluster.objects(.configMap)
            .filter { $0.name.hasPrefix(prefix) }.sorted { $0.name < $1.name }
    }
}

/// Sleeps in no time: only its own clock goes on.
final class HastyClock: Timekeeper {
    private let reading = Mutex(Duration.zero)

    var now: Duration { reading.withLock { $0 } }
    var date: Int { 1_700_000_000_000 + Int(now / .milliseconds(1)) }

    func sleep(for duration: Duration) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        reading.withLock { $0 += max(duration, .zero) }
        await Task.yield()
    }
}

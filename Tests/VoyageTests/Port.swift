import CanaryEngine
import Chronicle
import FlowFiles
import JSONTree
import Journal
import KubernetesAPI
import Lab
import Manifests
import Processes
import Rehearsal
import Voyage

/// The embedded world, in which several runs may be driven.
struct Port: Sendable {
    let turnable = TurnableWorld()
    let world: LabWorld
    let clock: LabClock
    /// Where runs are remembered; another one knows none of them.
    var store = MemoryJournal()

    init() throws {
        clock = LabClock(turnable)
        world = LabWorld(try DemoWorld.file.begin(date: clock.date), time: clock)
    }

    /// The same world, seen by whoever has lost the journal.
    var forgetful: Port {
        var other = self
        other.store = MemoryJournal()
        return other
    }

    var rig: Rig {
        Rig(
            cluster: KubernetesClient(
                server: LabWorld.server, token: "lab", transport: world, time: clock),
            outside: world, spawner: NoPrograms(), time: clock,
            keepFile: { _, path in throw Setback(.fault, "no file is kept here: \(path)") })
    }

    /// Drives a run to its end; where `stop` says so, only until after that fact.
    func expedition(_ signals: Signals, _ stop: @escaping @Sendable (Fact) -> Bool)
        -> Expedition
    {
        Expedition(rig: rig, store: store, holder: "here/1", actor: "mia", version: "1") {
            fact, _ in
            if stop(fact.fact) { signals.stop() }
        }
    }

    func begin(_ run: String, until stop: @escaping @Sendable (Fact) -> Bool = { _ in false })
        async throws -> Expedition.Outcome
    {
        let signals = Signals()
        return try await expedition(signals, stop).begin(charter(run), signals: signals)
    }

    func charter(_ run: String) async throws -> RunCharter {
        try await Departure(rig: rig, run: run).survey(
            FlowReader.read(Self.source), from: Self.source)
    }

    func take(_ run: String) async throws -> Expedition.Outcome {
        try await expedition(Signals()) { _ in false }.take(run)
    }

    var route: KubernetesObject? {
        world.snapshot().cluster.object(
            ObjectReference(.virtualService, namespace: "demo", name: "demo-app"))
    }

    private static let source = FlowSource(
        files: [
            .init(path: "flow.yaml", bytes: Array(DemoFlow.text().utf8)),
            .init(
                path: "manifest.yaml",
                bytes: JSONWriter.bytes(of: DemoWorld.deployment(version: "v2"))),
        ], folder: "/", overrides: FlowOverrides())
}

private struct NoPrograms: ProcessSpawner {
    func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
        throw ProcessFailure(.notExecutable, place: "", detail: "")
    }
}

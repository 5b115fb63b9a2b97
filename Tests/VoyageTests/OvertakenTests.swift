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
import Testing
import Voyage

/// A run that stood still before its first seal, while another came and went.
@Suite struct OvertakenTests {
    /// The embedded world, in which several runs may be driven.
    private struct Port: Sendable {
        let world: LabWorld
        let clock: LabClock
        let store = MemoryJournal()
        let source: FlowSource

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
            let flow = try FlowReader.read(source)
            let charter = try await Departure(rig: rig, run: run).survey(flow, from: source)
            let signals = Signals()
            return try await expedition(signals, stop).begin(charter, signals: signals)
        }

        func take(_ run: String) async throws -> Expedition.Outcome {
            try await expedition(Signals()) { _ in false }.take(run)
        }

        var route: KubernetesObject? {
            world.snapshot().cluster.object(
                ObjectReference(.virtualService, namespace: "demo", name: "demo-app"))
        }
    }

    private struct NoPrograms: ProcessSpawner {
        func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
            throw ProcessFailure(.notExecutable, place: "", detail: "")
        }
    }

    private static let source = FlowSource(
        files: [
            .init(path: "flow.yaml", bytes: Array(DemoFlow.text().utf8)),
            .init(
                path: "manifest.yaml",
                bytes: JSONWriter.bytes(of: DemoWorld.deployment(version: "v2"))),
        ], folder: "/", overrides: FlowOverrides())

    @Test func leavesAloneWhatAnotherRunMade() throws {
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        let world = LabWorld(try DemoWorld.file.begin(date: clock.date), time: clock)
        let port = Port(world: world, clock: clock, source: Self.source)
        try turnable.run {
            let first = try await port.begin("r1") {
                if case .backedUp = $0 { true } else { false }
            }
            #expect(throws: Stranding.interrupted) { try first.end.get() }
            let second = try await port.begin("r2")
            #expect(try second.end.get().course == .promoted)
            let before = port.route

            let late = try await port.take("r1")
            guard case .rolledBack(let why) = try late.end.get().course else {
                Issue.record("it went on: \(late.end)")
                return
            }
            #expect(why.kind == .foreignEdit)
            #expect(
                why.reason
                    == "VirtualService demo/demo-app was changed after it was copied: deploy again")
            #expect(port.route == before)
        }
    }
}

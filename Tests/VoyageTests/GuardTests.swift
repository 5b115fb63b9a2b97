import FlowFiles
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Rehearsal
import Testing

@testable import Voyage

/// The CronJob that looks after a run goes with it, even where its posting comes late.
@Suite struct GuardTests {
    @Test func aLateOneGoesToo() throws {
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        let world = LabWorld(try DemoWorld.file.begin(date: clock.date), time: clock)
        let client = KubernetesClient(
            server: LabWorld.server, token: "lab", transport: world, time: clock)
        let source = FlowSource(
            files: [
                FlowSource.File(
                    path: "flow.yaml",
                    bytes: Array(DemoFlow.text(extra: "guard: {image: theseus}").utf8)),
                FlowSource.File(path: "manifest.yaml", bytes: Array(DemoFlow.good.utf8)),
            ], folder: "/rehearsal", overrides: FlowOverrides())
        let charter = RunCharter(
            run: "r1", cluster: LabWorld.server, source: source,
            flow: try FlowReader.read(source), stable: nil,
            candidate: RunCharter.Version(deployment: "demo-app-v2", label: "v2"), routes: [])
        let writer = SealedWriter(
            client: client, time: clock, seal: { WriteSeal(run: "r1", epoch: 1, head: "1:a") })
        let guardian = RunGuard(charter, writer)
        @Sendable func stands() -> Bool { !world.snapshot().cluster.objects(.cronJob).isEmpty }
        try turnable.run {
            _ = try await guardian.post()
            #expect(stands())
            try await guardian.dismiss()
            #expect(!stands())
            // The call that was given up lands behind the first look.
            async let late: Void = {
                try await clock.sleep(for: .seconds(3))
                _ = try await guardian.post()
                #expect(stands())
            }()
            try await guardian.dismiss(lookingAgainAfter: [.seconds(2), .seconds(4)])
            try await late
            #expect(!stands())
        }
    }
}

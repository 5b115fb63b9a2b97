import CanaryEngine
import Crossing
import FlowFiles
import Foresight
import HTTPMessages
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import MetricsGate
import MetricsSources
import Processes
import Testing
import Voyage

/// What was carried across is not only read, but can be delivered: in a world made of its manifest.
@Suite struct PlannedTests {
    @Test(arguments: Release.argo + Release.flagger) func canBePlanned(_ release: Release) throws {
        let seen = try release.translation.examined()
        var flow = try #require(seen.flow)
        // What opens a team's metrics is nowhere but there; which gates ask them is not played.
        flow.gates.removeAll { $0.source != nil }
        flow.prometheus = flow.prometheus.map {
            SourceSpec(name: $0.name, kind: .prometheus, address: "http://prometheus.example.com")
        }
        let plan = try Self.plan(flow, from: seen.source)
        let deployments = plan.day.writes.filter { $0.reference.kind == .deployment }
        #expect(deployments.first { $0.verb == .create } != nil)
        let last = try #require(deployments.last)
        #expect(last.verb == .delete || last.reference.name == plan.charter.candidate.deployment)
        for (index, step) in flow.plan.steps.enumerated() {
            guard case .weight = step else { continue }
            let writes = plan.writes(in: .step(index)).map(\.reference.kind)
            #expect(writes.contains(.virtualService), "step \(index + 1) gives nobody any weight")
        }
    }

    private static func plan(_ flow: Flow, from source: FlowSource) throws -> DeliveryPlan {
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        let world = LabWorld(
            try ManifestWorld(flow).file().begin(date: clock.date), time: clock)
        let lookout = Lookout()
        let rig = Rig(
            cluster: KubernetesClient(
                server: LabWorld.server, token: "lab",
                transport: lookout.through(world, to: LabWorld.server), time: clock),
            outside: OneForAll(clock: clock), spawner: NoPrograms(), time: clock,
            keepFile: { _, _ in })
        let forecast = Forecast(rig: rig, lookout: lookout, terms: Departure.Terms())
        return try turnable.run { try await forecast.plan(flow, from: source) }
    }
}

/// A Prometheus that has one answer.
private struct OneForAll: HTTPTransport {
    let clock: LabClock

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        HTTPResponse(
            status: 200,
            body: .tree([
                "status": "success",
                "data": [
                    "resultType": "vector",
                    "result": [["metric": [:], "value": [.integer(clock.date / 1000), "1"]]],
                ],
            ]))
    }
}

private struct NoPrograms: ProcessSpawner {
    func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
        throw ProcessFailure(.notExecutable, place: job.arguments.first ?? "", detail: "a test")
    }
}

internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import Journal
internal import MetricsSources
internal import TestHooks
internal import Timekeeping

/// People's tests.
extension ShipCrew {
    func test(_ call: TestCall, round: Int, _ order: Order) async throws -> TestReport {
        guard let spec = flow.tests.first(where: { $0.name == call.name }) else {
            return TestReport(passed: false, sentence: "the flow has no test \(call.name)")
        }
        let rest =
            round > 0 ? call.every ?? rig.pace.testRest : call.wait(before: order.id.attempt)
        if rest > .zero { try await rig.time.sleep(for: rest) }
        let baseline = bridge.state.baselines.first { $0.test == call.name }?.measures
        let key = "\(charter.run)-\(OrderText.text(of: order.id))"
        var context = testContext(phase: call.name, key: key, baseline: baseline)
        context.moment = flow.plan.moment(of: order.id)?.rawValue
        switch bridge.state.course {
        case .returning(let way): context.reason = way.why.reason
        case .personNeeded(let trouble): context.reason = trouble.setback.reason
        case .advancing, .asking, .paused, .closing, .promoted, .rolledBack: break
        }
        underWay.begin(order.id, at: bridge.clock)
        let report = await runner.run(spec, call: call, context: context)
        if Task.isCancelled { underWay.callOff(order.id, at: bridge.clock) }
        try Task.checkCancellation()
        return report
    }

    private var runner: TestRunner {
        TestRunner(
            TestDoors(
                transport: rig.outside, spawner: rig.spawner, time: rig.time,
                environment: rig.environment, sockets: rig.sockets, jobs: jobs,
                keeper: rig.sources.keeper))
    }

    var jobs: JobRunner {
        JobRunner(
            run: charter.run, namespace: flow.target.namespace, writer: writer, time: rig.time,
            poll: rig.pace.poll)
    }

    package func callForHelp(_ why: String) async -> [String] {
        var said: [String] = []
        for call in flow.plan.hooks[.personNeeded] {
            guard let spec = flow.tests.first(where: { $0.name == call.name }) else { continue }
            var context = testContext(
                phase: call.name, key: "\(charter.run)-unwritable/\(call.name)", baseline: nil)
            context.moment = LifeHooks.Moment.personNeeded.rawValue
            context.reason = why
            let report = await runner.run(spec, call: call, context: context)
            said.append(
                "\(call.name) \(report.passed ? "was called" : "could not be called")"
                    + ": \(report.sentence)")
        }
        return said
    }

    func testContext(phase: String, key: String, baseline: [Measure]?) -> TestContext {
        TestContext(
            run: charter.run, idempotencyKey: key, namespace: flow.target.namespace,
            service: flow.target.service, stable: charter.stable?.label ?? "",
            candidate: charter.candidate.label, weight: bridge.state.weight, phase: phase,
            gateway: flow.gateway, dark: darkExample, baseline: baseline)
    }

    /// The flow's example of a matched request, else one derived from its first match.
    private var darkExample: DarkExample? {
        flow.darkExample ?? flow.dark.first.flatMap { try? DarkExample.derive(from: $0) }
    }
}

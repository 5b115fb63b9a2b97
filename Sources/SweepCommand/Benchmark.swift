internal import CanaryEngine
internal import FlowFiles
internal import GateTrials
internal import Lab
internal import Rehearsal

/// Deliveries a second: bare ones that only move the traffic, the same with the audit after each, the
/// sweep's short way with tests and gates, the demo's with its bakes of five minutes, and thin ones, of
/// which a rehearsal's odds come.
struct Benchmark: Sendable {
    let lanes: Lanes
    let count: Int
    private let clock = ContinuousClock()

    init(lanes: Lanes, count: Int) {
        self.lanes = lanes
        self.count = count
    }

    /// Whether what was measured are deliveries indeed.
    func run() async throws -> Bool {
        for (name, flow, count, isJudged) in [
            ("bare", DemoFlow.bare, count, false),
            ("audited bare", DemoFlow.bare, max(1, count / 2), true),
            ("short", DemoFlow.short, max(1, count / 2), false),
            ("whole", DemoFlow.text(), max(1, count / 8), false),
        ] {
            let stage = try Stage(Scenario(name, flow: flow, ends: .promoted))
            let bill = stage.play()
            let complaints = bill.complaints(stage.scenario)
            guard complaints.isEmpty else {
                print("bench: \(name): \(complaints.joined(separator: "; "))")
                return false
            }
            await tell("\(name) deliveries of \(bill.jobs) jobs", count) { _ in
                _ = stage.play(isJudged: isJudged)
            }
        }
        let plan = try thinPlan()
        let load = ThinRun.Load(requestsPerSecond: 50, candidate: 0.001, stable: 0.001)
        await tell("thin deliveries", count * 20) { number in
            _ = ThinRun(plan, load, seed: UInt64(number))
        }
        return true
    }

    /// The demo's way; what is neither a weight nor a bake takes half a minute.
    private func thinPlan() throws -> ThinPlan {
        let stage = try Stage(Scenario("thin", flow: DemoFlow.text(), ends: .promoted))
        let steps = Dictionary(
            uniqueKeysWithValues: stage.plan.steps.indices.map { ($0, Duration.seconds(30)) })
        return ThinPlan(
            stage.plan, gates: stage.flow.gates, scrape: stage.flow.scrape, dwell: steps,
            lead: [:], home: .seconds(10))
    }

    private func tell(_ what: String, _ count: Int, _ play: @escaping @Sendable (Int) -> Void) async
    {
        let start = clock.now
        let before = processorSeconds()
        _ = await lanes.map(Array(0..<count)) { play($0) }
        let worked = (processorSeconds() - before) * 1000 / Double(count)
        let seconds = (clock.now - start) / .seconds(1)
        print(
            "bench: \(count) \(what) in \(Int(seconds * 1000)) ms:"
                + " \(Int(Double(count) / seconds)) a second,"
                + " \(Double(Int(worked * 100)) / 100) ms of processor each")
    }
}

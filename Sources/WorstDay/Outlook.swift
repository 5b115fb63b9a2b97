internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
package import GateTrials
internal import MetricsGate
internal import Rehearsal

/// Whom a bad candidate of this flow hurts, and what would hurt fewer or take less time.
package struct Outlook: Sendable {
    package let radius: BlastRadius
    package let advice: [TriedChange]
    /// The simulated deliveries behind each number.
    package let runs: Int
    /// The steps with which the stages begin.
    package let stages: [Int]
    /// Gates that a thin run cannot judge: they are taken to pass.
    package let unjudged: [String]

    /// So many for each number of the chart, and so many for each that advice rests on.
    static let runs = 400
    static let runsOfAdvice = 300

    static func of(
        _ ground: Playground, _ good: Playbill, _ results: [TrialResult], on lanes: Lanes
    ) async -> Outlook? {
        let plan = thinPlan(of: ground, good, results)
        guard !plan.stages.isEmpty else { return nil }
        let radius = await radius(plan, ground, on: lanes)
        let adviser = Adviser(
            plan: plan, load: ground.load, runs: runsOfAdvice, seed: ground.seed)
        let used = plan.watches.flatMap { $0.watch.gates }
        var unjudged: [String] = []
        for gate in used where !gate.isThin && !unjudged.contains(gate.name) {
            unjudged.append(gate.name)
        }
        let found = await lanes.map(adviser.variants) { adviser.finding(of: $0) }
        return Outlook(
            radius: radius, advice: adviser.advice(from: found.compactMap { $0 }), runs: runs,
            stages: plan.stages.map(\.step), unjudged: unjudged)
    }

    private static func radius(
        _ plan: ThinPlan, _ ground: Playground, on lanes: Lanes
    ) async -> BlastRadius {
        let (load, seed) = (ground.load, ground.seed)
        let points = await lanes.map([BlastRadius.usual] + BlastRadius.failing) { part in
            BlastRadius.Point(
                plan,
                ThinRun.Load(
                    requestsPerSecond: load, candidate: part, stable: BlastRadius.usual),
                runs: runs, seed: seed)
        }.compactMap { $0 }
        return BlastRadius(
            requestsPerSecond: load, usual: BlastRadius.usual, good: points[0],
            points: Array(points.dropFirst()))
    }

    /// The flow's shares and gates; its other steps take as long as on the good day, and the way home as
    /// long as the plays in which a gate failed took.
    static func thinPlan(
        of ground: Playground, _ good: Playbill, _ results: [TrialResult]
    ) -> ThinPlan {
        let plan = ground.flow.plan
        var begun: [Int: Int] = [:]
        var shifted: [Int: Int] = [:]
        for logged in good.facts {
            let index =
                switch Place(of: logged.state, plan) {
                case .step(let index): index
                case .beforehand: -1
                case .closing, .home, .over: plan.steps.count
                }
            if begun[index] == nil { begun[index] = logged.date }
            if case .observe? = Standing(logged.state, plan).leg, shifted[index] == nil {
                shifted[index] = logged.date
            }
        }
        var dwell: [Int: Duration] = [:]
        var lead: [Int: Duration] = [:]
        for (index, step) in plan.steps.enumerated() {
            guard let begin = begun[index], let end = begun[index + 1] else { continue }
            var start = begin
            if case .weight = step, let shift = shifted[index] {
                lead[index] = .milliseconds(shift - begin)
                start = shift
            }
            dwell[index] = .milliseconds(end - start)
        }
        let homes = results.filter { $0.what == .gateFails }.compactMap(\.home)
        // Proxies hear of it half a second later.
        let home = (homes.median ?? .seconds(1)) + .milliseconds(500)
        return ThinPlan(
            plan, gates: ground.flow.gates, scrape: ground.flow.scrape, dwell: dwell,
            lead: lead, home: home)
    }
}

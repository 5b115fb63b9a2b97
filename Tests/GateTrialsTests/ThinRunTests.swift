import CanaryEngine
import MetricsGate
import Testing

@testable import GateTrials

@Suite struct ThinRunTests {
    /// Half a minute at 10%, or more, and as long as is asked for at 100%.
    private static func plan(first: Duration = .seconds(30), last: Duration) -> ThinPlan {
        let bake = { (duration: Duration) in
            Step.bake(Bake(duration: duration, longest: .seconds(3600), gates: ["errors"]))
        }
        var gate = GateSpec("errors", .errorRatio(codes: GateSpec.serverErrors), maximum: 0.02)
        gate.every = .seconds(15)
        let weight = { (percent: Int) in Step.weight(TrafficWeight(percent: percent) ?? .all) }
        return ThinPlan(
            RunPlan(steps: [weight(10), bake(first), weight(100), bake(last)]),
            gates: [gate], scrape: .seconds(15), dwell: [0: .seconds(10), 2: .seconds(10)],
            lead: [0: .seconds(20), 2: .seconds(5)], home: .seconds(1))
    }

    private static func load(_ failing: Double) -> ThinRun.Load {
        ThinRun.Load(requestsPerSecond: 100, candidate: failing, stable: 0.001)
    }

    @Test func aCandidateThatFailsIsNoticedWhereTheGateFirstSeesIt() {
        let point = BlastRadius.Point(
            Self.plan(last: .seconds(60)), Self.load(0.5), runs: 100, seed: 1)
        #expect(point.caught == 100)
        #expect(point.noticer == .gate(step: 1, name: "errors"))
        // Ten seconds until the mesh shows it, two scrapes, and a second on the way home.
        #expect(point.medianDetect == .seconds(40))
        let mean = 0.5 * 100 * 0.1 * 41
        #expect(abs(point.meanHurt - mean) < mean * 0.05, "\(point.meanHurt), not \(mean)")
        #expect(point.stages == [1, 0])
    }

    @Test func aGoodOneIsPromotedInTime() {
        let plan = Self.plan(last: .seconds(60))
        let point = BlastRadius.Point(plan, Self.load(0), runs: 100, seed: 1)
        #expect(point.rolledBack == 0)
        #expect(plan.before == .seconds(20))
        #expect(point.medianPromoted == .seconds(10 + 30 + 5 + 10 + 60))
    }

    @Test func withoutUsersThereIsNoEvidence() {
        var load = Self.load(0)
        load.requestsPerSecond = 0.01
        let point = BlastRadius.Point(Self.plan(last: .seconds(60)), load, runs: 20, seed: 1)
        #expect(point.undecided == 20)
        #expect(point.noticer == .silence(step: 1))
    }

    @Test func theSameSeedIsTheSame() {
        let plan = Self.plan(last: .seconds(60))
        let one = BlastRadius.Point(plan, Self.load(0.02), runs: 50, seed: 7)
        #expect(one == BlastRadius.Point(plan, Self.load(0.02), runs: 50, seed: 7))
        #expect(one != BlastRadius.Point(plan, Self.load(0.02), runs: 50, seed: 8))
    }

    /// Ten minutes in which nothing more is learned are given up, and what that is worth is told.
    @Test func adviceIsTriedAndCostsNothing() throws {
        let adviser = Adviser(
            plan: Self.plan(first: .seconds(1800), last: .seconds(600)), load: 2000, runs: 50,
            seed: 1)
        let found = adviser.variants.map(adviser.finding)
        let advice = try #require(adviser.advice(from: found).first { $0.step == 3 })
        guard case .bake(3, let duration, insteadOf: .seconds(600)) = advice.change else {
            Issue.record("\(advice.change)")
            return
        }
        #expect(advice.sooner == .seconds(600) - duration)
        #expect(advice.caught >= advice.caughtNow - 0.01)
        #expect(advice.falseAlarms <= advice.falseAlarmsNow + 0.01)
    }

    /// A first share of 10% hurts ten times as many as one of 1%, where the load is great enough.
    @Test func aSmallerFirstShareIsAdvised() throws {
        let adviser = Adviser(plan: Self.plan(last: .seconds(60)), load: 2000, runs: 60, seed: 1)
        let advice = adviser.advice(from: adviser.variants.map(adviser.finding))
        let one = try #require(advice.first { $0.step == 0 })
        guard case .firstShare(0, let share, insteadOf: 10) = one.change else {
            Issue.record("\(one.change)")
            return
        }
        #expect(share == 1)
        #expect(one.hurt < one.hurtNow * 0.2)
    }

    /// Where all users come at once there is no first share to make smaller.
    @Test func theLastShareIsLeftAlone() {
        let plan = ThinPlan(
            RunPlan(steps: [.weight(.all), .retire]), gates: [], scrape: .seconds(15),
            dwell: [0: .seconds(10)], lead: [:], home: .seconds(1))
        let adviser = Adviser(plan: plan, load: 100, runs: 10, seed: 1)
        #expect(adviser.variants.count == 1)
        #expect(adviser.advice(from: adviser.variants.map(adviser.finding)) == [])
    }

    /// What costs something is not advised: without the last bake nobody would look at all users.
    @Test func whatCostsSomethingIsNotAdvised() {
        let adviser = Adviser(plan: Self.plan(last: .seconds(60)), load: 5, runs: 60, seed: 1)
        let advice = adviser.advice(from: adviser.variants.map(adviser.finding))
        for one in advice {
            #expect(one.caught >= one.caughtNow - 0.02)
        }
    }
}

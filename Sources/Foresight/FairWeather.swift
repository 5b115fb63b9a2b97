internal import CanaryEngine
internal import FlowFiles
internal import MetricsGate
internal import TestHooks
internal import Timekeeping
internal import Voyage

/// The crew on a good day: it writes as ever, and everything that it asks says yes.
///
/// Tests pass as soon as they begin, gates at every look, the mesh shows each weight when it has
/// settled. Jobs of tests are run, since they are written to the cluster.
struct FairWeather: Crew {
    let crew: any Crew
    let flow: Flow
    let time: any Timekeeper
    let pace: Pace

    func carryOut(_ order: Order, tell: @escaping @Sendable (Fact) -> Void) async {
        do {
            switch order.work {
            case .carryOut(let leg):
                if let fact = try await answer(leg, order.id) { return tell(fact) }
            case .watch(let gate):
                try await watch(gate, order.id, tell)
            case .test(let call, let round):
                if !isJob(call.name) {
                    if round > 0 { try await time.sleep(for: call.every ?? pace.testRest) }
                    return tell(.tested(order.id, Self.passed))
                }
            case .watchCandidate, .wait:
                break
            }
        } catch {
            return  // called off
        }
        await crew.carryOut(order, tell: tell)
    }

    private static let passed = TestReport(passed: true, sentence: "it passes, on a good day")

    private static let pass = Verdict(.pass, "it passes, on a good day")

    private func isJob(_ name: String) -> Bool {
        flow.tests.contains {
            if case .job = $0.kind { $0.name == name } else { false }
        }
    }

    /// What the world would say; nil for what the crew itself does.
    private func answer(_ leg: Leg, _ id: OrderID) async throws -> Fact? {
        switch leg {
        case .observe, .seeHome:
            try await time.sleep(for: flow.plan.limits.settle)
            return .observed(id, seen: true, note: "seen, on a good day")
        case .seeDark:
            if flow.prometheus != nil { try await time.sleep(for: flow.scrape * 3) }
            return .done(id, note: "nobody meets it, on a good day")
        case .reach:
            return .done(id, note: "it is reached, on a good day")
        case .judge(let gate):
            return .judged(id, gate: gate, Self.pass)
        case .awaitWrittenBack:
            return .done(id, note: "the source is applied, on a good day")
        default:
            return nil
        }
    }

    private func watch(
        _ gate: String, _ id: OrderID, _ tell: @Sendable (Fact) -> Void
    ) async throws {
        let every = flow.gates.first { $0.name == gate }?.every ?? .seconds(15)
        while true {
            tell(.judged(id, gate: gate, Self.pass))
            try await time.sleep(for: every)
        }
    }

    func emergencyHome() async -> String { await crew.emergencyHome() }

    func callForHelp(_ why: String) async -> [String] { await crew.callForHelp(why) }
}

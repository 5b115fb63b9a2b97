internal import CanaryEngine
internal import FlowFiles
internal import Lab
internal import MetricsGate
internal import TestHooks
internal import Timekeeping
internal import Voyage

/// A crew in front of the crew: it writes as ever, and whom it asks answers by the script.
///
/// Programs, webhooks and whatever else leaves the cluster are never begun.
struct ScriptedCrew: Crew {
    let crew: any Crew
    let script: Script
    let flow: Flow
    let time: any Timekeeper
    /// Each test begun is an effect of this process.
    let life: Lifeline

    func carryOut(_ order: Order, tell: @escaping @Sendable (Fact) -> Void) async {
        do {
            switch order.work {
            case .carryOut(let leg):
                if let fact = try await answer(leg, order) { return tell(fact) }
            case .watch(let gate):
                if isScripted(gate, order.id) { return try await watch(gate, order.id, tell) }
            case .test(let call, let round):
                if let report = try await report(on: call, order.id, round: round) {
                    return tell(.tested(order.id, report))
                }
            case .watchCandidate, .wait:
                break
            }
        } catch {
            return  // called off
        }
        await crew.carryOut(order, tell: tell)
    }

    /// What the world would say; nil for what the crew itself does.
    private func answer(_ leg: Leg, _ order: Order) async throws -> Fact? {
        let id = order.id
        switch leg {
        case .test(let call), .tell(let call):
            return try await report(on: call, id, round: 0).map { .tested(id, $0) }
        case .observe, .seeHome:
            guard !script.asksLab else { return nil }
            try await time.sleep(for: flow.plan.limits.settle)
            return .observed(id, seen: true, note: "seen")
        case .seeDark:
            guard !script.asksLab else { return nil }
            if flow.prometheus != nil { try await time.sleep(for: flow.scrape * 3) }
            return .done(id, note: "nobody meets it")
        case .reach(let deadline, _):
            if script.isOutOfReach {
                try await time.sleep(for: deadline)
                return .failed(id, Setback(.unreachable, "the dark route leads nowhere"))
            }
            if script.asksLab, flow.gateway != nil { return nil }
            return .done(id, note: "it is reached")
        case .judge(let gate):
            guard isScripted(gate, id) else { return nil }
            let verdict = verdict(on: gate, id)
            guard verdict.ruling == .notEnough else {
                return .judged(id, gate: gate, verdict)
            }
            try await time.sleep(for: .seconds(86_400))  // the leg's deadline comes first
            return .judged(id, gate: gate, verdict)
        case .awaitWrittenBack:
            return .done(id, note: "the source is applied")
        default:
            return nil
        }
    }

    // MARK: Gates

    private func isScripted(_ gate: String, _ id: OrderID) -> Bool {
        let cue = cue(gate, id)
        return !script.asksLab || !flow.playedGates.contains(gate)
            || script.failingGates.contains(cue) || script.silentGates.contains(cue)
    }

    private func verdict(on gate: String, _ id: OrderID) -> Verdict {
        let cue = cue(gate, id)
        if script.failingGates.contains(cue) {
            return Verdict(.fail, "the candidate is out of range")
        }
        return script.silentGates.contains(cue)
            ? Verdict(.notEnough, "there are no numbers") : Verdict(.pass, "within range")
    }

    private func watch(
        _ gate: String, _ id: OrderID, _ tell: @Sendable (Fact) -> Void
    ) async throws {
        let every = flow.gates.first { $0.name == gate }?.every ?? .seconds(15)
        while true {
            tell(.judged(id, gate: gate, verdict(on: gate, id)))
            try await time.sleep(for: every)
        }
    }

    // MARK: Tests

    /// nil where the crew itself asks the Lab.
    private func report(on call: TestCall, _ id: OrderID, round: Int) async throws -> TestReport? {
        let answer = script.tests[cue(call.name, id)] ?? .passes
        if answer == .passes, flow.playedTests.contains(call.name),
            script.asksLab || isJob(call.name)
        {
            return nil
        }
        let rest =
            round > 0 ? call.every ?? Pace().testRest : call.wait(before: id.attempt)
        if rest > .zero { try await time.sleep(for: rest) }
        let number = try life.begin("test \(call.name)")
        var report: TestReport
        switch answer {
        case .passes:
            try await time.sleep(for: .seconds(1))
            report = TestReport(
                passed: true, sentence: "it passes", duration: .seconds(1))
        case .fails:
            try await time.sleep(for: .seconds(1))
            report = TestReport(passed: false, sentence: "it fails", duration: .seconds(1))
        case .hangs:
            try await time.sleep(for: call.timeout)
            report = TestReport(
                passed: false, sentence: "no end within its time", duration: call.timeout)
        }
        try life.end(number)
        if flow.tests.contains(where: { $0.name == call.name && $0.kind.mayHideRequests }) {
            report.traffic = .unknown
        }
        return report
    }

    private func isJob(_ name: String) -> Bool {
        flow.tests.contains {
            if case TestSpec.Kind.job(_) = $0.kind { $0.name == name } else { false }
        }
    }

    private func cue(_ name: String, _ id: OrderID) -> Script.Cue {
        let place: Place =
            switch id.course {
            case .forward, .asking, .paused: .step(id.step)
            case .home, .stopped: .home
            case .closing: .closing
            }
        return Script.Cue(place: place, name: name)
    }

    func emergencyHome() async -> String { await crew.emergencyHome() }

    func callForHelp(_ why: String) async -> [String] { await crew.callForHelp(why) }
}

internal import CanaryEngine
internal import Chronicle
internal import KubernetesAPI
internal import Lab

/// Who says what to whom in one delivery, in order.
///
/// Only what is the same in every build: no measured numbers, and of looks that repeat the first.
package struct SequenceDiagram: Sendable {
    enum Party: String, CaseIterable {
        case team
        case theseus
        case journal
        case kubernetes = "Kubernetes API"
        case mesh
        case prometheus = "Prometheus"
        case tests
    }

    enum Line: Hashable {
        case chapter(String)
        case message(from: Party, to: Party, words: String)
    }

    private(set) var lines: [Line] = []
    package let end: Scenario.End?
    /// Why there is no end, or none that was meant.
    package let trouble: String
    private let plan: RunPlan

    /// What one play of a scenario shows.
    package init(_ stage: Stage) {
        plan = stage.plan
        let bill = stage.play()
        end = bill.end
        trouble = bill.why
        say(.team, .theseus, "deploy \(stage.scenario.name)")
        var state = RunState()
        for happening in bill.happenings {
            switch happening {
            case .write(let note): tell(note)
            case .fact(let logged):
                tell(logged.fact, in: state)
                state = logged.state
            }
        }
        say(.theseus, .team, bill.end?.rawValue ?? "no end")
    }

    private mutating func say(_ from: Party, _ to: Party, _ words: String) {
        let line = Line.message(from: from, to: to, words: words)
        if line != lines.last { lines.append(line) }
    }

    private mutating func tell(_ note: WriteNote) {
        guard note.outcome == .applied else { return }
        say(.theseus, .kubernetes, "\(note.verb.rawValue) \(note.reference)")
    }

    private mutating func tell(_ fact: Fact, in state: RunState) {
        let leg = Standing(state, plan).leg
        switch fact {
        case .planned: say(.theseus, .journal, "the run is planned")
        case .held: say(.theseus, .journal, "the run is held, epoch 1")
        case .stepBegun(let id):
            lines.append(.chapter("\(id.step + 1). \(Self.name(plan.steps[id.step]))"))
            say(.theseus, .journal, "the step is begun")
        case .promotionDecided:
            lines.append(.chapter("the point of no return"))
            say(.theseus, .journal, "promotion is decided")
        case .started: say(.theseus, .journal, "a test that runs once is started")
        case .backedUp: say(.theseus, .journal, "copies of all that the run may touch")
        case .recognised: say(.theseus, .journal, "the candidate's likeness")
        case .done:
            if case .reach? = leg { say(.theseus, .mesh, "matched and other requests") }
            say(.theseus, .journal, "done: \(leg?.name ?? "")")
        case .tested(let id, let report):
            say(.theseus, .tests, "run \(plan.call(of: id, in: state)?.name ?? "a test")")
            say(.tests, .theseus, report.passed ? "passed" : "failed")
            say(.theseus, .journal, "the test's result")
        case .judged(_, let gate, let verdict):
            let word =
                switch verdict.ruling {
                case .pass: "pass"
                case .fail: "fail"
                case .notEnough: "not enough evidence yet"
                }
            let told = Line.message(from: .theseus, to: .journal, words: "gate \(gate): \(word)")
            guard lines.last != told else { return }
            say(.theseus, .prometheus, "queries of gate \(gate)")
            say(.theseus, .journal, "gate \(gate): \(word)")
        case .observed(_, let seen, _):
            say(.theseus, .prometheus, "the candidate's share")
            say(.theseus, .journal, seen ? "the mesh shows the weight" : "unseen")
        case .failed(_, let setback): say(.theseus, .journal, "failed: \(setback.reason)")
        case .deadlinePassed:
            if case .settle? = leg { say(.mesh, .theseus, "every proxy has heard") }
            say(.theseus, .journal, "time is up: \(leg?.name ?? "")")
        case .wished(let wish): say(.team, .theseus, wish.kind.rawValue)
        case .refused(_, let why): say(.theseus, .team, why)
        case .noticed(let text): say(.theseus, .journal, text)
        }
    }

    private static func name(_ step: Step) -> String {
        switch step {
        case .backup: "backup"
        case .deploy: "deploy"
        case .route: "route"
        case .reach: "reach"
        case .test(let call): "test \(call.name)"
        case .tests(let calls): "tests \(calls.map(\.name).joined(separator: ", "))"
        case .notify(let call): "notify \(call.name)"
        case .autoscale: "autoscale"
        case .drill: "drill"
        case .weight(let weight): "weight \(weight.percent)"
        case .mirror(let part): "mirror \(part.percent)"
        case .sticky: "sticky"
        case .bake: "bake"
        case .gate(let name): "gate \(name)"
        case .approve: "approve"
        case .pause: "pause"
        case .shrink: "shrink"
        case .retire: "retire"
        }
    }
}

package import CanaryEngine

/// Hears what happens in a run, and tells it as a sequence.
///
/// Only what is the same in every build: no measured numbers.
package struct SequenceTeller: Sendable {
    package private(set) var diagram = SequenceDiagram()
    private let plan: RunPlan
    /// Gates that ask another source than Prometheus.
    private let elsewhere: Set<String>
    private let repeats: Bool
    private var state = RunState()
    /// What gates and tests have said in this step.
    private var said: Set<SequenceDiagram.Line> = []

    /// `repeats`: what gates and tests say again while users look on is told again; else the first
    /// time in each step.
    package init(
        _ plan: RunPlan, of name: String, gatesElsewhere: Set<String> = [], repeats: Bool
    ) {
        self.plan = plan
        elsewhere = gatesElsewhere
        self.repeats = repeats
        say(.team, .theseus, "deploy \(name)")
    }

    /// A write that the API server took.
    package mutating func write(_ verb: String, _ object: String) {
        say(.theseus, .kubernetes, "\(verb) \(object)")
    }

    package mutating func end(_ word: String) { say(.theseus, .team, word) }

    package mutating func hear(_ fact: Fact, leadingTo next: RunState) {
        tell(fact, state.leg(plan))
        state = next
    }

    private mutating func open(_ chapter: String) {
        said = []
        diagram.lines.append(.chapter(chapter))
    }

    private mutating func say(
        _ from: SequenceDiagram.Party, _ to: SequenceDiagram.Party, _ words: String
    ) {
        let line = SequenceDiagram.Line.message(from: from, to: to, words: words)
        if line != diagram.lines.last { diagram.lines.append(line) }
    }

    /// A question and what came of it, the last of which may be what was told just now.
    private mutating func ask(_ messages: [SequenceDiagram.Line]) {
        guard let answer = messages.last, diagram.lines.last != answer else { return }
        guard repeats || !said.contains(answer) else { return }
        said.insert(answer)
        diagram.lines += messages
    }

    private mutating func tell(_ fact: Fact, _ leg: Leg?) {
        switch fact {
        case .planned: say(.theseus, .journal, "the run is planned")
        case .held: say(.theseus, .journal, "the run is held, epoch 1")
        case .stepBegun(let id):
            open("\(id.step + 1). \(plan.steps[id.step].name)")
            say(.theseus, .journal, "the step is begun")
        case .promotionDecided:
            open("the point of no return")
            say(.theseus, .journal, "promotion is decided")
        case .started: say(.theseus, .journal, "a test that runs once is started")
        case .backedUp: say(.theseus, .journal, "copies of all that the run may touch")
        case .recognised: say(.theseus, .journal, "the candidate's likeness")
        case .done:
            if case .reach? = leg { say(.theseus, .mesh, "matched and other requests") }
            say(.theseus, .journal, "done: \(leg?.name ?? "")")
        case .tested(let id, let report):
            let name = plan.call(of: id, in: state)?.name
            tell(test: name ?? "a test", passed: report.passed)
        case .judged(_, let gate, let verdict):
            let source: SequenceDiagram.Party = elsewhere.contains(gate) ? .elsewhere : .prometheus
            ask([
                .message(from: .theseus, to: source, words: "queries of gate \(gate)"),
                .message(
                    from: .theseus, to: .journal,
                    words: "gate \(gate): \(Self.word(verdict.ruling))"),
            ])
        case .observed(_, let seen, _):
            say(.theseus, .prometheus, "the candidate's share")
            say(.theseus, .journal, seen ? "the mesh shows the weight" : "unseen")
        case .lowered(_, let share):
            say(.theseus, .journal, "the candidate keeps \(share.percent)%")
        case .failed(_, let setback): say(.theseus, .journal, "failed: \(setback.reason)")
        case .deadlinePassed:
            if case .settle? = leg { say(.mesh, .theseus, "every proxy has heard") }
            say(.theseus, .journal, "time is up: \(leg?.name ?? "")")
        case .wished(let wish): say(.team, .theseus, wish.kind.rawValue)
        case .refused(_, let why): say(.theseus, .team, why)
        case .noticed(let text): say(.theseus, .journal, text)
        }
    }

    /// All tests have one answer for the journal; which test it was is told before.
    private mutating func tell(test name: String, passed: Bool) {
        let call = SequenceDiagram.Line.message(
            from: .theseus, to: .tests, words: "run \(name)")
        guard repeats || said.insert(call).inserted else { return }
        say(.theseus, .tests, "run \(name)")
        say(.tests, .theseus, passed ? "passed" : "failed")
        say(.theseus, .journal, "the test's result")
    }

    private static func word(_ ruling: Verdict.Ruling) -> String {
        switch ruling {
        case .pass: "pass"
        case .fail: "fail"
        case .notEnough: "not enough evidence yet"
        }
    }
}

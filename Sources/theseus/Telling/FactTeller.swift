internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import Glibc
internal import JSONTree
internal import Lab
internal import Retelling
internal import Synchronization
internal import Voyage

/// Tells facts as they come: in lines for people, or one JSON object a line.
final class FactTeller: Sendable {
    private let asJSON: Bool
    private let hasColours: Bool
    /// The embedded world, whose users can be counted without asking anybody.
    private let lab: LabWorld?
    /// The embedded world's time when the telling began: users are counted from here.
    private let beginning: Duration
    /// It happens now: who reads it may want to end it.
    private let isLive: Bool
    /// Stands before each line for people.
    private let heading: String
    private let gates = Mutex<[String: GateLine]>([:])

    private struct GateLine: Sendable {
        var ruling: Verdict.Ruling
        var clock: Duration
    }

    /// A gate that says the same again is told this seldom.
    private static let gateRest = Duration.seconds(30)

    init(
        _ request: CommandRequest, lab: LabWorld?, heading: String = "", isLive: Bool = true
    ) {
        self.heading = heading
        self.isLive = isLive
        asJSON = request.wantsJSON
        hasColours = Tint.areWanted(request)
        self.lab = lab
        beginning = lab?.now ?? .zero
    }

    func tell(_ fact: LoggedFact, _ charter: RunCharter) {
        if asJSON {
            Terminal.say(Self.json(fact, charter.run))
            return
        }
        let lines = FactLines(plan: charter.flow.plan)
        guard isNews(fact), let line = lines.line(fact) else { return }
        if fact.sequence == 1 {
            Terminal.say(
                heading + "run \(charter.run) of \(charter.target)"
                    + (isLive ? "; `theseus abort \(charter.run)` brings it home" : ""))
        }
        let whole = heading + line + users(charter)
        Terminal.say(hasColours ? Tint(of: fact).paint(whole) : whole)
        for detail in lines.details(fact.fact) { Terminal.say("\(heading)         \(detail)") }
        if fact.state.isOver { tellEnd(charter) }
        // People read slower than the embedded lab turns its clock.
        if lab != nil, Terminal.isWatched { usleep(60_000) }
    }

    private func isNews(_ fact: LoggedFact) -> Bool {
        guard case .judged(_, let gate, let verdict) = fact.fact, verdict.ruling != .fail else {
            return true
        }
        return gates.withLock { gates in
            if let last = gates[gate], last.ruling == verdict.ruling,
                fact.state.clock - last.clock < Self.gateRest
            {
                return false
            }
            gates[gate] = GateLine(ruling: verdict.ruling, clock: fact.state.clock)
            return true
        }
    }

    /// `  [v1 950/0 v2 12/1]`: requests and errors since the beginning, where the world is ours to
    /// look at.
    private func users(_ charter: RunCharter) -> String {
        guard let counts = counts(charter) else { return "" }
        return "   ["
            + counts.map { "\($0.version) \($0.requests)/\($0.errors)" }
            .joined(separator: " ") + "]"
    }

    private func tellEnd(_ charter: RunCharter) {
        guard let lab, let candidate = counts(charter)?.last else { return }
        let lost = lab.reach { Int($0.mesh.lost(from: beginning)) }
        Terminal.say(
            "\(candidate.requests) requests of users met \(candidate.version):"
                + " \(candidate.errors) were hurt, \(lost) were lost")
    }

    private struct Count: Sendable {
        var version: String
        var requests: Int
        var errors: Int
    }

    private func counts(_ charter: RunCharter) -> [Count]? {
        let versions = [charter.stable?.label, charter.candidate.label].compactMap { $0 }
        let start = beginning
        return lab?.reach { state in
            versions.map {
                Count(
                    version: $0, requests: Int(state.mesh.requests(to: $0, from: start)),
                    errors: Int(state.mesh.errors(of: $0, from: start)))
            }
        }
    }

    static func json(_ fact: LoggedFact, _ run: String) -> String {
        let (kind, payload) = FactCodec.encode(fact.fact)
        return JSONWriter.text(of: [
            "run": .string(run), "sequence": .integer(fact.sequence),
            "epoch": .integer(fact.epoch), "date": .integer(fact.date),
            "actor": .string(fact.actor), "kind": .integer(kind), "fact": payload,
            "weight": .integer(fact.state.weight.percent),
        ])
    }
}

internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import Foresight
internal import Journal
internal import Lab
internal import Timekeeping
internal import Voyage

/// `theseus deploy FLOW`.
struct DeployCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        try request.checkRunID()
        let kept = try KeptPlan(request)
        let (flow, source) =
            if let kept { (kept.flow, kept.source) } else { try request.flow() }
        guard request.value("--cluster") == "lab" else {
            let ground = try await Ground.cluster(request)
            return try await deploy(flow, source, ground, as: kept)
        }
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        let ground = try Ground.lab(try LabWorlds.world(nil), clock)
        return try turnable.run { try await deploy(flow, source, ground, as: kept) }
    }

    /// `kept`: the plan that it is to be, and no other.
    func deploy(
        _ flow: Flow, _ source: FlowSource, _ ground: Ground, as kept: KeptPlan? = nil
    ) async throws -> ExitCode {
        let run = request.value("--run-id") ?? RunName.make(flow.name)
        var terms = Departure.Terms()
        if request.has("--stable-unhealthy") { terms.unfitStable = Environment.person }
        if let kept { terms.unfitStable = kept.unfitStable }
        if request.has("--dry-run") {
            let departure = Departure(rig: ground.rig, run: run, terms: terms)
            try await kept?.check(on: ground)
            let charter = try await departure.survey(flow, from: source)
            try kept?.check(charter)
            return list(charter)
        }
        let logbook = try await Logbook.open(
            request, .begins, on: ground, namespace: flow.target.namespace)
        let store = logbook.store
        terms.remembersInCluster = logbook.isInCluster
        let departure = Departure(rig: ground.rig, run: run, terms: terms)
        if flow.guardian != nil { try request.checkGuard(remembersInCluster: logbook.isInCluster) }
        let drive = Drive(request: request, ground: ground, logbook: logbook)
        if try await store.runs().contains(where: { $0.run == run }),
            try await store.last(of: run) != nil
        {
            return try await drive.takeAgain(run, of: flow, removes: false)
        }
        try await kept?.check(on: ground)
        return try await drive.namingTheHolder {
            let charter = try await departure.survey(flow, from: source)
            try kept?.check(charter)
            return try await drive.begin(charter)
        }
    }

    private func list(_ charter: RunCharter) -> ExitCode {
        let stable = charter.stable.map { "\($0.deployment) (\($0.label))" } ?? "nothing"
        Terminal.say(
            "\(charter.target): \(stable) -> \(charter.candidate.deployment)"
                + " (\(charter.candidate.label))")
        for (index, step) in charter.flow.plan.steps.enumerated() {
            let legs = charter.flow.plan.legs(ofStep: index).dropFirst().map(\.name)
            let rest = legs.isEmpty ? "" : ": \(legs.joined(separator: ", "))"
            Terminal.say("\(index + 1). \(step.name)\(rest)")
        }
        Terminal.say("nothing was changed")
        return .done
    }
}

/// Names of runs: the flow, and a few letters that tell two of them apart.
enum RunName {
    static func make(_ flow: String) -> String {
        var dice = SystemRandomNumberGenerator()
        let letters = Array("bcdfghjkmnpqrstvwxz23456789")
        let tail = String(
            (0..<4).map { _ in letters[Int.random(in: letters.indices, using: &dice)] })
        return "\(flow)-\(tail)"
    }

    /// Stands on objects, in commands and in files: letters, digits, and marks between them.
    static func isFit(_ name: String) -> Bool {
        let letters = name.utf8.map { Unicode.Scalar($0) }
        func isPlain(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": true
            default: false
            }
        }
        return (1...63).contains(letters.count)
            && letters.allSatisfy { isPlain($0) || $0 == "-" || $0 == "_" || $0 == "." }
            && letters.first.map(isPlain) == true && letters.last.map(isPlain) == true
    }
}

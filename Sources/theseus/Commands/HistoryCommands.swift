internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import JSONTree
internal import Journal
internal import KubernetesAPI
internal import Voyage

/// `theseus history`: the runs in this journal, oldest first.
struct HistoryCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        let logbook = try await Logbook.open(request, .reads)
        let store = logbook.store
        var isEmpty = true
        for card in try await RunChoice(request, logbook).cards() {
            if let wanted = request.operand, wanted != card.service { continue }
            guard let last = try await RunLog(run: card.run, store: store).last() else { continue }
            isEmpty = false
            var end = Self.end(last.state)
            if last.state.course == .promoted,
                try await Charters.read(RunLog(run: card.run, store: store)).removal != nil
            {
                end = "removed"
            }
            if request.wantsJSON {
                Terminal.say(
                    JSONWriter.text(of: [
                        "run": .string(card.run), "target": .string(card.target),
                        "opened": .integer(card.opened), "end": .string(end),
                        "records": .integer(last.sequence),
                    ]))
            } else {
                Terminal.say("\(card.run)  \(card.target)  \(end)  \(last.sequence) records")
            }
        }
        if isEmpty, !request.wantsJSON { Terminal.say(logbook.emptiness) }
        return .done
    }

    static func end(_ state: RunState) -> String {
        switch state.course {
        case .promoted: "promoted"
        case .rolledBack(let why): "rolled back: \(why.reason)"
        case .personNeeded(let trouble): "a person is needed: \(trouble.setback.reason)"
        case .advancing, .asking, .paused, .returning, .closing: "open"
        }
    }
}

/// `theseus show RUN`: every fact, in order; or every number.
struct ShowCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        let logbook = try await Logbook.open(request, .reads)
        let card = try await RunChoice(request, logbook).find(request.operand ?? "")
        let log = RunLog(run: card.run, store: logbook.store)
        let charter = try await Charters.read(log)
        try await ReportFiles(request).write(log)
        if request.has("--measurements") {
            let lines = MeasurementLines(run: card.run, plan: charter.flow.plan)
            for fact in try await log.facts() {
                let line = request.wantsJSON ? lines.json(fact) : lines.line(fact)
                if let line { Terminal.say(line) }
            }
            return .done
        }
        let facts = try await log.facts()
        let isOver = facts.last?.state.isOver ?? false
        let teller = FactTeller(request, lab: nil, isLive: !isOver)
        for fact in facts { teller.tell(fact, charter) }
        return .done
    }
}

/// `theseus verify`: the chain, the replay, and the heads that the cluster's objects carry.
struct VerifyCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        let logbook = try await Logbook.open(request, .reads)
        var cards = try await RunChoice(request, logbook).cards()
        if let name = request.operand { cards = [try await RunChoice(request, logbook).find(name)] }
        var cluster = ClusterLook(logbook)
        var end = ExitCode.done
        for card in cards {
            do {
                try await verify(card, logbook, &cluster)
            } catch {
                // One run that is damaged hides no other.
                Terminal.complain(Wording.text(of: error))
                end = Wording.exit(for: error, begins: false)
            }
        }
        return end == .done ? cluster.end : end
    }

    private func verify(_ card: RunCard, _ logbook: Logbook, _ cluster: inout ClusterLook)
        async throws
    {
        let log = RunLog(run: card.run, store: logbook.store)
        let facts = try await log.facts()
        guard !facts.isEmpty else { return }
        let charter = try await Charters.read(log)
        try Self.replay(facts, charter.flow.plan, card.run)
        let answer = try await cluster.ask(of: card) { _, client in
            try await Heads(cluster: client, store: logbook.store).check(charter)
        }
        // A lost tail shows in the cluster alone: without it nobody can call the journal clean.
        let doubt: String? =
            switch answer {
            case .told: nil
            case .unasked(let why): why
            case .forgotten: "the embedded lab that it was in is gone"
            }
        if request.wantsJSON {
            var line: JSONTree = [
                "run": .string(card.run), "records": .integer(facts.count),
                "clean": .bool(doubt == nil),
            ]
            if let doubt { line["unasked"] = .string(doubt) }
            Terminal.say(JSONWriter.text(of: line))
        } else {
            let verdict = doubt.map { "whole in itself; \($0)" } ?? "clean"
            Terminal.say("\(card.run)  \(facts.count) records  \(verdict)")
        }
    }

    /// Facts heard again must lead to the states that stand beside them.
    private static func replay(_ facts: [LoggedFact], _ plan: RunPlan, _ run: String) throws {
        var state = RunState()
        for fact in facts {
            state.hear(fact.fact, at: fact.state.clock, plan)
            guard state == fact.state else {
                throw VoyageError(
                    .damaged("record \(fact.sequence) does not lead to the state beside it"),
                    place: "run \(run)")
            }
        }
    }
}

/// Plans of runs, read from the journal alone.
enum Charters {
    static func read(_ log: RunLog) async throws -> RunCharter {
        guard let first = try await log.facts().first, case .planned(let digest) = first.fact,
            let bytes = try await log.store.blob(digest)
        else { throw VoyageError(.nothingPlanned, place: "run \(log.run)") }
        return try RunCharter(tree: try JSONReader.tree(of: bytes))
    }
}

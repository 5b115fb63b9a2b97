internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import IstioRoutes
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

    /// What was found of one run.
    private struct Verdict {
        let run: String
        let records: Int
        /// Why nobody can call it clean; of a damaged one, what is wrong.
        var doubt: String?
        var isDamaged = false

        var line: String {
            "\(run)  \(records) records  \(doubt.map { "whole in itself; \($0)" } ?? "clean")"
        }

        var tree: JSONTree {
            var tree: JSONTree = [
                "run": .string(run), "records": .integer(records), "clean": .bool(doubt == nil),
            ]
            if let doubt { tree[isDamaged ? "damaged" : "unasked"] = .string(doubt) }
            return tree
        }
    }

    func carryOut() async throws -> ExitCode {
        var verdicts: [Verdict] = []
        do {
            let end = try await look(&verdicts)
            say(verdicts)
            return end
        } catch {
            say(verdicts)
            throw error
        }
    }

    /// One array, whatever there is to say.
    private func say(_ verdicts: [Verdict]) {
        guard request.wantsJSON else { return }
        Terminal.say(JSONWriter.text(of: .array(verdicts.map(\.tree))))
    }

    private func look(_ verdicts: inout [Verdict]) async throws -> ExitCode {
        let logbook: Logbook
        do {
            logbook = try await Logbook.open(request, .reads)
        } catch let error as JournalError {
            let strays = await StrayMarks.withoutJournal(request).filter { !$0.isDriven }
            if strays.isEmpty { throw error }
            Terminal.complain("\(error)")
            name(strays, in: &verdicts)
            return .personNeeded
        }
        let sight = await StrayMarks(request, logbook).seen(named: request.operand)
        let strays = sight.strays.filter { !$0.isDriven }
        let cards = try await cards(logbook, hasStrays: !strays.isEmpty)
        var cluster = ClusterLook(logbook)
        var end = ExitCode.done
        for card in cards {
            do {
                guard var verdict = try await verify(card, logbook, &cluster) else { continue }
                if verdict.doubt == nil,
                    let doubt = try await astray(card, sight, logbook, &cluster)
                {
                    (verdict.doubt, verdict.isDamaged) = (doubt, true)
                    end = .personNeeded
                }
                if !request.wantsJSON { Terminal.say(verdict.line) }
                verdicts.append(verdict)
            } catch {
                // One run that is damaged hides no other.
                let text = Wording.text(of: error)
                Terminal.complain(text)
                let what = text.split(separator: "\n").first.map(String.init) ?? ""
                verdicts.append(Verdict(run: card.run, records: 0, doubt: what, isDamaged: true))
                end = Wording.exit(for: error, begins: false)
            }
        }
        name(strays, in: &verdicts)
        if !strays.isEmpty { end = .personNeeded }
        return end == .done ? cluster.end : end
    }

    private func name(_ strays: [StrayMarks.Stray], in verdicts: inout [Verdict]) {
        for stray in strays {
            Terminal.complain("\(stray.error)")
            verdicts.append(
                Verdict(run: stray.mark.run, records: 0, doubt: stray.reason, isDamaged: true))
        }
    }

    /// Says where users are led elsewhere than the journal has it, or by nothing that is the run's; of one
    /// that somebody drives, nothing: that is looked at by whoever drives it.
    private func astray(
        _ card: RunCard, _ sight: StrayMarks.Sight, _ logbook: Logbook,
        _ cluster: inout ClusterLook
    ) async throws -> String? {
        let log = RunLog(run: card.run, store: logbook.store)
        guard let last = try await log.last() else { return nil }
        let noted = last.state.weight.percent
        guard let share = sight.share(of: card) else {
            if last.state.isOver { return nil }
            let charter = try await Charters.read(log)
            let answer = try await cluster.ask(of: card) { ground, client in
                try await MissingMark(ground: ground, client: client, store: logbook.store)
                    .isMissing(charter, after: last)
            }
            if case .told(true) = answer { return MissingMark.words }
            return nil
        }
        guard share > noted else { return nil }
        let rig = try await logbook.ground().rig
        let life = try await TargetLease(
            client: rig.cluster.patient(for: rig.pace.patience), namespace: card.namespace,
            service: card.service, run: card.run, holder: "", pace: rig.pace
        ).life()
        if let life, life.run == card.run, !life.isOver { return nil }
        return "the routes give the candidate \(share)%, and the journal says \(noted)%"
    }

    /// Those that are meant; none where the named one has left nothing but marks.
    private func cards(_ logbook: Logbook, hasStrays: Bool) async throws -> [RunCard] {
        let choice = RunChoice(request, logbook)
        guard let name = request.operand else { return try await choice.cards() }
        do {
            return [try await choice.find(name)]
        } catch let error as VoyageError where error.code == .unknownRun && hasStrays {
            return []
        }
    }

    private func verify(_ card: RunCard, _ logbook: Logbook, _ cluster: inout ClusterLook)
        async throws -> Verdict?
    {
        let log = RunLog(run: card.run, store: logbook.store)
        let facts = try await log.facts()
        guard !facts.isEmpty else { return nil }
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
        return Verdict(run: card.run, records: facts.count, doubt: doubt)
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

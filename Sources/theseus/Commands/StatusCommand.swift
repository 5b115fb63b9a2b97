internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import IstioRoutes
internal import JSONTree
internal import Journal
internal import KubernetesAPI
internal import Manifests
internal import Retelling
internal import Voyage

/// `theseus status`: where runs stand, and the one command that continues.
struct StatusCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    struct Row: Sendable {
        var card: RunCard
        var state: String
        var step: String
        var weight: Int
        var reason: String
        var next: String
        /// The last sign of life of its process; nil where none holds the target for it.
        var life: TargetLease.Life?

        /// The journal and the routes contradict each other, and a person must say which is right.
        var isAstray = false

        mutating func add(_ reason: String) {
            self.reason += (self.reason.isEmpty ? "" : "; ") + reason
        }

        /// The journal has lost what the run has done since; nobody may drive it by that.
        mutating func lose(_ records: Int, of all: Int) {
            isAstray = true
            add("the journal has lost records: it has \(records) of \(all)")
            next = "theseus abort \(card.run)"
        }

        /// Where nobody drives the run, the routes are right, and the journal may be late.
        func corrected(by sight: StrayMarks.Sight) -> Row {
            guard state != "running", state != "unknown", let share = sight.share(of: card),
                share != weight
            else {
                return self
            }
            var row = self
            row.weight = share
            row.add("\(weight)% by the journal")
            return row
        }
    }

    func carryOut() async throws -> ExitCode {
        do {
            return try await look()
        } catch {
            // Whoever reads JSON finds one array, whatever else went wrong.
            if request.wantsJSON { Terminal.say("[]") }
            throw error
        }
    }

    private func look() async throws -> ExitCode {
        let logbook: Logbook
        do {
            logbook = try await Logbook.open(request, .reads)
        } catch let error as JournalError {
            return try await withoutJournal(error)
        }
        var cluster = ClusterLook(logbook)
        let sight = await StrayMarks(request, logbook).seen(named: request.operand)
        var rows: [Row] = []
        var end = ExitCode.done
        for card in try await RunChoice(request, logbook).cards() {
            if let wanted = request.operand, wanted != card.service, wanted != card.run { continue }
            do {
                // All of it: one record alone does not say whether the chain holds.
                let facts = try await RunLog(run: card.run, store: logbook.store).facts()
                guard let last = facts.last else { continue }
                var row = try await row(card, last, logbook, &cluster, sight)
                    .corrected(by: sight)
                if let all = sight.records(of: card, beyond: last.sequence) {
                    row.lose(last.sequence, of: all)
                }
                if row.isAstray { end = .personNeeded }
                rows.append(row)
            } catch {
                // One run that cannot be read hides no other.
                Terminal.complain(Wording.text(of: error))
                end = Wording.exit(for: error, begins: false)
            }
        }
        rows += sight.strays.map(Self.row)
        if sight.strays.contains(where: { !$0.isDriven }) { end = .personNeeded }
        tell(rows, logbook, end)
        return end == .done ? cluster.end : end
    }

    /// What cannot be opened keeps nobody from looking at the routes.
    private func withoutJournal(_ error: JournalError) async throws -> ExitCode {
        let strays = await StrayMarks.withoutJournal(request)
        if strays.isEmpty { throw error }
        Terminal.complain("\(error)")
        let rows = strays.map(Self.row)
        if request.wantsJSON {
            Terminal.say(JSONWriter.text(of: .array(rows.map(Self.tree))))
        } else {
            for row in rows { tell(row) }
        }
        return strays.contains { !$0.isDriven }
            ? .personNeeded : Wording.exit(for: error, begins: false)
    }

    private func tell(_ rows: [Row], _ logbook: Logbook, _ end: ExitCode) {
        if request.wantsJSON {
            Terminal.say(JSONWriter.text(of: .array(rows.map(Self.tree))))
        } else if rows.isEmpty, end == .done {
            Terminal.say(logbook.emptiness)
        } else {
            for row in rows { tell(row) }
        }
    }

    /// Of a run that another journal has, or none any more.
    private static func row(_ stray: StrayMarks.Stray) -> Row {
        let mark = stray.mark
        return Row(
            card: RunCard(
                run: mark.run, target: "? \(mark.namespace)/\(mark.service)", opened: 0),
            state: stray.isDriven ? "running" : "unremembered", step: "",
            weight: mark.share.percent, reason: stray.reason, next: stray.next)
    }

    private func row(
        _ card: RunCard, _ last: LoggedFact, _ logbook: Logbook, _ cluster: inout ClusterLook,
        _ sight: StrayMarks.Sight
    ) async throws -> Row {
        let state = last.state
        let charter = try? await Charters.read(RunLog(run: card.run, store: logbook.store))
        let step = charter.map { FactLines(plan: $0.flow.plan).step(state) } ?? ""
        var row = Row(
            card: card, state: "", step: state.isOver ? "" : step, weight: state.weight.percent,
            reason: "", next: "")
        switch state.course {
        case .promoted:
            row.state = charter?.removal == nil ? "promoted" : "removed"
        case .rolledBack(let why):
            row.state = "rolled-back"
            row.reason = why.reason
        case .personNeeded(let trouble):
            row.state = "person-needed"
            row.reason = trouble.setback.reason
            row.next = "theseus resume \(card.run)"
        case .advancing, .asking, .paused, .returning, .closing:
            (row.reason, row.next) = Self.doing(state, card.run, charter?.flow.plan)
            // What a way home that takes long waits for is what was heard last.
            if case .returning = state.course, case .noticed(let wait) = last.fact {
                row.add("\(wait)")
            }
            switch try await liveliness(card, &cluster) {
            case .told(let (state, life)):
                row.state = state
                row.life = life
            case .forgotten:
                row.state = "interrupted"
            case .unasked(let why):
                row.state = "unknown"
                row.reason = why
            }
            if row.state != "running" {
                row.next = "theseus resume \(card.run)"
                let kept = await kept(card.run, after: state.answeredWish, logbook)
                if !kept.isEmpty { row.add(kept) }
            }
            if ["interrupted", "orphaned"].contains(row.state), let charter,
                sight.share(of: card) == nil,
                case .told(true) = try await cluster.ask(
                    of: card,
                    {
                        try await MissingMark(ground: $0, client: $1, store: logbook.store)
                            .isMissing(charter, after: last)
                    })
            {
                row.isAstray = true
                row.add(MissingMark.words)
                row.next = "theseus abort \(card.run)"
            }
        }
        return row
    }

    /// By the lease; a released one means that somebody stopped the run.
    private func liveliness(_ card: RunCard, _ cluster: inout ClusterLook) async throws
        -> ClusterLook.Answer<(state: String, life: TargetLease.Life?)>
    {
        try await cluster.ask(of: card) { ground, client in
            let lease = TargetLease(
                client: client, namespace: card.namespace, service: card.service,
                run: card.run, holder: "", pace: ground.rig.pace)
            guard let life = try await lease.life(), life.run == card.run else {
                return ("interrupted", nil)
            }
            return (life.isOver ? "orphaned" : "running", life)
        }
    }

    private static func doing(_ state: RunState, _ run: String, _ plan: RunPlan?) -> (
        String, String
    ) {
        switch state.course {
        case .asking:
            (
                "\(plan.flatMap { state.question($0) } ?? "somebody must say"): go on?",
                "theseus approve \(run)"
            )
        case .paused(_, let by): ("paused by \(by)", "theseus resume \(run)")
        case .returning(let way): (way.why.reason, "")
        case .closing:
            (plan?.isRemoval == true ? "the removal is decided" : "promotion is decided", "")
        case .advancing(let place):
            if let plan, plan.steps.indices.contains(place.step),
                case .approve = plan.steps[place.step]
            {
                ("waits for approval", "theseus approve \(run)")
            } else if let person = state.pauseWish {
                ("pause asked by \(person), before the next step", "theseus resume \(run)")
            } else {
                ("", "theseus abort \(run)")
            }
        case .promoted, .rolledBack, .personNeeded: ("", "")
        }
    }

    private static func tree(_ row: Row) -> JSONTree {
        var tree: JSONTree = [
            "run": .string(row.card.run), "service": .string(row.card.service),
            "namespace": .string(row.card.namespace), "state": .string(row.state),
            "step": .string(row.step), "weight": .integer(row.weight),
            "reason": .string(row.reason), "next": .string(row.next),
        ]
        guard let life = row.life else { return tree }
        tree["lastHeardSeconds"] = .integer(seconds(life.silence))
        if !life.isOver { tree["orphanedInSeconds"] = .integer(seconds(life.rest)) }
        return tree
    }

    /// What was asked for, and waits for somebody who drives the run.
    private func kept(_ run: String, after number: Int, _ logbook: Logbook) async -> String {
        let wishes = (try? await logbook.store.wishes(of: run, after: number)) ?? []
        let said = wishes.compactMap(WishCodec.decode).map { "\($0.kind.rawValue), says \($0.by)" }
        return said.isEmpty
            ? "" : "heard by whoever drives it next: " + said.joined(separator: "; ")
    }

    private static func seconds(_ duration: Duration) -> Int {
        Int((duration / .seconds(1)).rounded())
    }

    /// Of a process that was just killed nobody knows more than this.
    private static func line(_ life: TargetLease.Life) -> String {
        let heard = "last heard \(PlanLines.text(life.silence)) ago"
        return life.isOver ? heard : "\(heard); orphaned in \(PlanLines.text(life.rest))"
    }

    private func tell(_ row: Row) {
        Terminal.say(
            "\(row.card.run)  \(row.card.namespace)/\(row.card.service)  \(row.state)"
                + (row.step.isEmpty ? "" : "  \(row.step)") + "  \(row.weight)%"
                + (row.reason.isEmpty ? "" : "  \(row.reason)"))
        if let life = row.life { Terminal.say("  \(Self.line(life))") }
        if !row.next.isEmpty { Terminal.say("  next: \(row.next)") }
    }
}

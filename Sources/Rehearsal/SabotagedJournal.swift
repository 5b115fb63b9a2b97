internal import CanaryEngine
internal import Chronicle
internal import Journal

/// A journal as a faulty reader has it: who hears of no abort that came after `promote`, or who takes
/// a promotion of which somebody is yet to be told for one that is over.
struct SabotagedJournal: JournalStore {
    let inner: any JournalStore
    let sabotage: Sabotage
    let plan: RunPlan

    func wishes(of run: String, after number: Int) async throws(JournalError) -> [InboxWish] {
        guard sabotage == .deafAfterPromote else {
            return try await inner.wishes(of: run, after: number)
        }
        let all = try await inner.wishes(of: run, after: 0)
        let promoted = all.first { WishCodec.decode($0)?.kind == .promote }?.number ?? .max
        return all.filter {
            $0.number > number && !($0.number > promoted && WishCodec.decode($0)?.kind == .abort)
        }
    }

    func append(_ draft: RecordDraft, to run: String, after head: JournalHead)
        async throws(JournalError) -> JournalRecord
    {
        try await inner.append(draft, to: run, after: head)
    }

    func open(_ run: RunCard) async throws(JournalError) { try await inner.open(run) }

    func keep(_ blob: [UInt8]) async throws(JournalError) -> String {
        try await inner.keep(blob)
    }

    func post(_ wish: [UInt8], to run: String) async throws(JournalError) -> Int {
        try await inner.post(wish, to: run)
    }

    func records(of run: String, from first: Int) async throws(JournalError) -> [JournalRecord] {
        try await inner.records(of: run, from: first)
    }

    func last(of run: String) async throws(JournalError) -> JournalRecord? {
        guard sabotage == .lostHook, let last = try await inner.last(of: run),
            let logged = try? RunLog.read(last), case .closing(let place) = logged.state.course,
            plan.legsOfClosing.indices.contains(place.leg),
            case .tell = plan.legsOfClosing[place.leg]
        else { return try await inner.last(of: run) }
        var state = logged.state
        state.course = .promoted
        _ = try await RunLog(run: run, store: inner).remember(
            .noticed("nothing is left to do"), leadingTo: state, by: "theseus", date: logged.date,
            after: logged.head)
        return try await inner.last(of: run)
    }

    func runs() async throws(JournalError) -> [RunCard] { try await inner.runs() }

    func blob(_ digest: String) async throws(JournalError) -> [UInt8]? {
        try await inner.blob(digest)
    }
}

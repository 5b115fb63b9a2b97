import Digests
import Journal
import Testing

/// What a store has answered so far: that, and nothing else but one write under way, must be found.
struct Told {
    private var cards: [RunCard] = []
    private var records: [String: [JournalRecord]] = [:]
    private var wishes: [String: [InboxWish]] = [:]
    private var blobs: [[UInt8]] = []
    /// The write that failed: it may be found, but not in part.
    private var underWay: Step?
    private(set) var failure: JournalError?

    enum Step: Sendable {
        case open(String)
        case append(String, RecordDraft)
        case post(String, [UInt8])
        case keep([UInt8])
    }

    /// Small writes and ones of several pages, two runs, and enough of it to fold the log.
    static let script: [Step] = {
        var steps: [Step] = [.open("a"), .post("a", [1]), .open("b")]
        for number in 1...5 {
            var draft = RecordDraft.sample(number)
            if number == 3 { draft.payload = Array(repeating: 3, count: 9_000) }
            steps.append(.append(number == 4 ? "b" : "a", draft))
            steps.append(.keep(Array(repeating: UInt8(number), count: number * 1_000)))
        }
        return steps + [.post("a", []), .post("b", Array("abort".utf8)), .append("a", .sample(6))]
    }()

    /// Opens the store and goes through the script, also past the first failure.
    mutating func live(
        path: String, vfs: String, lastly: () -> Void = {}
    ) async {
        do {
            let store = try SQLiteJournal(path: path, vfs: vfs, foldAfter: 60_000)
            for step in Self.script { await take(step, store) }
            if failure != nil { await readOn(store) }
            lastly()
        } catch {
            failure = error
            #expect([.unwritable, .unreadable].contains(error.code), "\(error)")
        }
    }

    private mutating func take(_ step: Step, _ store: SQLiteJournal) async {
        do {
            switch step {
            case .open(let run):
                try await store.open(.sample(run))
                cards.append(.sample(run))
            case .append(let run, let draft):
                let head = records[run]?.last?.head ?? .start
                let record = try await store.append(draft, to: run, after: head)
                records[run, default: []].append(record)
            case .post(let run, let wish):
                let number = try await store.post(wish, to: run)
                wishes[run, default: []].append(InboxWish(number: number, wish: wish))
            case .keep(let blob):
                _ = try await store.keep(blob)
                blobs.append(blob)
            }
            if let failure { Issue.record("took a write after \(failure)") }
        } catch {
            if let failure {
                #expect(error == failure)
            } else {
                failure = error
                underWay = step
                #expect(error.code == .unwritable, "\(error)")
            }
        }
    }

    /// A store that writes no more still reads, as far as the disk lets it.
    private func readOn(_ store: SQLiteJournal) async {
        for card in cards {
            do {
                let found = try await store.records(of: card.run, from: 1)
                #expect(found == records[card.run, default: []])
            } catch {
                #expect(error.code == .unreadable, "\(error)")
            }
        }
    }

    /// Opens the journal on a sound disk, and looks for all of it.
    func compare(path: String, vfs: String, comment: String) async throws {
        let store = try SQLiteJournal(path: path, vfs: vfs)
        var allowed: [[RunCard]] = [cards]
        if case .open(let run) = underWay { allowed.append(cards + [.sample(run)]) }
        #expect(allowed.contains(try await store.runs()), "\(comment)")
        for card in cards {
            try await compare(run: card.run, in: store, comment: comment)
        }
        for blob in blobs {
            #expect(try await store.blob(SHA256.hex(of: blob)) == blob, "\(comment)")
        }
        // And the journal goes on from there.
        try await store.fill("afterwards", count: 2)
    }

    private func compare(run: String, in store: SQLiteJournal, comment: String) async throws {
        let written = records[run, default: []]
        var chains: [[JournalRecord]] = [written]
        if case .append(run, let draft) = underWay {
            let head = written.last?.head ?? .start
            chains.append(written + [JournalRecord(draft, of: run, after: head)])
        }
        #expect(chains.contains(try await store.records(of: run, from: 1)), "\(comment)")

        let posted = wishes[run, default: []]
        var inboxes: [[InboxWish]] = [posted]
        if case .post(run, let wish) = underWay {
            inboxes.append(posted + [InboxWish(number: posted.count + 1, wish: wish)])
        }
        #expect(inboxes.contains(try await store.wishes(of: run, after: 0)), "\(comment)")
    }
}

package import CanaryEngine
import JSONTree
package import Journal

/// One remembered fact, read again.
package struct LoggedFact: Hashable, Sendable {
    package let sequence: Int
    package let epoch: Int
    package let date: Int
    package let actor: String
    package let fact: Fact
    package let state: RunState
    package let head: JournalHead

    package init(
        sequence: Int, epoch: Int, date: Int, actor: String, fact: Fact, state: RunState,
        head: JournalHead
    ) {
        self.sequence = sequence
        self.epoch = epoch
        self.date = date
        self.actor = actor
        self.fact = fact
        self.state = state
        self.head = head
    }
}

/// One run's journal in the engine's words.
package struct RunLog: Sendable {
    package let run: String
    package let store: any JournalStore

    package init(run: String, store: any JournalStore) {
        self.run = run
        self.store = store
    }

    /// Appends a fact with the state that it leads to.
    package func remember(
        _ fact: Fact, leadingTo state: RunState, by actor: String, date: Int,
        after head: JournalHead
    ) async throws(JournalError) -> JournalHead {
        let (kind, payload) = FactCodec.encode(fact)
        let draft = RecordDraft(
            epoch: state.epoch, date: date, actor: actor, kind: kind,
            payload: JSONWriter.bytes(of: payload),
            state: JSONWriter.bytes(of: StateCodec.encode(state)))
        return try await store.append(draft, to: run, after: head).head
    }

    /// All facts, the chain checked.
    package func facts(from first: Int = 1) async throws -> [LoggedFact] {
        var facts: [LoggedFact] = []
        for record in try await store.records(of: run, from: first) {
            facts.append(try Self.read(record))
        }
        return facts
    }

    /// The first fact: the plan.
    package func first() async throws -> LoggedFact? {
        try await store.records(of: run, from: 1).first.map { try Self.read($0) }
    }

    /// The newest fact; nil for a run of which nothing was remembered.
    package func last() async throws -> LoggedFact? {
        try await store.last(of: run).map { try Self.read($0) }
    }

    package static func read(_ record: JournalRecord) throws(ChronicleError) -> LoggedFact {
        let place = "run \(record.run), record \(record.sequence)"
        let draft = record.draft
        let payload: JSONTree
        let stored: JSONTree
        do {
            payload = try JSONReader.tree(of: draft.payload)
            stored = try JSONReader.tree(of: draft.state)
        } catch {
            throw ChronicleError("a record that is not JSON (\(error.reason))", place: place)
        }
        guard let fact = FactCodec.decode(kind: draft.kind, payload) else {
            throw ChronicleError("a record of the unknown kind \(draft.kind)", place: place)
        }
        return LoggedFact(
            sequence: record.sequence, epoch: draft.epoch, date: draft.date, actor: draft.actor,
            fact: fact, state: try StateCodec.decode(stored, place: place), head: record.head)
    }
}

/// A wish in the inbox, as bytes.
package enum WishCodec {
    package static func encode(_ kind: Wish.Kind, by: String) -> [UInt8] {
        JSONWriter.bytes(of: ["kind": .string(kind.rawValue), "by": .string(by)])
    }

    package static func decode(_ wish: InboxWish) -> Wish? {
        guard let tree = try? JSONReader.tree(of: wish.wish),
            let kind = (tree["kind"]?.text).flatMap(Wish.Kind.init(rawValue:)),
            let by = tree["by"]?.text
        else { return nil }
        return Wish(kind, by: by, number: wish.number)
    }
}

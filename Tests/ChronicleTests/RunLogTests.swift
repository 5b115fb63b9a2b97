import CanaryEngine
import Chronicle
import JSONTree
import Journal
import Testing

@Suite struct RunLogTests {
    private static func log() async throws -> RunLog {
        let store = MemoryJournal()
        try await store.open(
            RunCard(run: "r-1", target: "lab demo demo-app", opened: 1))
        return RunLog(run: "r-1", store: store)
    }

    /// What is remembered comes back in order, with the state that it led to.
    @Test func readsWhatItRemembered() async throws {
        let log = try await Self.log()
        #expect(try await log.last() == nil)
        var head = JournalHead.start
        for (index, fact) in FactTable.facts.enumerated() {
            var state = RunState()
            state.answeredWish = index
            head = try await log.remember(
                fact, leadingTo: state, by: "mia", date: 1000 + index, after: head)
        }
        let facts = try await log.facts()
        #expect(facts.map(\.fact) == FactTable.facts)
        #expect(facts.map(\.state.answeredWish) == Array(FactTable.facts.indices))
        #expect(facts.map(\.sequence) == Array(1...FactTable.facts.count))
        #expect(try await log.first() == facts.first)
        #expect(try await log.last() == facts.last)
        #expect(facts.last?.head == head)
        #expect(try await log.facts(from: 5) == Array(facts[4...]))
    }

    @Test(arguments: [
        (99, "{}", "a record of the unknown kind 99"), (15, "{", "a record that is not JSON"),
        (15, "{}", "a record of the unknown kind 15"),
    ])
    func refusesByName(_ kind: Int, _ payload: String, _ words: String) async throws {
        let log = try await Self.log()
        _ = try await log.store.append(
            RecordDraft(
                epoch: 0, date: 1, actor: "mia", kind: kind, payload: Array(payload.utf8),
                state: JSONWriter.bytes(of: StateCodec.encode(RunState()))),
            to: "r-1", after: .start)
        let error = await #expect(throws: ChronicleError.self) { _ = try await log.facts() }
        #expect(error?.what.hasPrefix(words) == true, "\(String(describing: error))")
        #expect(error?.place == "run r-1, record 1")
    }

    @Test(arguments: Wish.Kind.allCases)
    func wishesComeBack(_ kind: Wish.Kind) async throws {
        let log = try await Self.log()
        let number = try await log.store.post(WishCodec.encode(kind, by: "mia"), to: "r-1")
        let wishes = try await log.store.wishes(of: "r-1", after: 0)
        #expect(wishes.map(WishCodec.decode) == [Wish(kind, by: "mia", number: number)])
    }

    @Test(arguments: ["", "{}", #"{"kind":"sink","by":"mia"}"#, #"{"kind":"abort"}"#])
    func otherBytesAreNoWish(_ bytes: String) async throws {
        let log = try await Self.log()
        _ = try await log.store.post(Array(bytes.utf8), to: "r-1")
        let wishes = try await log.store.wishes(of: "r-1", after: 0)
        #expect(wishes.map(WishCodec.decode) == [nil])
    }
}

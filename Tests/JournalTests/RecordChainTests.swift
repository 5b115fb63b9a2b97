import Digests
import Journal
import Testing

/// The hash is a format: the vectors here also stand in docs/JOURNAL.md.
@Suite struct RecordChainTests {
    static let draft = RecordDraft(
        epoch: 2, date: 1_700_000_000_000, actor: "ada", kind: 7, payload: [1, 2, 3],
        state: Array("baking".utf8))

    static let record = JournalRecord(draft, of: "reviews-1", after: .start)

    /// The encoding written out by hand, apart from the code that is tested.
    @Test func theHashIsThatOfTheWrittenEncoding() {
        func number(_ value: UInt64) -> [UInt8] {
            (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        func field(_ bytes: [UInt8]) -> [UInt8] { number(UInt64(bytes.count)) + bytes }
        let encoding =
            field(Array("theseus record 1".utf8)) + field(Array("reviews-1".utf8))
            + field(number(1)) + field(number(2)) + field(number(1_700_000_000_000))
            + field(Array("ada".utf8)) + field(number(7)) + field([1, 2, 3])
            + field(Array("baking".utf8)) + field(Array(repeating: 0x30, count: 64))
        #expect(Self.record.hash == SHA256.hex(of: encoding))
    }

    @Test func theHashesStayWhatTheyAre() {
        #expect(
            Self.record.hash == "6d413da15c29512b72cb8c5d715cd3f7dcdf9d91ecde4ee1d7cc2491137f66cb")
        let next = JournalRecord(Self.draft, of: "reviews-1", after: Self.record.head)
        #expect(next.hash == "97fc37e8c55b1f7615aed80925cbcff4c190734a32bf1ceaad519d34e3f3527e")
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable (inout RecordDraft) -> Void
    }

    @Test(arguments: [
        Change(testDescription: "epoch") { $0.epoch += 1 },
        Change(testDescription: "date") { $0.date -= 1 },
        Change(testDescription: "actor") { $0.actor += " " },
        Change(testDescription: "kind") { $0.kind = -$0.kind },
        Change(testDescription: "payload") { $0.payload[0] ^= 0x80 },
        Change(testDescription: "state") { $0.state.removeLast() },
        Change(testDescription: "a byte from payload to state") {
            $0.state.insert($0.payload.removeLast(), at: 0)
        },
    ])
    func everyFieldCounts(_ change: Change) {
        var draft = Self.draft
        change.make(&draft)
        let changed = JournalRecord(
            run: "reviews-1", sequence: 1, draft: draft, previousHash: JournalHead.start.hash,
            hash: Self.record.hash)
        #expect(!changed.isIntact)
        #expect(changed.objection(after: .start) == "record 1 is not what was written")
    }

    @Test func runNumberAndPreviousHashCount() {
        let record = Self.record
        let head = JournalHead(sequence: 0, epoch: 0, hash: String(repeating: "1", count: 64))
        #expect(JournalRecord(Self.draft, of: "reviews-2", after: .start).hash != record.hash)
        #expect(JournalRecord(Self.draft, of: "reviews-1", after: head).hash != record.hash)
        #expect(JournalRecord(Self.draft, of: "reviews-1", after: record.head).hash != record.hash)
    }

    @Test func objects() {
        let first = Self.record
        let second = JournalRecord(Self.draft, of: "reviews-1", after: first.head)
        let elsewhere = JournalHead(sequence: 1, epoch: 2, hash: JournalHead.start.hash)
        let later = JournalHead(sequence: 1, epoch: 3, hash: first.hash)
        #expect(first.objection(after: .start) == nil)
        #expect(second.objection(after: first.head) == nil)
        #expect(
            second.objection(after: .start) == "record 1 is missing: record 2 is in its place")
        #expect(second.objection(after: elsewhere) == "record 2 does not follow record 1")
        #expect(second.objection(after: later) == "record 2 does not follow record 1")
    }
}

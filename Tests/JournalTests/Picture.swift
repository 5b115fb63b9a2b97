import Digests
import Journal

/// All that can be read from a journal, to be compared with what was written.
struct Picture: Equatable, Sendable {
    var cards: [RunCard] = []
    var records: [String: [JournalRecord]] = [:]
    var wishes: [String: [InboxWish]] = [:]
    var blobs: [String: [UInt8]] = [:]

    /// Reads everything; the blobs by the digests that somebody remembers.
    static func taken(
        from store: some JournalStore, blobs digests: [String]
    ) async throws(JournalError) -> Picture {
        var picture = Picture()
        picture.cards = try await store.runs()
        for run in picture.cards.map(\.run) {
            picture.records[run] = try await store.records(of: run, from: 1)
            picture.wishes[run] = try await store.wishes(of: run, after: 0)
            let last = try await store.last(of: run)
            if last != picture.records[run]?.last {
                throw JournalError(.damaged, place: "picture", detail: "two opinions of the end")
            }
        }
        for digest in digests { picture.blobs[digest] = try await store.blob(digest) }
        return picture
    }

    /// The story that the damage tests and the first history tell: the same bytes every time.
    static func staged(in store: some JournalStore) async throws -> Picture {
        for run in ["reviews-1", "ratings-7"] { try await store.open(.sample(run)) }
        var head = JournalHead.start
        for number in 1...9 {
            var draft = RecordDraft.sample(number, epoch: 1 + number / 4)
            draft.payload += mark
            // One record that needs pages of its own.
            if number == 5 { draft.state = Array(repeating: 0x53, count: 6_000) + mark }
            head = try await store.append(draft, to: "reviews-1", after: head).head
        }
        _ = try await store.append(.sample(1), to: "ratings-7", after: .start)
        _ = try await store.post(Array("abort".utf8) + mark, to: "reviews-1")
        _ = try await store.post([], to: "reviews-1")
        var digests: [String] = []
        for count in [0, 10, 5_000] {
            digests.append(try await store.keep(Array(repeating: 0x42, count: count) + mark))
        }
        return try await taken(from: store, blobs: digests)
    }

    /// Bytes that stand in every payload, so that a test finds these in a file.
    static let mark = Array("<payload>".utf8)

    var digests: [String] { blobs.keys.sorted() }
}

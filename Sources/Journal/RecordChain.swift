internal import Digests

/// The link between records: each hash covers its record and the hash before it.
///
/// The encoding is part of the format (docs/JOURNAL.md) and never changes for version 1.
extension JournalRecord {
    /// The record that `draft` becomes behind `head`.
    package init(_ draft: RecordDraft, of run: String, after head: JournalHead) {
        let sequence = head.sequence + 1
        self.init(
            run: run, sequence: sequence, draft: draft, previousHash: head.hash,
            hash: Self.hash(draft, run: run, sequence: sequence, previousHash: head.hash))
    }

    /// True where no byte differs from what was hashed when the record was made.
    package var isIntact: Bool {
        hash == Self.hash(draft, run: run, sequence: sequence, previousHash: previousHash)
    }

    /// What speaks against this being the very next record after `head`; nil where nothing does.
    package func objection(after head: JournalHead) -> String? {
        if sequence != head.sequence + 1 {
            return "record \(head.sequence + 1) is missing: record \(sequence) is in its place"
        }
        if !isIntact { return "record \(sequence) is not what was written" }
        if previousHash != head.hash || draft.epoch < head.epoch {
            return "record \(sequence) does not follow record \(head.sequence)"
        }
        return nil
    }

    private static func hash(
        _ draft: RecordDraft, run: String, sequence: Int, previousHash: String
    ) -> String {
        fields(draft, run: run, sequence: sequence, previousHash: previousHash).hash
    }

    private static func fields(
        _ draft: RecordDraft, run: String, sequence: Int, previousHash: String
    ) -> SealedFields {
        var fields = SealedFields(
            tag: tag, room: draft.payload.count + draft.state.count)
        fields.add(run)
        fields.add(sequence)
        fields.add(draft.epoch)
        fields.add(draft.date)
        fields.add(draft.actor)
        fields.add(draft.kind)
        fields.add(draft.payload)
        fields.add(draft.state)
        fields.add(previousHash)
        return fields
    }

    // MARK: As bytes

    /// The whole record for stores that keep no columns: the very fields that are hashed, and
    /// behind them the hash.
    package var bytes: [UInt8] {
        var fields = Self.fields(
            draft, run: run, sequence: sequence, previousHash: previousHash)
        fields.add(hash)
        return fields.bytes
    }

    /// Reads what `bytes` gave; nil for anything else.
    ///
    /// Whether the hash is right is the reader's question: ask for the record's `objection`.
    package init?(bytes: [UInt8]) {
        var fields = FieldReading(bytes)
        guard fields.text() == Self.tag, let run = fields.text(), let sequence = fields.number(),
            let epoch = fields.number(), let date = fields.number(), let actor = fields.text(),
            let kind = fields.number(), let payload = fields.next(), let state = fields.next(),
            let previousHash = fields.text(), let hash = fields.text(), fields.isAtEnd
        else { return nil }
        self.init(
            run: run, sequence: sequence,
            draft: RecordDraft(
                epoch: epoch, date: date, actor: actor, kind: kind, payload: Array(payload),
                state: Array(state)),
            previousHash: previousHash, hash: hash)
    }

    private static let tag = "theseus record 1"
}

extension RunCard {
    /// Hex SHA-256 of the card, kept beside it so that a flipped byte is found.
    package var seal: String {
        var fields = SealedFields(tag: "theseus run 1")
        fields.add(run)
        fields.add(target)
        fields.add(opened)
        return fields.hash
    }
}

extension InboxWish {
    /// Hex SHA-256 of the wish and its place, kept beside it so that a flipped byte is found.
    package func seal(in run: String) -> String {
        var fields = SealedFields(tag: "theseus wish 1")
        fields.add(run)
        fields.add(number)
        fields.add(wish)
        return fields.hash
    }
}

/// Fields laid out so that no two different lists give the same bytes: each behind its length.
private struct SealedFields {
    private(set) var bytes: [UInt8] = []

    /// `tag` keeps the hashes of different things, and of later versions, apart.
    init(tag: String, room: Int = 0) {
        bytes.reserveCapacity(room + 400)
        add(tag)
    }

    mutating func add(_ text: String) {
        append(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func add(_ field: [UInt8]) {
        append(field.count)
        bytes.append(contentsOf: field)
    }

    mutating func add(_ number: Int) {
        append(8)
        append(number)
    }

    var hash: String { SHA256.hex(of: bytes) }

    /// Eight bytes, the highest first; negative numbers in two's complement.
    private mutating func append(_ number: Int) {
        let bits = UInt64(bitPattern: Int64(number))
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
        }
    }
}

/// Takes such fields apart again, one after the other; nil where the bytes do not hold one.
private struct FieldReading {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func next() -> ArraySlice<UInt8>? {
        guard let count = take(8).flatMap(Self.number), count >= 0 else { return nil }
        return take(count)
    }

    mutating func text() -> String? { next().flatMap { String(validating: $0, as: UTF8.self) } }

    mutating func number() -> Int? { next().flatMap(Self.number) }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count == 8 else { return nil }
        return Int(truncatingIfNeeded: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}

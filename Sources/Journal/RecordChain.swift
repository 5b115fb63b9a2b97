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
        var fields = SealedFields(
            tag: "theseus record 1", room: draft.payload.count + draft.state.count)
        fields.add(run)
        fields.add(sequence)
        fields.add(draft.epoch)
        fields.add(draft.date)
        fields.add(draft.actor)
        fields.add(draft.kind)
        fields.add(draft.payload)
        fields.add(draft.state)
        fields.add(previousHash)
        return fields.hash
    }
}

extension RunCard {
    /// Hex SHA-256 of the card, kept beside it so that a flipped byte is found.
    var seal: String {
        var fields = SealedFields(tag: "theseus run 1")
        fields.add(run)
        fields.add(target)
        fields.add(opened)
        return fields.hash
    }
}

extension InboxWish {
    /// Hex SHA-256 of the wish and its place, kept beside it so that a flipped byte is found.
    func seal(in run: String) -> String {
        var fields = SealedFields(tag: "theseus wish 1")
        fields.add(run)
        fields.add(number)
        fields.add(wish)
        return fields.hash
    }
}

/// Fields laid out so that no two different lists give the same bytes: each behind its length.
private struct SealedFields {
    private var bytes: [UInt8] = []

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

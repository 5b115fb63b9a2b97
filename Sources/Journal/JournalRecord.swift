/// What is known of a run before its first record.
package struct RunCard: Hashable, Sendable {
    package let run: String
    /// Cluster, namespace and service, as one key: at most one run holds a target.
    package let target: String
    /// Milliseconds since 1970.
    package let opened: Int

    package init(run: String, target: String, opened: Int) {
        self.run = run
        self.target = target
        self.opened = opened
    }
}

/// Where a run's journal stands: number, epoch and hash of its newest record.
package struct JournalHead: Hashable, Sendable {
    package let sequence: Int
    package let epoch: Int
    /// Hex SHA-256; of a run without records, 64 zeros.
    package let hash: String

    package init(sequence: Int, epoch: Int, hash: String) {
        self.sequence = sequence
        self.epoch = epoch
        self.hash = hash
    }

    package static let start = JournalHead(
        sequence: 0, epoch: 0, hash: String(repeating: "0", count: 64))

    /// What a displaced writer is told.
    package var standing: String { "the run's head is record \(sequence) of epoch \(epoch)" }
}

/// What its writer says of a record; number and hashes are the journal's.
package struct RecordDraft: Hashable, Sendable {
    package var epoch: Int
    /// Milliseconds since 1970.
    package var date: Int
    /// Who brought it about: a person, `theseus`, a host.
    package var actor: String
    /// A reserved number that says how `payload` is to be read.
    package var kind: Int
    package var payload: [UInt8]
    /// The machine's state after this record.
    package var state: [UInt8]

    package init(
        epoch: Int, date: Int, actor: String, kind: Int, payload: [UInt8], state: [UInt8]
    ) {
        self.epoch = epoch
        self.date = date
        self.actor = actor
        self.kind = kind
        self.payload = payload
        self.state = state
    }
}

/// One link of the chain.
///
/// Numbers start at 1 and have no gaps.
package struct JournalRecord: Hashable, Sendable {
    package let run: String
    package let sequence: Int
    package let draft: RecordDraft
    package let previousHash: String
    /// Hex SHA-256 over every other field, as `RecordChain` says.
    package let hash: String

    /// A record as some store gave it back; ask for its `objection` before believing it.
    package init(
        run: String, sequence: Int, draft: RecordDraft, previousHash: String, hash: String
    ) {
        self.run = run
        self.sequence = sequence
        self.draft = draft
        self.previousHash = previousHash
        self.hash = hash
    }

    package var head: JournalHead {
        JournalHead(sequence: sequence, epoch: draft.epoch, hash: hash)
    }
}

/// What somebody left for the holder of a run.
///
/// Numbers start at 1 and have no gaps.
package struct InboxWish: Hashable, Sendable {
    package let number: Int
    package let wish: [UInt8]

    package init(number: Int, wish: [UInt8]) {
        self.number = number
        self.wish = wish
    }
}

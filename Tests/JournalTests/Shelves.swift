import Foundation
import Journal
import Lab
import Testing

/// The stores that must behave alike.
enum Shelf: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case memory
    case sqlite
    case cluster
    /// Every fifth call goes wrong: conflicts, 429, 5xx, and answers that never come.
    case roughCluster

    var testDescription: String { rawValue }

    /// What passes, and what a journal must outlast.
    static let faults: [CallOutcome] = [
        .status(409), .status(429, retryAfter: 2), .status(500), .status(503), .resetNotApplied,
        .resetApplied, .timeOutNotApplied, .timeOutApplied, .slow(.seconds(5)),
    ]

    /// Hands over a new, empty store, and clears away behind it.
    func with(_ body: (any JournalStore) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(MemoryJournal())
        case .sqlite:
            try await withFolder { folder in
                try await body(SQLiteJournal(path: "\(folder)/journal.sqlite"))
            }
        case .cluster: try await body(EmptyCluster().journal())
        case .roughCluster:
            let cluster = try EmptyCluster()
            let plan = FaultPlan(rate: 0.2, among: Self.faults, seed: 4)
            try await body(cluster.journal(over: cluster.bad(plan)))
            #expect(plan.calls.count > 0)
        }
    }
}

/// Lends an empty folder, and removes it with all that is in it.
func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "theseus-journal-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
}

extension RecordDraft {
    /// Some record; another one for every number.
    static func sample(_ number: Int, epoch: Int = 1) -> RecordDraft {
        RecordDraft(
            epoch: epoch, date: 1_700_000_000_000 + number, actor: "theseus", kind: number % 7,
            payload: Array("payload \(number)".utf8), state: Array("state \(number)".utf8))
    }
}

extension RunCard {
    static func sample(_ run: String, opened: Int = 1) -> RunCard {
        RunCard(run: run, target: "lab/default/\(run)", opened: opened)
    }
}

extension JournalStore {
    /// Opens a run and writes so many sample records.
    @discardableResult
    func fill(_ run: String, count: Int, epoch: Int = 1) async throws -> JournalHead {
        try await open(.sample(run))
        var head = JournalHead.start
        for number in 0..<count {
            head = try await append(.sample(number + 1, epoch: epoch), to: run, after: head).head
        }
        return head
    }
}

/// The code of the journal's refusal of `body`; nil, and a failed test, where it did not refuse.
func refusal(
    _ body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) async -> JournalError.Code? {
    await #expect(throws: JournalError.self, sourceLocation: sourceLocation) {
        try await body()
    }?.code
}

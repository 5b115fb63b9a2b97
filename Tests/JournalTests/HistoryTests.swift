import Digests
import Foundation
import Journal
import Testing

/// Journals of released versions are read for ever, to the same words.
@Suite struct HistoryTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Histories")

    static let histories: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".journal") }.sorted()

    @Test func theFirstHistoryIsThere() {
        #expect(Self.histories.contains("v1.journal"))
    }

    @Test(arguments: histories) func isReadToTheSameWords(_ name: String) async throws {
        try await withFolder { folder in
            let source = Self.folder.appending(path: name)
            let listing = source.deletingPathExtension().appendingPathExtension("txt")
            let copy = "\(folder)/\(name)"
            try FileManager.default.copyItem(atPath: source.path, toPath: copy)
            let store = try SQLiteJournal(path: copy, mode: .readOnly)
            #expect(
                try await Self.words(of: store) == String(contentsOf: listing, encoding: .utf8))
        }
    }

    /// Today's code still writes version 1 as it was released.
    @Test func todaysJournalSaysTheSame() async throws {
        try await withFolder { folder in
            let path = "\(folder)/v1.journal"
            let words = try await {
                let store = try SQLiteJournal(path: path)
                _ = try await Picture.staged(in: store)
                return try await Self.words(of: store)
            }()
            let listing = Self.folder.appending(path: "v1.txt")
            if ProcessInfo.processInfo.environment["THESEUS_RECORD"] == "1" {
                while FileManager.default.fileExists(atPath: "\(path)-wal") { await Task.yield() }
                try Data(contentsOf: URL(filePath: path))
                    .write(to: Self.folder.appending(path: "v1.journal"))
                try Data(words.utf8).write(to: listing)
            }
            #expect(try words == String(contentsOf: listing, encoding: .utf8))
        }
    }

    /// A journal on one page: long fields by their digest.
    private static func words(of store: SQLiteJournal) async throws -> String {
        var lines: [String] = []
        for card in try await store.runs() {
            lines.append("run \(card.run) target \(card.target) opened \(card.opened)")
            for record in try await store.records(of: card.run, from: 1) {
                let draft = record.draft
                lines.append(
                    "  \(record.sequence) epoch \(draft.epoch) date \(draft.date) "
                        + "actor \(draft.actor) kind \(draft.kind)")
                lines.append("    payload \(brief(draft.payload))")
                lines.append("    state \(brief(draft.state))")
                lines.append("    hash \(record.hash)")
            }
            for wish in try await store.wishes(of: card.run, after: 0) {
                lines.append("  wish \(wish.number) \(brief(wish.wish))")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func brief(_ bytes: [UInt8]) -> String {
        bytes.count <= 60
            ? String(decoding: bytes, as: UTF8.self).debugDescription
            : "\(bytes.count) bytes \(SHA256.hex(of: bytes))"
    }
}

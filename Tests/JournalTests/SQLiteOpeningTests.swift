import Foundation
import Journal
import Testing

/// What is said of files that are no journal, and what is read where nothing may be written.
@Suite struct SQLiteOpeningTests {
    private func failure(
        _ path: String, _ mode: SQLiteJournal.Mode = .readWrite
    ) -> JournalError? {
        #expect(throws: JournalError.self) { try SQLiteJournal(path: path, mode: mode) }
    }

    @Test func aMissingFolderIsNamed() async throws {
        try await withFolder { folder in
            let path = "\(folder)/no/such/j.sqlite"
            #expect(
                failure(path)?.description == """
                    journal: cannot make the file: No such file or directory (errno 2) (unwritable)
                      where: sqlite:\(path), open
                      do:    make room, or make file and folder writable; `theseus abort` goes on without it
                    """)
            #expect(failure(path, .readOnly)?.code == .unreadable)
        }
    }

    struct Odd: Sendable, CustomTestStringConvertible {
        let path: String
        let detail: String
        var testDescription: String { path.debugDescription }
    }

    @Test(arguments: [
        Odd(path: ":memory:", detail: "a journal in memory would not survive its process"),
        Odd(path: "", detail: "the path is empty"),
        Odd(path: "/tmp/a\u{0}b", detail: "the path holds a zero byte"),
    ])
    func aPathThatIsNoFileIsRefused(_ odd: Odd) {
        for mode in [SQLiteJournal.Mode.readWrite, .readOnly] {
            #expect(failure(odd.path, mode)?.code == .unwritable)
            #expect(failure(odd.path, mode)?.detail == odd.detail)
        }
    }

    @Test func aFolderIsNoJournal() async throws {
        try await withFolder { folder in
            #expect(failure(folder)?.code == .unwritable)
            #expect(failure(folder)?.detail == "it is a folder, no file")
            #expect(failure(folder, .readOnly)?.code == .unreadable)
        }
    }

    @Test(arguments: ["hello", String(repeating: "not a database. ", count: 400)])
    func anotherFileIsLeftAlone(text: String) async throws {
        try await withFolder { folder in
            let path = "\(folder)/notes.txt"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            for mode in [SQLiteJournal.Mode.readWrite, .readOnly] {
                #expect(
                    failure(path, mode)?.description == """
                        journal: file is not a database (SQLite 26) (damaged)
                          where: sqlite:\(path), open
                          do:    keep it as it is; `theseus abort SERVICE` works without it, \
                        a new run with another --journal
                        """)
            }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        }
    }

    struct Stranger: Sendable, CustomTestStringConvertible {
        let sql: String
        let code: JournalError.Code
        let detail: String
        var testDescription: String { sql }
    }

    @Test(arguments: [
        Stranger(
            sql: "CREATE TABLE guest (name TEXT)", code: .damaged,
            detail: "the file is a SQLite database, but no journal (application id 0)"),
        Stranger(
            sql: "PRAGMA application_id = 77; PRAGMA user_version = 1", code: .damaged,
            detail: "the file is a SQLite database, but no journal (application id 77)"),
        Stranger(
            sql: "PRAGMA application_id = 1416127859; PRAGMA user_version = 2", code: .unreadable,
            detail: "the file is a journal of version 2; this theseus knows version 1"),
        Stranger(
            sql: "PRAGMA application_id = 1416127859; PRAGMA user_version = 1", code: .damaged,
            detail: "the tables are not those of a journal"),
    ])
    func anotherDatabaseIsLeftAlone(_ stranger: Stranger) async throws {
        try await withFolder { folder in
            let path = "\(folder)/other.sqlite"
            try SQLiteShell(path: path).run(stranger.sql)
            let before = FileManager.default.contents(atPath: path)
            for mode in [SQLiteJournal.Mode.readOnly, .readWrite] {
                #expect(failure(path, mode)?.code == stranger.code)
                #expect(failure(path, mode)?.detail == stranger.detail)
            }
            if !stranger.detail.contains("tables") {
                #expect(FileManager.default.contents(atPath: path) == before)
            }
        }
    }

    /// Whoever stopped in the midst of things finds file and log as they were.
    @Test func aNewerJournalsLogIsLeftAlone() async throws {
        try await withFolder { folder in
            let path = "\(folder)/j.sqlite"
            let store = try SQLiteJournal(path: path)
            let head = try await store.fill("a", count: 3)
            try SQLiteShell(path: path).run("PRAGMA user_version = 2")
            let copies = try ["", "-wal"].map { end in
                let copy = "\(folder)/copy.sqlite\(end)"
                try FileManager.default.copyItem(atPath: path + end, toPath: copy)
                return (copy, FileManager.default.contents(atPath: copy))
            }
            #expect(failure("\(folder)/copy.sqlite")?.code == .unreadable)
            for (copy, before) in copies {
                #expect(before?.isEmpty == false)
                #expect(FileManager.default.contents(atPath: copy) == before)
            }
            // The store above kept its own log from being folded until here.
            #expect(try await store.last(of: "a")?.head == head)
        }
    }

    @Test func aCopyMadeBySQLiteIsAJournal() async throws {
        try await withFolder { folder in
            let store = try SQLiteJournal(path: "\(folder)/j.sqlite")
            let picture = try await Picture.staged(in: store)
            try SQLiteShell(path: "\(folder)/j.sqlite").run("VACUUM INTO '\(folder)/copy.sqlite'")
            let copy = try SQLiteJournal(path: "\(folder)/copy.sqlite")
            #expect(try await Picture.taken(from: copy, blobs: picture.digests) == picture)
        }
    }

    @Test func aJournalFromANewerTheseusIsRefusedByName() async throws {
        try await withFolder { folder in
            let path = "\(folder)/j.sqlite"
            try await SQLiteJournal(path: path).fill("a", count: 1)
            try SQLiteShell(path: path).run("PRAGMA user_version = 2")
            #expect(failure(path)?.code == .unreadable)
            #expect(failure(path)?.detail.contains("version 2") == true)
        }
    }

    @Test func lookingOnChangesNothing() async throws {
        try await withFolder { folder in
            let path = "\(folder)/j.sqlite"
            let missing = failure(path, .readOnly)
            #expect(missing?.code == .unreadable)
            #expect(missing?.detail == "unable to open database file (SQLite 14, errno 2)")
            #expect(FileManager.default.contents(atPath: path) == nil)

            try Data().write(to: URL(filePath: path))
            #expect(failure(path, .readOnly)?.detail == "no journal has been begun in this file")

            let head = try await SQLiteJournal(path: path).fill("a", count: 3)
            let looker = try SQLiteJournal(path: path, mode: .readOnly)
            #expect(try await looker.last(of: "a")?.head == head)
            let error = await #expect(throws: JournalError.self) {
                try await looker.append(.sample(4), to: "a", after: head)
            }
            #expect(
                error?.description == """
                    journal: the journal is open for reading only (unwritable)
                      where: sqlite:\(path), write
                      do:    make room, or make file and folder writable; `theseus abort` goes on without it
                    """)
            #expect(await refusal { _ = try await looker.post([1], to: "a") } == .unwritable)
            #expect(await refusal { _ = try await looker.keep([1]) } == .unwritable)
            #expect(await refusal { try await looker.open(.sample("b")) } == .unwritable)
        }
    }

    @Test func anOnlookerSeesWhatAWriterWrites() async throws {
        try await withFolder { folder in
            let path = "\(folder)/j.sqlite"
            let writer = try SQLiteJournal(path: path)
            let looker = try SQLiteJournal(path: path, mode: .readOnly)
            let head = try await writer.fill("a", count: 3)
            #expect(try await looker.last(of: "a")?.head == head)
            let next = try await writer.append(.sample(4), to: "a", after: head)
            #expect(try await looker.last(of: "a") == next)
        }
    }

    /// In a folder where nothing may be made, SQLite has no index; the bare file can be read still.
    @Test func theBareFileIsReadWhereNoIndexMayBeMade() async throws {
        try await withFolder { folder in
            try await BreakingDisk.with { disk in
                let path = "\(folder)/50% of #1?.sqlite"
                let head = try await SQLiteJournal(path: path).fill("a", count: 3)
                disk.breaks(at: 1, of: .index, .error, lasts: true)
                let looker = try SQLiteJournal(path: path, mode: .readOnly, vfs: disk.vfs)
                #expect(disk.struck == .index)
                #expect(try await looker.last(of: "a")?.head == head)
                #expect(try await looker.records(of: "a", from: 1).count == 3)
            }
        }
    }

    /// Beside a log the bare file is not the whole journal: better no answer than an old one.
    @Test func theBareFileIsNotReadBesideALog() async throws {
        try await withFolder { folder in
            try await BreakingDisk.with { disk in
                let path = "\(folder)/j.sqlite"
                try await SQLiteJournal(path: path).fill("b", count: 1)
                while FileManager.default.fileExists(atPath: "\(path)-wal") { await Task.yield() }
                let writer = try SQLiteJournal(path: path)
                let head = try await writer.fill("a", count: 3)
                disk.breaks(at: 1, of: .index, .error, lasts: true)
                let error = #expect(throws: JournalError.self) {
                    try SQLiteJournal(path: path, mode: .readOnly, vfs: disk.vfs)
                }
                #expect(error?.code == .unreadable)
                #expect(try await writer.append(.sample(4), to: "a", after: head).sequence == 4)
            }
        }
    }
}

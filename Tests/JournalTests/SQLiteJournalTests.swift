import Foundation
import Journal
import Testing

@Suite(.timeLimit(.minutes(5))) struct SQLiteJournalTests {
    @Test func whatWasAnsweredIsThereAfterReopening() async throws {
        try await withFolder { folder in
            let path = "\(folder)/j.sqlite"
            let (head, digest) = try await {
                let store = try SQLiteJournal(path: path)
                let head = try await store.fill("a", count: 20)
                #expect(try await store.post([7], to: "a") == 1)
                return (head, try await store.keep([1, 2, 3]))
            }()
            let store = try SQLiteJournal(path: path)
            #expect(try await store.runs() == [.sample("a")])
            #expect(try await store.last(of: "a")?.head == head)
            #expect(try await store.records(of: "a", from: 1).count == 20)
            #expect(try await store.blob(digest) == [1, 2, 3])
            #expect(try await store.wishes(of: "a", after: 0).map(\.wish) == [[7]])
            #expect(try await store.post([8], to: "a") == 2)
            let next = try await store.append(.sample(21), to: "a", after: head)
            #expect(next.sequence == 21)
        }
    }

    @Test func aRelativePathIsAPathAndNoURI() async throws {
        let name = "file:theseus-\(UUID().uuidString)?mode=memory"
        let remove = {
            for end in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: "./\(name)\(end)")
            }
        }
        defer { remove() }
        _ = try await SQLiteJournal(path: name).fill("a", count: 1)
        #expect(FileManager.default.fileExists(atPath: "./\(name)"))
        #expect(try await SQLiteJournal(path: name).last(of: "a")?.sequence == 1)
    }

    @Test func onlyItsOwnerMayReadIt() async throws {
        try await withFolder { folder in
            let path = "\(folder)/j.sqlite"
            let store = try SQLiteJournal(path: path)
            try await store.fill("a", count: 1)
            for end in ["", "-wal", "-shm"] {
                let traits = try FileManager.default.attributesOfItem(atPath: path + end)
                #expect(traits[.posixPermissions] as? Int == 0o600, "\(end)")
            }
        }
    }

    /// Two stores on one file are two processes as far as SQLite is concerned.
    @Test func exactlyOneWinsEachNumber() async throws {
        try await withFolder { folder in
            let path = "\(folder)/j.sqlite"
            let stores = [try SQLiteJournal(path: path), try SQLiteJournal(path: path)]
            try await stores[0].open(.sample("a"))
            let total = 120
            let won = try await withThrowingTaskGroup(of: [Int].self) { group in
                for task in 0..<8 {
                    group.addTask {
                        try await compete(on: stores[task % 2], task: task, upTo: total)
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let records = try await stores[1].records(of: "a", from: 1)
            #expect(won.sorted() == records.map(\.sequence))
            #expect(records.count >= total)
        }
    }

    /// Appends whenever the head is ours to follow; answers with the numbers won.
    private func compete(on store: SQLiteJournal, task: Int, upTo total: Int) async throws -> [Int]
    {
        var won: [Int] = []
        var head = JournalHead.start
        while head.sequence < total {
            do {
                let record = try await store.append(.sample(task), to: "a", after: head)
                #expect(record.draft.date == RecordDraft.sample(task).date)
                won.append(record.sequence)
                head = record.head
            } catch {
                guard case .displaced(let standing) = error.code else { throw error }
                #expect(standing.sequence > head.sequence)
                head = standing
            }
            await Task.yield()
        }
        return won
    }

    @Test(arguments: 0..<8) func manyMayMakeOneFileAtOnce(round: Int) async throws {
        try await withFolder { folder in
            let path = "\(folder)/j.sqlite"
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<6 {
                    group.addTask {
                        try await SQLiteJournal(path: path).fill("run \(task)", count: 2)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await SQLiteJournal(path: path).runs().count == 6)
        }
    }

    /// SQLite does not wait by itself when a file goes over to the log; two first openings meet so.
    @Test func waitsForWhoeverMakesTheFile() async throws {
        try await withFolder { folder in
            try await BreakingDisk.with { disk in
                let path = "\(folder)/j.sqlite"
                try Data().write(to: URL(filePath: path))
                try await SQLiteShell(path: path).holdingTheLock {
                    let error = #expect(throws: JournalError.self) {
                        try SQLiteJournal(path: path, vfs: disk.vfs)
                    }
                    #expect(error?.code == .busy)
                    #expect(disk.waited > .milliseconds(1_800))
                    #expect(disk.waited <= .milliseconds(2_000))
                }
                try await SQLiteJournal(path: path, vfs: disk.vfs).fill("a", count: 1)
            }
        }
    }

    @Test func waitsTwoSecondsForTheLockAndSaysBusy() async throws {
        try await withFolder { folder in
            try await BreakingDisk.with { disk in
                let path = "\(folder)/j.sqlite"
                let store = try SQLiteJournal(path: path, vfs: disk.vfs)
                let head = try await store.fill("a", count: 2)
                let before = disk.waited
                try await SQLiteShell(path: path).holdingTheLock {
                    let error = await #expect(throws: JournalError.self) {
                        try await store.append(.sample(3), to: "a", after: head)
                    }
                    #expect(
                        error?.description == """
                            journal: database is locked (SQLite 5) (busy)
                              where: sqlite:\(path), append to run 'a'
                              do:    another process is writing to this journal: try again in a moment
                            """)
                    let records = try await store.records(of: "a", from: 1)
                    #expect(records.count == 2)
                }
                let waited = disk.waited - before
                #expect(waited > .milliseconds(1_800) && waited <= .milliseconds(2_000))
                // Busy is no damage: the same store goes on.
                #expect(try await store.append(.sample(3), to: "a", after: head).sequence == 3)
            }
        }
    }

    @Test(arguments: [false, true])
    func aFileThatWasTakenAwayIsNotWritten(replaced: Bool) async throws {
        try await withFolder { folder in
            let path = "\(folder)/j.sqlite"
            let store = try SQLiteJournal(path: path)
            let head = try await store.fill("a", count: 1)
            try FileManager.default.moveItem(atPath: path, toPath: "\(folder)/elsewhere")
            if replaced { try Data([1]).write(to: URL(filePath: path)) }
            let error = await #expect(throws: JournalError.self) {
                try await store.append(.sample(2), to: "a", after: head)
            }
            #expect(error?.code == .unwritable)
            #expect(
                error?.detail == "the file was moved or deleted while it was open (SQLite 8)")
        }
    }

    @Test(arguments: ["DELETE FROM record", "UPDATE record SET payload = x'00'"])
    func recordsAreNotChangedInGoodFaith(sql: String) async throws {
        try await withFolder { folder in
            let path = "\(folder)/j.sqlite"
            let store = try SQLiteJournal(path: path)
            try await store.fill("a", count: 3)
            #expect(SQLiteShell(path: path).isRefused(sql))
            #expect(try await store.records(of: "a", from: 1).count == 3)
        }
    }
}

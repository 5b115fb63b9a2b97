import Foundation
import Journal
import Testing

/// Damaged files are found or read rightly; they are never read wrongly.
@Suite(.timeLimit(.minutes(5))) struct DamageTests {
    /// A closed journal: one file without a log.
    private static func closed(in folder: String) async throws -> (Data, Picture) {
        let path = "\(folder)/whole.sqlite"
        let picture = try await Picture.staged(in: SQLiteJournal(path: path))
        // The last connection folds and removes the log as it goes; it may go a moment later.
        while FileManager.default.fileExists(atPath: "\(path)-wal") { await Task.yield() }
        return (try Data(contentsOf: URL(filePath: path)), picture)
    }

    /// What a store makes of these bytes.
    private static func read(
        _ bytes: Data, log: Data? = nil, at path: String, vfs: String, _ digests: [String]
    ) async throws -> Result<Picture, JournalError> {
        for end in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path + end)
        }
        try bytes.write(to: URL(filePath: path))
        try log?.write(to: URL(filePath: "\(path)-wal"))
        do throws(JournalError) {
            let store = try SQLiteJournal(path: path, vfs: vfs)
            return .success(try await Picture.taken(from: store, blobs: digests))
        } catch {
            return .failure(error)
        }
    }

    @Test func aFlippedBitInAPayloadIsFound() async throws {
        try await withFolder { folder in
            try await BreakingDisk.with { disk in
                let (whole, picture) = try await Self.closed(in: folder)
                let marks = whole.ranges(of: Picture.mark)
                #expect(marks.count >= 13)
                for mark in marks {
                    for offset in mark {
                        var bytes = whole
                        bytes[offset] ^= 1 << (offset % 8)
                        let path = "\(folder)/\(offset).sqlite"
                        let found = try await Self.read(
                            bytes, at: path, vfs: disk.vfs, picture.digests)
                        guard case .failure(let error) = found else {
                            Issue.record("byte \(offset): not found")
                            continue
                        }
                        #expect(error.code == .damaged)
                        #expect(error.detail.contains("is not what was written"))
                    }
                }
            }
        }
    }

    /// Every 14th byte of the file, each slice from another start, so that all bytes have their turn
    /// once in a while (`THESEUS_SEED` chooses).
    @Test(arguments: 0..<6)
    func aFlippedBitAnywhereIsNeverReadWrongly(slice: Int) async throws {
        let seed = ProcessInfo.processInfo.environment["THESEUS_SEED"].flatMap(Int.init) ?? 0
        try await withFolder { folder in
            try await BreakingDisk.with { disk in
                let (whole, picture) = try await Self.closed(in: folder)
                var found = 0
                for offset in stride(from: slice * 14 + seed % 84, to: whole.count, by: 84) {
                    var bytes = whole
                    bytes[offset] ^= 1 << ((offset + seed) % 8)
                    let read = try await Self.read(
                        bytes, at: "\(folder)/flipped.sqlite", vfs: disk.vfs, picture.digests)
                    await disk.isClosed()
                    switch read {
                    case .success(let other):
                        #expect(other == picture, "byte \(offset)")
                    case .failure(let error):
                        found += 1
                        let codes: [JournalError.Code] = [.damaged, .unreadable, .unwritable]
                        #expect(codes.contains(error.code), "byte \(offset): \(error)")
                    }
                }
                // Much of the file is empty space and counters; the rest must have been noticed.
                #expect(found > 100)
            }
        }
    }

    /// A page whose first cell is said to stand where the second one does.
    ///
    /// A row is lost, another doubled, and every row that can be read is sound. Opening looks at
    /// the pages themselves.
    @Test func aLostCellIsFound() async throws {
        try await withFolder { folder in
            try await BreakingDisk.with { disk in
                let (whole, picture) = try await Self.closed(in: folder)
                var pages = 0
                for page in stride(from: 4_096, to: whole.count, by: 4_096) {
                    // A leaf of a table without row ids, of two cells or more.
                    guard whole[page] == 10, whole[page + 4] >= 2 else { continue }
                    pages += 1
                    var bytes = whole
                    bytes[page + 8] = whole[page + 10]
                    bytes[page + 9] = whole[page + 11]
                    let read = try await Self.read(
                        bytes, at: "\(folder)/\(page).sqlite", vfs: disk.vfs, picture.digests)
                    guard case .failure(let error) = read else {
                        Issue.record("page at \(page): not found")
                        continue
                    }
                    #expect(error.code == .damaged)
                    #expect(error.place.hasSuffix(", open"))
                }
                #expect(pages >= 3)
            }
        }
    }

    /// Only an empty file is taken for a new one: what the cluster's objects carry tells then.
    @Test func aTruncatedFileIsFound() async throws {
        try await withFolder { folder in
            try await BreakingDisk.with { disk in
                let (whole, picture) = try await Self.closed(in: folder)
                let sizes = Array(stride(from: 512, to: whole.count, by: 512)) + [2, 99, 100, 511]
                for size in sizes {
                    let read = try await Self.read(
                        whole.prefix(size), at: "\(folder)/short.sqlite", vfs: disk.vfs,
                        picture.digests)
                    await disk.isClosed()
                    guard case .failure(let error) = read else {
                        Issue.record("\(size) bytes: not found")
                        continue
                    }
                    #expect(error.code == .damaged, "\(size) bytes: \(error)")
                }
            }
        }
    }

    /// A torn log gives back an earlier state, whole: SQLite cannot tell it from an earlier time.
    @Test(arguments: [false, true])
    func aTornLogGivesAnEarlierState(flipped: Bool) async throws {
        try await withFolder { folder in
            try await BreakingDisk.with { disk in
                let path = "\(folder)/open.sqlite"
                let store = try SQLiteJournal(path: path)
                let picture = try await Picture.staged(in: store)
                let file = try Data(contentsOf: URL(filePath: path))
                let log = try Data(contentsOf: URL(filePath: "\(path)-wal"))
                var lengths: [Int] = []
                for size in stride(from: 0, through: log.count, by: 1_031) {
                    var torn = log.prefix(flipped ? log.count : size)
                    if flipped, size < log.count { torn[size] ^= 0x10 }
                    let read = try await Self.read(
                        file, log: torn, at: "\(folder)/torn.sqlite", vfs: disk.vfs,
                        picture.digests)
                    await disk.isClosed()
                    let earlier = try read.get()
                    let records = earlier.records["reviews-1"] ?? []
                    let whole = try #require(picture.records["reviews-1"])
                    #expect(records == Array(whole.prefix(records.count)), "at \(size)")
                    #expect(picture.cards.starts(with: earlier.cards))
                    lengths.append(records.count)
                }
                #expect(lengths == lengths.sorted())
                #expect(lengths.first == 0 && Set(lengths).count > 8)
                // The store above had to live until here: closing it folds the log.
                #expect(try await store.last(of: "ratings-7") != nil)
            }
        }
    }

    /// What a person with a shell may do in bad faith, row by row.
    @Test(arguments: [
        "UPDATE record SET state = x'00' WHERE sequence = 4",
        "UPDATE record SET epoch = 1 WHERE sequence = 9",
        "UPDATE record SET actor = 'mallory' WHERE sequence = 1",
        "UPDATE record SET hash = previous WHERE sequence = 2",
        "DELETE FROM record WHERE sequence = 4",
        "DELETE FROM record WHERE sequence = 1 AND run = 'reviews-1'",
        "UPDATE record SET sequence = sequence + 1 WHERE sequence = 9",
        "UPDATE run SET target = 'prod/default/reviews'",
        "UPDATE run SET opened = opened + 1 WHERE number = 2",
        "UPDATE wish SET wish = x'00' WHERE number = 2",
        "UPDATE wish SET number = 3 WHERE number = 2",
        "DELETE FROM wish WHERE number = 1",
        "UPDATE blob SET bytes = x'00'",
        "UPDATE blob SET digest = substr(digest, 2) || '0'",
    ])
    func aRowChangedInBadFaithIsFound(sql: String) async throws {
        try await withFolder { folder in
            let path = "\(folder)/j.sqlite"
            let store = try SQLiteJournal(path: path)
            let picture = try await Picture.staged(in: store)
            try SQLiteShell(path: path).run(
                "DROP TRIGGER record_is_not_changed; DROP TRIGGER record_is_not_deleted; \(sql)")
            let code = await refusal {
                _ = try await Picture.taken(from: store, blobs: picture.digests)
            }
            #expect(code == .damaged)
            // Whoever opens it next learns at once that somebody was there.
            let error = #expect(throws: JournalError.self) { try SQLiteJournal(path: path) }
            #expect(error?.detail == "the tables are not those of a journal")
        }
    }

    @Test(arguments: [
        (
            "UPDATE run SET run = 'seviews-1' WHERE number = 1",
            "the card of run 'seviews-1' is not what was written"
        ),
        ("DELETE FROM run WHERE number = 2", "records or wishes are missing"),
        ("DELETE FROM wish WHERE number = 1", "records or wishes are missing"),
    ])
    func openingLooksAtRunsAndWishes(sql: String, detail: String) async throws {
        try await withFolder { folder in
            let path = "\(folder)/j.sqlite"
            _ = try await Picture.staged(in: SQLiteJournal(path: path))
            try SQLiteShell(path: path).run(sql)
            for mode in [SQLiteJournal.Mode.readOnly, .readWrite] {
                let error = #expect(throws: JournalError.self) {
                    try SQLiteJournal(path: path, mode: mode)
                }
                #expect(error?.code == .damaged)
                #expect(error?.detail == detail)
            }
        }
    }

    @Test func aDamagedRecordIsNamed() async throws {
        try await withFolder { folder in
            let path = "\(folder)/j.sqlite"
            let store = try SQLiteJournal(path: path)
            _ = try await Picture.staged(in: store)
            try SQLiteShell(path: path).run(
                """
                DROP TRIGGER record_is_not_changed;
                UPDATE record SET payload = x'00' WHERE sequence = 4
                """)
            let error = await #expect(throws: JournalError.self) {
                try await store.records(of: "reviews-1", from: 2)
            }
            #expect(
                error?.description == """
                    journal: record 4 is not what was written (damaged)
                      where: sqlite:\(path), read run 'reviews-1'
                      do:    keep it as it is; `theseus abort SERVICE` works without it, \
                    a new run with another --journal
                    """)
            // Behind the damage the chain holds, and the newest record can be trusted.
            #expect(
                try await store.records(of: "reviews-1", from: 6).map(\.sequence) == [6, 7, 8, 9])
            #expect(try await store.last(of: "reviews-1")?.sequence == 9)
            #expect(
                await refusal { _ = try await store.records(of: "reviews-1", from: 5) } == .damaged)
        }
    }
}

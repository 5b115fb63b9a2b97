import Digests
import Journal
import Testing

/// What was answered stays, whatever the disk does next.
///
/// A script of writes runs over a disk whose n-th call goes wrong, for n = 1, 2, 3 … until a run
/// passes without a fault. After each the journal is opened on a sound disk and compared.
@Suite(.timeLimit(.minutes(5))) struct DiskFaultTests {
    struct Weather: Sendable, CustomTestStringConvertible {
        var manner: BreakingDisk.Manner
        var calls: BreakingDisk.Calls
        var lasts = false
        /// Whether the power goes, too, once the process is gone.
        var losesPower = false

        var testDescription: String {
            "\(manner) in \(calls == .read ? "reads" : calls == .sync ? "syncs" : "changes")"
                + (lasts ? ", lasting" : "") + (losesPower ? ", then no power" : "")
        }
    }

    static let weathers: [Weather] = {
        var weathers: [Weather] = []
        for losesPower in [false, true] {
            for manner in [BreakingDisk.Manner.error, .full, .torn] {
                for lasts in [false, true] {
                    weathers.append(
                        Weather(
                            manner: manner, calls: .changes, lasts: lasts, losesPower: losesPower))
                }
            }
            weathers.append(Weather(manner: .error, calls: .read, losesPower: losesPower))
            weathers.append(Weather(manner: .dead, calls: .changes, losesPower: losesPower))
        }
        return weathers
    }()

    @Test(arguments: weathers)
    func theNthCallFails(_ weather: Weather) async throws {
        var nights = 0
        for nth in 1... {
            var struck = false
            try await withFolder { folder in
                struck = try await night(nth, weather, path: "\(folder)/journal.sqlite")
            }
            guard struck else { break }
            nights += 1
        }
        // The script is long enough to meet every kind of call many times.
        #expect(nights > 20)
    }

    /// One run of the script; true where a fault struck.
    private func night(_ nth: Int, _ weather: Weather, path: String) async throws -> Bool {
        var struck = false
        try await BreakingDisk.with { disk in
            disk.breaks(at: nth, of: weather.calls, weather.manner, lasts: weather.lasts)
            var told = Told()
            await told.live(path: path, vfs: disk.vfs)
            // Closing counts, too.
            await disk.isClosed()
            struck = disk.struck != nil
            if struck, weather.losesPower { await disk.losesPower(seed: nth % 7) }
            let comment = "\(weather.testDescription), call \(nth)"
            if !struck { #expect(told.failure == nil, "\(comment)") }
            disk.isSound()
            try await told.compare(path: path, vfs: disk.vfs, comment: comment)
        }
        return struck
    }

    /// With a sound disk and no power afterwards, everything answered is there: each answer waited
    /// for a sync. (Were `synchronous` less than FULL, this would fail.)
    @Test(arguments: 0..<40)
    func aPowerCutTakesNothingThatWasAnswered(seed: Int) async throws {
        try await withFolder { folder in
            try await BreakingDisk.with { disk in
                let path = "\(folder)/journal.sqlite"
                var told = Told()
                // The disk stops working before the close can tidy up.
                await told.live(path: path, vfs: disk.vfs) {
                    disk.breaks(at: 1, of: .changes, .dead)
                }
                #expect(told.failure == nil)
                await disk.losesPower(seed: seed)
                disk.isSound()
                try await told.compare(path: path, vfs: disk.vfs, comment: "seed \(seed)")
            }
        }
    }

    /// A failed fsync is the end of writing, not of reading; and it is never asked again.
    @Test func aFailedSyncIsNotRetried() async throws {
        try await withFolder { folder in
            try await BreakingDisk.with { disk in
                let store = try SQLiteJournal(path: "\(folder)/j.sqlite", vfs: disk.vfs)
                let head = try await store.fill("a", count: 3)
                disk.breaks(at: 1, of: .sync, .error)
                let error = await #expect(throws: JournalError.self) {
                    try await store.append(.sample(4), to: "a", after: head)
                }
                #expect(
                    error?.description == """
                        journal: disk I/O error (SQLite 1034) (unwritable)
                          where: sqlite:\(folder)/j.sqlite, append to run 'a'
                          do:    make room, or make file and folder writable; \
                        `theseus abort` goes on without it
                        """)
                // The disk says that it is well again: the store does not believe it.
                for _ in 0..<3 {
                    let again = await #expect(throws: JournalError.self) {
                        try await store.append(.sample(4), to: "a", after: head)
                    }
                    #expect(again == error)
                }
                #expect(await refusal { _ = try await store.keep([1]) } == .unwritable)
                #expect(await refusal { _ = try await store.post([1], to: "a") } == .unwritable)
                #expect(await refusal { try await store.open(.sample("b")) } == .unwritable)
                #expect(try await store.last(of: "a")?.head == head)
                #expect(try await store.records(of: "a", from: 1).count == 3)
            }
        }
    }

    /// Nor does closing sync what a failed sync left behind: the next opening reads what is there.
    @Test func closingAfterAFailedSyncLeavesTheLogAlone() async throws {
        try await withFolder { folder in
            try await BreakingDisk.with { disk in
                let path = "\(folder)/j.sqlite"
                try await breakSync(path: path, disk)
                await disk.isClosed()
                #expect(disk.count == 0)
                let store = try SQLiteJournal(path: path)
                // The record was written whole, only not answered: it may be found.
                #expect([3, 4].contains(try await store.records(of: "a", from: 1).count))
            }
        }
    }

    private func breakSync(path: String, _ disk: BreakingDisk) async throws {
        let store = try SQLiteJournal(path: path, vfs: disk.vfs)
        let head = try await store.fill("a", count: 3)
        disk.breaks(at: 1, of: .sync, .error)
        #expect(
            await refusal { _ = try await store.append(.sample(4), to: "a", after: head) }
                == .unwritable)
        disk.breaks(at: .max, of: [.sync, .write, .delete], .error)
        // The store lives until here, so that its closing is counted.
        #expect(try await store.last(of: "a")?.head == head)
    }

    /// What was answered is safe in the log; that the log cannot be folded is the next one's news.
    @Test func aLogThatCannotBeFoldedIsTheEndOfWriting() async throws {
        try await withFolder { folder in
            try await BreakingDisk.with { disk in
                let store = try SQLiteJournal(
                    path: "\(folder)/j.sqlite", vfs: disk.vfs, foldAfter: 90_000)
                var head = try await store.fill("a", count: 3)
                var number = 3
                // The append syncs once; a second sync is the folding.
                while disk.struck == nil, number < 40 {
                    number += 1
                    disk.breaks(at: 2, of: .sync, .error)
                    head = try await store.append(.sample(number), to: "a", after: head).head
                }
                let error = await #expect(throws: JournalError.self) {
                    try await store.append(.sample(number + 1), to: "a", after: head)
                }
                #expect(error?.code == .unwritable)
                #expect(error?.place == "sqlite:\(folder)/j.sqlite, fold the log")
                #expect(try await store.records(of: "a", from: 1).count == number)
            }
        }
    }
}

import Digests
import Journal
import Testing

/// What every store promises, whatever it is made of.
@Suite struct JournalContractTests {
    @Test(arguments: Shelf.allCases)
    func aRunIsOpenedOnce(_ shelf: Shelf) async throws {
        try await shelf.with { store in
            try await store.open(.sample("a"))
            #expect(await refusal { try await store.open(.sample("a")) } == .exists)
            let other = RunCard(run: "a", target: "elsewhere", opened: 9)
            #expect(await refusal { try await store.open(other) } == .exists)
            #expect(try await store.runs() == [.sample("a")])
        }
    }

    @Test(arguments: Shelf.allCases)
    func runsAreListedInTheOrderOfTheirOpening(_ shelf: Shelf) async throws {
        try await shelf.with { store in
            #expect(try await store.runs() == [])
            for (number, run) in ["m", "z", "a", "é"].enumerated() {
                try await store.open(.sample(run, opened: number))
            }
            #expect(try await store.runs().map(\.run) == ["m", "z", "a", "é"])
            #expect(try await store.runs().map(\.opened) == [0, 1, 2, 3])
        }
    }

    @Test(arguments: Shelf.allCases)
    func whatWasAppendedComesBackChained(_ shelf: Shelf) async throws {
        try await shelf.with { store in
            try await store.open(.sample("a"))
            var head = JournalHead.start
            var written: [JournalRecord] = []
            for number in 1...12 {
                let record = try await store.append(.sample(number), to: "a", after: head)
                #expect(record.sequence == number)
                #expect(record.previousHash == head.hash)
                #expect(record.objection(after: head) == nil)
                written.append(record)
                head = record.head
            }
            #expect(try await store.records(of: "a", from: 1) == written)
            #expect(written.map(\.draft) == (1...12).map { .sample($0) })
            #expect(try await store.last(of: "a") == written.last)
        }
    }

    @Test(arguments: Shelf.allCases)
    func anyBytesAndNumbersComeBack(_ shelf: Shelf) async throws {
        try await shelf.with { store in
            let draft = RecordDraft(
                epoch: .max, date: .min, actor: "a\u{0}b\nç", kind: -1, payload: [],
                state: Array(0...255))
            try await store.open(RunCard(run: "r\u{0}'\n", target: "", opened: .min))
            let record = try await store.append(draft, to: "r\u{0}'\n", after: .start)
            #expect(try await store.records(of: "r\u{0}'\n", from: 1) == [record])
            #expect(record.draft == draft)
        }
    }

    @Test(arguments: Shelf.allCases, [Int.min, -1, 0, 1, 2, 5, 6, 7, .max])
    func reads(_ shelf: Shelf, from first: Int) async throws {
        try await shelf.with { store in
            try await store.fill("a", count: 5)
            try await store.fill("b", count: 2)
            let numbers = try await store.records(of: "a", from: first).map(\.sequence)
            #expect(numbers == (1...5).filter { $0 >= first })
        }
    }

    @Test(arguments: Shelf.allCases)
    func onlyTheHolderOfTheHeadAppends(_ shelf: Shelf) async throws {
        try await shelf.with { store in
            let head = try await store.fill("a", count: 3, epoch: 4)
            let displaced = JournalError.Code.displaced(head)
            let older = try await store.records(of: "a", from: 2)[0].head
            let forged = JournalHead(sequence: 3, epoch: 4, hash: older.hash)
            let ahead = JournalHead(sequence: 4, epoch: 4, hash: head.hash)
            let lower = JournalHead(sequence: 3, epoch: 3, hash: head.hash)
            for wrong in [older, forged, ahead, lower, .start] {
                let code = await refusal {
                    _ = try await store.append(.sample(4, epoch: 9), to: "a", after: wrong)
                }
                #expect(code == displaced)
            }
            let lowered = await refusal {
                _ = try await store.append(.sample(4, epoch: 3), to: "a", after: head)
            }
            #expect(lowered == displaced)
            #expect(try await store.records(of: "a", from: 1).count == 3)

            let raised = try await store.append(.sample(4, epoch: 5), to: "a", after: head)
            #expect(raised.head.epoch == 5)
            #expect(raised.sequence == 4)
        }
    }

    @Test(arguments: Shelf.allCases)
    func aRunWithoutRecordsStandsAtTheStart(_ shelf: Shelf) async throws {
        try await shelf.with { store in
            try await store.open(.sample("a"))
            #expect(try await store.last(of: "a") == nil)
            #expect(try await store.records(of: "a", from: 1) == [])
            #expect(try await store.wishes(of: "a", after: 0) == [])
            let head = JournalHead(sequence: 1, epoch: 0, hash: JournalHead.start.hash)
            let code = await refusal {
                _ = try await store.append(.sample(1), to: "a", after: head)
            }
            #expect(code == .displaced(.start))
            let below = await refusal {
                _ = try await store.append(.sample(1, epoch: -1), to: "a", after: .start)
            }
            #expect(below == .displaced(.start))
        }
    }

    @Test(arguments: Shelf.allCases)
    func anUnknownRunIsSaidToBeUnknown(_ shelf: Shelf) async throws {
        try await shelf.with { store in
            // Two spellings of é: one letter to a reader, two ids to a journal.
            try await store.fill("caf\u{E9}", count: 1)
            for run in ["b", "", "A", "cafe\u{301}"] {
                let codes = [
                    await refusal {
                        _ = try await store.append(.sample(1), to: run, after: .start)
                    },
                    await refusal { _ = try await store.records(of: run, from: 1) },
                    await refusal { _ = try await store.last(of: run) },
                    await refusal { _ = try await store.post([1], to: run) },
                    await refusal { _ = try await store.wishes(of: run, after: 0) },
                ]
                #expect(codes == Array(repeating: .unknownRun, count: codes.count))
            }
        }
    }

    @Test(arguments: Shelf.allCases)
    func blobsAreKeptUnderTheirDigest(_ shelf: Shelf) async throws {
        try await shelf.with { store in
            let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            // More than one piece of any store.
            let huge = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
            for blob in [[], [0], Array("backup".utf8), large, huge] {
                let digest = try await store.keep(blob)
                #expect(digest == SHA256.hex(of: blob))
                #expect(try await store.keep(blob) == digest)
                #expect(try await store.blob(digest) == blob)
            }
            #expect(try await store.blob(SHA256.hex(of: [9, 9])) == nil)
            #expect(try await store.blob("") == nil)
        }
    }

    @Test(arguments: Shelf.allCases)
    func wishesAreNumberedPerRun(_ shelf: Shelf) async throws {
        try await shelf.with { store in
            try await store.open(.sample("a"))
            try await store.open(.sample("b"))
            for number in 1...4 {
                #expect(try await store.post([UInt8(number)], to: "a") == number)
            }
            #expect(try await store.post([], to: "b") == 1)
            let wishes = (1...4).map { InboxWish(number: $0, wish: [UInt8($0)]) }
            #expect(try await store.wishes(of: "a", after: -3) == wishes)
            #expect(try await store.wishes(of: "a", after: 0) == wishes)
            #expect(try await store.wishes(of: "a", after: 3) == [wishes[3]])
            #expect(try await store.wishes(of: "a", after: 4) == [])
            #expect(try await store.wishes(of: "a", after: 99) == [])
            #expect(try await store.wishes(of: "b", after: 0) == [InboxWish(number: 1, wish: [])])
        }
    }

    @Test(arguments: Shelf.allCases)
    func runsDoNotDisturbEachOther(_ shelf: Shelf) async throws {
        try await shelf.with { store in
            try await store.open(.sample("a"))
            try await store.open(.sample("b"))
            var heads = ["a": JournalHead.start, "b": .start]
            for number in 1...6 {
                let run = number.isMultiple(of: 3) ? "b" : "a"
                let head = try #require(heads[run])
                heads[run] = try await store.append(.sample(number), to: run, after: head).head
            }
            #expect(try await store.records(of: "a", from: 1).map(\.draft.kind) == [1, 2, 4, 5])
            #expect(try await store.records(of: "b", from: 1).map(\.draft.kind) == [3, 6])
        }
    }

    /// The same script gives the same hashes in every store: a run may move between them.
    @Test func storesAgreeOnEveryHash() async throws {
        var heads: [JournalHead] = []
        for shelf in Shelf.allCases {
            try await shelf.with { store in heads.append(try await store.fill("a", count: 9)) }
        }
        #expect(Set(heads).count == 1)
    }
}

import ClusterJournal
import Journal
import Lab
import Testing

/// What is old goes; what is named stays.
@Suite struct PruningTests {
    private func filled(_ store: ConfigMapJournal, _ run: String, blob: String) async throws
        -> String
    {
        try await store.open(.sample(run))
        let digest = try await store.keep(Array(blob.utf8))
        var draft = RecordDraft.sample(1)
        draft.payload = Array("{\"plan\":\"\(digest)\"}".utf8)
        let head = try await store.append(draft, to: run, after: .start).head
        _ = try await store.append(.sample(2), to: run, after: head)
        _ = try await store.post([1], to: run)
        return digest
    }

    @Test func whatIsNotKeptGoesWithItsBlobs() async throws {
        let cluster = try EmptyCluster()
        let store = cluster.journal()
        let own = try await filled(store, "old", blob: "own")
        let shared = try await filled(store, "older", blob: "shared")
        _ = try await filled(store, "kept", blob: "shared")
        try await cluster.time.sleep(for: .seconds(7200))
        let young = try await store.keep(Array("young".utf8))
        try await store.prune(keeping: ["kept"])

        #expect(try await store.runs().map(\.run) == ["kept"])
        #expect(await refusal { _ = try await store.records(of: "old", from: 1) } == .unknownRun)
        #expect(try await store.blob(own) == nil)
        #expect(try await store.blob(shared) != nil)
        #expect(try await store.blob(young) != nil)
        #expect(cluster.objects("theseus-log-").count == 1)
        #expect(cluster.objects("theseus-wish-").count == 1)
        #expect(try await cluster.journal().records(of: "kept", from: 1).count == 2)
    }

    @Test func aBlobThatIsCountedOnAnewIsYoungAgain() async throws {
        let cluster = try EmptyCluster()
        let store = cluster.journal()
        let digest = try await filled(store, "old", blob: "own")
        try await cluster.time.sleep(for: .seconds(7200))
        #expect(try await cluster.journal().keep(Array("own".utf8)) == digest)
        try await store.prune(keeping: [])
        #expect(try await store.blob(digest) != nil)
    }

    /// Wherever a removal breaks off, no run tells another end, and the next removal ends it.
    @Test func aRemovalMayBreakOffAnywhere() async throws {
        var call = 0
        var isWhole = false
        while !isWhole {
            call += 1
            let cluster = try EmptyCluster()
            let store = cluster.journal()
            for run in ["old", "kept"] { _ = try await filled(store, run, blob: run) }
            let end = try await store.last(of: "old")
            try await cluster.time.sleep(for: .seconds(7200))
            let plan = FaultPlan { [call] in $0.number >= call ? .status(403) : nil }
            let broken = cluster.journal(over: cluster.bad(plan))
            do {
                try await broken.prune(keeping: ["kept"])
                isWhole = true
            } catch {
                #expect(error.code == .denied)
            }
            let reader = cluster.journal()
            for card in try await reader.runs() where card.run == "old" {
                let last = try await reader.last(of: "old")
                #expect(last == end || last == nil, "call \(call)")
            }
            try await reader.prune(keeping: ["kept"])
            #expect(try await reader.runs().map(\.run) == ["kept"])
            #expect(cluster.objects("theseus-log-").count == 1)
        }
        #expect(call > 6)
    }
}

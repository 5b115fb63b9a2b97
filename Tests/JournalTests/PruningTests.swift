import ClusterJournal
import JSONTree
import Journal
import KubernetesAPI
import Lab
import Manifests
import Testing

/// What is old goes; what is named stays.
@Suite struct PruningTests {
    /// `segments`: more than one is filled by records that each stand alone in theirs.
    private func filled(
        _ store: ConfigMapJournal, _ run: String, blob: String, segments: Int = 1
    ) async throws -> String {
        try await store.open(.sample(run))
        let digest = try await store.keep(Array(blob.utf8))
        var draft = RecordDraft.sample(1)
        draft.payload = Array("{\"plan\":\"\(digest)\"}".utf8)
        var head = try await store.append(draft, to: run, after: .start).head
        for number in 2..<(segments + 1) {
            var large = RecordDraft.sample(number)
            large.payload = Array(String(repeating: "x", count: 15_000).utf8)
            head = try await store.append(large, to: run, after: head).head
        }
        _ = try await store.append(.sample(segments + 1), to: run, after: head)
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

    /// All pieces of a blob go, however many blobs there are; a young one keeps all of its.
    @Test func piecesGoTogether() async throws {
        let cluster = try EmptyCluster()
        let store = cluster.journal()
        let large = [UInt8](repeating: 1, count: ConfigMapJournal.largestPiece + 1)
        let old = try await store.keep(large)
        for number in 0..<25 { _ = try await store.keep([UInt8(number)]) }
        _ = try await filled(store, "old", blob: "own")
        try await cluster.time.sleep(for: .seconds(7200))
        let young = try await store.keep([2] + large)
        try await store.prune(keeping: [])
        #expect(try await store.blob(old) == nil)
        #expect(try await store.blob(young) == [2] + large)
        #expect(cluster.objects("theseus-blob-").count == 2)
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
            _ = try await filled(store, "old", blob: "old", segments: 3)
            _ = try await filled(store, "kept", blob: "kept")
            let whole = try await store.records(of: "old", from: 1)
            #expect(cluster.objects("theseus-log-old").count == 3)
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
            let isFound = try await reader.runs().contains { $0.run == "old" }
            if isFound {
                #expect(try await reader.records(of: "old", from: 1) == whole, "call \(call)")
            } else {
                let code = await refusal { _ = try await reader.records(of: "old", from: 1) }
                #expect(code == .unknownRun, "call \(call)")
            }
            // A process that knew the run may still know it, and never half of it.
            let known = try? await store.records(of: "old", from: 1)
            #expect(known == nil || known == whole, "call \(call)")
            try await reader.prune(keeping: ["kept"])
            #expect(try await reader.runs().map(\.run) == ["kept"])
            #expect(cluster.objects("theseus-log-").count == 1)
        }
        #expect(call > 8)
    }

    /// What somebody else labelled as ours, or changed, hides no run and keeps none from going.
    @Test func aBadCardHidesNoOther() async throws {
        let cluster = try EmptyCluster()
        let store = cluster.journal()
        for run in ["old", "kept"] { _ = try await filled(store, run, blob: run) }
        _ = try await KubernetesClient(
            server: LabWorld.server, transport: cluster.world, time: cluster.time
        ).create(
            KubernetesObject([
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": [
                    "name": "theseus-run-foreign", "namespace": "home",
                    "labels": ["theseus.dev/journal": "run", "theseus.dev/journal-run": "foreign"],
                ],
                "data": ["run": "foreign"],
            ]), as: .configMap)
        #expect(try await store.runs().map(\.run) == ["old", "kept"])
        #expect(
            await store.damagedCards.map(\.detail)
                == ["the card theseus-run-foreign is not what was written"])
        try await store.prune(keeping: ["kept"])
        #expect(try await store.runs().map(\.run) == ["kept"])
        #expect(cluster.objects("theseus-run-").count == 2)
    }
}

import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing

struct FenceTests {
    private func expectFenced(
        by run: String, _ work: () async throws -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let error = await #expect(throws: KubernetesError.self, sourceLocation: sourceLocation) {
            try await work()
        }
        #expect(error?.code == .fenced(by: run), sourceLocation: sourceLocation)
    }

    @Test func anOlderHolderWritesNothingMore() throws {
        try inHarbor { harbor in
            let old = harbor.writer(epoch: 1)
            let new = harbor.writer(epoch: 2)
            _ = try await old.change(reference) { painted($0, "red") }
            _ = try await new.claim(reference)
            let versions = harbor.versions(of: reference).count
            await expectFenced(by: "r1") {
                _ = try await old.change(reference) { painted($0, "green") }
            }
            await expectFenced(by: "r1") { try await old.remove(reference) { _ in true } }
            await expectFenced(by: "r1") { _ = try await old.claim(reference) }
            await expectFenced(by: "r1") { try await old.unseal(reference) }
            await expectFenced(by: "r1") {
                _ = try await old.create(configMap("settings"), as: .configMap)
            }
            #expect(harbor.versions(of: reference).count == versions)
            _ = try await new.change(reference) { painted($0, "green") }
            #expect(harbor.object(reference)?.seal?.epoch == 2)
        }
    }

    /// A write that was under way when the new holder put its stamp on does not land.
    @Test func aWriteUnderWayMeetsTheStamp() throws {
        try inHarbor { harbor in
            let new = harbor.writer(epoch: 2)
            let meddler = Meddler(world: harbor.world) { _ = try? await new.claim(reference) }
            let old = harbor.writer(epoch: 1, over: meddler)
            await expectFenced(by: "r1") {
                _ = try await old.change(reference) { painted($0, "red") }
            }
            let again = Meddler(world: harbor.world) {
                _ = try? await harbor.writer(epoch: 3).claim(reference)
            }
            let second = harbor.writer(epoch: 2, over: again)
            await expectFenced(by: "r1") { try await second.remove(reference) { _ in true } }
            #expect(harbor.object(reference)?.color == "blue")
        }
    }

    @Test func anotherRunsObjectIsNotTouched() throws {
        try inHarbor { harbor in
            _ = try await harbor.writer("r1").claim(reference)
            let other = harbor.writer("r2", epoch: 9)
            await expectFenced(by: "r1") {
                _ = try await other.change(reference) { painted($0, "red") }
            }
            await expectFenced(by: "r1") { _ = try await other.claim(reference) }
            await expectFenced(by: "r1") {
                _ = try await other.claim(reference, over: ["r0"])
            }
            _ = try await other.claim(reference, over: ["r0", "r1"])
            #expect(harbor.object(reference)?.seal?.run == "r2")
        }
    }

    @Test func claimingTwiceWritesOnce() throws {
        try inHarbor { harbor in
            let first = harbor.writer(head: "1:aa")
            _ = try await first.claim(reference)
            _ = try await first.claim(reference)
            _ = try await harbor.writer(head: "2:bb").claim(reference)
            #expect(harbor.versions(of: reference).count == 1)
            _ = try await harbor.writer(epoch: 2).claim(reference)
            #expect(harbor.versions(of: reference).count == 2)
        }
    }

    @Test func aLostSealIsNoticedWhereItMustBeThere() throws {
        try inHarbor { harbor in
            let writer = harbor.writer()
            let error = await #expect(throws: KubernetesError.self) {
                _ = try await writer.change(reference, mustBeSealed: true) { painted($0, "red") }
            }
            #expect(error?.code == .fenced(by: ""))
            #expect(error?.detail == "it carries no seal; last written by world")
            // Nothing to write, nothing to fear.
            _ = try await writer.change(reference, mustBeSealed: true) { $0 }
            _ = try await writer.claim(reference)
            _ = try await writer.change(reference, mustBeSealed: true) { painted($0, "red") }
            #expect(harbor.object(reference)?.color == "red")
        }
    }

    @Test func anEpochThatCannotBeReadIsTheHighest() throws {
        try inHarbor { harbor in
            var object = try #require(await harbor.client.get(reference))
            object.annotate(WriteSeal.runAnnotation, "r1")
            object.annotate(WriteSeal.epochAnnotation, "many")
            _ = try await harbor.client.update(object, as: .configMap)
            await expectFenced(by: "r1") {
                _ = try await harbor.writer(epoch: 5).change(reference) { painted($0, "red") }
            }
        }
    }

    @Test func unsealTakesEverythingOfOursOff() throws {
        try inHarbor { harbor in
            let writer = harbor.writer()
            _ = try await writer.change(reference) { object in
                var object = painted(object, "red")
                object.annotate("theseus.dev/original", "blue")
                object.annotate("example.test/note", "keep")
                return object
            }
            try await harbor.writer("r2").unseal(reference)  // not its own: untouched
            #expect(harbor.object(reference)?.seal?.run == "r1")
            try await writer.unseal(reference)
            let annotations = harbor.object(reference)?.tree.at("metadata", "annotations")
            #expect(annotations == ["example.test/note": "keep"])
            let versions = harbor.versions(of: reference).count
            try await writer.unseal(reference)
            #expect(harbor.versions(of: reference).count == versions)
        }
    }
}

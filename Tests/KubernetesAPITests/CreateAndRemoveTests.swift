import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing

struct CreateAndRemoveTests {
    private static let fresh = ObjectReference(.configMap, namespace: "demo", name: "fresh")

    @Test func makesUnderItsSealAndOnlyOnce() throws {
        try inHarbor { harbor in
            let writer = harbor.writer()
            let made = try await writer.create(configMap("fresh"), as: .configMap)
            #expect(made.seal == WriteSeal(run: "r1", epoch: 1, head: "1:aa"))
            let again = try await writer.create(configMap("fresh"), as: .configMap)
            #expect(again.uid == made.uid)
            let later = harbor.writer(epoch: 2, head: "7:cc")
            #expect(try await later.create(configMap("fresh"), as: .configMap).uid == made.uid)
            #expect(harbor.versions(of: Self.fresh).isEmpty)
        }
    }

    @Test func saysWhoseTheNameIs() throws {
        try inHarbor { harbor in
            let writer = harbor.writer()
            let first = await #expect(throws: KubernetesError.self) {
                try await writer.create(configMap("settings"), as: .configMap)
            }
            #expect(first?.code == .conflict)
            #expect(first?.place == "POST ConfigMap demo/settings")
            #expect(
                first?.detail == "it exists and is not of this run; last written by world")
            _ = try await harbor.writer("r0").claim(reference)
            let second = await #expect(throws: KubernetesError.self) {
                try await writer.create(configMap("settings"), as: .configMap)
            }
            #expect(second?.detail == "it exists and is of run r0; last written by theseus")
        }
    }

    @Test(arguments: CallOutcome.everyOne)
    func creatingSurvives(_ outcome: CallOutcome) throws {
        try inHarbor { harbor in
            let writer = harbor.writer(over: harbor.faulty("POST", outcome))
            let refused = [401, 403, 404, 410, 422].contains { outcome == .status($0) }
            do {
                let made = try await writer.create(configMap("fresh"), as: .configMap)
                #expect(harbor.object(Self.fresh)?.uid == made.uid)
                #expect(!refused)
            } catch let error as KubernetesError {
                #expect(refused, "\(error)")
            }
            #expect(harbor.versions(of: Self.fresh).isEmpty)  // none after the first
        }
    }

    @Test func removesWhatTheConditionMeans() throws {
        try inHarbor { harbor in
            let notes = Notes()
            let writer = harbor.writer(notes: notes)
            try await writer.remove(reference) { $0.seal?.run == "r1" }
            #expect(harbor.object(reference) != nil)
            #expect(notes.all.isEmpty)
            _ = try await writer.claim(reference)
            try await writer.remove(reference) { $0.seal?.run == "r1" }
            #expect(harbor.object(reference) == nil)
            try await writer.remove(reference) { _ in true }
            #expect(notes.all.map(\.verb) == [.update, .delete])
        }
    }

    /// The condition is asked again of the version that came in between.
    @Test func asksTheNewerVersion() throws {
        try inHarbor { harbor in
            let meddler = Meddler(world: harbor.world) {
                _ = try? await harbor.writer("r1").change(reference) { painted($0, "red") }
            }
            let writer = harbor.writer(over: meddler)
            try await writer.remove(reference) { $0.color == "blue" }
            #expect(harbor.object(reference)?.color == "red")
        }
    }

    @Test(arguments: CallOutcome.everyOne)
    func removingSurvives(_ outcome: CallOutcome) throws {
        try inHarbor { harbor in
            let writer = harbor.writer(over: harbor.faulty("DELETE", outcome))
            let isKept = [401, 403, 410, 422].contains { outcome == .status($0) }
            do {
                try await writer.remove(reference) { _ in true }
                #expect(!isKept)
            } catch let error as KubernetesError {
                #expect(isKept, "\(error)")
            }
            #expect((harbor.object(reference) != nil) == isKept)
        }
    }

    @Test func waitsUntilItIsGone() throws {
        try inHarbor { harbor in
            var guarded = configMap("fresh")
            guarded.tree.set(["example.test/hold"], at: "metadata", "finalizers")
            let writer = harbor.writer()
            _ = try await writer.create(guarded, as: .configMap)
            let begin = harbor.clock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await writer.remove(Self.fresh) { _ in true } }
                group.addTask {
                    try await harbor.clock.sleep(for: .seconds(5))
                    let client = harbor.client
                    var held = try #require(await client.get(Self.fresh))
                    #expect(held.isBeingDeleted)
                    held.tree.set(nil, at: "metadata", "finalizers")
                    _ = try await client.update(held, as: .configMap)
                }
                try await group.waitForAll()
            }
            #expect(harbor.object(Self.fresh) == nil)
            #expect((Duration.seconds(5)...Duration.seconds(6)).contains(harbor.clock.now - begin))
        }
    }
}

import HTTPMessages
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Synchronization
import Testing

struct SealedChangeTests {
    @Test func editsUnderItsSeal() throws {
        try inHarbor { harbor in
            let notes = Notes()
            let writer = harbor.writer(notes: notes)
            let written = try await writer.change(reference) { painted($0, "red") }
            let object = try #require(harbor.object(reference))
            #expect(object.color == "red")
            #expect(object.seal == WriteSeal(run: "r1", epoch: 1, head: "1:aa"))
            #expect(written?.resourceVersion == object.resourceVersion)
            #expect(
                notes.all == [
                    WriteNote(
                        verb: .update, reference: reference, outcome: .applied,
                        resourceVersion: object.resourceVersion)
                ])
        }
    }

    @Test func whatChangesNothingIsNotWritten() throws {
        try inHarbor { harbor in
            let writer = harbor.writer()
            let same = try await writer.change(reference) { painted($0, "blue") }
            #expect(same?.color == "blue")
            #expect(harbor.versions(of: reference).isEmpty)
            let nowhere = ObjectReference(.configMap, namespace: "demo", name: "nobody")
            #expect(try await writer.change(nowhere) { painted($0, "red") } == nil)
        }
    }

    @Test func whatTheEditThrowsEndsTheCall() throws {
        struct Reluctance: Error {}
        try inHarbor { harbor in
            await #expect(throws: Reluctance.self) {
                try await harbor.writer().change(reference) { _ in throw Reluctance() }
            }
        }
    }

    /// What was looked at just now is written without another look.
    @Test func whatWasSeenIsNotReadAgain() throws {
        try inHarbor { harbor in
            let seen = try #require(harbor.object(reference))
            let writer = harbor.writer(over: harbor.faulty("GET", .status(403), count: .max))
            let written = try await writer.change(reference, seen: seen) { painted($0, "red") }
            #expect(written?.color == "red")
            #expect(harbor.versions(of: reference).count == 1)
        }
    }

    @Test func whatWasSeenAndStandsNoLongerIsReadAgain() throws {
        try inHarbor { harbor in
            let seen = try #require(harbor.object(reference))
            var other = seen
            other.tree.set("large", at: "data", "size")
            _ = try await harbor.client.update(other, as: .configMap)
            let notes = Notes()
            let writer = harbor.writer(notes: notes)
            _ = try await writer.change(reference, seen: seen) { painted($0, "red") }
            let object = try #require(harbor.object(reference))
            #expect(object.color == "red")
            #expect(object.tree.at("data", "size") == "large")
            #expect(notes.all.map(\.outcome) == [.notApplied(.conflict), .applied])
        }
    }

    /// That nothing is left to do is never said of what may have changed since.
    @Test func thatNothingNeedBeWrittenIsSeenAnew() throws {
        try inHarbor { harbor in
            let blue = try #require(harbor.object(reference))
            _ = try await harbor.client.update(painted(blue, "green"), as: .configMap)
            let writer = harbor.writer()
            let written = try await writer.change(reference, seen: blue) { painted($0, "blue") }
            #expect(written?.color == "blue")
            #expect(harbor.object(reference)?.color == "blue")
        }
    }

    @Test func readsAgainWhereSomebodyWroteInBetween() throws {
        try inHarbor { harbor in
            let meddler = Meddler(world: harbor.world) {
                let other = try? await harbor.client.get(reference)
                guard var other else { return }
                other.tree.set("large", at: "data", "size")
                _ = try? await harbor.client.update(other, as: .configMap)
            }
            let notes = Notes()
            let writer = harbor.writer(over: meddler, notes: notes)
            _ = try await writer.change(reference) { painted($0, "red") }
            let object = try #require(harbor.object(reference))
            #expect(object.color == "red")
            #expect(object.tree.at("data", "size") == "large")
            #expect(notes.all.map(\.outcome) == [.notApplied(.conflict), .applied])
        }
    }

    /// Whatever comes of the first write: in the end it is there once, or the error says why not.
    @Test(arguments: CallOutcome.everyOne)
    func survives(_ outcome: CallOutcome) throws {
        try inHarbor { harbor in
            let writer = harbor.writer(over: harbor.faulty("PUT", outcome))
            let begin = harbor.clock.now
            do {
                _ = try await writer.change(reference) { painted($0, "red") }
                #expect(harbor.object(reference)?.color == "red")
                #expect(harbor.versions(of: reference).count == 1)
            } catch let error as KubernetesError {
                #expect(!error.isPassing)
                #expect(harbor.versions(of: reference).isEmpty)
            }
            let refused = [401, 403, 410, 422].contains { outcome == .status($0) }
            #expect(harbor.versions(of: reference).isEmpty == refused)
            if outcome == .status(429, retryAfter: 2) {
                #expect(harbor.clock.now - begin >= .seconds(2))
            }
        }
    }

    /// Reads that go wrong for a while only delay.
    @Test(arguments: [
        CallOutcome.status(429, retryAfter: 2), .status(500), .status(503), .resetNotApplied,
        .timeOutNotApplied,
    ])
    func waitsOverPassingErrorsOfReads(_ outcome: CallOutcome) throws {
        try inHarbor { harbor in
            let writer = harbor.writer(over: harbor.faulty("GET", outcome, count: 4))
            _ = try await writer.change(reference) { painted($0, "red") }
            #expect(harbor.versions(of: reference).count == 1)
        }
    }

    @Test func goesOnUntilCalledOff() throws {
        try inHarbor { harbor in
            let notes = Notes()
            let writer = harbor.writer(
                over: harbor.faulty("PUT", .status(503), count: .max), notes: notes)
            let isCalledOff = await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do {
                        _ = try await writer.change(reference) { painted($0, "red") }
                        return false
                    } catch {
                        return error is CancellationError
                    }
                }
                try? await harbor.clock.sleep(for: .seconds(60))
                group.cancelAll()
                return await group.next() ?? false
            }
            #expect(isCalledOff)
            // 100 + 200 + 400 + 800 + 1600 ms, then every 2 s.
            #expect((30...36).contains(notes.all.count))
            #expect(notes.all.allSatisfy { $0.outcome == .unknown })
        }
    }

    /// A write that was called off lands after the one that took its place, and is refused.
    @Test(arguments: ["blue", "green"])
    func aLateWriteMeetsANewerVersion(_ color: String) throws {
        try inHarbor { harbor in
            let road = LateRoad(harbor.world)
            let writer = harbor.writer(over: road)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try? await writer.change(reference) { painted($0, "red") }
                }
                while !road.holds { try? await harbor.clock.sleep(for: .milliseconds(1)) }
                group.cancelAll()
            }
            // For "blue" the edit changes nothing, and is written all the same.
            _ = try await writer.change(reference) { painted($0, color) }
            #expect(try await road.land() == 409)
            #expect(harbor.object(reference)?.color == color)
            let versions = harbor.versions(of: reference).count
            _ = try await writer.change(reference) { painted($0, color) }
            #expect(harbor.versions(of: reference).count == versions)
        }
    }

    /// The same where the object carries the very seal already: nothing at all would change.
    @Test func aLateWriteMeetsANewerVersionUnderTheSameSeal() throws {
        try inHarbor { harbor in
            _ = try await harbor.writer().claim(reference)
            let road = LateRoad(harbor.world)
            let writer = harbor.writer(over: road)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try? await writer.change(reference) { painted($0, "red") }
                }
                while !road.holds { try? await harbor.clock.sleep(for: .milliseconds(1)) }
                group.cancelAll()
            }
            _ = try await writer.change(reference) { $0 }
            #expect(try await road.land() == 409)
            #expect(harbor.object(reference)?.color == "blue")
            try await writer.unseal(reference)
            #expect(harbor.object(reference)?.tree.at("metadata", "annotations") == nil)
        }
    }

    /// A condition that no longer holds at a later attempt ends the call, and nothing is written.
    @Test func asksAheadOfEveryAttempt() throws {
        try inHarbor { harbor in
            let asked = Mutex(0)
            let writer = harbor.writer(over: harbor.faulty("PUT", .status(503), count: 2))
            await #expect(throws: NoMore.self) {
                _ = try await writer.change(
                    reference,
                    before: {
                        if asked.withLock({
                            $0 += 1; return $0
                        }) > 2 {
                            throw NoMore()
                        }
                    }, { painted($0, "red") })
            }
            #expect(asked.withLock { $0 } == 3)
            #expect(harbor.object(reference)?.color == "blue")
            // Where nothing is to be written, nothing is asked.
            _ = try await harbor.writer().change(reference, before: { throw NoMore() }, { $0 })
        }
    }

    private struct NoMore: Error {}

    @Test func writesOneAfterTheOther() throws {
        try inHarbor { harbor in
            let narrow = NarrowRoad(world: harbor.world)
            let writer = harbor.writer(over: narrow)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        _ = try await writer.create(configMap("c\(number)"), as: .configMap)
                    }
                    group.addTask {
                        _ = try await writer.change(reference) { object in
                            var object = object
                            object.tree.set("yes", at: "data", "n\(number)")
                            return object
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(harbor.object(reference)?.tree.at("data")?.members?.count == 9)
            #expect(narrow.most == 1)
        }
    }
}

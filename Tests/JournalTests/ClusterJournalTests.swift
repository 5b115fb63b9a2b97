import ClusterJournal
import Digests
import HTTPMessages
import JSONTree
import Journal
import KubernetesAPI
import Lab
import Manifests
import Synchronization
import Testing

/// What holds of the journal in the cluster, besides what holds of every store.
@Suite struct ClusterJournalTests {
    // MARK: Segments

    @Test func recordsFillSegmentsThatAreThenClosed() async throws {
        let cluster = try EmptyCluster()
        let store = cluster.journal()
        try await store.open(.sample("a"))
        var head = JournalHead.start
        for number in 1...60 {
            var draft = RecordDraft.sample(number)
            draft.state = Array(repeating: 0x53, count: 900)
            head = try await store.append(draft, to: "a", after: head).head
        }
        let segments = cluster.objects("theseus-log-")
        #expect(segments.count > 4)
        #expect(segments.map { $0.tree["immutable"] == true }.dropLast().allSatisfy { $0 })
        for segment in segments {
            let sizes = (segment.tree["binaryData"]?.members ?? [:]).map {
                Base64.bytes(of: $0.value.text ?? "")?.count ?? .max
            }
            #expect(sizes.reduce(0, +) <= 16_384)
        }
        #expect(segments.allSatisfy { $0.tree.at("metadata", "ownerReferences") == nil })
        let other = cluster.journal()
        #expect(try await other.records(of: "a", from: 1).count == 60)
        #expect(try await other.last(of: "a")?.head == head)
    }

    @Test func aRecordLargerThanASegmentStandsAlone() async throws {
        let cluster = try EmptyCluster()
        let store = cluster.journal()
        var head = try await store.fill("a", count: 2)
        var draft = RecordDraft.sample(3)
        draft.state = Array(repeating: 0x53, count: 40_000)
        head = try await store.append(draft, to: "a", after: head).head
        head = try await store.append(.sample(4), to: "a", after: head).head
        let sizes = cluster.objects("theseus-log-").map { $0.tree["binaryData"]?.members?.count }
        #expect(sizes == [2, 1, 1])
        #expect(try await cluster.journal().records(of: "a", from: 3).first?.draft == draft)
    }

    @Test func anAppendIsOneCall() async throws {
        let cluster = try EmptyCluster()
        let plan = FaultPlan { _ in nil }
        let store = cluster.journal(over: cluster.bad(plan))
        var head = try await store.fill("a", count: 2)
        let before = plan.calls.count
        for number in 3...6 {
            head = try await store.append(.sample(number), to: "a", after: head).head
        }
        #expect(plan.calls.dropFirst(before).map(\.method) == ["PUT", "PUT", "PUT", "PUT"])
        _ = try await store.wishes(of: "a", after: 0)
        #expect(plan.calls.last?.method == "GET")
        #expect(plan.calls.count == before + 5)
    }

    @Test func aBlobIsKeptOnceAndRefusedWhereItIsTooLarge() async throws {
        let cluster = try EmptyCluster()
        let blob = Array(repeating: UInt8(7), count: ConfigMapJournal.largestPiece)
        for _ in 0..<2 {
            #expect(try await cluster.journal().keep(blob) == SHA256.hex(of: blob))
        }
        #expect(cluster.objects("theseus-blob-").count == 1)
        let most = Array(repeating: UInt8(7), count: ConfigMapJournal.largestBlob + 1)
        #expect(await refusal { _ = try await cluster.journal().keep(most) } == .tooLarge)
        #expect(cluster.objects("theseus-blob-").count == 1)
    }

    /// A large one stands in pieces, of which the first is written last.
    @Test func aLargeBlobStandsInPieces() async throws {
        let cluster = try EmptyCluster()
        let blob = (0..<ConfigMapJournal.largestPiece * 2 + 5).map {
            UInt8(truncatingIfNeeded: $0 &* 31)
        }
        let digest = SHA256.hex(of: blob)
        // Wherever it breaks off, there is no blob, and the next try makes it whole.
        for call in 1...2 {
            let plan = FaultPlan { $0.number >= call ? .status(403) : nil }
            let code = await refusal {
                _ = try await cluster.journal(over: cluster.bad(plan)).keep(blob)
            }
            #expect(code == .denied)
            #expect(try await cluster.journal().blob(digest) == nil)
        }
        for _ in 0..<2 { #expect(try await cluster.journal().keep(blob) == digest) }
        #expect(try await cluster.journal().blob(digest) == blob)
        let pieces = cluster.objects("theseus-blob-")
        #expect(
            pieces.map(\.name) == [
                "theseus-blob-\(digest)", "theseus-blob-\(digest)-000002",
                "theseus-blob-\(digest)-000003",
            ])
        // One that is gone is missed.
        let client = KubernetesClient(
            server: LabWorld.server, transport: cluster.world, time: cluster.time)
        try await client.delete(pieces[2], as: .configMap)
        #expect(await refusal { _ = try await cluster.journal().blob(digest) } == .damaged)
        #expect(try await cluster.journal().keep(blob) == digest)
        #expect(try await cluster.journal().blob(digest) == blob)
    }

    // MARK: Two holders

    /// The old holder's append is on its way while the new one takes the run: it never lands.
    @Test(arguments: [1, 15])
    func aLateAppendOfTheOldHolderIsNotKept(after count: Int) async throws {
        let cluster = try EmptyCluster()
        let road = HeldRoad(cluster.world)
        let old = cluster.journal(over: road)
        var head = try await old.fill("a", count: count)
        road.holdsWrites = true
        let late = Task { [head] in
            try await old.append(.sample(99), to: "a", after: head)
        }
        while road.held == nil { await Task.yield() }
        late.cancel()
        #expect(await refusal { _ = try await late.value } == .unreachable)

        let new = cluster.journal()
        head = try await new.append(.sample(50, epoch: 2), to: "a", after: head).head
        let records = try await new.records(of: "a", from: 1)
        #expect(try await road.land() == 409)
        #expect(try await cluster.journal().records(of: "a", from: 1) == records)
        road.holdsWrites = false
        let refused = await refusal {
            let before = records[records.count - 2].head
            _ = try await old.append(.sample(99), to: "a", after: before)
        }
        #expect(refused == .displaced(head))
    }

    /// The old holder knows an open segment with room; the new one has closed it and gone on.
    @Test func whoKnowsOnlyAnOldSegmentCannotForkTheRun() async throws {
        let cluster = try EmptyCluster()
        let old = cluster.journal()
        let head = try await old.fill("a", count: 2)
        var large = RecordDraft.sample(3, epoch: 2)
        large.state = Array(repeating: 0x53, count: 20_000)
        let next = try await cluster.journal().append(large, to: "a", after: head).head
        let code = await refusal { _ = try await old.append(.sample(3), to: "a", after: head) }
        #expect(code == .displaced(next))
        #expect(cluster.objects("theseus-log-").count == 2)
    }

    @Test func ofManyWritersExactlyOneWinsEachNumber() async throws {
        let cluster = try EmptyCluster()
        _ = try await cluster.journal().fill("a", count: 1)
        let wins = await withTaskGroup(of: Int.self) { group in
            for writer in 0..<6 {
                let store = cluster.journal()
                group.addTask {
                    var wins = 0
                    for number in 0..<20 {
                        guard let head = try? await store.last(of: "a")?.head else { continue }
                        var draft = RecordDraft.sample(writer * 100 + number)
                        draft.actor = "writer \(writer)"
                        if (try? await store.append(draft, to: "a", after: head)) != nil {
                            wins += 1
                        }
                    }
                    return wins
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wins >= 20)
        #expect(try await cluster.journal().records(of: "a", from: 1).count == wins + 1)
    }

    @Test func wishesOfManyGetNumbersWithoutGaps() async throws {
        let cluster = try EmptyCluster()
        try await cluster.journal().open(.sample("a"))
        let numbers = await withTaskGroup(of: Int?.self) { group in
            for person in 0..<12 {
                group.addTask { try? await cluster.journal().post([UInt8(person)], to: "a") }
            }
            return await group.reduce(into: [Int?]()) { $0.append($1) }
        }
        #expect(numbers.compactMap(\.self).sorted() == Array(1...12))
        let wishes = try await cluster.journal().wishes(of: "a", after: 0)
        #expect(Set(wishes.map { $0.wish[0] }).count == 12)
    }

    // MARK: Trouble

    /// Every call of a short life goes wrong once in each way: the story is the same.
    @Test func anyOneCallMayGoWrong() async throws {
        let wanted = try await Picture.staged(in: MemoryJournal())
        var call = 0
        var calls = Int.max
        while call < calls {
            call += 1
            for outcome in Shelf.faults {
                let cluster = try EmptyCluster()
                let plan = FaultPlan(call: call, outcome)
                let picture = try await Picture.staged(in: cluster.journal(over: cluster.bad(plan)))
                #expect(picture == wanted, "call \(call): \(outcome)")
                let again = try await Picture.taken(from: cluster.journal(), blobs: wanted.digests)
                #expect(again == wanted, "call \(call), read again: \(outcome)")
                if call == 1 { calls = plan.calls.count }
            }
        }
        #expect(call > 30)
    }

    @Test func whatIsDeniedIsNamedByVerbAndKind() async throws {
        let cluster = try EmptyCluster()
        let store = cluster.journal(
            over: cluster.bad(FaultPlan { $0.method == "PUT" ? .status(403) : nil }))
        let head = try await store.fill("a", count: 1)
        let error = await #expect(throws: JournalError.self) {
            _ = try await store.append(.sample(2), to: "a", after: head)
        }
        #expect(error?.code == .denied)
        #expect(error?.detail.contains("PUT ConfigMap home/theseus-log-a-") == true)
    }

    /// Who is not known any more needs no right, but to log in again.
    @Test func anUnknownCallerIsToldToLogIn() async throws {
        let cluster = try EmptyCluster()
        let store = cluster.journal(
            over: cluster.bad(FaultPlan { $0.method == "PUT" ? .status(401) : nil }))
        let head = try await store.fill("a", count: 1)
        let error = await #expect(throws: JournalError.self) {
            _ = try await store.append(.sample(2), to: "a", after: head)
        }
        #expect(error?.code == .denied && error?.denial == .login)
        let said = error?.description ?? ""
        #expect(said.hasSuffix("log in again, or give another --kubeconfig"), "\(said)")
    }

    @Test(arguments: [
        (
            "configmaps \"x\" is forbidden: unable to create new content in namespace q2 because it is"
                + " being terminated", JournalError.Denial.leaving
        ),
        ("configmaps \"x\" is forbidden: exceeded quota: few, requested: configmaps=1", .quota),
        ("configmaps is forbidden: User \"ci\" cannot list resource", .right),
    ])
    func whatARightWouldNotChangeIsSaid(_ said: String, _ denial: JournalError.Denial) {
        #expect(JournalError.Denial(of: said) == denial)
    }

    @Test func patienceEnds() async throws {
        let cluster = try EmptyCluster()
        let plan = FaultPlan { $0.number > 4 ? .status(503) : nil }
        let store = cluster.journal(over: cluster.bad(plan), patience: .seconds(30))
        let head = try await store.fill("a", count: 1)
        let begin = cluster.time.now
        let code = await refusal { _ = try await store.append(.sample(2), to: "a", after: head) }
        #expect(code == .unreachable)
        #expect((.seconds(25)...(.seconds(30))).contains(cluster.time.now - begin))
    }

    @Test(arguments: ["theseus-run-", "theseus-log-", "theseus-wish-", "theseus-blob-"])
    func aFlippedByteIsFound(in part: String) async throws {
        let cluster = try EmptyCluster()
        let wanted = try await Picture.staged(in: cluster.journal())
        var damaged = 0
        for object in cluster.objects(part) {
            for member in ["data", "binaryData"] {
                for entry in object.tree[member]?.members ?? [:] {
                    let road = FlippedRoad(
                        inner: cluster.world, object: object.name, member: member, key: entry.key,
                        value: Self.changed(entry.value.text ?? ""))
                    let store = cluster.journal(over: road)
                    let code = await refusal {
                        _ = try await Picture.taken(from: store, blobs: wanted.digests)
                        if let card = await store.damagedCards.first { throw card }
                    }
                    if code == .damaged { damaged += 1 }
                    #expect(code == .damaged || code == .unknownRun, "\(object.name) \(entry.key)")
                }
            }
        }
        #expect(damaged > 0)
    }

    /// Another letter somewhere in the middle.
    private static func changed(_ text: String) -> String {
        if text.isEmpty { return "AAAA" }
        var letters = Array(text)
        let place = letters.count / 2
        letters[place] = letters[place] == "A" ? "B" : "A"
        return String(letters)
    }

    @Test func aMissingSegmentIsFound() async throws {
        let cluster = try EmptyCluster()
        let store = cluster.journal()
        try await store.open(.sample("a"))
        var head = JournalHead.start
        for number in 1...40 {
            var draft = RecordDraft.sample(number)
            draft.state = Array(repeating: 0x53, count: 900)
            head = try await store.append(draft, to: "a", after: head).head
        }
        let middle = try #require(cluster.objects("theseus-log-").dropFirst().first)
        let client = KubernetesClient(
            server: LabWorld.server, transport: cluster.world, time: cluster.time)
        try await client.delete(middle, as: .configMap)
        let code = await refusal { _ = try await cluster.journal().last(of: "a") }
        #expect(code == .damaged)
    }
}

/// Holds one write back, to land it later.
final class HeldRoad: HTTPTransport {
    private struct State {
        var holdsWrites = false
        var held: HTTPRequest?
    }

    private let world: LabWorld
    private let state = Mutex(State())

    init(_ world: LabWorld) { self.world = world }

    var holdsWrites: Bool {
        get { state.withLock { $0.holdsWrites } }
        set { state.withLock { $0.holdsWrites = newValue } }
    }
    var held: HTTPRequest? { state.withLock { $0.held } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let isHeld = state.withLock { state in
            guard state.holdsWrites, request.method != "GET", state.held == nil else {
                return false
            }
            state.held = request
            return true
        }
        guard isHeld else { return try await world.send(request) }
        while !Task.isCancelled { await Task.yield() }
        throw HTTPFailure(.cancelled, reached: .perhaps, place: request.place)
    }

    /// What the server says to the late write.
    func land() async throws -> Int? {
        guard let request = held else { return nil }
        return try await world.send(request).status
    }
}

/// Shows one value of one object otherwise than it is.
struct FlippedRoad: HTTPTransport {
    let inner: any HTTPTransport
    let object: String
    let member: String
    let key: String
    let value: String

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        var response = try await inner.send(request)
        guard case .tree(var tree) = response.body else { return response }
        if let items = tree["items"]?.items {
            tree["items"] = .array(items.map(flipped))
        } else {
            tree = flipped(tree)
        }
        response.body = .tree(tree)
        return response
    }

    private func flipped(_ tree: JSONTree) -> JSONTree {
        guard tree.at("metadata", "name")?.text == object else { return tree }
        var tree = tree
        tree.set(.string(value), at: member, key)
        return tree
    }
}

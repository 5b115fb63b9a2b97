import HTTPMessages
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Synchronization
import Timekeeping

/// A small world with one ConfigMap in it, and writers that sail to it.
struct Harbor: Sendable {
    let world: LabWorld
    let clock: LabClock

    var client: KubernetesClient { client(over: world) }

    func client(over transport: any HTTPTransport) -> KubernetesClient {
        KubernetesClient(server: LabWorld.server, transport: transport, time: clock)
    }

    func writer(
        _ run: String = "r1", epoch: Int = 1, head: String = "1:aa",
        over transport: (any HTTPTransport)? = nil, notes: Notes? = nil
    ) -> SealedWriter {
        let seal = WriteSeal(run: run, epoch: epoch, head: head)
        guard let notes else {
            return SealedWriter(client: client(over: transport ?? world), time: clock) { seal }
        }
        return SealedWriter(
            client: client(over: transport ?? world), time: clock, seal: { seal },
            observe: { note in notes.add(note) })
    }

    /// The first `count` calls of that method go wrong.
    func faulty(_ method: String, _ outcome: CallOutcome, count: Int = 1) -> FaultyTransport {
        let left = Mutex(count)
        return FaultyTransport(
            world, time: clock,
            plan: FaultPlan { call in
                guard call.method == method else { return nil }
                return left.withLock { left in
                    guard left > 0 else { return nil }
                    left -= 1
                    return outcome
                }
            })
    }

    /// Every version that the object had, without the one that it began with.
    func versions(of reference: ObjectReference) -> [StoredVersion] {
        Array(world.history().filter { $0.reference == reference }.dropFirst())
    }

    func object(_ reference: ObjectReference) -> KubernetesObject? {
        world.snapshot().cluster.object(reference)
    }
}

/// What a writer's observer heard.
final class Notes: Sendable {
    private let heard = Mutex<[WriteNote]>([])
    var all: [WriteNote] { heard.withLock { $0 } }
    func add(_ note: WriteNote) { heard.withLock { $0.append(note) } }
}

@discardableResult
func inHarbor<Value: Sendable>(
    _ story: @escaping @Sendable (Harbor) async throws -> Value
) throws -> Value {
    let turnable = TurnableWorld()
    let clock = LabClock(turnable)
    let state = try LabWorldFile(["objects": [configMap("settings").tree]])
        .begin(date: clock.date)
    let harbor = Harbor(world: LabWorld(state, time: clock), clock: clock)
    return try turnable.run { try await story(harbor) }
}

/// Paints what the ConfigMap says.
func painted(_ object: KubernetesObject, _ color: String) -> KubernetesObject {
    var object = object
    object.tree.set(.string(color), at: "data", "color")
    return object
}

extension KubernetesObject {
    var color: String? { tree.at("data", "color")?.text }
}

/// Keeps the first write that it is given until it is called off, and sends it when told to.
final class LateRoad: HTTPTransport {
    private let world: LabWorld
    private let kept = Mutex<HTTPRequest?>(nil)

    init(_ world: LabWorld) { self.world = world }

    var holds: Bool { kept.withLock { $0 != nil } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let isFirst = kept.withLock { kept in
            guard request.method != "GET", kept == nil else { return false }
            kept = request
            return true
        }
        guard isFirst else { return try await world.send(request) }
        do {
            try await world.time.sleep(for: .seconds(3600))
        } catch {
            throw HTTPFailure(.cancelled, reached: .perhaps, place: request.place)
        }
        throw HTTPFailure(.timedOut, reached: .perhaps, place: request.place)
    }

    /// What the server says to the late write.
    func land() async throws -> Int? {
        guard let request = kept.withLock({ $0 }) else { return nil }
        return try await world.send(request).status
    }
}

/// Lets somebody else in just before the first write.
struct Meddler: HTTPTransport {
    let world: LabWorld
    let meddle: @Sendable () async -> Void
    let isDone = Once()

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        if request.method != "GET", isDone.first() { await meddle() }
        return try await world.send(request)
    }
}

final class Once: Sendable {
    private let isOver = Mutex(false)
    func first() -> Bool {
        isOver.withLock { isOver in
            defer { isOver = true }
            return !isOver
        }
    }
}

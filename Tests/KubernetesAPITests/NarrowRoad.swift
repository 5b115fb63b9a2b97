import HTTPMessages
import Lab
import Synchronization

/// Counts how many writes are on the way at once.
final class NarrowRoad: HTTPTransport {
    private let world: LabWorld
    private let count = Mutex((now: 0, most: 0))

    init(world: LabWorld) { self.world = world }

    var most: Int { count.withLock { $0.most } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        guard request.method != "GET" else { return try await world.send(request) }
        count.withLock { count in
            count.now += 1
            count.most = max(count.most, count.now)
        }
        defer { count.withLock { $0.now -= 1 } }
        return try await world.send(request)
    }
}

package import HTTPMessages
internal import JSONTree
internal import Synchronization
package import Timekeeping

/// A cluster, a mesh, its users and its Prometheus, answering HTTP.
///
/// Time in it is its timekeeper's: nothing happens by itself, but each request first lets
/// everything happen that was due before it.
package final class LabWorld: HTTPTransport, Sendable {
    private struct Held: Sendable {
        var state: LabState
        var watchers: [Int: CheckedContinuation<Void, Never>] = [:]
        var watcher = 0
    }

    package let time: any Timekeeper
    private let latency: Duration
    private let gateway: String
    private let held: Mutex<Held>

    /// `gateway`: the authority (`host:port`) whose requests go through the mesh's gateway.
    package init(_ state: LabState, time: any Timekeeper, gateway: String = LabWorld.gateway) {
        self.time = time
        self.gateway = gateway
        latency = state.cluster.pace.latency
        held = Mutex(Held(state: state))
    }

    /// Where the Lab's own addresses lead, when nothing listens on a socket.
    package static let server = "http://lab.invalid:7080"
    package static let gateway = "lab.invalid:7081"
    package static let prometheus = "http://lab.invalid:7080/prometheus"

    /// Reads or changes the world by hand, as of now: a person with a long screwdriver.
    package func reach<Value: Sendable>(_ work: (inout LabState) -> Value) -> Value {
        let now = time.now
        return held.withLock { held in
            held.state.advance(to: now)
            let value = work(&held.state)
            held.state.noticeChanges()
            return value
        }
    }

    /// A copy of everything, as of now.
    package func snapshot() -> LabState { reach { $0 } }

    /// Every version of every object that the cluster ever stored, oldest first.
    package func history() -> [StoredVersion] { reach { $0.cluster.history } }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let address = LabAddress(request.url)
        try await pause(latency / 2, request)
        let answer = reach { $0.answer(request, address, gateway: gateway) }
        guard latency / 2 + answer.after < request.timeout else {
            try await pause(request.timeout, request)
            throw HTTPFailure(.timedOut, reached: .perhaps, place: request.place)
        }
        try await pause(latency / 2 + answer.after, request)
        return answer.response
    }

    private func pause(_ duration: Duration, _ request: HTTPRequest) async throws(HTTPFailure) {
        do {
            try await time.sleep(for: duration)
        } catch {
            throw HTTPFailure(.cancelled, reached: .perhaps, place: request.place)
        }
    }
}

extension LabState {
    /// Answers one request at once; watches are the world's.
    mutating func answer(_ request: HTTPRequest, _ address: LabAddress, gateway: String)
        -> LabAnswer
    {
        if address.authority == gateway { return mesh.handleGateway(request, at: now) }
        switch address.path.first {
        case "prometheus": return mesh.handlePrometheus(request, at: now)
        default: return LabAnswer(cluster.handle(request, address))
        }
    }
}

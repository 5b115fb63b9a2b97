package import HTTPMessages
internal import Synchronization
package import Timekeeping

/// A cluster, a mesh, its users and its Prometheus, answering HTTP.
///
/// Time in it is its timekeeper's: nothing happens by itself, but each request first lets
/// everything happen that was due before it.
package final class LabWorld: HTTPTransport, Sendable {
    private struct Held: Sendable {
        var state: LabState
        var watchers: [Watcher] = []
        var ticket = 0
    }

    /// A watch that waits for the next change of its kind.
    private struct Watcher: Sendable {
        let ticket: Int
        let kind: Int
        let wake: CheckedContinuation<Void, Never>
    }

    package let time: any Timekeeper
    /// The timekeeper, where it is one that can be turned.
    private let clock: LabClock?
    /// The world's own time when its timekeeper read `beginning`.
    private let origin: Duration
    private let beginning: Duration
    /// What every request costs, and what is on its way back of what a write costs.
    private let latency: Duration
    private let wayBack: Duration
    private let gateway: String
    private let held: Mutex<Held>

    /// Lets `state` go on from now, the timekeeper's now.
    ///
    /// `gateway`: the authority (`host:port`) whose requests go through the mesh's gateway.
    package init(_ state: LabState, time: any Timekeeper, gateway: String = LabWorld.gateway) {
        self.time = time
        clock = time as? LabClock
        self.gateway = gateway
        origin = state.now
        beginning = time.now
        latency = state.cluster.pace.latency
        wayBack = latency / 2
        var state = state
        state.cluster.epoch = time.date - state.now.milliseconds
        held = Mutex(Held(state: state))
    }

    /// Where the Lab's own addresses lead, when nothing listens on a socket.
    package static let server = "http://lab.invalid:7080"
    package static let gateway = "lab.invalid:7081"
    package static let prometheus = "http://lab.invalid:7080/prometheus"

    /// The world's own time; its objects' dates are this much after the cluster's epoch.
    package var now: Duration { origin + (time.now - beginning) }

    /// Reads or changes the world by hand, as of now: a person with a long screwdriver.
    @discardableResult
    package func reach<Value: Sendable>(_ work: (inout LabState) -> Value) -> Value {
        let now = self.now
        let (value, woken) = held.withLock { held in
            let before = held.state.cluster.revision
            let due = held.watchers.isEmpty ? nil : held.state.nextChange
            held.state.advance(to: now)
            let value = work(&held.state)
            held.state.noticeChanges()
            if held.watchers.isEmpty { return (value, [Watcher]()) }
            let isEarlier = held.state.isDue(earlierThan: due)
            let woken = held.watchers.filter {
                isEarlier || held.state.cluster.hasNews(of: $0.kind, since: before)
            }
            held.watchers.removeAll { watcher in
                woken.contains { $0.ticket == watcher.ticket }
            }
            return (value, woken)
        }
        for watcher in woken { watcher.wake.resume() }
        return value
    }

    /// A copy of everything, as of now.
    package func snapshot() -> LabState { reach { $0 } }

    /// Every version of every object that the cluster ever stored, oldest first.
    package func history() -> [StoredVersion] { reach { $0.cluster.history } }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let address = LabAddress.known(request.url)
        // What only reads hears at once what it saw; a write may be called off on its way back.
        let back = request.method == "GET" ? Duration.zero : wayBack
        let there = latency - back
        if !passes(there) { try await pause(there, request) }
        if request.method == "GET", address.authority != gateway, address.value("watch") != nil,
            let call = LabCall(request, address), call.isWatch
        {
            return try await watch(call, request)
        }
        let answer = reach { $0.answer(request, address, gateway: gateway) }
        guard latency + answer.after < request.timeout else {
            try await pause(request.timeout, request)
            throw HTTPFailure(.timedOut, reached: .perhaps, place: request.place)
        }
        let rest = back + answer.after
        if rest > .zero, !passes(rest) { try await pause(rest, request) }
        return answer.response
    }

    /// Lets time go by without an await, where that can be.
    private func passes(_ duration: Duration) -> Bool { clock?.passes(duration) ?? false }

    private func pause(_ duration: Duration, _ request: HTTPRequest) async throws(HTTPFailure) {
        do {
            try await time.sleep(for: duration)
        } catch {
            throw HTTPFailure(.cancelled, reached: .perhaps, place: request.place)
        }
    }

    // MARK: Watches

    private func watch(_ call: LabCall, _ request: HTTPRequest) async throws(HTTPFailure)
        -> HTTPResponse
    {
        let begun = reach { $0.cluster.beginWatch(call, request) }
        switch begun {
        case .failure(let refusal): return refusal.response
        case .success(let watch):
            let end = now + watch.lasts
            let open = Mutex(watch)
            return HTTPResponse(
                status: 200, headers: ["Content-Type": "application/json"],
                body: .chunks(
                    HTTPChunks { [self] () async throws(HTTPFailure) in
                        try await next(of: open, until: end, request)
                    }))
        }
    }

    private func next(
        of watch: borrowing Mutex<LabWatch>, until end: Duration, _ request: HTTPRequest
    )
        async throws(HTTPFailure) -> HTTPChunks.Chunk?
    {
        while true {
            let (event, rest) = reach { state in
                watch.withLock { watch in
                    (watch.next(in: state.cluster), watch.rest(in: state.cluster))
                }
            }
            if let event { return .tree(event) }
            if Task.isCancelled {
                throw HTTPFailure(.cancelled, reached: .perhaps, place: request.place)
            }
            if now >= end { return nil }
            await change(since: rest, before: min(end, rest.until ?? end))
        }
    }

    /// Returns when there is news, when something is due, or at `end`.
    private func change(since seen: LabWatch.Rest, before end: Duration) async {
        let due = held.withLock { $0.state.nextChange }
        let rest = max(min(due ?? end, end) - now, .milliseconds(1))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await self.time.sleep(for: rest) }
            group.addTask { await self.nextChange(since: seen, before: due) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Returns when somebody changed a thing of the kind, or made something due before `due`.
    private func nextChange(since seen: LabWatch.Rest, before due: Duration?) async {
        let ticket = held.withLock { held in
            held.ticket += 1
            return held.ticket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { wake in
                if Task.isCancelled { return wake.resume() }
                let isLate = held.withLock { held in
                    guard !held.state.cluster.hasNews(of: seen.kind, since: seen.revision),
                        !held.state.isDue(earlierThan: due)
                    else { return true }
                    held.watchers.append(Watcher(ticket: ticket, kind: seen.kind, wake: wake))
                    return false
                }
                if isLate { return wake.resume() }
                // Cancelled in between, on another thread: nobody else would wake us.
                if Task.isCancelled { leave(ticket) }
            }
        } onCancel: {
            leave(ticket)
        }
    }

    private func leave(_ ticket: Int) {
        let wake = held.withLock { held in
            held.watchers.firstIndex { $0.ticket == ticket }.map {
                held.watchers.remove(at: $0).wake
            }
        }
        wake?.resume()
    }
}

internal import HTTPClient
internal import HTTPMessages
internal import Synchronization
internal import Timekeeping

/// Users who ask all the time, and count what they did not get.
final class UserLoad: Sendable {
    /// What users saw.
    struct Count: Hashable, Sendable {
        var sent = 0
        var answered = 0
        /// Of the sent ones: those that took a second and more.
        var long = 0
        /// The version answered, and its answer was an error: its own fault.
        var hurt = 0
        /// No version answered.
        var losses: [Loss] = []
        /// By version: when the last one asked whom it answered, in milliseconds since 1970.
        var lastMet: [String: Int] = [:]

        var inFlight: Int { sent - answered - hurt - losses.count }
    }

    /// One request that nobody answered.
    struct Loss: Hashable, Sendable {
        /// When it was sent, in milliseconds since 1970.
        let date: Int
        let reason: String
    }

    private let url: String
    private let host: String
    private let pause: Duration
    /// Every so many requests one takes `longLength`; 0: none.
    private let longEvery: Int
    private let longLength: Duration
    /// Each asks on a connection of its own.
    private let isFresh: Bool
    private let time: any Timekeeper
    private let transport = CurlTransport()
    private let count = Mutex(Count())

    init(
        url: String, host: String, perSecond: Int, longEvery: Int = 50,
        longLength: Duration = .milliseconds(1500), isFresh: Bool = false, time: any Timekeeper
    ) {
        self.isFresh = isFresh
        self.url = url
        self.host = host
        self.longEvery = longEvery
        self.longLength = longLength
        self.time = time
        pause = .seconds(1) / perSecond
    }

    var counted: Count { count.withLock { $0 } }

    /// Sends until called off; what is in flight then is awaited and not called off.
    func run(until isOver: @escaping @Sendable () -> Bool) async {
        let start = time.now
        await withDiscardingTaskGroup { group in
            var number = 0
            while !isOver() {
                while pause * number <= time.now - start {
                    number += 1
                    let isLong = longEvery > 0 && number % longEvery == 0
                    count.withLock {
                        $0.sent += 1
                        if isLong { $0.long += 1 }
                    }
                    group.addTask { await self.ask(isLong: isLong) }
                }
                do { try await time.sleep(for: .milliseconds(5)) } catch { return }
            }
        }
    }

    private func ask(isLong: Bool) async {
        let date = time.date
        let path = isLong ? "/long?ms=\(longLength / .milliseconds(1))" : "/"
        do {
            let answer = try await transport.send(
                HTTPRequest(
                    "GET", url + path, headers: ["Host": host], timeout: .seconds(60),
                    freshConnection: isFresh))
            let version = answer.headers["x-version"]
            count.withLock { count in
                if let version {
                    count.lastMet[version] = max(date, count.lastMet[version] ?? 0)
                }
                switch (answer.status, version) {
                case (200..<500, _?): count.answered += 1
                case (503, _?): count.losses.append(Loss(date: date, reason: "503 of an ended pod"))
                case (_, _?): count.hurt += 1
                case (let status, nil):
                    count.losses.append(Loss(date: date, reason: "\(status) of the mesh"))
                }
            }
        } catch {
            count.withLock { $0.losses.append(Loss(date: date, reason: error.meaning)) }
        }
    }
}

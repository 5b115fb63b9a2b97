internal import HTTPClient
internal import HTTPMessages
internal import Synchronization
internal import Timekeeping

/// Users who keep the cookie that they are given, as browsers do, and notice when they are led back
/// to the version from which they came.
final class StickyUsers: Sendable {
    struct Count: Hashable, Sendable {
        var answered = 0
        /// Who has met each version, at some time.
        var met: [String: Set<Int>] = [:]
        /// How often somebody came from the one to the other, as `v1 v2`.
        var moves: [String: Int] = [:]
    }

    private let url: String
    private let host: String
    private let cookie: String
    private let people: Int
    private let time: any Timekeeper
    private let transport = CurlTransport()
    private let count = Mutex(Count())

    init(url: String, host: String, cookie: String, people: Int, time: any Timekeeper) {
        self.url = url
        self.host = host
        self.cookie = cookie
        self.people = people
        self.time = time
    }

    var counted: Count { count.withLock { $0 } }

    /// Each asks twice a second until it is over.
    func run(until isOver: @escaping @Sendable () -> Bool) async {
        await withDiscardingTaskGroup { group in
            for person in 0..<people { group.addTask { await self.live(person, isOver) } }
        }
    }

    private func live(_ person: Int, _ isOver: @Sendable () -> Bool) async {
        var jar: String?
        var last: String?
        while !isOver() {
            var headers: HTTPHeaders = ["Host": host]
            if let jar { headers["Cookie"] = "theme=dark; \(jar)" }
            let answer = try? await transport.send(
                HTTPRequest("GET", url + "/", headers: headers, timeout: .seconds(60)))
            if let answer, let version = answer.headers["x-version"] {
                count.withLock { count in
                    count.answered += 1
                    count.met[version, default: []].insert(person)
                    if let last, last != version {
                        count.moves["\(last) \(version)", default: 0] += 1
                    }
                }
                last = version
                let given = answer.headers.lines.first {
                    $0.name.lowercased() == "set-cookie" && $0.value.hasPrefix("\(cookie)=")
                }
                if let given { jar = given.value.split(separator: ";").first.map(String.init) }
            }
            do { try await time.sleep(for: .milliseconds(500)) } catch { return }
        }
    }
}

/// `sticky`: who has met the candidate stays there while its weight only rises.
struct StickyTale: Sendable {
    let namespace: String
    let end: StoryEnd

    func tell(on rig: Rig, _ report: inout StoryReport) async throws {
        var tale = Tale(namespace, Stories.v2, to: end)
        tale.flow.steps = [
            "backup", "deploy: {deadline: 3m}", "route", "reach: {deadline: 2m, every: 200ms}",
            "sticky: {cookie: shop-version, ttl: 1h}", "weight: 20", "pause: 5s", "weight: 50",
            "pause: 5s", "weight: 100", "pause: 3s", "retire",
        ]
        // The way home begins while half of the users are on the candidate.
        if end == .rolledBack { tale.flow.failsAfter = 8 }
        let host = StageObjects(namespace: namespace).host
        let users = StickyUsers(
            url: rig.gateway, host: host, cookie: "shop-version", people: 30, time: rig.time)
        let isOver = Signal()
        async let living: Void = users.run { isOver.value }
        let result: Result<StoryReport, any Error>
        do {
            var told = report
            try await tale.tell(on: rig, &told)
            result = .success(told)
        } catch {
            result = .failure(error)
        }
        isOver.raise()
        await living
        report = try result.get()
        judge(users.counted, &report)
    }

    private func judge(_ count: StickyUsers.Count, _ report: inout StoryReport) {
        let newcomers = count.met["v2"]?.count ?? 0
        let back = count.moves["v2 v1", default: 0]
        report.numbers.append(
            "30 who keep cookies: \(newcomers) met v2, \(back) were led back to v1")
        report.expect(newcomers > 0, "nobody who keeps cookies ever met the candidate")
        switch end {
        case .promoted:
            report.expect(back == 0, "\(back) times somebody was led back while the weight rose")
            report.expect(
                newcomers == 30, "promoted, and only \(newcomers) of 30 met the candidate")
        case .rolledBack:
            // Once each, on the way home.
            report.expect(
                back == newcomers,
                "\(newcomers) met the candidate, and \(back) times somebody was led back")
        }
    }
}

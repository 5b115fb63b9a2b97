import HTTPMessages
import JSONTree
import Lab
import Manifests
import Synchronization
import Testing
import Timekeeping

@testable import KubernetesAPI

/// Where a feed goes from here.
@Suite struct FeedCourseTests {
    struct Walk: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var news: [FeedCourse.News]
        var steps: [FeedCourse.Step]
    }

    static let walks = [
        Walk(
            testDescription: "goes on from the last version",
            news: [
                .listed(version: "5"), .opened, .heard(version: "6"), .heard(version: ""),
                .heard(version: "9"), .ended, .rested, .opened,
            ],
            steps: [
                .watch(from: "5", isFresh: false), .listen, .listen, .listen, .listen, .rest,
                .watch(from: "9", isFresh: false), .listen,
            ]),
        Walk(
            testDescription: "leaves a silent connection",
            news: [.listed(version: "5"), .opened, .silence],
            steps: [
                .watch(from: "5", isFresh: false), .listen, .watch(from: "5", isFresh: true),
            ]),
        Walk(
            testDescription: "lists anew where the version is too old",
            news: [.listed(version: "5"), .failed(.gone), .listed(version: "80")],
            steps: [
                .watch(from: "5", isFresh: false), .list, .watch(from: "80", isFresh: false),
            ]),
        Walk(
            testDescription: "polls for ever where nobody may watch",
            news: [
                .listed(version: "5"), .failed(.lasting), .rested, .listed(version: "6"), .rested,
            ],
            steps: [.watch(from: "5", isFresh: false), .pause, .list, .pause, .list]),
        Walk(
            testDescription: "polls where the list has no version",
            news: [.listed(version: ""), .rested],
            steps: [.pause, .watch(from: "", isFresh: false)]),
    ]

    @Test(arguments: walks) func goes(_ walk: Walk) {
        var course = FeedCourse()
        #expect(course.step == .list)
        for (news, step) in zip(walk.news, walk.steps) {
            course.hear(news)
            #expect(course.step == step, "after \(news)")
        }
    }

    /// Three watches in vain, a minute of polls, and a watch again.
    @Test(arguments: [FeedCourse.News.ended, .silence, .failed(.passing), .failed(.gone)])
    func pollsForAWhile(_ vain: FeedCourse.News) {
        var course = FeedCourse()
        course.hear(.listed(version: "5"))
        for _ in 0..<FeedCourse.patience {
            course.hear(vain)
            if course.step == .rest { course.hear(.rested) }
            if course.step == .list { course.hear(.listed(version: "5")) }
        }
        #expect(course.step == .pause)
        var polls = 0
        while course.step == .pause {
            course.hear(.rested)
            guard course.step == .list else { break }
            polls += 1
            course.hear(.listed(version: "\(5 + polls)"))
        }
        #expect(polls == FeedCourse.polls)
        #expect(course.step == .watch(from: "\(5 + polls)", isFresh: false))
    }
}

/// A feed in the Lab, over a road on which watches do what they like.
@Suite struct KindFeedTests {
    /// What becomes of one watch.
    enum Fate: Sendable {
        case passes
        /// Answers, and says nothing for ever.
        case mute
        case status(Int)
        case reset
        /// Says these lines, and ends.
        case says([String])

        static let bookmark = """
            {"type":"BOOKMARK","object":{"apiVersion":"v1","kind":"ConfigMap",\
            "metadata":{"resourceVersion":"4711"}}}
            """
        static let tooOld = """
            {"type":"ERROR","object":{"apiVersion":"v1","kind":"Status","status":"Failure",\
            "reason":"Expired","message":"too old resource version","code":410}}
            """
    }

    final class WatchRoad: HTTPTransport {
        private let world: LabWorld
        private let fates: Mutex<[Fate]>
        private let heard = Mutex<[HTTPRequest]>([])

        init(_ world: LabWorld, _ fates: [Fate]) {
            self.world = world
            self.fates = Mutex(fates)
        }

        var watches: [HTTPRequest] {
            heard.withLock { $0.filter { $0.streams } }
        }
        var lists: Int { heard.withLock { $0.count { !$0.streams } } }

        func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
            heard.withLock { $0.append(request) }
            guard request.streams else { return try await world.send(request) }
            let time = world.time
            switch fates.withLock({ $0.isEmpty ? .passes : $0.removeFirst() }) {
            case .passes: return try await world.send(request)
            case .status(let code): return .status(code, "so it is")
            case .reset:
                throw HTTPFailure(.reset, reached: .perhaps, place: request.place)
            case .says(let lines):
                let rest = Mutex(lines)
                return HTTPResponse(
                    status: 200,
                    body: .chunks(
                        HTTPChunks { () throws(HTTPFailure) in
                            rest.withLock {
                                $0.isEmpty ? nil : .bytes(Array("\($0.removeFirst())\n".utf8))
                            }
                        }))
            case .mute:
                return HTTPResponse(
                    status: 200,
                    body: .chunks(
                        HTTPChunks { () throws(HTTPFailure) in
                            do { try await time.sleep(for: .seconds(1_000_000)) } catch {
                                throw HTTPFailure(.cancelled, reached: .perhaps, place: "x")
                            }
                            return nil
                        }))
            }
        }
    }

    private static let settings = ObjectReference(.configMap, namespace: "demo", name: "settings")

    /// What the feed shows of the colour, one after the other, until it is `last`.
    private func colors(
        _ fates: [Fate], in harbor: Harbor, paint: [String]
    ) async throws -> (seen: [String], road: WatchRoad) {
        let road = WatchRoad(harbor.world, fates)
        var feed = KindFeed(harbor.client(over: road), .configMap, namespace: "demo")
        var seen: [String] = []
        let writer = harbor.writer()
        var paint = paint[...]
        while true {
            let news = try await feed.next()
            if news == .opened || news == .lost { continue }
            let objects: [KubernetesObject] =
                switch news {
                case .listed(let all): all
                case .changed(.modified(let object)): [object]
                case .changed, .opened, .lost: []
                }
            for object in objects where object.name == "settings" {
                seen.append(object.color ?? "-")
            }
            guard let color = paint.popFirst() else {
                return (seen, road)
            }
            _ = try await writer.change(Self.settings) { painted($0, color) }
        }
    }

    @Test func followsWhatHappens() throws {
        try inHarbor { harbor in
            let (seen, road) = try await colors([], in: harbor, paint: ["red", "green"])
            #expect(seen == ["blue", "red", "green"])
            #expect(road.lists == 1)
            #expect(road.watches.count == 1)
        }
    }

    /// What happened while the watch was dead is seen by the next one, over another connection.
    @Test func aDeadWatchLosesNothing() throws {
        try inHarbor { harbor in
            let (seen, road) = try await colors([.mute], in: harbor, paint: ["red"])
            #expect(seen == ["blue", "red"])
            #expect(road.lists == 1)
            #expect(road.watches.map(\.freshConnection) == [false, true])
            #expect(Set(road.watches.map(\.url)).count == 1)
            #expect(harbor.clock.now >= .seconds(90))
            #expect(harbor.clock.now < .seconds(95))
        }
    }

    @Test func aBrokenWatchGoesOn() throws {
        try inHarbor { harbor in
            let (seen, road) = try await colors(
                [.reset, .status(500)], in: harbor, paint: ["red"])
            #expect(seen == ["blue", "red"])
            #expect(road.lists == 1)
            #expect(road.watches.count == 3)
        }
    }

    @Test func anOldVersionIsListedAnew() throws {
        try inHarbor { harbor in
            let (seen, road) = try await colors([.status(410)], in: harbor, paint: ["red"])
            #expect(seen == ["blue", "red"])
            #expect(road.lists == 2)
        }
    }

    /// As API servers mostly say it: 200, and in the stream that the version is gone.
    @Test func anOldVersionToldInTheStreamIsListedAnew() throws {
        try inHarbor { harbor in
            let (seen, road) = try await colors(
                [.says([Fate.bookmark, Fate.tooOld])], in: harbor, paint: ["red"])
            #expect(seen == ["blue", "red"])
            #expect(road.lists == 2)
        }
    }

    /// The next watch begins where the bookmark stood, not where the list did.
    @Test func goesOnFromTheBookmark() throws {
        try inHarbor { harbor in
            let road = WatchRoad(harbor.world, [.says([Fate.bookmark]), .status(410)])
            var feed = KindFeed(harbor.client(over: road), .configMap, namespace: "demo")
            while road.watches.count < 2 { _ = try await feed.next() }
            #expect(road.watches.allSatisfy { $0.url.contains("allowWatchBookmarks=true") })
            #expect(!road.watches[0].url.contains("resourceVersion=4711"))
            #expect(road.watches[1].url.contains("resourceVersion=4711"))
        }
    }

    /// Whether a watch stands is told, too.
    @Test func tellsWhetherItHears() throws {
        try inHarbor { harbor in
            let road = WatchRoad(harbor.world, [.reset, .passes])
            var feed = KindFeed(harbor.client(over: road), .configMap, namespace: "demo")
            guard case .listed = try await feed.next() else {
                Issue.record("it does not begin with what is there")
                return
            }
            #expect(try await feed.next() == .lost)
            #expect(try await feed.next() == .opened)
            #expect(feed.mayWatch)
        }
    }

    @Test func whereNobodyMayWatchItPolls() throws {
        try inHarbor { harbor in
            let (seen, road) = try await colors(
                [.status(403)], in: harbor, paint: ["red", "green"])
            #expect(seen == ["blue", "red", "green"])
            #expect(road.watches.count == 1)
            #expect(road.lists == 3)
            #expect(harbor.clock.now >= .seconds(10))
        }
    }

    /// Called off in the midst of a quiet watch it ends at once.
    @Test func isCalledOff() throws {
        try inHarbor { harbor in
            let road = WatchRoad(harbor.world, [.mute])
            await #expect(throws: OutOfTime.self) {
                try await within(.seconds(10), by: harbor.clock) {
                    var feed = KindFeed(harbor.client(over: road), .configMap, namespace: "demo")
                    while true { _ = try await feed.next() }
                }
            }
            #expect(harbor.clock.now < .seconds(11))
        }
    }
}

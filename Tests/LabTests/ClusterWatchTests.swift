import HTTPMessages
import JSONTree
import Lab
import Manifests
import Testing

struct ClusterWatchTests {
    private static func open(_ hand: ClusterHand, _ query: String) async throws -> HTTPResponse {
        let url = LabWorld.server + ClusterHand.maps + "?watch=true" + query
        return try await hand.world.send(HTTPRequest("GET", url, streams: true))
    }

    private static func next(_ response: HTTPResponse) async throws -> String? {
        guard case .chunks(let chunks) = response.body, let chunk = try await chunks.next() else {
            return nil
        }
        guard case .tree(let event) = chunk else { return "bytes" }
        let object = event["object"] ?? [:]
        return [
            event["type"]?.text, object.at("metadata", "name")?.text,
            object.at("data", "a")?.text,
        ].map { $0 ?? "-" }.joined(separator: " ")
    }

    @Test func aWatchTellsWhatHappens() throws {
        try ClusterHand().run { hand in
            _ = try await hand.ask("POST", ClusterHand.maps, ClusterHand.map("first"))
            let stream = try await Self.open(hand, "")
            #expect(try await Self.next(stream) == "ADDED first 1")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await hand.clock.sleep(for: .seconds(20))
                    _ = try await hand.ask("POST", ClusterHand.maps, ClusterHand.map("second"))
                    _ = try await hand.ask(
                        "PATCH", ClusterHand.maps + "/second", ["data": ["a": "2"]],
                        type: "merge-patch+json")
                    _ = try await hand.ask("DELETE", ClusterHand.maps + "/second")
                }
                let start = hand.clock.now
                #expect(try await Self.next(stream) == "ADDED second 1")
                #expect(hand.clock.now - start < .milliseconds(20_010))
                #expect(try await Self.next(stream) == "MODIFIED second 2")
                #expect(try await Self.next(stream) == "DELETED second 2")
                try await group.waitForAll()
            }
        }
    }

    @Test func aWatchGoesOnFromWhereAListEnded() throws {
        try ClusterHand().run { hand in
            _ = try await hand.ask("POST", ClusterHand.maps, ClusterHand.map("old"))
            let list = try await hand.ask("GET", ClusterHand.maps)
            let version = list.at("metadata", "resourceVersion")?.text ?? ""
            _ = try await hand.ask("DELETE", ClusterHand.maps + "/old")
            _ = try await hand.ask("POST", ClusterHand.maps, ClusterHand.map("new"))
            let stream = try await Self.open(hand, "&resourceVersion=\(version)")
            #expect(try await Self.next(stream) == "DELETED old 1")
            #expect(try await Self.next(stream) == "ADDED new 1")
        }
    }

    @Test func leavingASelectionIsADelete() throws {
        try ClusterHand().run { hand in
            var map = ClusterHand.map("m")
            map.set("x", at: "metadata", "labels", "team")
            _ = try await hand.ask("POST", ClusterHand.maps, map)
            let stream = try await Self.open(hand, "&labelSelector=team%3Dx")
            #expect(try await Self.next(stream) == "ADDED m 1")
            _ = try await hand.ask(
                "PATCH", ClusterHand.maps + "/m", ["metadata": ["labels": ["team": "y"]]],
                type: "merge-patch+json")
            #expect(try await Self.next(stream) == "DELETED m 1")
        }
    }

    @Test func aWatchEndsWhenItsTimeIsOver() throws {
        try ClusterHand().run { hand in
            let start = hand.clock.now
            let stream = try await Self.open(hand, "&timeoutSeconds=90&allowWatchBookmarks=true")
            #expect(try await Self.next(stream) == "BOOKMARK - -")
            #expect(try await Self.next(stream) == nil)
            #expect((.seconds(90) ... .seconds(91)).contains(hand.clock.now - start))
        }
    }

    /// Each minute, also where nothing happens at all: whoever hears none takes the watch for dead.
    @Test func bookmarksComeWhateverHappens() throws {
        try ClusterHand().run { hand in
            let stream = try await Self.open(hand, "&allowWatchBookmarks=true")
            for minute in 1...3 {
                #expect(try await Self.next(stream) == "BOOKMARK - -")
                #expect(hand.clock.now.components.seconds == minute * 60)
            }
        }
    }

    @Test func oldVersionsCanNoLongerBeWatched() throws {
        var state = ClusterHand.demo
        var pace = state.cluster.pace
        pace.watchable = 2
        state.cluster.pace = pace
        try ClusterHand(state).run { hand in
            let response = try await Self.open(hand, "&resourceVersion=101")
            #expect(response.status == 410)
            #expect(try response.body.tree()?["reason"] == "Expired")
        }
    }

    @Test func cancellingAWatchEndsItAtOnce() throws {
        try ClusterHand().run { hand in
            let stream = try await Self.open(hand, "")
            let start = hand.clock.now
            try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask {
                    do {
                        return try await Self.next(stream) ?? "end"
                    } catch {
                        return "cancelled"
                    }
                }
                try await hand.clock.sleep(for: .seconds(5))
                group.cancelAll()
                #expect(try await group.next() == "cancelled")
            }
            #expect(hand.clock.now - start == .seconds(5))
        }
    }

    /// A change between a watch's look and its wait is heard at once: one of the yields hits it.
    @Test(arguments: 0..<8) func noChangeIsMissed(yields: Int) throws {
        try ClusterHand().run { hand in
            let stream = try await Self.open(hand, "&timeoutSeconds=900")
            let start = hand.clock.now
            let event = try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask { try await Self.next(stream) }
                group.addTask {
                    for _ in 0..<yields { await Task.yield() }
                    hand.world.reach {
                        $0.cluster.put(
                            KubernetesObject(ClusterHand.map("m")), as: .configMap, by: "x")
                    }
                    return "written"
                }
                var heard: [String?] = []
                for try await told in group { heard.append(told) }
                return heard.first { $0 != "written" } ?? nil
            }
            #expect(event == "ADDED m 1")
            #expect(hand.clock.now == start)
        }
    }
}

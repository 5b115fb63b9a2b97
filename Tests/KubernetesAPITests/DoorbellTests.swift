import Lab
import Manifests
import Testing
import Timekeeping

@testable import KubernetesAPI

/// Rests between looks, over a road on which watches do what they like.
@Suite struct DoorbellTests {
    private static let settings = ObjectReference(.configMap, namespace: "demo", name: "settings")

    /// How long each of `count` rests took, in seconds; somebody paints at `moment`.
    private func rests(
        _ count: Int, paintedAt moment: Duration, _ fates: [KindFeedTests.Fate] = [],
        delay: Duration = .seconds(1)
    ) throws -> (seconds: [Int], watches: Int) {
        try inHarbor { harbor in
            let road = KindFeedTests.WatchRoad(harbor.world, fates)
            let clock = harbor.clock
            let seconds = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await clock.sleep(for: moment)
                    _ = try await harbor.writer().change(Self.settings) { painted($0, "red") }
                }
                let seconds = try await harbor.client(over: road).watching(
                    .configMap, namespace: "demo", after: delay
                ) { bell in
                    var seconds: [Int] = []
                    for _ in 0..<count {
                        let begin = clock.now
                        try await bell.rest(
                            .seconds(2), atMost: .seconds(20), unwatched: .seconds(5))
                        seconds.append(Int((clock.now - begin) / .seconds(1)))
                    }
                    return seconds
                }
                try await group.waitForAll()
                return seconds
            }
            return (seconds, road.watches.count)
        }
    }

    /// Nobody listens yet in the first; news ends the second.
    @Test func newsEndsARest() throws {
        let (seconds, watches) = try rests(4, paintedAt: .seconds(20))
        #expect(seconds == [5, 15, 20, 20])
        #expect(watches == 1)
    }

    /// What happens while nobody rests is not slept over.
    @Test func newsDuringALookShortensTheNextRest() throws {
        try inHarbor { harbor in
            let clock = harbor.clock
            try await harbor.client.watching(
                .configMap, namespace: "demo", after: .seconds(1)
            ) { bell in
                for _ in 0..<2 {
                    try await bell.rest(.seconds(2), atMost: .seconds(2), unwatched: .seconds(5))
                }
                _ = try await harbor.writer().change(Self.settings) { painted($0, "red") }
                try await clock.sleep(for: .seconds(1))
                let begin = clock.now
                try await bell.rest(.seconds(2), atMost: .seconds(20), unwatched: .seconds(5))
                #expect(clock.now - begin == .seconds(2))
            }
        }
    }

    /// An event that is lost costs one long rest.
    @Test func aSilentWatchHoldsNobodyUp() throws {
        let (seconds, watches) = try rests(4, paintedAt: .seconds(20), [.mute])
        #expect(seconds == [5, 20, 20, 20])
        #expect(watches == 1)
    }

    @Test(arguments: [403, 404]) func whereNobodyMayWatchLooksAreMadeOften(status: Int) throws {
        let (seconds, watches) = try rests(
            6, paintedAt: .seconds(20), [.status(status), .passes])
        #expect(seconds == [5, 5, 5, 5, 5, 5])
        #expect(watches == 1)
    }

    @Test func aWatchThatBreaksIsOpenedAgain() throws {
        let (seconds, watches) = try rests(
            2, paintedAt: .seconds(20), [.reset, .status(500), .passes])
        #expect(seconds == [5, 15])
        #expect(watches == 3)
    }

    @Test func workThatIsSoonDoneOpensNone() throws {
        let (seconds, watches) = try rests(2, paintedAt: .zero, delay: .seconds(60))
        #expect(seconds == [5, 5])
        #expect(watches == 0)
    }

    @Test func isCalledOff() throws {
        try inHarbor { harbor in
            await #expect(throws: OutOfTime.self) {
                try await within(.seconds(30), by: harbor.clock) {
                    try await harbor.client.watching(
                        .configMap, namespace: "demo", after: .seconds(1)
                    ) { bell in
                        while true {
                            try await bell.rest(
                                .seconds(2), atMost: .seconds(900), unwatched: .seconds(5))
                        }
                    }
                }
            }
            #expect(harbor.clock.now == .seconds(30))
        }
    }

    /// What the work throws comes through, and the watch ends with it.
    @Test func theWorkDecides() throws {
        struct Enough: Error {}
        try inHarbor { harbor in
            await #expect(throws: Enough.self) {
                try await harbor.client.watching(
                    .configMap, namespace: "demo", after: .seconds(1)
                ) { bell in
                    try await bell.rest(.seconds(2), atMost: .seconds(9), unwatched: .seconds(5))
                    throw Enough()
                }
            }
            #expect(harbor.clock.now == .seconds(5))
        }
    }
}

import Testing

@testable import HTTPClient

/// Deadlines come out in the order of time, whatever goes in, and whatever is pruned.
@Suite struct DeadlineQueueTests {
    @Test(arguments: UInt64(1)...100)
    func soonestFirst(seed: UInt64) {
        var dice = Dice(state: seed)
        var queue = DeadlineQueue()
        var expected: [(time: Duration, number: Int)] = []
        for number in 0..<200 {
            let time = Duration.milliseconds(Int.random(in: 0..<50, using: &dice))
            queue.add(number, at: time)
            expected.append((time, number))
            if number % 50 == 49 {
                let kept = Int.random(in: 1..<5, using: &dice)
                queue.prune { $0 % kept == 0 }
                expected.removeAll { $0.number % kept != 0 }
            }
            if number % 7 == 0 {
                let now = Duration.milliseconds(Int.random(in: 0..<20, using: &dice))
                var due: [Int] = []
                while let next = queue.next(at: now) { due.append(next) }
                #expect(Set(due) == Set(expected.filter { $0.time <= now }.map(\.number)))
                expected.removeAll { $0.time <= now }
            }
            #expect(queue.soonest == expected.map(\.time).min())
            #expect(queue.count == expected.count)
        }
        var times: [Duration] = []
        while let time = queue.soonest, queue.next(at: .seconds(1)) != nil { times.append(time) }
        #expect(times == expected.map(\.time).sorted())
    }
}

/// A small generator: the same seed gives the same numbers.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}

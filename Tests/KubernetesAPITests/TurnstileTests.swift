import Lab
import Synchronization
import Testing

@testable import KubernetesAPI

struct TurnstileTests {
    @Test func letsThroughInOrderAndForgetsTheCalledOff() throws {
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        let turnstile = Turnstile()
        let order = try turnable.run {
            let passed = Marks()
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<5 {
                    group.addTask {
                        let walker = Walker(turnstile: turnstile, clock: clock)
                        await walker.pass(
                            number, patience: number == 2 ? .seconds(1) : .seconds(99)
                        ) {
                            passed.add(number)
                        }
                    }
                }
            }
            return passed.all
        }
        #expect(order == [0, 1, 3, 4])
    }
}

/// Goes through, stays a second and a half, and gives up where it has to wait too long.
private struct Walker: Sendable {
    let turnstile: Turnstile
    let clock: LabClock

    func pass(_ number: Int, patience: Duration, _ mark: @escaping @Sendable () -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await turnstile.enter()
                } catch {
                    return
                }
                mark()
                try? await clock.sleep(for: .milliseconds(1500))
                turnstile.leave()
            }
            group.addTask { try? await clock.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
    }
}

private final class Marks: Sendable {
    private let kept = Mutex<[Int]>([])
    var all: [Int] { kept.withLock { $0 } }
    func add(_ mark: Int) { kept.withLock { $0.append(mark) } }
}

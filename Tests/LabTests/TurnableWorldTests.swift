import Lab
import Synchronization
import Testing

struct TurnableWorldTests {
    @Test func sleepTakesVirtualTimeOnly() throws {
        let world = TurnableWorld()
        let clock = LabClock(world)
        let reading = try world.run {
            try await clock.sleep(for: .seconds(86400))
            return clock.now
        }
        #expect(reading == .seconds(86400))
        #expect(clock.date == 1_767_614_400_000 + 86_400_000)
    }
}

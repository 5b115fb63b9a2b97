import CanaryEngine
import Testing

@testable import Voyage

/// How much stays with the candidate where the journal does not say what stable can carry.
@Suite struct UnrememberedHomeTests {
    struct Look: Sendable, CustomTestStringConvertible {
        let stable: Int
        let ready: Int
        var candidate = 0
        let staying: Int
        var testDescription: String { "\(ready) of \(stable) ready, \(candidate) beside" }
    }

    @Test(arguments: [
        Look(stable: 4, ready: 4, staying: 0),
        Look(stable: 4, ready: 3, staying: 25),
        Look(stable: 3, ready: 1, staying: 67),
        Look(stable: 4, ready: 0, staying: 100),
        Look(stable: 0, ready: 0, staying: 100),
        // Stable was shrunk; what the candidate carries now it could not.
        Look(stable: 1, ready: 1, candidate: 4, staying: 75),
        Look(stable: 4, ready: 4, candidate: 4, staying: 0),
    ])
    func stays(_ look: Look) {
        let share = UnrememberedHome.staying(
            stable: look.stable, ready: look.ready, candidate: look.candidate)
        #expect(share.percent == look.staying)
    }
}

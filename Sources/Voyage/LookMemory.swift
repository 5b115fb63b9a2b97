internal import CanaryEngine
internal import IstioRoutes
internal import Synchronization
internal import Workloads

/// What one process has looked at and found well: what still stands in the same version need not be
/// taken apart again, whichever order looks at it.
final class LookMemory: Sendable {
    private struct Seen {
        var candidate = CandidateMemory()
        var routes: [String] = []
        var backup: (digest: String, copies: ShipCrew.Copies)?
    }

    private let seen = Mutex(Seen())

    var candidate: CandidateMemory {
        get { seen.withLock { $0.candidate } }
        set { seen.withLock { $0.candidate = newValue } }
    }

    /// The versions of the routes and the rule that stood as we wrote them.
    var routes: [String] {
        get { seen.withLock { $0.routes } }
        set { seen.withLock { $0.routes = newValue } }
    }

    /// The copies that a digest names, once they were read.
    func copies(_ digest: String) -> ShipCrew.Copies? {
        seen.withLock { $0.backup?.digest == digest ? $0.backup?.copies : nil }
    }

    func keep(_ copies: ShipCrew.Copies, as digest: String) {
        seen.withLock { $0.backup = (digest, copies) }
    }
}

extension ShipCrew {
    func lookAtCandidate() async throws -> CandidateLook? {
        var memory = lookMemory.candidate
        let look = try await keeper.look(&memory)
        lookMemory.candidate = memory
        return look
    }

    /// Throws where what we own in the routes does not stand as we wrote it for the run's weight.
    func requireWritten() async throws {
        var seen = lookMemory.routes
        try await router.requireWritten(bridge.state.weight, seen: &seen)
        lookMemory.routes = seen
    }
}

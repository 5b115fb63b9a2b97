internal import CanaryEngine
internal import FlowFiles
internal import MetricsGate
internal import TestHooks

/// What tests, gates and the mesh say in one trial, where the Lab itself is not asked.
struct Script: Sendable {
    /// A test or a gate at one place of the flow.
    struct Cue: Hashable, Sendable {
        var place: Place
        var name: String
    }

    enum TestAnswer: Hashable, Sendable {
        case passes
        case fails
        /// Says nothing until its time is over.
        case hangs
    }

    /// What is not named passes.
    var tests: [Cue: TestAnswer] = [:]
    /// At these gates the candidate is out of range.
    var failingGates: Set<Cue> = []
    /// At these nothing is to be had.
    var silentGates: Set<Cue> = []
    /// The dark route does not do what it says.
    var isOutOfReach = false
    /// Gates and mesh are asked in the Lab, where it can answer; otherwise all is well with them.
    ///
    /// Asking takes most of a play's time, and where it is about writes and crashes nothing of it
    /// would be learned.
    var asksLab = false
}

extension Flow {
    /// Gates whose answers the Lab's Prometheus has: they are judged there as in production.
    var playedGates: Set<String> {
        guard prometheus != nil else { return [] }
        return Set(gates.filter(\.isOfMesh).map(\.name))
    }

    /// Tests that go through the gateway and want no more than a status: the Lab's pods give that.
    var playedTests: Set<String> {
        guard gateway != nil else { return [] }
        return Set(
            tests.filter { test in
                switch test.kind {
                case .job: return true
                case .http(let load):
                    return load.answer == TestSpec.ExpectedAnswer() && load.versionHeader == nil
                        && load.path.hasPrefix("/") && load.expect.contains(200)
                case .command, .webhook, .tcp, .ssh: return false
                }
            }.map(\.name))
    }
}

extension GateSpec {
    /// Asks the mesh's own telemetry, and nobody else.
    fileprivate var isOfMesh: Bool {
        guard source == nil else { return false }
        if case .distributions = rule { return false }
        switch question {
        case .errorRatio, .successRate, .latency: return true
        case .query, .saturation, .restarts: return false
        }
    }
}

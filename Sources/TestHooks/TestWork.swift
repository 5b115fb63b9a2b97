internal import CanaryEngine
package import HTTPMessages
package import Processes
package import Secrets
package import Timekeeping

/// One kind of test: what it does, once, and how its end is read.
///
/// The door behind which each kind stands; `TestRunner` keeps the time, and compares the numbers.
protocol TestWork: Sendable {
    func carryOut(_ place: TestPlace) async throws -> TestReport

    /// The kind keeps the call's time limit itself, and needs so much longer to end what it began.
    var ending: Duration { get }
}

extension TestWork {
    var ending: Duration { .zero }
}

/// What one execution of a test has around it.
struct TestPlace: Sendable {
    let name: String
    let context: TestContext
    let timeLimit: Duration
    let doors: TestDoors

    var time: any Timekeeper { doors.time }
}

/// What tests reach the world with.
package struct TestDoors: Sendable {
    package var transport: any HTTPTransport
    package var spawner: any ProcessSpawner
    package var time: any Timekeeper
    /// Our own; a test gets only what its flow allows.
    package var environment: [ProcessJob.Variable]
    /// nil: there are no bare connections here.
    package var sockets: (any TCPTransport)?
    /// nil: there is no cluster for Jobs here.
    package var jobs: (any TestJobs)?
    /// Where a test's own secrets come from.
    package var keeper: SecretKeeper

    package init(
        transport: any HTTPTransport, spawner: any ProcessSpawner, time: any Timekeeper,
        environment: [ProcessJob.Variable] = [], sockets: (any TCPTransport)? = nil,
        jobs: (any TestJobs)? = nil, keeper: SecretKeeper? = nil
    ) {
        self.transport = transport
        self.spawner = spawner
        self.time = time
        self.environment = environment
        self.sockets = sockets
        self.jobs = jobs
        self.keeper =
            keeper
            ?? SecretKeeper(environment: environment, spawner: spawner, time: time) { _ in
                throw HookError(.noDoor, place: "tests", detail: "files")
            }
    }
}

extension TestDoors {
    /// What must not be repeated of what others say: secrets of ours.
    var redaction: Redaction {
        Redaction(
            known: environment.map { .init(name: $0.name, value: $0.value) },
            given: keeper.known)
    }
}

extension TestSpec.Kind {
    var work: any TestWork {
        switch self {
        case .command(let command): command
        case .http(let load): load
        case .webhook(let webhook): webhook
        case .tcp(let talk): talk
        case .ssh(let ssh): ssh
        case .job(let job): job
        }
    }
}

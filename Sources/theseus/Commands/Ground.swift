internal import FlowFiles
internal import Glibc
internal import HTTPClient
internal import HTTPMessages
internal import JSONTree
internal import KubernetesAPI
internal import Lab
internal import Processes
internal import Timekeeping
internal import Voyage
internal import YAML

/// The world that a command works in: the embedded lab, or a cluster behind a kubeconfig.
struct Ground: Sendable {
    let rig: Rig
    /// The embedded world; nil for a real one.
    let lab: LabWorld?
    let namespace: String?

    /// A cluster that a kubeconfig names.
    static func cluster(_ request: CommandRequest) async throws -> Ground {
        let entry = try ClusterEntry.read(request)
        let outside = CurlTransport()
        var time = RealTime()
        var pace = Pace()
        pace.patience = .seconds(10)
        if let speed = entry.labSpeed {
            let date = try await labDate(entry.server, speed, outside)
            time = RealTime(speed: speed, date: date)
            pace = .quick(speed)
        }
        let rig = Rig(
            cluster: KubernetesClient(
                server: entry.server, token: entry.token, transport: CurlTransport(), time: time),
            outside: outside, spawner: GuardedSpawner(executable: OwnBinary.path, time: time),
            environment: Environment.all, time: time, pace: pace)
        return Ground(rig: rig, lab: nil, namespace: entry.namespace)
    }

    /// The lab's own date: its clock may run faster than ours.
    ///
    /// Only a lab may turn our clock: it must say itself that it is one.
    private static func labDate(_ server: String, _ speed: Int, _ outside: CurlTransport)
        async throws -> Int
    {
        let answer = try await outside.send(
            HTTPRequest("GET", "\(server)/lab", timeout: .seconds(10)))
        guard answer.status == 200, let tree = try? answer.body.tree(),
            tree["speed"]?.whole == speed, let date = tree["milliseconds"]?.whole
        else { throw GroundError(.noLab, place: server) }
        return date
    }

    /// The embedded lab on a clock that can be turned.
    static func lab(_ world: LabWorldFile, _ clock: LabClock) throws -> Ground {
        let state = try world.begin(date: clock.date)
        // The demo's flows name the served lab's addresses, and mean this one too.
        let lab = LabWorld(state, time: clock, gateway: LabServeCommand.gateway)
        var pace = Pace()
        pace.inbox = .seconds(2)
        return Ground(
            rig: Rig(
                cluster: KubernetesClient(
                    server: LabWorld.server, token: "lab", transport: lab, time: clock),
                outside: lab, spawner: NoPrograms(), time: clock, pace: pace),
            lab: lab, namespace: nil)
    }
}

/// Commands of tests do not run in the embedded world: its time is not theirs.
private struct NoPrograms: ProcessSpawner {
    func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
        throw ProcessFailure(
            .notExecutable, place: job.arguments.first ?? "",
            detail: "the embedded lab runs no programs; use an http test, or `theseus lab serve`")
    }
}

extension Pace {
    /// Against a served lab whose clock runs `speed` times as fast: looks less often by that clock.
    static func quick(_ speed: Int) -> Pace {
        var pace = Pace()
        if speed > 1 {
            pace.inbox = .seconds(2)
            pace.poll = .seconds(2)
        }
        pace.patience = .seconds(10) * speed
        return pace
    }
}

/// Why there is no ground to stand on.
struct GroundError: Error, CustomStringConvertible {
    enum Code {
        case noKubeconfig
        case noContext(String)
        case unreadable(String)
        case noLab
        case notPlain
    }

    let code: Code
    let place: String

    init(_ code: Code, place: String) {
        self.code = code
        self.place = place
    }

    var description: String {
        let (what, remedy): (String, String) =
            switch code {
            case .noKubeconfig:
                (
                    "there is no kubeconfig",
                    "give --kubeconfig FILE, or --cluster lab for the embedded lab"
                )
            case .noContext(let name):
                ("the kubeconfig has no context \"\(name)\"", "see `kubectl config get-contexts`")
            case .unreadable(let why): ("the kubeconfig cannot be read: \(why)", "mend the file")
            case .noLab:
                (
                    "the kubeconfig says that this is a lab, and the server does not",
                    "take the extension theseus.dev/lab out of the kubeconfig"
                )
            case .notPlain:
                (
                    "this way of signing in is not supported yet",
                    "use a token over plain HTTP, as `theseus lab serve` writes it"
                )
            }
        return "cluster: \(what)\n  where: \(place)\n  do:    \(remedy)"
    }
}

internal import ClusterAccess
internal import FlowFiles
internal import Glibc
internal import HTTPClient
internal import HTTPMessages
internal import JSONTree
internal import KubernetesAPI
internal import Lab
internal import MetricsSources
internal import Processes
internal import Secrets
internal import Timekeeping
internal import Voyage
internal import YAML

/// The world that a command works in: the embedded lab, or a cluster behind a kubeconfig.
struct Ground: Sendable {
    let rig: Rig
    /// The embedded world; nil for a real one.
    let lab: LabWorld?
    let namespace: String?

    /// What stands in a command's way to its API server, such as a wall.
    typealias Way = @Sendable (any HTTPTransport, _ server: String) -> any HTTPTransport

    /// A cluster that a kubeconfig names.
    static func cluster(_ request: CommandRequest, by way: Way = { way, _ in way }) async throws
        -> Ground
    {
        var choice = AccessFinding.Choice()
        choice.kubeconfig = request.value("--kubeconfig")
        choice.context = request.value("--cluster")
        choice.deniesPlugins = request.has("--deny-exec-plugins")
        let doors = machine
        let plan = try AccessFinding(doors).plan(choice)
        for notice in plan.notices { Terminal.complainOnce("warning: \(notice.text)") }
        let cluster = SignedTransport(plan, doors)
        try await cluster.signIn()
        var time = RealTime()
        var pace = Pace()
        pace.patience = .seconds(10)
        if let speed = plan.lab?["speed"]?.whole {
            let date = try await labDate(plan.server, speed, cluster)
            time = RealTime(speed: speed, date: date)
            pace = .quick(speed)
        }
        let client = KubernetesClient(
            server: plan.server, transport: way(cluster, plan.server), time: time, isJittered: true,
            conceal: cluster.concealed)
        var rig = Rig(
            cluster: client, outside: CurlTransport(),
            spawner: GuardedSpawner(executable: OwnBinary.path, time: time),
            environment: Environment.all, time: time, pace: pace,
            notices: plan.notices.filter(\.isForJournal).map(\.text),
            readFile: { try Files.read($0) },
            trusting: { material in CurlTransport(options: material.options) },
            signer: GuardedSpawner(executable: OwnBinary.path),
            keepFile: { try Files.keep($0, at: $1) })
        rig.sockets = CurlTalker()
        return Ground(rig: rig, lab: nil, namespace: plan.namespace)
    }

    private static var machine: AccessDoors {
        AccessDoors(
            environment: Environment.all, workingDirectory: Files.workingDirectory,
            read: { try Files.read($0) }, exists: Files.exists, mode: Files.mode,
            isExecutable: Files.isExecutable,
            spawner: GuardedSpawner(executable: OwnBinary.path), time: RealTime())
    }

    /// The lab's own date: its clock may run faster than ours.
    ///
    /// Only a lab may turn our clock: it must say itself that it is one.
    private static func labDate(_ server: String, _ speed: Int, _ way: SignedTransport)
        async throws -> Int
    {
        let answer = try await way.send(
            HTTPRequest("GET", "\(server)/lab", timeout: .seconds(10)))
        guard answer.status == 200, let tree = try? answer.body.tree(),
            tree["speed"]?.whole == speed, let date = tree["milliseconds"]?.whole
        else { throw GroundError(.noLab, place: server) }
        return date
    }

    /// The embedded lab on a clock that can be turned.
    static func lab(
        _ world: LabWorldFile, _ clock: LabClock, by way: Way = { way, _ in way }
    ) throws -> Ground {
        let state = try world.begin(date: clock.date)
        // The demo's flows name the served lab's addresses, and mean this one too.
        let lab = LabWorld(state, time: clock, gateway: LabServeCommand.gateway)
        var pace = Pace()
        pace.inbox = .seconds(2)
        return Ground(
            rig: Rig(
                cluster: KubernetesClient(
                    server: LabWorld.server, token: "lab", transport: way(lab, LabWorld.server),
                    time: clock),
                outside: lab, spawner: NoPrograms(), time: clock, pace: pace,
                keepFile: { try Files.keep($0, at: $1) }),
            lab: lab, namespace: nil)
    }
}

extension TrustMaterial {
    fileprivate var options: CurlOptions {
        var options = CurlOptions(authorities: authorities, serverName: serverName)
        if let certificate, let key {
            options.identity = CurlIdentity(certificate: certificate, key: Array(key.text.utf8))
        }
        return options
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
        /// The kubeconfig's extension `theseus.dev/lab` turns our clock, and no lab is there.
        case noLab
    }

    let code: Code
    let place: String

    init(_ code: Code, place: String) {
        self.code = code
        self.place = place
    }

    var description: String {
        switch code {
        case .noLab:
            """
            cluster: the kubeconfig says that this is a lab, and the server does not
              where: \(place)
              do:    take the extension theseus.dev/lab out of the kubeconfig
            """
        }
    }
}

internal import HTTPServer
package import Processes
package import Timekeeping

/// All parts, up and ready.
package struct Rig: Sendable {
    let control: ControlPlane
    let ports: RigPorts
    let cluster: RigCluster
    let mirror: ClusterMirror
    let agent: NodeAgent
    let mesh: MeshWriter
    let exporter: MetricsExporter
    let prometheus: PrometheusPart
    let trail: AuditTrail
    let spawner: any ProcessSpawner
    let folder: RigFolder
    let accounts: AccountBook
    /// Those of the story that is told: each has a book of its own.
    var stages = StageBook()
    package let time: any Timekeeper

    var theseus: String { control.parts.theseus }
    /// Where everything listens, for people who want to look.
    package var addresses: String {
        """
        kubeconfig  \(control.folder.file("controllers.kubeconfig"))
        gateway     \(gateway)
        mesh        \(meshDoor)
        prometheus  \(prometheus.address)
        envoy       http://127.0.0.1:\(ports.envoyAdmin)
        folder      \(folder.path)
        """
    }

    var gateway: String { "http://127.0.0.1:\(ports.gateway)" }
    /// Where clients within the mesh send their requests.
    var meshDoor: String { "http://127.0.0.1:\(ports.mesh)" }

    /// Whether all that was logged and watched was read: what is not read would pass in silence.
    package func ownReport() async -> StoryReport {
        var report = StoryReport(name: "the rig has read all that was logged and watched")
        for (log, reading) in [
            ("the API server's log", await trail.reading()),
            ("Envoy's access log", await exporter.reading()),
        ] {
            report.numbers.append("\(reading.lines) lines of \(log)")
            report.expect(
                reading.unread.isEmpty,
                "\(reading.unread.count) lines of \(log) could not be read, the first:"
                    + " \(reading.unread.first ?? "")")
        }
        report.expect(await trail.reading().lines > 0, "the API server's log is empty")
        let gaps = await mirror.gaps
        report.expect(gaps == 0, "\(gaps) watches were lost, and with them, perhaps, versions")
        report.numbers.append("the mesh at most \(await mesh.longestLag) behind")
        return report
    }

    /// Brings everything up around `work`; when it ends, however it ends, everything is gone.
    package static func standing<Value: Sendable>(
        parts: RigParts, folder: RigFolder, lag: Duration = .milliseconds(200),
        spawner: any ProcessSpawner, time: any Timekeeper = RealTime(),
        _ work: @escaping @Sendable (Rig) async throws -> Value
    ) async throws -> Value {
        let ports = try RigPorts()
        let control = try ControlPlane(
            parts: parts, ports: ports, folder: folder.folder("control"))
        try await control.makeKey(by: spawner)
        return try await beside([
            { try await control.etcd.run(by: spawner) },
            { try await control.apiServer.run(by: spawner) },
        ]) {
            try await control.awaitServer(time: time)
            return try await peopled(control, ports, folder, lag, spawner, time, work)
        }
    }

    /// The API server is there; now everybody who works with it.
    private static func peopled<Value: Sendable>(
        _ control: ControlPlane, _ ports: RigPorts, _ folder: RigFolder, _ lag: Duration,
        _ spawner: any ProcessSpawner, _ time: any Timekeeper,
        _ work: @escaping @Sendable (Rig) async throws -> Value
    ) async throws -> Value {
        let client = control.client(time: time)
        let cluster = RigCluster(
            client: client, server: control.server, token: control.administrator,
            transport: control.transport)
        try await cluster.create(RigKinds.istio())
        let mirror = ClusterMirror(client: client, time: time)
        let directory = PodDirectory()
        let agent = NodeAgent(
            cluster: cluster, mirror: mirror, directory: directory, time: time)
        let scaling = ScalingActor(cluster: cluster, mirror: mirror, time: time)
        let envoy = EnvoyPart(parts: control.parts, ports: ports, folder: folder.folder("mesh"))
        let mesh = MeshWriter(
            mirror: mirror, folder: envoy.folder, listeners: envoy.listeners, lag: lag, time: time)
        let exporter = MetricsExporter(
            path: envoy.accessLog, directory: directory, time: time)
        let metrics = try exporter.server()
        let prometheus = PrometheusPart(
            parts: control.parts, ports: ports, folder: folder.folder("prometheus"),
            exporter: metrics.port)
        try envoy.writeBootstrap()
        try prometheus.writeSettings()
        let rig = Rig(
            control: control, ports: ports, cluster: cluster, mirror: mirror, agent: agent,
            mesh: mesh, exporter: exporter, prometheus: prometheus,
            trail: AuditTrail(path: control.auditLog), spawner: spawner, folder: folder,
            accounts: AccountBook(control.people), time: time)
        return try await beside([
            { try await control.controllers.run(by: spawner) },
            { await mirror.follow() },
            { try await agent.run() },
            { try await scaling.run() },
            { try await mesh.run() },
            { try await exporter.run() },
            { await metrics.serve() },
            { try await prometheus.process.run(by: spawner) },
            {
                try await RigPatience(time: time).until("envoy's tables", within: .seconds(30)) {
                    RigFolder.exists(envoy.folder.file("rds-mesh.json"))
                }
                try await envoy.process.run(by: spawner)
            },
        ]) {
            try await RigPatience(time: time).until(
                "the watches are complete", within: .seconds(60)
            ) {
                await mirror.isComplete
            }
            try await envoy.awaitReady(time: time)
            try await prometheus.awaitReady(time: time)
            return try await work(rig)
        }
    }
}

/// Does `work` while the companions run; the first of them that fails ends all.
func beside<Value: Sendable>(
    _ companions: [@Sendable () async throws -> Void],
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        for companion in companions {
            group.addTask {
                try await companion()
                return nil
            }
        }
        group.addTask { try await work() }
        defer { group.cancelAll() }
        while let first = try await group.next() {
            if let first { return first }
        }
        throw CancellationError()
    }
}

/// Who has which account: each stage one of its own.
actor AccountBook {
    private var free: [ControlPlane.Person]

    init(_ people: [ControlPlane.Person]) { free = people.reversed() }

    func take() throws(RigError) -> ControlPlane.Person {
        guard let person = free.popLast() else {
            throw RigError(
                "all accounts are taken", place: "ControlPlane.crowd",
                remedy: "make the crowd larger")
        }
        return person
    }
}

/// The stages of one story.
actor StageBook {
    private(set) var stages: [StoryStage] = []

    func keep(_ stage: StoryStage) { stages.append(stage) }
}

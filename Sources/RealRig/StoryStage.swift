internal import Auditor
internal import CanaryEngine
internal import Chronicle
internal import HTTPClient
internal import HTTPMessages
internal import JSONTree
internal import Journal
internal import KubernetesAPI
internal import Manifests
internal import Processes
internal import Timekeeping
internal import YAML

/// One namespace with a service in it, somebody who may deliver there, and the binary.
struct StoryStage: Sendable {
    let rig: Rig
    let objects: StageObjects
    let person: ControlPlane.Person
    let folder: RigFolder
    /// How the routes stood before anything happened.
    let routes: JSONTree

    var namespace: String { objects.namespace }

    /// How a command ended.
    struct Ending: Sendable {
        /// nil: it was killed.
        let code: Int?
        let output: String
    }

    // MARK: Setting up

    /// Makes the namespace, its objects and a way in; returns when users are served.
    ///
    /// `proxy` is the address of what stands before the API server.
    static func set(
        _ rig: Rig, _ namespace: String, stable: StageObjects.Version,
        rules: [JSONTree] = DeployerRole.rules, proxy: String? = nil
    ) async throws -> StoryStage {
        let objects = StageObjects(namespace: namespace)
        let person = try await rig.accounts.take()
        let folder = rig.folder.folder("stories").folder(namespace)
        try await rig.cluster.create([
            [
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": ["name": .string(namespace)],
            ]
        ])
        try await rig.cluster.create(
            DeployerRole.objects(rules: rules, for: person.name, in: namespace))
        try await rig.cluster.create(objects.world(stable))
        try folder.put(
            rig.control.kubeconfig(token: person.token, namespace: namespace, proxy: proxy),
            in: "kubeconfig")
        let place = ObjectReference(
            .virtualService, namespace: namespace, name: objects.service)
        guard let written = try await rig.cluster.client.get(place) else {
            throw RigError("no routes", place: "\(place)", remedy: "mend the stage")
        }
        let stage = StoryStage(
            rig: rig, objects: objects, person: person, folder: folder, routes: written.spec)
        await rig.accounts.keep(stage)
        try await stage.awaitUsers(of: stable)
        return stage
    }

    /// A stage that an earlier chapter of the same story has set.
    static func found(_ rig: Rig, _ namespace: String) async throws -> StoryStage {
        guard let stage = await rig.accounts.stages[namespace] else {
            throw RigError("no such stage", place: namespace, remedy: "set it first")
        }
        return stage
    }

    /// Returns when all pods of a version answer through the gateway.
    private func awaitUsers(of stable: StageObjects.Version) async throws {
        let transport = CurlTransport()
        let request = HTTPRequest(
            "GET", rig.gateway + "/", headers: ["Host": objects.host], timeout: .seconds(5),
            freshConnection: true)
        let place = ObjectReference(
            .deployment, namespace: namespace, name: "\(objects.service)-\(stable.name)")
        try await RigPatience(time: rig.time).until(
            "\(namespace) is served", within: .seconds(60), every: .milliseconds(200)
        ) {
            let ready = await rig.mirror.object(place)?.status["availableReplicas"]?.whole
            guard ready == stable.replicas else { return false }
            return (try? await transport.send(request))?.status == 200
        }
    }

    /// Writes the flow and the candidate's manifest.
    func write(_ candidate: StageObjects.Version, _ flow: StageFlow = StageFlow()) throws {
        try folder.put(YAMLWriter.text(of: objects.deployment(candidate)), in: flow.manifest)
        try folder.put(
            flow.text(objects, gateway: rig.gateway, prometheus: rig.prometheus.address),
            in: "flow.yaml")
    }

    /// The API server, asked with the account of those who deliver.
    var caller: RigCluster {
        RigCluster(
            client: rig.cluster.client, server: rig.control.server, token: person.token,
            transport: rig.control.transport)
    }

    // MARK: The binary

    var journal: String { folder.file("journal.sqlite") }

    /// Runs the binary to its end.
    func theseus(_ words: String..., within limit: Duration = .seconds(900)) async throws -> Ending
    {
        try await run(words, limit)
    }

    /// Runs the binary, and kills it with -9 when `isTime` says so.
    func theseus(
        _ words: String..., killedWhen isTime: @escaping @Sendable () async throws -> Bool
    ) async throws -> Ending {
        let file = "process"
        folder.remove(file)
        return try await beside([
            {
                while true {
                    if try await isTime(),
                        let text = String(
                            validating: RigFolder.read(folder.file(file)), as: UTF8.self),
                        let process = Int32(text.filter(\.isNumber)), process > 1
                    {
                        RigMachine.signal(process, 9)
                        return
                    }
                    try await rig.time.sleep(for: .milliseconds(5))
                }
            }
        ]) { try await run(words, .seconds(900)) }
    }

    private func run(_ words: [String], _ limit: Duration) async throws -> Ending {
        let options = ["--kubeconfig", folder.file("kubeconfig"), "--journal", "sqlite:\(journal)"]
        let end = try await rig.spawner.run(
            ProcessJob(
                arguments: [
                    "/bin/sh", "-c", "echo $$ > process; exec \"$@\"", "sh", rig.theseus,
                ] + words + options,
                environment: [
                    .init(name: "HOME", value: folder.path),
                    .init(name: "PATH", value: "/usr/bin:/bin"),
                    .init(name: "THESEUS_ACTOR", value: "rig"),
                ],
                folder: folder.path, timeLimit: limit, outputCap: 1 << 20, grace: .zero))
        let output = String(decoding: end.output, as: UTF8.self)
        try folder.put(output, in: "output-\(words.first ?? "")-\(rig.time.date).txt")
        let code: Int? = if case .code(let code) = end.exit { code } else { nil }
        return Ending(code: code, output: output)
    }

    /// Takes a run over until it ends, as a Jenkins job would that is started again.
    func resume(_ run: String) async throws -> Ending {
        let start = rig.time.now
        while true {
            let end = try await theseus("resume", run)
            guard end.code == 5, rig.time.now - start < .seconds(90) else { return end }
            try await rig.time.sleep(for: .milliseconds(500))
        }
    }

    // MARK: What came of it

    /// What the run remembered; nothing before its first record.
    func facts(of run: String) async throws -> [LoggedFact] {
        guard RigFolder.exists(journal) else { return [] }
        let store = try SQLiteJournal(path: journal, mode: .readOnly)
        return try await RunLog(run: run, store: store).facts()
    }

    /// The number of the newest record; 0 where there is none that can be read.
    func head(of run: String) async -> Int {
        guard RigFolder.exists(journal),
            let store = try? SQLiteJournal(path: journal, mode: .readOnly),
            let last = try? await store.last(of: run)
        else { return 0 }
        return last.sequence
    }

    /// How many steps a run has begun.
    func begun(_ run: String) async -> Int {
        guard RigFolder.exists(journal),
            let store = try? SQLiteJournal(path: journal, mode: .readOnly),
            let last = try? await RunLog(run: run, store: store).last()
        else { return 0 }
        return last.state.begun
    }

    /// What the auditor finds, from what the API server stored and the journal alone.
    ///
    /// `start`: when this run began, where others went before it in the same namespace.
    func audit(_ run: String, since start: Int = 0) async throws -> [String] {
        // The watches are behind by a moment.
        try await rig.time.sleep(for: .milliseconds(700))
        let gaps = await rig.mirror.gaps
        if gaps > 0 { return ["the rig lost \(gaps) watches: versions may be missing"] }
        let facts = try await facts(of: run)
        let told = Provenance(await rig.trail.entries(of: person.name))
            .told(await rig.mirror.history(of: namespace))
        let history = Provenance.since(start, told)
        guard history.contains(where: { $0.manager == "theseus" && $0.object != nil }) else {
            return ["the API server's own log names no write of ours: nothing was audited"]
        }
        return Audit.violations(
            in: Evidence(
                namespace: namespace, service: objects.service, run: run, history: history,
                facts: facts))
    }

    func object(_ kind: ResourceKind, _ name: String) async throws -> KubernetesObject? {
        try await rig.cluster.client.get(
            ObjectReference(kind, namespace: namespace, name: name))
    }
}

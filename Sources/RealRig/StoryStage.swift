internal import Auditor
internal import CanaryEngine
internal import Chronicle
internal import HTTPClient
internal import HTTPMessages
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping
internal import YAML

/// One namespace with a service in it, somebody who may deliver there, and the binary.
struct StoryStage: Sendable {
    let rig: Rig
    let objects: StageObjects
    let person: ControlPlane.Person
    let folder: RigFolder
    let journal: StageJournal
    /// Where the person usually works.
    let machine: StageMachine
    /// How the routes, and the rule where one stands, were before anything happened.
    let routes: [ObjectReference: JSONTree]
    /// Where users of this service knock.
    let door: String

    var namespace: String { objects.namespace }

    /// What is particular about a stage.
    struct Setting: Sendable {
        var stable = StageObjects.Version(name: "v1")
        var wiring = StageObjects.Wiring.own
        /// Somebody keeps a DestinationRule for the service.
        var isRuled = false
        var journal = JournalPlace.cluster
        /// Rules that the account has beside its own.
        var alsoMay: [JSONTree] = []
        /// The address of what stands before the API server.
        var proxy: String?
    }

    // MARK: Setting up

    /// Makes the namespace, its objects and a way in; returns when users are served.
    static func set(_ rig: Rig, _ namespace: String, _ setting: Setting = Setting()) async throws
        -> StoryStage
    {
        let objects = StageObjects(namespace: namespace, wiring: setting.wiring)
        let person = try await rig.accounts.take()
        let folder = rig.folder.folder("stories").folder(namespace)
        try await rig.cluster.create(
            objects.namespaces.map { name in
                ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]]
            })
        for space in objects.namespaces {
            let rules =
                space == namespace
                ? DeployerRole.rules(setting.journal, setting.wiring) + setting.alsoMay
                : DeployerRole.routesOnly
            try await rig.cluster.create(
                DeployerRole.objects(rules: rules, for: person.name, in: space))
        }
        let rules = setting.isRuled ? [objects.rule(setting.stable)] : []
        try await rig.cluster.create(objects.world(setting.stable) + rules)
        try folder.put(
            rig.control.kubeconfig(
                token: person.token, namespace: namespace, proxy: setting.proxy),
            in: "kubeconfig")
        var routes: [ObjectReference: JSONTree] = [:]
        for place in objects.routes + (setting.isRuled ? [objects.rulePlace] : []) {
            guard let written = try await rig.cluster.client.get(place) else {
                throw RigError("no routes", place: "\(place)", remedy: "mend the stage")
            }
            routes[place] = written.spec
        }
        let file = folder.file("journal.sqlite")
        let stage = StoryStage(
            rig: rig, objects: objects, person: person, folder: folder,
            journal: StageJournal(setting.journal, rig: rig, namespace: namespace, path: file),
            machine: StageMachine(
                folder: folder, kubeconfig: folder.file("kubeconfig"),
                journal: setting.journal == .file ? file : nil),
            routes: routes, door: try await door(of: objects, rig))
        await rig.stages.keep(stage)
        try await stage.awaitUsers(of: setting.stable)
        return stage
    }

    /// A stage that an earlier chapter of the same story has set.
    static func found(_ rig: Rig, _ namespace: String) async throws -> StoryStage {
        guard let stage = await rig.stages.stages.first(where: { $0.namespace == namespace })
        else {
            throw RigError("no such stage", place: namespace, remedy: "set it first")
        }
        return stage
    }

    /// Takes away what stands there: nobody pays for the stages of stories that are told.
    func strike() async {
        for space in objects.namespaces {
            for kind in RigKinds.played {
                // Services have no call that takes all of them.
                let path =
                    kind == .service
                    ? kind.path(namespace: space, name: objects.service)
                    : kind.path(namespace: space)
                _ = try? await rig.cluster.send("DELETE", path)
            }
            await rig.mirror.forget(space)
            await rig.exporter.forget(space)
        }
    }

    private static func door(of objects: StageObjects, _ rig: Rig) async throws -> String {
        switch objects.wiring {
        case .own, .spread, .hosts: return rig.gateway
        case .bare: return rig.meshDoor
        case .streams:
            let place = ObjectReference(
                .service, namespace: objects.namespace, name: objects.service)
            let service = try await rig.cluster.client.get(place)
            guard let address = service.flatMap({ MeshStreams.address(of: $0) }) else {
                throw RigError("no address", place: "\(place)", remedy: "mend the stage")
            }
            return "http://\(address):\(StageObjects.streamPort)"
        }
    }

    /// Returns when all pods of a version answer users.
    private func awaitUsers(of stable: StageObjects.Version) async throws {
        let transport = CurlTransport()
        let request = HTTPRequest(
            "GET", door + "/", headers: ["Host": objects.host], timeout: .seconds(5),
            freshConnection: true)
        let place = ObjectReference(
            .deployment, namespace: namespace, name: "\(objects.service)-\(stable.name)")
        try await RigPatience(time: rig.time).until(
            "\(namespace) is served", within: .seconds(180), every: .milliseconds(200)
        ) {
            let ready = await rig.mirror.object(place)?.status["availableReplicas"]?.whole
            guard ready == stable.replicas else { return false }
            return (try? await transport.send(request))?.status == 200
        }
    }

    /// Writes the flow and the candidate's manifest.
    func write(_ candidate: StageObjects.Version, _ flow: StageFlow = StageFlow()) throws {
        let documents = objects.manifest(candidate).map { YAMLWriter.text(of: $0) }
        try folder.put(documents.joined(separator: "---\n"), in: flow.manifest)
        try folder.put(
            flow.text(objects, gateway: door, prometheus: rig.prometheus.address),
            in: "flow.yaml")
        for (name, text) in flow.files { try folder.put(text, in: name) }
    }

    /// The API server, asked with the account of those who deliver.
    var caller: RigCluster {
        RigCluster(
            client: rig.cluster.client, server: rig.control.server, token: person.token,
            transport: rig.control.transport)
    }

    // MARK: What came of it

    func facts(of run: String) async throws -> [LoggedFact] { try await journal.facts(of: run) }
    func head(of run: String) async -> Int { await journal.head(of: run) }
    func begun(_ run: String) async -> Int { await journal.begun(run) }

    /// What the auditor finds, from what the API server stored and the journal alone.
    ///
    /// `start`: when this run began, where others went before it in the same namespace; `removed`: the
    /// Deployment that it takes away, where that is what it is for; `meddled`: somebody else broke things
    /// on purpose.
    func audit(
        _ run: String, since start: Int = 0, removes removed: String? = nil, meddled: Bool = false
    ) async throws -> [String] {
        let told = try await told()
        let gaps = await rig.mirror.gaps
        if gaps > 0 { return ["the rig lost \(gaps) watches: versions may be missing"] }
        let facts = try await facts(of: run)
        guard !facts.isEmpty else { return ["the journal remembers nothing of run \(run)"] }
        let history = Provenance.since(start, told)
        guard history.contains(where: { $0.manager == "theseus" && $0.object != nil }) else {
            return ["the API server's own log names no write of ours: nothing was audited"]
        }
        var evidence = Evidence(
            namespace: namespace, service: objects.service, run: run, history: history,
            facts: facts, hasForeignHands: meddled)
        evidence.removes = removed
        // A watch on a busy machine tells of a version late.
        evidence.hearsay = 2_000
        return Audit.violations(in: evidence)
    }

    /// Every version that the binary stored, in the order in which it did; of what it removed, none.
    func written() async throws -> [StoredObject] {
        try await told().filter { $0.manager == "theseus" && $0.reference.kind != .lease }
    }

    /// Every version that the API server stored, oldest first, each with its maker.
    func told() async throws -> [StoredObject] {
        Provenance(try await settledEntries())
            .told(await rig.mirror.history(of: objects.namespaces))
    }

    /// What the person asked of the API server, once its log and our watches have told all of it.
    private func settledEntries() async throws -> [AuditTrail.Entry] {
        // The log is behind by a moment; a call of ours shows when all before it is there.
        let mark = "mark-\(rig.time.date)"
        _ = try await caller.send(
            "GET", ResourceKind.service.path(namespace: namespace, name: mark))
        let patience = RigPatience(time: rig.time)
        try await patience.until(
            "the API server's log tells of \(mark)", within: .seconds(120),
            every: .milliseconds(100)
        ) { await rig.trail.entries(of: person.name).contains { $0.name == mark } }
        try await rig.time.sleep(for: .milliseconds(300))
        let entries = await rig.trail.entries(of: person.name)
        try await patience.until(
            "the watches tell every version that the API server's log names", within: .seconds(120),
            every: .milliseconds(200)
        ) {
            Provenance.untold(entries, by: await rig.mirror.history(of: objects.namespaces))
                .isEmpty
        }
        return entries
    }

    func object(_ kind: ResourceKind, _ name: String) async throws -> KubernetesObject? {
        try await rig.cluster.client.get(
            ObjectReference(kind, namespace: namespace, name: name))
    }
}

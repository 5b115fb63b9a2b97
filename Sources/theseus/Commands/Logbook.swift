internal import CanaryEngine
internal import Chronicle
internal import ClusterAccess
internal import ClusterJournal
internal import Glibc
internal import Journal
internal import KubernetesAPI
internal import Timekeeping
internal import Voyage

/// Where a command finds its runs: in the target's cluster, or in a file of this machine.
struct Logbook: Sendable {
    /// What a command does to the journal.
    enum Use {
        /// Begins runs, and the file itself where there is none.
        case begins
        /// Goes on with what is there.
        case writes
        case reads
    }

    let store: any JournalStore
    /// As `store`, but keeps trying for longer: for whoever drives a run.
    let drivenStore: any JournalStore
    private let request: CommandRequest
    /// The cluster that keeps it; nil for a file.
    private let keeper: Ground?
    /// Of the cluster, the one that was looked at; nil for a file, which has all.
    let namespace: String?

    /// This machine's own file, where a cluster was looked for and no kubeconfig names one.
    private let substitute: String?

    /// Whether any machine that reaches the cluster finds these runs.
    var isInCluster: Bool { keeper != nil }

    private init(
        _ store: any JournalStore, _ request: CommandRequest, inPlaceOf substitute: String? = nil
    ) {
        self.substitute = substitute
        self.store = store
        drivenStore = store
        self.request = request
        keeper = nil
        namespace = nil
    }

    private init(_ ground: Ground, namespace: String, _ request: CommandRequest) {
        let client = ground.rig.cluster
        let patience = ground.rig.pace.patience
        store = ConfigMapJournal(client: client.patient(for: patience), namespace: namespace)
        drivenStore = ConfigMapJournal(
            client: client.patient(for: patience.map { $0 * 12 }), namespace: namespace)
        self.request = request
        keeper = ground
        self.namespace = namespace
        substitute = nil
    }

    /// A name that no run here answers to, with where it was looked for.
    func place(_ name: String) -> String {
        if let substitute {
            return "\(name), in \(substitute), since there is no kubeconfig"
        }
        return namespace.map { "\(name), in namespace \($0)" } ?? name
    }

    /// What is said where there are no runs, or none that the name fits.
    var emptiness: String {
        let what = request.operand.map { "no run of \($0)" } ?? "no runs"
        if let substitute { return "\(what) in \(substitute); there is no kubeconfig" }
        return namespace.map { "\(what) in namespace \($0); --namespace NAME looks elsewhere" }
            ?? what
    }

    /// Opens what `--journal` names; without it, the cluster's own journal, and for the embedded
    /// lab, or where no cluster is known at all, the file of this machine.
    ///
    /// `ground` and `namespace`: where they are known already.
    static func open(
        _ request: CommandRequest, _ use: Use, on ground: Ground? = nil, namespace: String? = nil
    ) async throws -> Logbook {
        let mayBeInCluster = try mayBeInCluster(request)
        if let address = request.value("--journal"), address.hasPrefix("sqlite:") {
            return Logbook(
                try file(String(address.dropFirst(7)), use, isNamed: true), request)
        }
        guard mayBeInCluster, let ground = try await cluster(request, ground) else {
            let path = defaultPath(use)
            return Logbook(
                try file(path, use, isNamed: false), request, inPlaceOf: mayBeInCluster ? path : nil
            )
        }
        return inCluster(of: ground, request, namespace: namespace)
    }

    /// The cluster's own journal, whatever `--journal` names.
    static func inCluster(of ground: Ground, _ request: CommandRequest, namespace: String? = nil)
        -> Logbook
    {
        Logbook(
            ground,
            namespace: namespace ?? request.value("--namespace") ?? ground.namespace ?? "default",
            request)
    }

    /// Whether `--journal` leaves the runs of a cluster to the cluster itself; opens nothing.
    static func mayBeInCluster(_ request: CommandRequest) throws(UsageError) -> Bool {
        let isEmbedded = request.value("--cluster") == "lab"
        guard let address = request.value("--journal") else { return !isEmbedded }
        if address.hasPrefix("sqlite:"), address.count > 7 { return false }
        guard address == "cluster", !isEmbedded else {
            throw UsageError(
                .malformed(
                    "--journal", address,
                    isEmbedded ? "sqlite:PATH: the embedded lab forgets" : "cluster or sqlite:PATH"),
                command: request.command)
        }
        return true
    }

    /// nil where no kubeconfig names a cluster, and nobody asked for one, by KUBECONFIG neither.
    private static func cluster(_ request: CommandRequest, _ ground: Ground?) async throws
        -> Ground?
    {
        if let ground { return ground }
        do {
            return try await Ground.cluster(request)
        } catch let error as AccessError {
            let isAskedFor =
                Environment.value("KUBECONFIG") != nil
                || ["--journal", "--kubeconfig", "--cluster"].contains { request.has($0) }
            guard error.code == .noKubeconfig, !isAskedFor else { throw error }
            return nil
        }
    }

    private static func file(_ name: String, _ use: Use, isNamed: Bool) throws
        -> any JournalStore
    {
        var path = name
        // No shell does this behind a colon.
        if path.hasPrefix("~/"), let home = Environment.value("HOME") {
            path = home + path.dropFirst()
        }
        let isThere = Files.exists(path)
        // Before the first run there is nothing to read, and nothing wrong.
        if !isThere, use != .begins, !isNamed { return MemoryJournal() }
        let isWritten = use == .begins || (use == .writes && isThere)
        return try SQLiteJournal(path: path, mode: isWritten ? .readWrite : .readOnly)
    }

    private static func defaultPath(_ use: Use) -> String {
        let home = Environment.value("HOME") ?? "."
        var folder = Environment.value("XDG_STATE_HOME") ?? "\(home)/.local/state"
        folder += "/theseus"
        if use == .begins { Files.makeFolders(folder) }
        return "\(folder)/journal.sqlite"
    }

    // MARK: The cluster

    /// The cards that the last look at the runs could not read.
    func damagedCards() async -> [JournalError] {
        await (store as? ConfigMapJournal)?.damagedCards ?? []
    }

    /// The cluster that the command's runs are in.
    func ground() async throws -> Ground {
        if let keeper { return keeper }
        return try await Ground.cluster(request)
    }

    /// Whether a run is one of `ground`'s cluster.
    ///
    /// One that the cluster itself remembers is, by whatever address its first holder reached it.
    func holds(_ card: RunCard, on ground: Ground) -> Bool {
        isInCluster || card.cluster == ground.rig.cluster.server
    }

    /// Removes runs that are old enough, where the cluster keeps them.
    func prune() async {
        guard isInCluster, let journal = store as? ConfigMapJournal else { return }
        do {
            let cards = try await journal.runs()
            guard cards.count > Retention.runs else { return }
            var ends: [Retention.Entry] = []
            var unread: Set<String> = []
            for card in cards {
                do {
                    let log = RunLog(run: card.run, store: journal)
                    let state = try await log.last()?.state
                    let isRemoval =
                        state?.course == .promoted
                        ? (try? await Charters.read(log))?.removal != nil : false
                    ends.append(Retention.Entry(card: card, state: state, isRemoval: isRemoval))
                } catch let error as JournalError where error.code != .unreachable {
                    // What cannot be read stays for a person, and keeps no other run from going.
                    if error.code != .unknownRun { Terminal.complain("\(error)") }
                    unread.insert(card.run)
                }
            }
            try await journal.prune(keeping: Retention.kept(ends).union(unread))
        } catch {
            Terminal.complain(Wording.text(of: error))
        }
    }
}

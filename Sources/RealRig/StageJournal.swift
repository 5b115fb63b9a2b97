internal import CanaryEngine
internal import Chronicle
internal import ClusterJournal
internal import Journal
internal import KubernetesAPI

/// Where a stage's runs are remembered.
enum JournalPlace: Hashable, Sendable {
    /// In ConfigMaps beside the service: what the binary does by itself.
    case cluster
    /// In a file in the stage's folder.
    case file
}

/// The journal of one stage as somebody reads it who looks on.
actor StageJournal {
    private let rig: Rig
    private let namespace: String
    /// nil: in the cluster.
    private let path: String?
    private var opened: (any JournalStore)?
    /// What was read last, and how the journal stood then.
    private var newest: [String: (version: Int, last: LoggedFact?)] = [:]

    init(_ place: JournalPlace, rig: Rig, namespace: String, path: String) {
        self.rig = rig
        self.namespace = namespace
        self.path = place == .file ? path : nil
    }

    /// What a run remembered; nothing before its first record.
    func facts(of run: String) async throws -> [LoggedFact] {
        guard let store = try store() else { return [] }
        do {
            return try await RunLog(run: run, store: store).facts()
        } catch let error as JournalError where error.code == .unknownRun {
            return []
        }
    }

    /// The number of the newest record; 0 where there is none that can be read.
    func head(of run: String) async -> Int { await last(of: run)?.sequence ?? 0 }

    /// How many steps a run has begun.
    func begun(_ run: String) async -> Int { await last(of: run)?.state.begun ?? 0 }

    func last(of run: String) async -> LoggedFact? {
        // The cluster is asked only when the watch has told of something new.
        let version = path == nil ? await rig.mirror.journal(of: namespace) : -1
        if let known = newest[run], known.version == version, version >= 0 { return known.last }
        guard let store = try? store(),
            let last = try? await RunLog(run: run, store: store).last()
        else { return nil }
        newest[run] = (version, last)
        return last
    }

    /// nil where there is none yet.
    private func store() throws -> (any JournalStore)? {
        if let opened { return opened }
        if let path {
            guard RigFolder.exists(path) else { return nil }
            opened = try SQLiteJournal(path: path, mode: .readOnly)
        } else {
            opened = ConfigMapJournal(
                client: rig.cluster.client.patient(for: .seconds(60)), namespace: namespace)
        }
        return opened
    }
}

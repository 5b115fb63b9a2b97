internal import CanaryEngine
internal import ClusterJournal
internal import IstioRoutes
internal import Journal
internal import KubernetesAPI
internal import Voyage

/// Marks on the cluster's routes of runs that the journal at hand does not know: theirs is another one, or
/// is lost.
struct StrayMarks: Sendable {
    struct Stray: Sendable {
        let mark: RouteMark
        /// Somebody renews the run's lease, by whatever journal.
        let isDriven: Bool

        private var objects: String { mark.objects.map { "\($0)" }.joined(separator: ", ") }

        /// What is wrong with it, in three lines.
        var error: VoyageError {
            VoyageError(
                .unremembered(run: mark.run, record: mark.records),
                place: "\(objects); the candidate's weight is \(mark.share.percent)%")
        }

        var reason: String {
            isDriven
                ? "driven by another journal than this one"
                : "\(objects): marks of a run that this journal does not know"
        }

        var next: String { "theseus abort \(mark.run)" }
    }

    private let request: CommandRequest
    private let logbook: Logbook
    private let isEverywhere: Bool

    /// `isEverywhere`: the journal at hand cannot be opened, and it may have been of any namespace.
    init(_ request: CommandRequest, _ logbook: Logbook, isEverywhere: Bool = false) {
        self.request = request
        self.logbook = logbook
        self.isEverywhere = isEverywhere
    }

    /// Those that nobody has a journal of, for a command whose own cannot be opened; none where nobody
    /// can look.
    static func withoutJournal(_ request: CommandRequest) async -> [Stray] {
        guard request.value("--cluster") != "lab", let ground = try? await Ground.cluster(request)
        else { return [] }
        let marks = StrayMarks(
            request, .inCluster(of: ground, request), isEverywhere: true)
        return await marks.seen(named: request.operand).strays
    }

    /// What one look at the routes tells.
    struct Sight: Sendable {
        fileprivate(set) var marks: [RouteMark] = []
        fileprivate(set) var strays: [Stray] = []

        private func mark(of card: RunCard) -> RouteMark? {
            marks.first {
                $0.run == card.run && $0.namespace == card.namespace && $0.service == card.service
            }
        }

        /// The share that the routes give the candidate of a run; nil where they carry no mark of it.
        func share(of card: RunCard) -> Int? { mark(of: card)?.share.percent }

        /// How many records the run had when it last wrote to its routes, where the journal has fewer.
        func records(of card: RunCard, beyond sequence: Int) -> Int? {
            mark(of: card).map(\.records).flatMap { $0 > sequence ? $0 : nil }
        }
    }

    /// What a look at the routes finds; nothing where nobody can look.
    func seen(named name: String?) async -> Sight {
        guard request.value("--cluster") != "lab", let ground = try? await logbook.ground() else {
            return Sight()
        }
        return (try? await look(named: name, on: ground)) ?? Sight()
    }

    func all(named name: String?, on ground: Ground) async throws -> [Stray] {
        try await look(named: name, on: ground).strays
    }

    /// What a run's or a service's name means on the routes, whoever remembers it: a service of that
    /// namespace, or our own, before one of another.
    func meant(_ name: String, in namespace: String? = nil, on ground: Ground) async throws
        -> [RouteMark]
    {
        let client = ground.rig.cluster.patient(for: ground.rig.pace.patience)
        let marks = try await marks(client, home(ground)) ?? []
        let named = request.value("--namespace")
        let fitting = marks.filter { named == nil || named == $0.namespace }
        let runs = fitting.filter { $0.run == name }
        if !runs.isEmpty { return runs }
        let services = fitting.filter { $0.service == name }
        let near = services.filter { $0.namespace == namespace ?? home(ground) }
        return near.isEmpty && isEverywhere ? services : near
    }

    private func home(_ ground: Ground) -> String {
        logbook.namespace ?? request.value("--namespace") ?? ground.namespace ?? "default"
    }

    /// nil where there is no mesh.
    private func marks(_ client: KubernetesClient, _ home: String) async throws -> [RouteMark]? {
        do {
            return try await IstioRouter.marks(client, orIn: home)
        } catch is RouteRefusal {
            return nil
        }
    }

    /// Of the namespaces that the journal speaks of; `name` is a run's or a service's.
    ///
    /// A journal in a file does not know what the cluster's own remembers: that is nobody's loss.
    private func look(named name: String?, on ground: Ground) async throws -> Sight {
        let client = ground.rig.cluster.patient(for: ground.rig.pace.patience)
        let home = home(ground)
        guard let marks = try await marks(client, home) else { return Sight() }
        if marks.isEmpty { return Sight() }
        let spaces = try await namespaces(home, ground)
        var strays: [Stray] = []
        for mark in marks where name == nil || name == mark.run || name == mark.service {
            let isMeant =
                spaces?.contains(mark.namespace) ?? true
                || (!logbook.isInCluster && name == mark.run)
            guard isMeant, try await !isKnown(mark, client) else { continue }
            let lease = TargetLease(
                client: client, namespace: mark.namespace, service: mark.service, run: mark.run,
                holder: "", pace: ground.rig.pace)
            let life = try await lease.life()
            strays.append(
                Stray(mark: mark, isDriven: life.map { $0.run == mark.run && !$0.isOver } ?? false))
        }
        return Sight(marks: marks, strays: strays)
    }

    /// nil: of all.
    private func namespaces(_ home: String, _ ground: Ground) async throws -> Set<String>? {
        if isEverywhere, request.value("--namespace") == nil { return nil }
        if logbook.isInCluster || request.value("--namespace") != nil { return [home] }
        let cards = try await logbook.store.runs().filter { logbook.holds($0, on: ground) }
        return Set([home] + cards.map(\.namespace))
    }

    private func isKnown(_ mark: RouteMark, _ client: KubernetesClient) async throws -> Bool {
        if try await Self.has(mark.run, logbook.store) { return true }
        if logbook.isInCluster, mark.namespace == logbook.namespace { return false }
        let journal = ConfigMapJournal(client: client, namespace: mark.namespace)
        return (try? await Self.has(mark.run, journal)) ?? false
    }

    /// One that cannot be read is there.
    private static func has(_ run: String, _ store: any JournalStore) async throws -> Bool {
        do {
            return try await store.last(of: run) != nil
        } catch {
            switch error.code {
            case .unknownRun: return false
            case .damaged: return true
            case .exists, .displaced, .unwritable, .unreadable, .busy, .denied, .unreachable,
                .tooLarge:
                throw error
            }
        }
    }
}

internal import CanaryEngine
internal import Chronicle
internal import ClusterAccess
internal import IstioRoutes
internal import Journal
internal import KubernetesAPI
internal import Voyage

/// Which run an abort means, and who remembers it: the journal at hand, the cluster's own, or nobody.
struct AbortSearch: Sendable {
    let request: CommandRequest

    enum Found: Sendable {
        case remembered(RunCard, Logbook)
        /// No journal that we can read has it; its marks stand on the routes.
        case stray(RouteMark, Ground)
    }

    private var name: String { request.operand ?? "" }

    /// What is meant may be a run whose very card cannot be read: then that is what is wrong.
    ///
    /// Where the journal has no open run of that name, one that it does not know may hold the routes.
    func find(in logbook: Logbook) async throws -> Found {
        let card: RunCard
        do {
            card = try await RunChoice(request, logbook).find(name)
        } catch let error as VoyageError where error.code == .unknownRun {
            if let damage = await logbook.damagedCards().last { throw damage }
            var blind: (any Error)?
            do {
                if let found = try await onRoutes(beside: logbook) { return found }
            } catch is AccessError {
                // There is no cluster to look at; the error's place says so.
            } catch {
                blind = error
            }
            if let found = await inCluster(beside: logbook) { return found }
            if let blind {
                let said = Wording.text(of: blind).prefix { $0 != "\n" }
                Terminal.complain("nobody could look for its marks on the routes: \(said)")
            }
            throw error
        }
        let last = try await RunLog(run: card.run, store: logbook.store).last()
        guard last?.state.isOver ?? false, let found = await other(than: card, in: logbook)
        else { return .remembered(card, logbook) }
        return found
    }

    /// Who names a service means the run that holds its routes, where `card` has no mark there.
    ///
    /// Who cannot look at the routes goes by the journal.
    func other(than card: RunCard, in logbook: Logbook) async -> Found? {
        card.run == name ? nil : try? await onRoutes(beside: logbook, but: card)
    }

    private func onRoutes(beside logbook: Logbook, but card: RunCard? = nil) async throws -> Found?
    {
        let ground = try await logbook.ground()
        guard card.map({ logbook.holds($0, on: ground) }) ?? true else { return nil }
        let marks = try await StrayMarks(request, logbook).meant(
            name, in: card?.namespace, on: ground)
        guard let mark = marks.first, !marks.contains(where: { $0.run == card?.run }) else {
            return nil
        }
        return try await remembering(mark, ground, logbook)
    }

    /// One that has no marks yet, or needs none: where a file does not know it, the cluster may.
    private func inCluster(beside logbook: Logbook) async -> Found? {
        guard !logbook.isInCluster, let ground = try? await logbook.ground() else { return nil }
        return await unmarked(in: .inCluster(of: ground, request))
    }

    private func remembering(_ mark: RouteMark, _ ground: Ground, _ logbook: Logbook?)
        async throws -> Found
    {
        if let logbook, let card = try await Self.card(of: mark, in: logbook) {
            return .remembered(card, logbook)
        }
        let cluster = Logbook.inCluster(of: ground, request, namespace: mark.namespace)
        guard let card = try await Self.card(of: mark, in: cluster) else {
            return .stray(mark, ground)
        }
        return .remembered(card, cluster)
    }

    /// Its card, where its records can be read.
    private static func card(of mark: RouteMark, in logbook: Logbook) async throws -> RunCard? {
        do {
            let cards = try await logbook.store.runs()
            guard let card = cards.first(where: { $0.run == mark.run }),
                try await logbook.store.last(of: mark.run) != nil
            else { return nil }
            return card
        } catch {
            guard [.damaged, .denied, .unknownRun].contains(error.code) else { throw error }
            return nil
        }
    }

    // MARK: Without the journal

    /// By the marks on the routes, where the journal at hand is of no use; nil where none has that name.
    ///
    /// `card`: the run whose records are the ones that are of no use.
    func byMarks(_ card: RunCard?, isOfCluster: Bool, on ground: Ground) async throws -> Found? {
        let beside = Logbook.inCluster(of: ground, request, namespace: card?.namespace)
        let search = StrayMarks(request, beside, isEverywhere: true)
        let marks = try await search.meant(card?.run ?? name, on: ground)
        let runs = Set(marks.map(\.run))
        guard runs.count < 2 else {
            throw VoyageError(.severalRuns(runs.sorted()), place: "service \(name)")
        }
        if let mark = marks.first {
            return card == nil && !isOfCluster
                ? try await remembering(mark, ground, nil) : .stray(mark, ground)
        }
        guard card == nil, !isOfCluster else { return nil }
        return await unmarked(in: beside)
    }

    private func unmarked(in cluster: Logbook) async -> Found? {
        guard let card = try? await RunChoice(request, cluster).find(name),
            let last = try? await RunLog(run: card.run, store: cluster.store).last(),
            !last.state.isOver
        else { return nil }
        return .remembered(card, cluster)
    }
}

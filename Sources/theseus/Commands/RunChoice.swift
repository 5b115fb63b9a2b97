internal import CanaryEngine
internal import Chronicle
internal import Journal
internal import Voyage

/// Which run somebody means: by its id, or by its service.
struct RunChoice: Sendable {
    let store: any JournalStore
    /// Where one is named, only its runs are looked at.
    let namespace: String?

    init(_ request: CommandRequest, _ logbook: Logbook) {
        store = logbook.store
        namespace = request.value("--namespace")
    }

    /// The runs to choose from, oldest first.
    func cards() async throws -> [RunCard] {
        try await store.runs().filter { namespace == nil || $0.namespace == namespace }
    }

    /// The run of that id; else the newest of that service that is not over, else its newest.
    func find(_ name: String) async throws -> RunCard {
        let cards = try await cards()
        if let card = cards.last(where: { $0.run == name }) { return card }
        let fitting = cards.filter { $0.service == name }
        var open: [RunCard] = []
        for card in fitting {
            if let last = try await RunLog(run: card.run, store: store).last(), !last.state.isOver {
                open.append(card)
            }
        }
        if open.count > 1 {
            throw VoyageError(.severalRuns(open.map(\.run)), place: "service \(name)")
        }
        guard let card = open.last ?? fitting.last else {
            throw VoyageError(.unknownRun, place: name)
        }
        return card
    }
}

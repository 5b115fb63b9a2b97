internal import CanaryEngine
internal import Chronicle
internal import Journal
internal import Voyage

/// Which run somebody means: by its id, or by its service.
struct RunChoice: Sendable {
    private let logbook: Logbook
    /// Where one is named, only its runs are looked at.
    let namespace: String?

    init(_ request: CommandRequest, _ logbook: Logbook) {
        self.logbook = logbook
        namespace = request.value("--namespace")
    }

    /// The runs to choose from, oldest first.
    ///
    /// A card that cannot be read is complained of, and hides no other.
    func cards() async throws -> [RunCard] {
        let cards = try await logbook.store.runs()
        for error in await logbook.damagedCards() { Terminal.complain("\(error)") }
        return cards.filter { namespace == nil || $0.namespace == namespace }
    }

    /// The run of that id; else the newest of that service that is not over, else its newest.
    ///
    /// A run that cannot be read counts only where no newer one of its target can.
    func find(_ name: String) async throws -> RunCard {
        let cards = try await cards()
        if let card = cards.last(where: { $0.run == name }) { return card }
        let fitting = cards.filter { $0.service == name }
        var open: [RunCard] = []
        var damage: [String: JournalError] = [:]
        for card in fitting {
            do {
                let last = try await RunLog(run: card.run, store: logbook.store).last()
                damage[card.target] = nil
                if let last, !last.state.isOver { open.append(card) }
            } catch let error as JournalError where error.code == .damaged {
                damage[card.target] = error
            } catch let error as JournalError where error.code == .unknownRun {
                continue  // just removed
            }
        }
        if open.isEmpty, let last = fitting.last, let error = damage[last.target] { throw error }
        if open.count > 1 {
            throw VoyageError(.severalRuns(open.map(\.run)), place: "service \(name)")
        }
        guard let card = open.last ?? fitting.last else {
            throw VoyageError(.unknownRun, place: logbook.place(name))
        }
        return card
    }
}

package import CanaryEngine
package import Journal

/// Which runs a journal of limited room keeps.
package enum Retention {
    /// So many runs of each service.
    package static let runs = 10

    package struct Entry: Sendable {
        package let card: RunCard
        /// nil for a run of which nothing was remembered.
        package let state: RunState?
        /// It took a version away: there is no backup in it that could be undone.
        package let isRemoval: Bool

        package init(card: RunCard, state: RunState?, isRemoval: Bool = false) {
            self.card = card
            self.state = state
            self.isRemoval = isRemoval
        }
    }

    /// The newest runs of each service, the last one that was promoted, with the backup that undoes
    /// it, and every run that is not over.
    ///
    /// `entries` stand in the order of their opening. A run without any record may be just
    /// beginning.
    package static func kept(_ entries: [Entry]) -> Set<String> {
        var kept: Set<String> = []
        var counts: [String: Int] = [:]
        var promoted: Set<String> = []
        for entry in entries.reversed() {
            let service = entry.card.service
            counts[service, default: 0] += 1
            let isPromoted = entry.state?.course == .promoted && !entry.isRemoval
            let isLastPromoted = isPromoted && promoted.insert(service).inserted
            if counts[service, default: 0] <= runs || isLastPromoted
                || entry.state?.isOver == false || isPerson(entry.state)
            {
                kept.insert(entry.card.run)
            }
        }
        return kept
    }

    /// A run that waits for a person may go on.
    private static func isPerson(_ state: RunState?) -> Bool {
        if case .personNeeded? = state?.course { return true }
        return false
    }
}

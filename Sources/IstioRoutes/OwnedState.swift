package import CanaryEngine
package import JSONTree

/// What one route gives to the two versions, and what to others.
package struct OwnedState: Hashable, Sendable {
    /// nil: stable has no destination here.
    package var stable: Int?
    package var candidate: Int?
    /// The sum of all other destinations.
    package var foreign: Int
    /// Destinations of the service that belong to neither version as we know them, such as one
    /// that somebody unpinned.
    package var strays: Int

    package init(stable: Int?, candidate: Int?, foreign: Int = 0, strays: Int = 0) {
        self.stable = stable
        self.candidate = candidate
        self.foreign = foreign
        self.strays = strays
    }

    /// How a route stands at a weight, where other destinations have `foreign`.
    package init?(at weight: TrafficWeight, foreign: Int) {
        guard let pool = WeightPool(foreign: foreign) else { return nil }
        self.init(
            stable: pool.stable(at: weight),
            candidate: weight == .none ? nil : pool.candidate(at: weight), foreign: foreign)
    }

    /// Reads a route; nil where its list is illegible.
    package init?(of route: JSONTree, in reading: RouteReading, record: RouteRecord) {
        guard let list = reading.destinations(of: route) else { return nil }
        self.init(stable: nil, candidate: nil)
        for destination in list {
            switch record.side(of: destination.host, destination.subset) {
            case .foreign: foreign += destination.weight
            case .stable where stable == nil: stable = destination.weight
            case .candidate where candidate == nil: candidate = destination.weight
            case .stable, .candidate, .stray: strays += 1
            }
        }
    }

    /// Whether the route stands as we would write it for that weight.
    ///
    /// At 100 stable's destination has nothing: whoever takes it away changes nobody's way.
    package func stands(at weight: TrafficWeight) -> Bool {
        var state = self
        if weight == .all, stable == nil { state.stable = 0 }
        return state == OwnedState(at: weight, foreign: foreign)
    }

    /// The share that the candidate can have at most, strays counted for it.
    package var share: TrafficWeight {
        if strays > 0 { return .all }
        guard let candidate, candidate > 0 else { return .none }
        guard let pool = WeightPool(foreign: foreign) else { return .all }
        return pool.share(of: candidate)
    }

    package var words: String {
        var parts: [String] = []
        parts.append("stable has \(stable.map(String.init) ?? "no destination")")
        parts.append("the candidate \(candidate.map(String.init) ?? "no destination")")
        if foreign > 0 { parts.append("others \(foreign)") }
        if strays > 0 { parts.append("and \(strays) unpinned") }
        return parts.joined(separator: ", ")
    }
}

internal import CanaryEngine
package import Rehearsal

/// What goes wrong × where → how it ends; like rows are one.
package struct Matrix: Sendable {
    package struct Row: Sendable {
        package let what: Trial.What
        package let end: Scenario.End?
        package let exit: Int32?
        package fileprivate(set) var places: [Place]
        /// Where the same was tried, however it ended.
        package fileprivate(set) var tried: [Place] = []
        package fileprivate(set) var plays: Int
        /// Until no user met the candidate.
        package fileprivate(set) var home: [Duration]
        /// From the turn or the beginning to the end.
        package fileprivate(set) var over: [Duration]
    }

    package let rows: [Row]

    init(_ results: [TrialResult]) {
        var rows: [Row] = []
        for result in results {
            let place = rows.firstIndex { $0.what == result.what && $0.end == result.end }
            var row =
                place.map { rows[$0] }
                ?? Row(
                    what: result.what, end: result.end, exit: result.exit, places: [], plays: 0,
                    home: [], over: [])
            if !row.places.contains(result.place) { row.places.append(result.place) }
            row.plays += 1
            if let home = result.home { row.home.append(home) }
            row.over.append(result.over)
            if let place { rows[place] = row } else { rows.append(row) }
        }
        for place in rows.indices {
            rows[place].tried = rows.filter { $0.what == rows[place].what }.flatMap(\.places)
        }
        self.rows = rows.sorted {
            ($0.what.order, $0.exit ?? 9) < ($1.what.order, $1.exit ?? 9)
        }
    }
}

extension [Duration] {
    /// The middle one; nil of none.
    package var median: Duration? { isEmpty ? nil : sorted()[count / 2] }
}

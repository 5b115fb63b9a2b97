/// Who says what to whom in one delivery, in order.
package struct SequenceDiagram: Hashable, Sendable {
    package enum Party: String, CaseIterable, Hashable, Sendable {
        case team
        case theseus
        case journal
        case kubernetes = "Kubernetes API"
        case mesh
        case prometheus = "Prometheus"
        /// Other sources of metrics.
        case elsewhere = "other metrics"
        case tests
    }

    package enum Line: Hashable, Sendable {
        case chapter(String)
        case message(from: Party, to: Party, words: String)
    }

    package internal(set) var lines: [Line] = []

    /// Who says or hears anything.
    package var parties: [Party] {
        var present: Set<Party> = []
        for case .message(let from, let to, _) in lines { present.formUnion([from, to]) }
        return Party.allCases.filter(present.contains)
    }
}

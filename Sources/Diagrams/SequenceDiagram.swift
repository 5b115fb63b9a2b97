/// Who says what to whom in one delivery, in order.
package struct SequenceDiagram: Hashable, Sendable {
    package enum Party: String, CaseIterable, Hashable, Sendable {
        case team
        case theseus
        case journal
        case kubernetes = "Kubernetes API"
        case mesh
        case prometheus = "Prometheus"
        case tests
    }

    package enum Line: Hashable, Sendable {
        case chapter(String)
        case message(from: Party, to: Party, words: String)
    }

    package internal(set) var lines: [Line] = []
}

internal import CanaryEngine

extension TestReport {
    /// The names under which a test may tell how many requests it sent to whom.
    private static let counts = [
        "candidateRequests", "candidateErrors", "stableRequests", "stableErrors",
    ]

    /// Takes a test's own numbers: those that count its requests are no measures, but its traffic.
    ///
    /// All four count, or those that are there with the others as 0; a number that counts nothing
    /// leaves the traffic what it was.
    mutating func take(_ numbers: [Measure]) {
        measures = numbers.filter { !Self.counts.contains($0.name) }
        guard measures.count < numbers.count else { return }
        var found: [Int] = []
        for name in Self.counts {
            let value = numbers.first { $0.name == name }?.value ?? 0
            guard let count = Int(exactly: value), count >= 0 else { return }
            found.append(count)
        }
        guard found[1] <= found[0], found[3] <= found[2] else { return }
        traffic = .counted(
            candidate: found[0], candidateErrors: found[1], stable: found[2],
            stableErrors: found[3])
    }
}

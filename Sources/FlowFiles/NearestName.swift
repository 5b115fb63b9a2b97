/// Finds what somebody meant who wrote something else.
enum NearestName {
    /// The closest of `known`, the first of equals; nil where none is close.
    static func of(_ name: String, among known: [String]) -> String? {
        var best: (name: String, distance: Int)?
        for candidate in known {
            let distance = distance(name.lowercased(), candidate.lowercased())
            guard distance <= max(1, min(name.count, candidate.count) / 3 + 1),
                distance < max(name.count, candidate.count)
            else { continue }
            if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
        }
        return best?.name
    }

    /// `did you mean "steps"?`, or the list of what there is.
    static func suggestion(for name: String, among known: [String], none: String) -> String {
        if let nearest = of(name, among: known) { return "did you mean \"\(nearest)\"?" }
        return known.isEmpty ? none : "there are: \(known.joined(separator: ", "))"
    }

    /// How many letters must be put in, taken out, changed, or swapped with their neighbour.
    static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a.unicodeScalars)
        let b = Array(b.unicodeScalars)
        var before: [Int] = []
        var above = Array(0...b.count)
        for row in a.indices {
            var here = [row + 1]
            for column in b.indices {
                let cost = a[row] == b[column] ? 0 : 1
                var least = min(above[column + 1] + 1, here[column] + 1, above[column] + cost)
                if row > 0, column > 0, a[row] == b[column - 1], a[row - 1] == b[column] {
                    least = min(least, before[column - 1] + 1)
                }
                here.append(least)
            }
            before = above
            above = here
        }
        return above[b.count]
    }
}

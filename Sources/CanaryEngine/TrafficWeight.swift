/// The share of user traffic that the candidate receives, in whole percent.
package struct TrafficWeight: Hashable, Comparable, Sendable {
    package let percent: Int

    /// nil for what is no percentage.
    package init?(percent: Int) {
        guard (0...100).contains(percent) else { return nil }
        self.percent = percent
    }

    private init(known percent: Int) { self.percent = percent }

    package static let none = TrafficWeight(known: 0)
    package static let least = TrafficWeight(known: 1)
    package static let all = TrafficWeight(known: 100)

    package static func < (a: Self, b: Self) -> Bool { a.percent < b.percent }
}

package import CanaryEngine
internal import MetricsSources

/// The time that a gate looks back over: it begins when the weight took effect.
package struct GateWindow: Hashable, Sendable {
    package let length: Duration
    package let own: [OwnSpell]
    /// How long ago the weight took effect, uncut.
    let sinceEffect: Duration
    private let isWhole: Bool

    /// What own tests sent is remembered for so long: no window may be longer.
    package static let memory = Duration.seconds(1800)

    /// `sinceEffect` longer than `longest` is cut: old requests say little about now.
    package init(
        sinceEffect: Duration, longest: Duration = .seconds(600), own: [OwnSpell] = []
    ) {
        isWhole = false
        self.sinceEffect = max(.zero, sinceEffect)
        length = max(.zero, min(sinceEffect, longest))
        self.own = own
    }

    /// A stretch of the past that is looked at once, and whole.
    package init(past length: Duration) {
        isWhole = true
        self.length = max(.zero, length)
        sinceEffect = self.length
        own = []
    }

    /// The newest part of it, or all there is where that is less.
    func newest(_ longest: Duration) -> GateWindow {
        GateWindow(sinceEffect: sinceEffect, longest: longest, own: own)
    }

    /// One of a row of windows that never overlap, the first of which begins with the effect; and its
    /// place in that row.
    ///
    /// Evidence that is gathered look by look must not lose what it was gathered from, as it would
    /// from a window that slides.
    var row: (window: GateWindow, index: Int) {
        if isWhole { return (self, 0) }
        let index = Int(min(1e9, sinceEffect.seconds / Self.memory.seconds))
        let begun = sinceEffect - Self.memory * index
        return (GateWindow(sinceEffect: begun, longest: Self.memory, own: own), index)
    }
}

/// One execution of a test of ours: what it sent, and when.
package struct OwnSpell: Hashable, Sendable {
    package let traffic: OwnTraffic
    /// How long ago it began.
    package let began: Duration
    /// How long ago it ended; zero while it runs.
    package let ended: Duration

    package init(_ traffic: OwnTraffic, began: Duration, ended: Duration) {
        self.traffic = traffic
        self.began = max(began, ended)
        self.ended = max(.zero, ended)
    }
}

/// A stretch of a window, both ends as ages: `from` is the older one.
struct AgeSpan: Hashable, Sendable {
    var from: Duration
    var to: Duration

    var length: Duration { from - to }
}

extension GateWindow {
    /// The stretches that are left out since nobody counted what our tests sent in them.
    ///
    /// A request shows up at the next scrape, so each stretch reaches a scrape beyond both ends.
    func leftOut(scrape: Duration) -> [AgeSpan] {
        var spans: [AgeSpan] = []
        for spell in own.sorted(by: { $0.began > $1.began }) where spell.traffic == .unknown {
            let span = AgeSpan(
                from: min(length, spell.began + scrape), to: max(.zero, spell.ended - scrape))
            guard span.length > .zero else { continue }
            if let last = spans.last, last.to <= span.from {
                spans[spans.count - 1].to = min(last.to, span.to)
            } else {
                spans.append(span)
            }
        }
        return spans
    }
}

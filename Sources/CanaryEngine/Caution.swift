/// Of wishes that wait together, which may count.
///
/// They may have waited for hours, each given by somebody who heard no answer. Whoever said no, or wait,
/// is not overruled by a yes that was given before; what came after it is asked for in its light.
package struct Caution: Hashable, Sendable {
    /// In their order, from the last of the most cautious on.
    package let heard: [Wish]
    package let overruled: [Wish]

    package init(_ waiting: [Wish]) {
        let most = waiting.map { Self.rank($0.kind) }.max() ?? 0
        let first = most == 0 ? 0 : waiting.lastIndex { Self.rank($0.kind) == most } ?? 0
        heard = Array(waiting[first...])
        overruled = Array(waiting[..<first])
    }

    /// Why the others are refused.
    package var why: String {
        heard.first.map { "later came \($0.kind.rawValue), says \($0.by)" } ?? ""
    }

    private static func rank(_ kind: Wish.Kind) -> Int {
        switch kind {
        case .abort: 3
        case .reject: 2
        case .pause: 1
        case .approve, .resume, .promote: 0
        }
    }
}

internal import GateTrials
internal import Glibc

/// Requests hurt, and the odds of a rollback, over how often a candidate fails: as SVG.
struct RadiusChart: Sendable {
    let radius: BlastRadius

    private static let (width, height) = (720.0, 300.0)
    private static let (left, right, top, bottom) = (60.0, 60.0, 20.0, 45.0)

    var svg: String {
        let most = max(10, radius.points.map { $0.hurt(at: 0.99) }.max() ?? 10)
        let decades = Int(log10(most).rounded(.up))
        func y(_ hurt: Double) -> Double { Self.up(log10(max(1, hurt)) / Double(decades)) }
        var parts = [
            "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\""
                + " aria-label=\"Requests hurt and odds of a rollback, by how often a candidate fails\">"
        ]
        for decade in 0...max(1, decades) {
            let line = Self.up(Double(decade) / Double(max(1, decades)))
            parts.append(Self.rule(at: line))
            let label = decade == 0 ? 1 : Int(pow(10, Double(decade)))
            parts.append(Self.text("\(label)", Self.left - 8, line + 4, "end"))
        }
        for odds in [0, 50, 100] {
            parts.append(
                Self.text(
                    "\(odds)%", Self.width - Self.right + 8, Self.up(Double(odds) / 100) + 4,
                    "start"))
        }
        for (index, point) in radius.points.enumerated() {
            parts.append(
                Self.text(
                    RehearsalLines.percent(point.failing), x(index), Self.height - 24, "middle"))
        }
        parts.append(
            Self.text("of the candidate's requests fail", Self.width / 2, Self.height - 6, "middle")
        )
        parts.append(line(radius.points.map { y($0.hurt(at: 0.5)) }, "#1565c0", "hurt, median"))
        parts.append(line(radius.points.map { y($0.hurt(at: 0.99)) }, "#c62828", "hurt, p99"))
        parts.append(line(radius.points.map { Self.up($0.rolledBack) }, "#2a8a3e", "rolled back"))
        let keys = [
            ("#1565c0", "requests hurt, median (left, logarithmic)"), ("#c62828", "p99 (left)"),
            ("#2a8a3e", "rolled back (right)"),
        ]
        var place = Self.left
        for (colour, words) in keys {
            parts.append(
                "<rect x=\"\(Int(place))\" y=\"4\" width=\"10\" height=\"10\" fill=\"\(colour)\"/>")
            parts.append(Self.text(words, place + 14, 13, "start"))
            place += Double(words.count) * 6.6 + 34
        }
        return parts.joined(separator: "\n") + "\n</svg>"
    }

    /// Every candidate has as much room as every other.
    private func x(_ index: Int) -> Double {
        let room = Self.width - Self.left - Self.right
        return Self.left + room * (Double(index) + 0.5) / Double(max(1, radius.points.count))
    }

    /// From a part of the chart's height to where that is.
    private static func up(_ part: Double) -> Double {
        height - bottom - (height - top - bottom) * min(1, max(0, part))
    }

    private func line(_ heights: [Double], _ colour: String, _ title: String) -> String {
        let points = heights.enumerated().map { "\(Self.short(x($0))),\(Self.short($1))" }
        return "<polyline fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\" points=\""
            + points.joined(separator: " ") + "\"><title>\(title)</title></polyline>"
    }

    private static func rule(at y: Double) -> String {
        "<line x1=\"\(Int(left))\" x2=\"\(Int(width - right))\" y1=\"\(short(y))\""
            + " y2=\"\(short(y))\" stroke=\"#8885\"/>"
    }

    private static func text(_ words: String, _ x: Double, _ y: Double, _ anchor: String) -> String
    {
        "<text x=\"\(short(x))\" y=\"\(short(y))\" text-anchor=\"\(anchor)\">\(words)</text>"
    }

    private static func short(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
}

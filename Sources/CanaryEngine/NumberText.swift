/// Numbers as people read them.
package enum NumberText {
    /// At most four digits that count; whole numbers whole.
    package static func short(_ number: Double) -> String {
        guard number.isFinite else { return "\(number)" }
        if number == number.rounded(), abs(number) < 1e9 { return String(Int(number)) }
        var scale = 1.0
        while abs(number) * scale < 1000, scale < 1e12 { scale *= 10 }
        let rounded = (number * scale).rounded() / scale
        if rounded == rounded.rounded(), abs(rounded) < 1e9 { return String(Int(rounded)) }
        return "\(rounded)"
    }
}

/// Header lines in order; names are compared without regard to case.
package struct HTTPHeaders: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package struct Line: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package var lines: [Line]

    package init(_ lines: [Line] = []) { self.lines = lines }

    package init(dictionaryLiteral lines: (String, String)...) {
        self.lines = lines.map { Line(name: $0.0, value: $0.1) }
    }

    /// The first line of that name; setting replaces all of them.
    package subscript(name: String) -> String? {
        get { lines.first { Self.same($0.name, name) }?.value }
        set {
            lines.removeAll { Self.same($0.name, name) }
            if let newValue { lines.append(Line(name: name, value: newValue)) }
        }
    }

    private static func same(_ a: String, _ b: String) -> Bool {
        if a == b { return true }
        guard a.utf8.count == b.utf8.count else { return false }
        return zip(a.utf8, b.utf8).allSatisfy { small($0) == small($1) }
    }

    /// Names of headers are ASCII.
    private static func small(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

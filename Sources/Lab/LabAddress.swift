/// A URL taken apart: where to, which path, what is asked.
package struct LabAddress: Hashable, Sendable {
    /// `host` or `host:port`.
    package var authority: String = ""
    package var path: [String] = []
    package var query: [Question] = []

    package struct Question: Hashable, Sendable {
        package let name: String
        package let value: String
    }

    package init(_ url: String) {
        // In UTF-8, not in characters: every request passes here.
        var rest = url.utf8[...]
        if let colon = rest.firstIndex(of: 0x3A), rest[colon...].starts(with: "://".utf8) {
            rest = rest[colon...].dropFirst(3)
            let end = rest.firstIndex { $0 == 0x2F || $0 == 0x3F } ?? rest.endIndex
            authority = String(rest[..<end]) ?? ""
            rest = rest[end...]
        }
        if let hash = rest.firstIndex(of: 0x23) { rest = rest[..<hash] }
        if let mark = rest.firstIndex(of: 0x3F) {
            query = rest[rest.index(after: mark)...].split(separator: 0x26).map(Self.question)
            rest = rest[..<mark]
        }
        path = rest.split(separator: 0x2F).map { Self.plain($0, plusIsSpace: false) }
    }

    package func value(_ name: String) -> String? { query.first { $0.name == name }?.value }

    package var host: String {
        guard let colon = authority.lastIndex(of: ":") else { return authority }
        return String(authority[..<colon])
    }

    private typealias Bytes = Substring.UTF8View

    private static func question(_ text: Bytes) -> Question {
        guard let equals = text.firstIndex(of: 0x3D) else {
            return Question(name: plain(text, plusIsSpace: true), value: "")
        }
        return Question(
            name: plain(text[..<equals], plusIsSpace: true),
            value: plain(text[text.index(after: equals)...], plusIsSpace: true))
    }

    /// Percent signs undone; what is no escape stays as it is.
    private static func plain(_ text: Bytes, plusIsSpace: Bool) -> String {
        let escaped = text.contains { $0 == 0x25 || (plusIsSpace && $0 == 0x2B) }
        guard escaped else { return String(Substring(text)) }
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == 0x25, digits.count == 2, let code = UInt8(Substring(digits), radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsSpace && byte == 0x2B ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

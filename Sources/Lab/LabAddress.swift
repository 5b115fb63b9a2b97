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
        var rest = Substring(url)
        if let scheme = rest.firstRange(of: "://") {
            rest = rest[scheme.upperBound...]
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            authority = String(rest[..<end])
            rest = rest[end...]
        }
        if let hash = rest.firstIndex(of: "#") { rest = rest[..<hash] }
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...].split(separator: "&").map(Self.question)
            rest = rest[..<mark]
        }
        path = rest.split(separator: "/").map { Self.plain($0, plusIsSpace: false) }
    }

    package func value(_ name: String) -> String? { query.first { $0.name == name }?.value }

    package var host: String {
        guard let colon = authority.lastIndex(of: ":") else { return authority }
        return String(authority[..<colon])
    }

    private static func question(_ text: Substring) -> Question {
        guard let equals = text.firstIndex(of: "=") else {
            return Question(name: plain(text, plusIsSpace: true), value: "")
        }
        return Question(
            name: plain(text[..<equals], plusIsSpace: true),
            value: plain(text[text.index(after: equals)...], plusIsSpace: true))
    }

    /// Percent signs undone; what is no escape stays as it is.
    private static func plain(_ text: Substring, plusIsSpace: Bool) -> String {
        let escaped = text.utf8.contains { $0 == 0x25 || (plusIsSpace && $0 == 0x2B) }
        guard escaped else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == 0x25, let code = UInt8(String(rest.prefix(2)) ?? "", radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsSpace && byte == 0x2B ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

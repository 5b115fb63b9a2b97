/// A URL taken apart: where to, which path, what is asked.
///
/// An object, since every request for the URL shares it.
final class LabAddress: Sendable {
    /// `host` or `host:port`.
    let authority: String
    let path: [String]
    let query: [Question]
    /// What the path means to the API server; nil where it means nothing there.
    let place: LabPlace?

    struct Question: Hashable, Sendable {
        let name: String
        let value: String
    }

    init(_ url: String) {
        // As plain bytes, not as a view of the string: many requests pass here.
        var rest = Array(url.utf8)[...]
        var authority = ""
        if let colon = rest.firstIndex(of: 0x3A), colon + 2 < rest.endIndex,
            rest[colon + 1] == 0x2F, rest[colon + 2] == 0x2F
        {
            rest = rest[(colon + 3)...]
            let end = rest.firstIndex { $0 == 0x2F || $0 == 0x3F } ?? rest.endIndex
            authority = String(decoding: rest[..<end], as: UTF8.self)
            rest = rest[end...]
        }
        if let hash = rest.firstIndex(of: 0x23) { rest = rest[..<hash] }
        if let mark = rest.firstIndex(of: 0x3F) {
            query = Self.parts(of: rest[(mark + 1)...], between: 0x26).map(Self.question)
            rest = rest[..<mark]
        } else {
            query = []
        }
        self.authority = authority
        path = Self.parts(of: rest, between: 0x2F).map { Self.plain($0, plusIsSpace: false) }
        place = LabPlace(path)
    }

    /// The same, read once for each URL that anybody asks for.
    static func known(_ url: String) -> LabAddress {
        readings.meaning(of: url, or: LabAddress.init)
    }

    private static let readings = Readings<LabAddress>()

    /// For what is asked within the Lab, by no URL.
    static let nowhere = LabAddress("")

    /// What stands between the separators and is not empty.
    private static func parts(of text: Bytes, between separator: UInt8) -> [Bytes] {
        var parts: [Bytes] = []
        var start = text.startIndex
        for index in text.indices where text[index] == separator {
            if index > start { parts.append(text[start..<index]) }
            start = index + 1
        }
        if start < text.endIndex { parts.append(text[start...]) }
        return parts
    }

    func value(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// An authority without its port.
    static func host(of authority: String) -> String {
        guard let colon = authority.utf8.lastIndex(of: 0x3A) else { return authority }
        return String(authority[..<colon])
    }

    private typealias Bytes = ArraySlice<UInt8>

    private static func question(_ text: Bytes) -> Question {
        guard let equals = text.firstIndex(of: 0x3D) else {
            return Question(name: plain(text, plusIsSpace: true), value: "")
        }
        return Question(
            name: plain(text[..<equals], plusIsSpace: true),
            value: plain(text[(equals + 1)...], plusIsSpace: true))
    }

    /// Percent signs undone; what is no escape stays as it is.
    private static func plain(_ text: Bytes, plusIsSpace: Bool) -> String {
        let escaped = text.contains(0x25) || (plusIsSpace && text.contains(0x2B))
        guard escaped else { return String(decoding: text, as: UTF8.self) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var place = text.startIndex
        while place < text.endIndex {
            let byte = text[place]
            if byte == 0x25, place + 2 < text.endIndex, let high = digit(text[place + 1]),
                let low = digit(text[place + 2])
            {
                bytes.append(high << 4 | low)
                place += 3
            } else {
                bytes.append(plusIsSpace && byte == 0x2B ? 0x20 : byte)
                place += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}

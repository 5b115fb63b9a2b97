/// XML as tools write reports in it: elements, attributes, text; one event after the other.
///
/// No document type: with it go entities of one's own, and all the ways to make much of little.
/// Comments and processing instructions are passed over. What is not well-formed is refused.
struct XMLReading {
    enum Event: Equatable {
        case begin(String, [String: String])
        case text(String)
        case end
    }

    private let bytes: [UInt8]
    private var here = 0
    private var open: [String] = []
    /// An element without content ends in the same tag.
    private var endsNow = false
    private var isOver = false

    private static let deepest = 64
    private static let mostAttributes = 64

    init(_ text: String) {
        bytes = Array(text.utf8)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { here = 3 }
    }

    /// nil: the end of a whole document.
    mutating func next() throws(ResultFault) -> Event? {
        if endsNow {
            endsNow = false
            return close()
        }
        while true {
            if here == bytes.count {
                guard isOver else { throw fault("the document ends early") }
                return nil
            }
            guard bytes[here] == Self.less else {
                if let text = try text() { return .text(text) }
                continue
            }
            if skip("<!--") {
                try pass("-->")
            } else if skip("<?") {
                try pass("?>")
            } else if skip("<![CDATA[") {
                guard !open.isEmpty else { throw fault("text outside of the root") }
                let begin = here
                try pass("]]>")
                return .text(String(decoding: bytes[begin..<(here - 3)], as: UTF8.self))
            } else if skip("<!") {
                throw fault("a document type is not allowed")
            } else if skip("</") {
                return try end()
            } else {
                here += 1
                return try begin()
            }
        }
    }

    // MARK: Tags

    private mutating func begin() throws(ResultFault) -> Event {
        guard !isOver, open.count < Self.deepest else {
            throw fault(isOver ? "a second root" : "elements lie too deep in each other")
        }
        let name = try self.name()
        var attributes: [String: String] = [:]
        while true {
            let hadSpace = space()
            if skip(">") { break }
            if skip("/>") {
                endsNow = true
                break
            }
            guard hadSpace, attributes.count < Self.mostAttributes else {
                throw fault("a tag that is none")
            }
            let key = try self.name()
            _ = space()
            guard skip("=") else { throw fault("an attribute without a value") }
            _ = space()
            guard attributes.updateValue(try value(), forKey: key) == nil else {
                throw fault("an attribute stands twice")
            }
        }
        open.append(name)
        return .begin(name, attributes)
    }

    private mutating func end() throws(ResultFault) -> Event {
        let name = try self.name()
        _ = space()
        guard skip(">"), open.last == name else { throw fault("a tag that closes another") }
        return close()
    }

    private mutating func close() -> Event {
        open.removeLast()
        isOver = open.isEmpty
        return .end
    }

    private mutating func name() throws(ResultFault) -> String {
        let begin = here
        while here < bytes.count, Self.isOfName(bytes[here]) { here += 1 }
        guard begin < here else { throw fault("a name is missing") }
        return String(decoding: bytes[begin..<here], as: UTF8.self)
    }

    private mutating func value() throws(ResultFault) -> String {
        guard here < bytes.count, bytes[here] == 0x22 || bytes[here] == 0x27 else {
            throw fault("a value without quotes")
        }
        let quote = bytes[here]
        here += 1
        let begin = here
        while here < bytes.count, bytes[here] != quote, bytes[here] != Self.less { here += 1 }
        guard here < bytes.count, bytes[here] == quote else { throw fault("a value without end") }
        here += 1
        return try plain(bytes[begin..<(here - 1)])
    }

    // MARK: Text

    /// nil for what stands around the root.
    private mutating func text() throws(ResultFault) -> String? {
        let begin = here
        while here < bytes.count, bytes[here] != Self.less { here += 1 }
        let raw = bytes[begin..<here]
        guard open.isEmpty else { return try plain(raw) }
        guard raw.allSatisfy(Self.isSpace) else { throw fault("text outside of the root") }
        return nil
    }

    /// With the five named entities and numbered characters put in.
    private func plain(_ raw: ArraySlice<UInt8>) throws(ResultFault) -> String {
        var plain: [UInt8] = []
        var rest = raw
        while let next = rest.first {
            guard next == UInt8(ascii: "&") else {
                plain.append(next)
                rest = rest.dropFirst()
                continue
            }
            guard let end = rest.prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
                throw fault("an & that begins no entity")
            }
            let name = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
            guard let letter = Self.letter(name) else { throw fault("an unknown entity") }
            plain += String(letter).utf8
            rest = rest[(end + 1)...]
        }
        return String(decoding: plain, as: UTF8.self)
    }

    private static func letter(_ entity: String) -> Character? {
        switch entity {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let number =
                entity.hasPrefix("#x")
                ? UInt32(entity.dropFirst(2), radix: 16)
                : entity.hasPrefix("#") ? UInt32(entity.dropFirst()) : nil
            return number.flatMap(Unicode.Scalar.init).map(Character.init)
        }
    }

    // MARK: Bytes

    private static let less = UInt8(ascii: "<")

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        byte > 0x7F || 0x61...0x7A ~= byte || 0x41...0x5A ~= byte || 0x30...0x3A ~= byte
            || byte == 0x2D || byte == 0x2E || byte == 0x5F
    }

    private mutating func space() -> Bool {
        let begin = here
        while here < bytes.count, Self.isSpace(bytes[here]) { here += 1 }
        return begin < here
    }

    private mutating func skip(_ wanted: String) -> Bool {
        guard bytes[here...].starts(with: wanted.utf8) else { return false }
        here += wanted.utf8.count
        return true
    }

    private mutating func pass(_ end: String) throws(ResultFault) {
        while here < bytes.count {
            if skip(end) { return }
            here += 1
        }
        throw fault("the document ends early")
    }

    private func fault(_ what: String) -> ResultFault {
        let line = bytes[..<min(here, bytes.count)].count { $0 == 0x0A } + 1
        return ResultFault("line \(line): \(what)")
    }
}

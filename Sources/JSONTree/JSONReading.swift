/// What is wrong, and at which byte; lines are counted only once somebody wants to know.
struct JSONFault: Error {
    let code: JSONError.Code
    let offset: Int

    init(_ code: JSONError.Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }
}

/// One pass over a text: a position that moves on, value by value.
struct JSONReading {
    /// The next byte to look at.
    var position = 0

    mutating func document(_ bytes: Span<UInt8>) throws(JSONFault) -> JSONTree {
        skipSpace(bytes)
        guard position < bytes.count else { throw JSONFault(.empty, at: position) }
        let tree = try value(bytes, depth: 0)
        skipSpace(bytes)
        guard position == bytes.count else { throw JSONFault(.trailing, at: position) }
        return tree
    }

    private mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(JSONFault) -> JSONTree {
        guard position < bytes.count else { throw JSONFault(.endsEarly, at: position) }
        switch bytes[position] {
        case 0x22: return .string(try string(bytes))
        case 0x7B: return try object(bytes, depth: depth)
        case 0x5B: return try array(bytes, depth: depth)
        case 0x2D, 0x30...0x39: return try number(bytes)
        case 0x74: return try word("true", as: .bool(true), bytes)
        case 0x66: return try word("false", as: .bool(false), bytes)
        case 0x6E: return try word("null", as: .null, bytes)
        case 0x2B, 0x2E: throw JSONFault(.malformedNumber, at: position)
        default: throw JSONFault(.unexpected("a value"), at: position)
        }
    }

    private mutating func object(_ bytes: Span<UInt8>, depth: Int) throws(JSONFault) -> JSONTree {
        try deeper(than: depth)
        position += 1
        skipSpace(bytes)
        var keys = JSONKeys()
        if next(bytes) == 0x7D {
            position += 1
            return .object(JSONObject(ordered: keys.members))
        }
        keys.members.reserveCapacity(4)
        while true {
            let place = position
            guard let opening = next(bytes) else { throw JSONFault(.endsEarly, at: position) }
            guard opening == 0x22 else {
                throw JSONFault(.unexpected("a key in quotes"), at: place)
            }
            let key = try string(bytes)
            guard keys.isNew(key) else { throw JSONFault(.duplicateKey(key), at: place) }
            skipSpace(bytes)
            guard let colon = next(bytes) else { throw JSONFault(.endsEarly, at: position) }
            guard colon == 0x3A else { throw JSONFault(.unexpected("':'"), at: position) }
            position += 1
            skipSpace(bytes)
            keys.members.append(.init(key: key, value: try value(bytes, depth: depth + 1)))
            skipSpace(bytes)
            guard let after = next(bytes) else { throw JSONFault(.endsEarly, at: position) }
            guard after == 0x2C || after == 0x7D else {
                throw JSONFault(.unexpected("',' or '}'"), at: position)
            }
            position += 1
            if after == 0x7D { return .object(JSONObject(ordered: keys.members)) }
            skipSpace(bytes)
        }
    }

    private mutating func array(_ bytes: Span<UInt8>, depth: Int) throws(JSONFault) -> JSONTree {
        try deeper(than: depth)
        position += 1
        skipSpace(bytes)
        var items: [JSONTree] = []
        if next(bytes) == 0x5D {
            position += 1
            return .array(items)
        }
        while true {
            items.append(try value(bytes, depth: depth + 1))
            skipSpace(bytes)
            guard let after = next(bytes) else { throw JSONFault(.endsEarly, at: position) }
            guard after == 0x2C || after == 0x5D else {
                throw JSONFault(.unexpected("',' or ']'"), at: position)
            }
            position += 1
            if after == 0x5D { return .array(items) }
            skipSpace(bytes)
        }
    }

    private func deeper(than depth: Int) throws(JSONFault) {
        guard depth < JSONReader.depthLimit else {
            throw JSONFault(.tooDeep(limit: JSONReader.depthLimit), at: position)
        }
    }

    private mutating func word(
        _ word: StaticString, as tree: JSONTree, _ bytes: Span<UInt8>
    ) throws(JSONFault) -> JSONTree {
        let start = position
        for byte in word.description.utf8 {
            guard position < bytes.count else { throw JSONFault(.endsEarly, at: position) }
            guard bytes[position] == byte else {
                throw JSONFault(.unexpected("a value"), at: start)
            }
            position += 1
        }
        return tree
    }

    @inline(__always)
    private func next(_ bytes: Span<UInt8>) -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    @inline(__always)
    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}

/// The members of the object that is being read, and whether a key is new among them.
private struct JSONKeys {
    var members: [JSONObject.Member] = []
    /// Filled only once there are too many to look at one after the other; never iterated.
    private var seen: Set<String> = []
    private static let few = 24

    mutating func isNew(_ key: String) -> Bool {
        if members.count < Self.few {
            for member in members where member.key == key { return false }
            return true
        }
        if seen.isEmpty { for member in members { seen.insert(member.key) } }
        return seen.insert(key).inserted
    }
}

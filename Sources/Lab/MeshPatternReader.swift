/// A pattern as a tree, before it becomes a program.
indirect enum MeshPatternNode {
    case nothing
    case set(ByteSet)
    case atStart
    case atEnd
    case sequence([MeshPatternNode])
    case choice([MeshPatternNode])
    case repeated(MeshPatternNode, least: Int, most: Int?)

    func compile(into program: inout [MeshPattern.Instruction]) throws(MeshPattern.Flaw) {
        guard program.count <= MeshPattern.largest else {
            throw MeshPattern.Flaw(reason: "expression too large", pattern: "")
        }
        switch self {
        case .nothing: break
        case .set(let set): program.append(.oneOf(set))
        case .atStart: program.append(.atStart)
        case .atEnd: program.append(.atEnd)
        case .sequence(let nodes): for node in nodes { try node.compile(into: &program) }
        case .choice(let nodes): try Self.compile(nodes[...], into: &program)
        case .repeated(let node, let least, let most):
            for _ in 0..<least { try node.compile(into: &program) }
            guard let most else {
                let loop = program.count
                program.append(.fork(0, 0))
                try node.compile(into: &program)
                program.append(.jump(loop))
                program[loop] = .fork(loop + 1, program.count)
                return
            }
            var forks: [Int] = []
            for _ in least..<max(least, most) {
                forks.append(program.count)
                program.append(.fork(0, 0))
                try node.compile(into: &program)
            }
            for fork in forks { program[fork] = .fork(fork + 1, program.count) }
        }
    }

    private static func compile(
        _ nodes: ArraySlice<MeshPatternNode>, into program: inout [MeshPattern.Instruction]
    ) throws(MeshPattern.Flaw) {
        guard let first = nodes.first else { return }
        if nodes.count == 1 { return try first.compile(into: &program) }
        let fork = program.count
        program.append(.fork(0, 0))
        try first.compile(into: &program)
        let exit = program.count
        program.append(.jump(0))
        program[fork] = .fork(fork + 1, program.count)
        try compile(nodes.dropFirst(), into: &program)
        program[exit] = .jump(program.count)
    }
}

/// Reads a pattern from left to right.
struct MeshPatternReader {
    private let source: String
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private let dot: ByteSet

    init(_ source: String, dotMatchesNewline: Bool) {
        self.source = source
        bytes = Array(source.utf8)
        dot = dotMatchesNewline ? .everything : ByteSet("\n").inverted
    }

    private func flaw(_ reason: String) -> MeshPattern.Flaw {
        MeshPattern.Flaw(reason: reason, pattern: source)
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ text: String) -> Bool {
        guard next == text.utf8.first, bytes[position...].starts(with: text.utf8) else {
            return false
        }
        position += text.utf8.count
        return true
    }

    mutating func whole() throws(MeshPattern.Flaw) -> MeshPatternNode {
        let node = try choice()
        if position < bytes.count { throw flaw("unexpected )") }
        return node
    }

    private mutating func choice() throws(MeshPattern.Flaw) -> MeshPatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 100 else { throw flaw("expression nests too deeply") }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(MeshPattern.Flaw) -> MeshPatternNode {
        var nodes: [MeshPatternNode] = []
        while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            nodes.append(try repeated(of: atom()))
        }
        return nodes.isEmpty ? .nothing : .sequence(nodes)
    }

    private mutating func repeated(of node: MeshPatternNode) throws(MeshPattern.Flaw)
        -> MeshPatternNode
    {
        let result: MeshPatternNode
        if take("*") {
            result = .repeated(node, least: 0, most: nil)
        } else if take("+") {
            result = .repeated(node, least: 1, most: nil)
        } else if take("?") {
            result = .repeated(node, least: 0, most: 1)
        } else if let bounds = try bounds() {
            result = .repeated(node, least: bounds.least, most: bounds.most)
        } else {
            return node
        }
        _ = take("?")  // lazy or greedy: the same for a match of the whole
        if let byte = next, "*+?".utf8.contains(byte) {
            throw flaw("invalid nested repetition operator")
        }
        return result
    }

    /// `{2}`, `{2,}`, `{2,5}`; anything else in braces is plain text.
    private mutating func bounds() throws(MeshPattern.Flaw) -> (least: Int, most: Int?)? {
        let start = position
        guard take("{") else { return nil }
        guard let least = count() else { return retreat(to: start) }
        var most: Int? = least
        if take(",") { most = count() }
        guard take("}") else { return retreat(to: start) }
        guard least <= 1000, most ?? 0 <= 1000, most ?? least >= least else {
            throw flaw("invalid repeat count")
        }
        return (least, most)
    }

    private mutating func retreat<Value>(to start: Int) -> Value? {
        position = start
        return nil
    }

    private mutating func count() -> Int? {
        let digits = bytes[position...].prefix { (0x30...0x39).contains($0) }
        guard (1...4).contains(digits.count) else { return nil }
        position += digits.count
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private mutating func atom() throws(MeshPattern.Flaw) -> MeshPatternNode {
        if take("(") {
            if take("?") {
                guard take(":") else { throw flaw("invalid or unsupported Perl syntax") }
            }
            let inner = try choice()
            guard take(")") else { throw flaw("missing closing )") }
            return inner
        }
        if take("[") { return .set(try byteClass()) }
        if take(".") { return .set(dot) }
        if take("^") { return .atStart }
        if take("$") { return .atEnd }
        if take("\\") { return .set(try escape()) }
        guard let byte = next else { throw flaw("unexpected end") }
        if "*+?".utf8.contains(byte) { throw flaw("missing argument to repetition operator") }
        position += 1
        return .set(ByteSet(byte...byte))
    }

    private mutating func escape() throws(MeshPattern.Flaw) -> ByteSet {
        guard let byte = next else { throw flaw("trailing backslash at end of expression") }
        position += 1
        switch byte {
        case UInt8(ascii: "d"): return .digits
        case UInt8(ascii: "D"): return .digits.inverted
        case UInt8(ascii: "s"): return .blanks
        case UInt8(ascii: "S"): return .blanks.inverted
        case UInt8(ascii: "w"): return .letters
        case UInt8(ascii: "W"): return .letters.inverted
        case UInt8(ascii: "n"): return ByteSet("\n")
        case UInt8(ascii: "r"): return ByteSet("\r")
        case UInt8(ascii: "t"): return ByteSet("\t")
        case UInt8(ascii: "f"): return ByteSet("\u{0C}")
        case UInt8(ascii: "v"): return ByteSet("\u{0B}")
        case _ where ByteSet.letters.contains(byte) && byte != UInt8(ascii: "_"), 0x80...:
            throw flaw("invalid escape sequence")
        default: return ByteSet(byte...byte)
        }
    }

    /// What stands between brackets.
    private mutating func byteClass() throws(MeshPattern.Flaw) -> ByteSet {
        var set = ByteSet()
        let inverted = take("^")
        var isFirst = true
        while isFirst || !take("]") {
            isFirst = false
            guard let low = try classMember(into: &set) else { continue }
            guard next == UInt8(ascii: "-"), position + 1 < bytes.count,
                bytes[position + 1] != UInt8(ascii: "]")
            else {
                set.insert(low...low)
                continue
            }
            position += 1
            guard let high = try classMember(into: &set), high >= low else {
                throw flaw("invalid character class range")
            }
            set.insert(low...high)
        }
        return inverted ? set.inverted : set
    }

    /// One letter of a class; nil after a whole set (`\d`, `[:digit:]`) went in.
    private mutating func classMember(into set: inout ByteSet) throws(MeshPattern.Flaw) -> UInt8? {
        for (name, named) in Self.namedClasses where take(name) {
            set.formUnion(named)
            return nil
        }
        if take("\\") {
            let escaped = try escape()
            guard let only = escaped.onlyMember else {
                set.formUnion(escaped)
                return nil
            }
            return only
        }
        guard let byte = next else { throw flaw("missing closing ]") }
        guard byte < 0x80 else { throw flaw("letters beyond ASCII in a class are not supported") }
        position += 1
        return byte
    }

    private static let namedClasses: [(String, ByteSet)] = [
        ("[:digit:]", .digits), ("[:space:]", .blanks), ("[:word:]", .letters),
        ("[:lower:]", ByteSet(0x61...0x7A)), ("[:upper:]", ByteSet(0x41...0x5A)),
    ]
}

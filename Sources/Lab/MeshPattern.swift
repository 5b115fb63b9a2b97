/// A regular expression in the part of RE2's language that routes and queries use.
///
/// Bytes are matched, all alternatives side by side, so that no pattern takes longer than its
/// length times the text's. No captures, no back references. Outside a class, letters beyond
/// ASCII are plain text; within one they are refused.
struct MeshPattern: Hashable, Sendable {
    /// What is wrong with a pattern.
    struct Flaw: Error, Hashable, Sendable, CustomStringConvertible {
        let reason: String
        let pattern: String

        var description: String { "error parsing regexp: \(reason): `\(pattern)`" }
    }

    enum Instruction: Hashable, Sendable {
        case oneOf(ByteSet)
        case fork(Int, Int)
        case jump(Int)
        case atStart
        case atEnd
        case accept
    }

    let source: String
    private let program: [Instruction]
    /// The pattern has no operators: comparing is enough.
    private let isPlain: Bool

    /// Without `dotMatchesNewline`, a dot stops at the end of a line, as in RE2.
    init(_ source: String, dotMatchesNewline: Bool = false) throws(Flaw) {
        self.source = source
        isPlain = !source.utf8.contains { Self.operators.contains($0) }
        var reader = MeshPatternReader(source, dotMatchesNewline: dotMatchesNewline)
        var program: [Instruction] = []
        if !isPlain { try reader.whole().compile(into: &program) }
        program.append(.accept)
        guard program.count <= Self.largest else {
            throw Flaw(reason: "expression too large", pattern: source)
        }
        self.program = program
    }

    /// Equal patterns are written alike.
    func hash(into hasher: inout Hasher) { hasher.combine(source) }

    /// No program is longer than this many instructions.
    static let largest = 20_000
    private static let operators = Array(#"\.+*?()|[]{}^$"#.utf8)

    /// Whether the pattern matches all of the text, as Envoy and Prometheus ask.
    func matchesWhole(_ text: String) -> Bool {
        if isPlain { return text == source }
        let bytes = Array(text.utf8)
        var here = Threads(count: program.count)
        var next = Threads(count: program.count)
        follow(0, at: 0, of: bytes.count, into: &here)
        for (position, byte) in bytes.enumerated() {
            if here.list.isEmpty { return false }
            for index in here.list {
                switch program[index] {
                case .oneOf(let set) where set.contains(byte):
                    follow(index + 1, at: position + 1, of: bytes.count, into: &next)
                case .oneOf, .fork, .jump, .atStart, .atEnd, .accept: break
                }
            }
            swap(&here, &next)
            next.clear()
        }
        return here.list.contains(program.count - 1)
    }

    /// Adds what can be reached from `first` without reading a byte.
    private func follow(_ first: Int, at position: Int, of length: Int, into threads: inout Threads)
    {
        var open = [first]
        while let index = open.popLast() {
            guard threads.insert(index) else { continue }
            switch program[index] {
            case .fork(let one, let other): open += [other, one]
            case .jump(let target): open.append(target)
            case .atStart: if position == 0 { open.append(index + 1) }
            case .atEnd: if position == length { open.append(index + 1) }
            case .oneOf, .accept: break
            }
        }
    }

    /// The places in the program that are tried at once.
    private struct Threads {
        var list: [Int] = []
        private var present: [Bool]

        init(count: Int) { present = Array(repeating: false, count: count) }

        mutating func insert(_ index: Int) -> Bool {
            if present[index] { return false }
            present[index] = true
            list.append(index)
            return true
        }

        mutating func clear() {
            for index in list { present[index] = false }
            list.removeAll(keepingCapacity: true)
        }
    }
}

/// A set of bytes, four words wide.
struct ByteSet: Hashable, Sendable {
    private var low: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt64 = 0
    private var high: UInt64 = 0

    init() {}

    init(_ range: ClosedRange<UInt8>) { insert(range) }

    init(_ text: String) { for byte in text.utf8 { insert(byte...byte) } }

    mutating func insert(_ range: ClosedRange<UInt8>) {
        for byte in range {
            let bit = UInt64(1) << UInt64(byte & 63)
            switch byte >> 6 {
            case 0: low |= bit
            case 1: second |= bit
            case 2: third |= bit
            default: high |= bit
            }
        }
    }

    mutating func formUnion(_ other: ByteSet) {
        low |= other.low
        second |= other.second
        third |= other.third
        high |= other.high
    }

    var inverted: ByteSet {
        var set = ByteSet()
        (set.low, set.second, set.third, set.high) = (~low, ~second, ~third, ~high)
        return set
    }

    func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: low
            case 1: second
            case 2: third
            default: high
            }
        return word >> UInt64(byte & 63) & 1 == 1
    }

    /// The member, where there is exactly one.
    var onlyMember: UInt8? {
        let members = (UInt8.min...UInt8.max).filter(contains)
        return members.count == 1 ? members[0] : nil
    }

    static let everything = ByteSet(0...255)
    static let digits = ByteSet(0x30...0x39)
    static let blanks = ByteSet(" \t\n\r\u{0B}\u{0C}")
    static var letters: ByteSet {
        var set = ByteSet(0x61...0x7A)
        set.insert(0x41...0x5A)
        set.insert(0x30...0x39)
        set.insert(0x5F...0x5F)
        return set
    }
}

internal import CanaryEngine
internal import JSONTree
internal import Processes
internal import Secrets

/// The last words of a command, the numbers in them, and what is kept of its output.
struct CommandEnding {
    private(set) var lastWords: String?
    private(set) var measures: [Measure] = []
    /// Without secrets.
    private let lines: [String]
    private let isCut: Bool

    private static let longest = 200

    init(_ end: ProcessEnd, redaction: Redaction) {
        var raw = Self.lines(end)
        isCut = end.dropped > 0
        lines = raw.suffix(Self.mostLines).map { redaction.clean($0) }
        if let last = raw.last, let numbers = NumbersText.measures(in: last) {
            measures = numbers
            raw.removeLast()
        }
        lastWords = raw.reversed().lazy.map { redaction.clean($0) }
            .map { $0.drop { $0 == " " } }.first { !$0.allSatisfy { $0 == " " } }
            .map { $0.count > Self.longest ? $0.prefix(Self.longest) + "…" : String($0) }
    }

    private static let mostLines = 200

    /// The last whole lines, `most` bytes of them at most; what was left out is said.
    func kept(most: Int) -> String {
        var kept: [String] = []
        var size = 0
        for line in lines.reversed() {
            guard size + line.utf8.count + 1 <= most else { break }
            size += line.utf8.count + 1
            kept.append(line)
        }
        guard !kept.isEmpty else { return "" }
        let isWhole = !isCut && kept.count == lines.count && lines.count < Self.mostLines
        return ((isWhole ? [] : ["…"]) + kept.reversed()).joined(separator: "\n")
    }

    /// The output's lines that have something in them.
    ///
    /// Where the cap left something out, the second half alone is read, from its first whole line:
    /// at the cut a secret may have lost the half by which it would be known.
    private static func lines(_ end: ProcessEnd) -> [String] {
        var output = end.output[...]
        if end.dropped > 0 {
            output = output.suffix(output.count / 2).drop { $0 != UInt8(ascii: "\n") }
        }
        return String(decoding: output, as: UTF8.self)
            .split(whereSeparator: \.isNewline)
            .filter { !$0.allSatisfy(\.isWhitespace) }.map(String.init)
    }
}

/// `{"p99": 12.5, "found": 3}`: the numbers that a test gives.
enum NumbersText {
    static let most = 50

    /// nil for anything else.
    static func measures(in text: String) -> [Measure]? {
        guard text.drop(while: \.isWhitespace).first == "{",
            let tree = try? JSONReader.tree(of: Array(text.utf8)),
            let members = tree.members, !members.isEmpty, members.count <= most
        else { return nil }
        var measures: [Measure] = []
        for member in members {
            guard let value = member.value.decimal, member.key.utf8.count <= 64,
                !member.key.utf8.contains(where: { $0 < 32 || $0 > 126 })
            else { return nil }
            measures.append(Measure(member.key, value))
        }
        return measures
    }
}

/// Sizes as people write them.
package enum SizeText {
    private static let units: [(name: String, bytes: Int)] = [
        ("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10), ("G", 1_000_000_000), ("M", 1_000_000),
        ("k", 1000),
    ]

    /// `512Mi`, `1Gi`, `100M`; at most a pebibyte, above nothing.
    package static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let name = text.dropFirst(digits.count)
        guard (1...7).contains(digits.count), let count = Int(digits), count > 0,
            let unit = units.first(where: { $0.name == name })
        else { return nil }
        let bytes = count.multipliedReportingOverflow(by: unit.bytes)
        return bytes.overflow || bytes.partialValue > 1 << 50 ? nil : bytes.partialValue
    }

    static func short(_ bytes: Int) -> String {
        let unit = units.first { bytes >= $0.bytes && bytes % $0.bytes == 0 }
        return unit.map { "\(bytes / $0.bytes)\($0.name)" } ?? "\(bytes) bytes"
    }
}

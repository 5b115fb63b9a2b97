import Foundation
import JSONTree
import Testing

/// Other readers of JSON must agree with ours: two that were written by others, on texts that
/// nobody wrote.
@Suite struct JSONPeerTests {
    @Test(arguments: UInt64(0)..<300)
    func foundationReadsTheSame(seed: UInt64) throws {
        var texts = SeededTexts(seed: seed)
        for _ in 0..<5 {
            let text = texts.text()
            let tree = try JSONReader.tree(of: text)
            let theirs = try JSONSerialization.jsonObject(
                with: Data(text.utf8), options: .fragmentsAllowed)
            #expect(Self.agree(tree, theirs), "\(text)")
            let written = try JSONSerialization.jsonObject(
                with: Data(JSONWriter.bytes(of: tree)), options: .fragmentsAllowed)
            #expect(Self.agree(tree, written), "\(text)")
        }
    }

    private static func agree(_ tree: JSONTree, _ theirs: Any) -> Bool {
        switch tree {
        case .null: theirs is NSNull
        case .bool(let flag): (theirs as? NSNumber)?.boolValue == flag
        case .integer(let whole): (theirs as? NSNumber)?.int64Value == Int64(whole)
        case .number(let number): isNear(number, (theirs as? NSNumber)?.doubleValue)
        case .string(let text): (theirs as? String) == text
        case .array(let items):
            if let theirs = theirs as? [Any] {
                items.count == theirs.count && zip(items, theirs).allSatisfy { agree($0, $1) }
            } else {
                false
            }
        case .object(let members):
            if let theirs = theirs as? [String: Any] {
                members.count == theirs.count
                    && members.allSatisfy { member in
                        theirs[member.key].map { agree(member.value, $0) } == true
                    }
            } else {
                false
            }
        }
    }

    /// Foundation reads many a number by way of `Decimal` and misses its last digits; Python is
    /// compared to the bit.
    private static func isNear(_ ours: Double, _ theirs: Double?) -> Bool {
        guard let theirs else { return false }
        return abs(ours - theirs) <= abs(ours) * 1e-13
    }

    @Test(arguments: UInt64(0)..<300)
    func readsBackWhatItWrites(seed: UInt64) throws {
        var texts = SeededTexts(seed: seed)
        for _ in 0..<5 {
            let tree = try JSONReader.tree(of: texts.text())
            let bytes = JSONWriter.bytes(of: tree)
            let again = try JSONReader.tree(of: bytes)
            #expect(again == tree)
            #expect(JSONWriter.bytes(of: again) == bytes)
            let canonical = JSONWriter.canonicalBytes(of: tree)
            #expect(try JSONReader.tree(of: canonical) == tree.canonical)
        }
    }

    /// Python's reader is told to be as strict as ours; then both take and refuse the same.
    @Test func pythonTakesAndRefusesTheSame() throws {
        var texts: [[UInt8]] = []
        for seed in UInt64(0)..<1500 {
            var seeded = SeededTexts(seed: seed)
            texts.append(Array(seeded.text().utf8))
            texts.append(seeded.brokenText())
            texts.append(seeded.brokenText())
        }
        let answers = try Python.answers(to: texts)
        try #require(answers.count == texts.count)
        var taken = 0
        for (text, answer) in zip(texts, answers) {
            let ours = try? JSONReader.tree(of: text)
            let theirs = answer == "refused" ? nil : Optional(try JSONReader.tree(of: answer))
            #expect(ours == theirs, "\(String(decoding: text, as: UTF8.self))")
            if ours != nil { taken += 1 }
        }
        // The generator must give both kinds, or this proves nothing.
        #expect(taken > 1500)
        #expect(taken < texts.count - 1000)
    }
}

/// Python's `json`, asked once for many texts.
private enum Python {
    static let path: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "")
        .split(separator: ":").map { "\($0)/python3" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    private static let script = """
        import json, math, sys

        def constant(word):
            raise ValueError(word)

        def number(text):
            value = float(text)
            if math.isinf(value):
                raise ValueError(text)
            return value

        def whole(text):
            number(text)
            return int(text)

        def pairs(members):
            keys = [key for key, _ in members]
            if len(set(keys)) != len(keys):
                raise ValueError("duplicate")
            return dict(members)

        answers = []
        for line in sys.stdin.read().split("\\n")[:-1]:
            try:
                value = json.loads(
                    bytes.fromhex(line).decode("utf-8"), parse_constant=constant,
                    parse_float=number, parse_int=whole, object_pairs_hook=pairs)
                json.dumps(value, ensure_ascii=False).encode("utf-8")
                answers.append(json.dumps(value))
            except (ValueError, UnicodeError):
                answers.append("refused")
        print("\\n".join(answers))
        """

    static func answers(to texts: [[UInt8]]) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "")
        process.arguments = ["-c", script]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        // It reads everything before it writes anything.
        let lines = texts.map { text in
            text.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "\n"
        }
        try input.fileHandleForWriting.write(contentsOf: Data(lines.joined().utf8))
        try input.fileHandleForWriting.close()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: answer, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

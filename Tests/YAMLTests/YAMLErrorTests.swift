import JSONTree
import Testing
import YAML

@Suite struct YAMLErrorTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let text: String
        let code: YAMLError.Code
        let line: Int
        let column: Int

        init(_ text: String, _ code: YAMLError.Code, _ line: Int, _ column: Int) {
            self.text = text
            self.code = code
            self.line = line
            self.column = column
        }

        var testDescription: String { text.debugDescription }
    }

    private static let refusals: [Refusal] = [
        Refusal("a: 1\nb: 2\na: 3\n", .duplicateKey("a"), 3, 1),
        Refusal("x:\n  - {b: 1, 'b': 2}\n", .duplicateKey("b"), 2, 12),
        Refusal("a: &k b\nb: 1\n*k : 1\n", .duplicateKey("b"), 3, 1),
        Refusal("1: a\n", .keyIsNotText, 1, 1),
        Refusal("x:\n  true: a\n", .keyIsNotText, 2, 3),
        Refusal("~: a\n", .keyIsNotText, 1, 1),
        Refusal("?\n: a\n", .keyIsNotText, 1, 2),
        Refusal("? [a]\n: b\n", .keyIsNotText, 1, 3),
        Refusal("a: &k [1]\n*k : 1\n", .keyIsNotText, 2, 1),
        Refusal("a: &x {b: 1}\nc:\n  <<: *x\n", .mergeKey, 3, 3),
        Refusal("a: *b\n", .unknownAlias, 1, 4),
        Refusal("a: &a [1, *a]\n", .endlessAlias, 1, 11),
        Refusal("a: !Ref x\n", .unknownTag, 1, 4),
        Refusal("a: !!binary aGk=\n", .unknownTag, 1, 4),
        Refusal("a: !!set {x}\n", .unknownTag, 1, 4),
        Refusal("a: !<int> 1\n", .unknownTag, 1, 4),
        Refusal("a: !!int x\n", .tagDoesNotFit("!!int"), 1, 4),
        Refusal("a: !!bool yes\n", .tagDoesNotFit("!!bool"), 1, 4),
        Refusal("a: .inf\n", .unusableNumber, 1, 4),
        Refusal("a: -.Inf\n", .unusableNumber, 1, 4),
        Refusal("a: .NaN\n", .unusableNumber, 1, 4),
        Refusal("tag: 1e999\n", .unusableNumber, 1, 6),
        Refusal("a: 0xFFFFFFFFFFFFFFFFFF\n", .unusableNumber, 1, 4),
        Refusal(
            "a: b: c\n", .syntax("mapping values are not allowed in this context"), 1, 5),
        Refusal(
            "a: [1, 2\n",
            .syntax("while parsing a flow sequence: did not find expected ',' or ']'"), 2, 1),
        Refusal(
            "a:\n\t- b\n",
            .syntax(
                "while scanning for the next token: found character that cannot start any token"),
            2, 1),
        Refusal(
            "a: \"x\n",
            .syntax("while scanning a quoted scalar: found unexpected end of stream"), 2, 1),
        Refusal("é: \u{1}\n", .malformedText("control characters are not allowed"), 1, 4),
    ]

    @Test(arguments: refusals)
    func refuses(_ refusal: Refusal) {
        let error = #expect(throws: YAMLError.self) { try YAMLReader.documents(of: refusal.text) }
        #expect(error?.code == refusal.code)
        #expect(error?.place == YAMLPlace(line: refusal.line, column: refusal.column))
        let lines = error?.description.split(separator: "\n")
        #expect(lines?.count == 3)
        #expect(lines?.first?.hasPrefix("yaml: ") == true)
        #expect(lines?.last?.hasPrefix("  do:    ") == true)
    }

    @Test(
        arguments: [
            ([0x61, 0x3A, 0x20, 0xFF], 1, 4), ([0x61, 0x3A, 0x20, 0xC3, 0xA9, 0x0A, 0x80], 2, 1),
            ([0x22, 0xED, 0xA0, 0x80, 0x22], 1, 2), ([0x22, 0xC0, 0xAF, 0x22], 1, 2),
            (Array("a: 1\n".utf8) + [0xFF, 0xFE], 2, 1),
        ] as [([UInt8], Int, Int)])
    func refusesWhatIsNotUTF8(bytes: [UInt8], line: Int, column: Int) {
        let error = #expect(throws: YAMLError.self) { try YAMLReader.documents(of: bytes) }
        if case .malformedText = error?.code {} else { Issue.record("\(error as Any)") }
        #expect(error?.place == YAMLPlace(line: line, column: column))
    }

    @Test func saysWhatWhereAndWhatToDo() {
        let text = "a: 1\nx:\n  steps: 1\n  steps: 2\n"
        let error = #expect(throws: YAMLError.self) {
            try YAMLReader.documents(of: Array(text.utf8), file: "flow.yaml")
        }
        #expect(
            error?.description == """
                yaml: duplicate key "steps"
                  where: flow.yaml:4:3
                  do:    remove one of the two
                """)
        #expect(
            error?.excerpt == """
                4 |   steps: 2
                  |   ^
                """)
        let nameless = #expect(throws: YAMLError.self) { try YAMLReader.documents(of: text) }
        #expect(nameless?.description.contains("  where: line 4, column 3\n") == true)
    }

    @Test func putsTheCaretUnderTheCharacter() {
        let error = #expect(throws: YAMLError.self) {
            try YAMLReader.documents(of: "\"é\u{9}\": 1\r\n\"ë\u{9}\" : {a: *x}\r\nz: 1")
        }
        #expect(error?.excerpt == "2 | \"ë\t\" : {a: *x}\n  |   \t        ^")
    }

    /// Passwords without quotes, as people write them.
    @Test(arguments: [
        "!hunter2", "*hunter2", "8e9999", "@hunter2", "`hunter2", "%hunter2", "}h: 2",
    ])
    func neverRepeatsAValue(password: String) {
        let error = #expect(throws: YAMLError.self) {
            try YAMLReader.documents(of: "stringData:\n  password: \(password)\n")
        }
        #expect(error?.description.contains(password.dropFirst()) == false)
        #expect(error?.place.line == 2)
    }

    @Test func shortensLongKeys() {
        let key = String(repeating: "k", count: 1000)
        let error = #expect(throws: YAMLError.self) {
            try YAMLReader.documents(of: "{\"\(key)\": 1, \"\(key)\": 2}")
        }
        #expect(error?.reason == "duplicate key \"\(key.prefix(60))…\"")
    }

    @Test func wantsOneDocument() {
        let none = #expect(throws: YAMLError.self) {
            try YAMLReader.document(of: Array("# nothing\n".utf8), file: "f.yaml")
        }
        #expect(
            none?.description == """
                yaml: there is nothing in it
                  where: f.yaml:1:1
                  do:    check that it is the file you mean, and fill it
                """)
        let two = #expect(throws: YAMLError.self) {
            try YAMLReader.document(of: Array("a: 1\n---\nb: 2\n".utf8), file: "f.yaml")
        }
        #expect(
            two?.description == """
                yaml: 2 documents where one was expected
                  where: f.yaml:3:1
                  do:    keep one document, and look for a --- too many
                """)
    }

    @Test func readsAsDeepAsTheLimitAndNoDeeper() throws {
        let limit = YAMLReader.depthLimit
        let flow = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
        #expect(JSONWriter.text(of: try YAMLReader.document(of: Array(flow.utf8)).tree) == flow)
        let error = #expect(throws: YAMLError.self) { try YAMLReader.documents(of: "[\(flow)]") }
        #expect(error?.code == .tooDeep(limit: limit))
        #expect(error?.place == YAMLPlace(line: 1, column: limit + 1))
        let block = (0...limit).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        let deep = #expect(throws: YAMLError.self) { try YAMLReader.documents(of: block) }
        #expect(deep?.code == .tooDeep(limit: limit))
    }

    /// Nine lists of nine aliases each would be 3,486,784,401 values.
    @Test func countsAliasesInFull() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let error = #expect(throws: YAMLError.self) { try YAMLReader.documents(of: text) }
        #expect(error?.code == .tooManyNodes(limit: YAMLReader.nodeLimit))
        #expect(error?.line == 6)
    }

    /// Aliases of aliases must not reach deeper than plain text could.
    @Test func measuresTheDepthOfAliases() throws {
        func brackets(_ count: Int, around inner: String) -> String {
            String(repeating: "[", count: count) + inner + String(repeating: "]", count: count)
        }
        let limit = YAMLReader.depthLimit
        // The outer mapping is one, and `b` is one more than `a`.
        let room = limit - 1 - (limit / 2 + 1)
        let start = "a: &a \(brackets(limit / 2, around: ""))\nb: &b [*a]\n"
        let deep = try YAMLReader.documents(of: start + "c: \(brackets(room, around: "*b"))\n")
        #expect(deep.count == 1)
        let error = #expect(throws: YAMLError.self) {
            try YAMLReader.documents(of: start + "c: \(brackets(room + 1, around: "*b"))\n")
        }
        #expect(error?.code == .tooDeep(limit: limit))
        #expect(error?.place == YAMLPlace(line: 3, column: 4 + room + 1))
    }

    @Test func countsValuesAndBytes() {
        let many = "[" + String(repeating: "1,", count: YAMLReader.nodeLimit) + "]"
        let error = #expect(throws: YAMLError.self) { try YAMLReader.documents(of: many) }
        #expect(error?.code == .tooManyNodes(limit: YAMLReader.nodeLimit))
        let long = [UInt8](repeating: 0x23, count: YAMLReader.byteLimit + 1)
        let large = #expect(throws: YAMLError.self) { try YAMLReader.documents(of: long) }
        #expect(large?.code == .tooLarge(limit: YAMLReader.byteLimit))
    }
}

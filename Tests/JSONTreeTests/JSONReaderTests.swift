import JSONTree
import Testing

@Suite struct JSONReaderTests {
    struct Reading: Sendable, CustomTestStringConvertible {
        let text: String
        let tree: JSONTree

        init(_ text: String, _ tree: JSONTree) {
            self.text = text
            self.tree = tree
        }

        var testDescription: String { text.debugDescription }
    }

    @Test(arguments: [
        Reading("null", .null),
        Reading(" \t\r\n true \n", true),
        Reading("false", false),
        Reading("0", 0),
        Reading("-0", 0),
        Reading("-12", -12),
        Reading("999999999999999999", 999_999_999_999_999_999),
        Reading("9223372036854775807", .integer(.max)),
        Reading("-9223372036854775808", .integer(.min)),
        Reading("9223372036854775808", .number(9.223372036854775808e18)),
        Reading("-9223372036854775809", .number(-9.223372036854775809e18)),
        Reading("1.0", .number(1)),
        Reading("-0.0", .number(-0.0)),
        Reading("0.1", .number(0.1)),
        Reading("1e2", .number(100)),
        Reading("1E+2", .number(100)),
        Reading("12.5e-1", .number(1.25)),
        Reading("0e0", .number(0)),
        Reading("0e99999999999999999999", .number(0)),
        Reading("1e-99999999999999999999", .number(0)),
        Reading("5e-324", .number(.leastNonzeroMagnitude)),
        Reading("1.7976931348623157e308", .number(.greatestFiniteMagnitude)),
        Reading("0.30000000000000004", .number(0.1 + 0.2)),
        Reading("123456789012345678.5", .number(123456789012345678.5)),
        Reading("0.000000000000000000000000000001", .number(1e-30)),
        Reading("\"\"", ""),
        Reading("\"a/b\"", "a/b"),
        Reading(#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        Reading(#""\u0041\u00e9\u20AC\uD83D\uDE00""#, "Aé€😀"),
        Reading(#""x\u0000y""#, "x\0y"),
        Reading("\"é€😀\u{7f}\u{2028}\"", "é€😀\u{7f}\u{2028}"),
        Reading(#""é\n€""#, "é\n€"),
        Reading("[]", []),
        Reading("[ ]", []),
        Reading("[1, [2], {}]", [1, [2], [:]]),
        Reading("{}", [:]),
        Reading("{ }", [:]),
        Reading(#"{"b":1,"a":{"":null}}"#, ["b": 1, "a": ["": nil]]),
        Reading(#"{ "a" : [ true , false ] }"#, ["a": [true, false]]),
    ])
    func reads(_ reading: Reading) throws {
        let tree = try JSONReader.tree(of: reading.text)
        #expect(tree == reading.tree)
        if case .number(let number) = tree, case .number(let wanted) = reading.tree {
            #expect(number.sign == wanted.sign)
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let error: JSONError

        init(_ text: String, _ code: JSONError.Code, _ line: Int, _ column: Int) {
            self.init(Array(text.utf8), code, line, column)
        }

        init(_ bytes: [UInt8], _ code: JSONError.Code, _ line: Int, _ column: Int) {
            self.bytes = bytes
            self.error = JSONError(code, line: line, column: column)
        }

        var testDescription: String { String(decoding: bytes, as: UTF8.self).debugDescription }
    }

    private static let malformed: [Refusal] = [
        Refusal("", .empty, 1, 1),
        Refusal(" \n ", .empty, 2, 2),
        Refusal("[", .endsEarly, 1, 2),
        Refusal("[1", .endsEarly, 1, 3),
        Refusal("[1,", .endsEarly, 1, 4),
        Refusal("{", .endsEarly, 1, 2),
        Refusal(#"{"a""#, .endsEarly, 1, 5),
        Refusal(#"{"a":"#, .endsEarly, 1, 6),
        Refusal(#"{"a":1"#, .endsEarly, 1, 7),
        Refusal(#"{"a":1,"#, .endsEarly, 1, 8),
        Refusal("tru", .endsEarly, 1, 4),
        Refusal("trux", .unexpected("a value"), 1, 1),
        Refusal("nil", .unexpected("a value"), 1, 1),
        Refusal("NaN", .unexpected("a value"), 1, 1),
        Refusal("Infinity", .unexpected("a value"), 1, 1),
        Refusal("'a'", .unexpected("a value"), 1, 1),
        Refusal("// x\n1", .unexpected("a value"), 1, 1),
        Refusal("\u{FEFF}1", .unexpected("a value"), 1, 1),
        Refusal("[1,]", .unexpected("a value"), 1, 4),
        Refusal("[,1]", .unexpected("a value"), 1, 2),
        Refusal("[1 2]", .unexpected("',' or ']'"), 1, 4),
        Refusal("[1}", .unexpected("',' or ']'"), 1, 3),
        Refusal("{a:1}", .unexpected("a key in quotes"), 1, 2),
        Refusal("{1:1}", .unexpected("a key in quotes"), 1, 2),
        Refusal(#"{"a":1,}"#, .unexpected("a key in quotes"), 1, 8),
        Refusal(#"{"a" 1}"#, .unexpected("':'"), 1, 6),
        Refusal(#"{"a":1 "b":2}"#, .unexpected("',' or '}'"), 1, 8),
        Refusal(#"{"a":}"#, .unexpected("a value"), 1, 6),
        Refusal("1 2", .trailing, 1, 3),
        Refusal("{}\n}", .trailing, 2, 1),
        Refusal("truefalse", .trailing, 1, 5),
        Refusal("1x", .trailing, 1, 2),
        Refusal("\"é\" 1", .trailing, 1, 5),
        Refusal("{\n  \"a\": 1,\n  \"b\": 2,\n  \"a\": 3\n}", .duplicateKey("a"), 4, 3),
        Refusal(#"{"a":{"b":1,"b":1}}"#, .duplicateKey("b"), 1, 13),
        Refusal(#"{"a":1,"\u0061":2}"#, .duplicateKey("a"), 1, 8),
    ]

    private static let malformedScalars: [Refusal] = [
        Refusal("01", .malformedNumber, 1, 1),
        Refusal("-01", .malformedNumber, 1, 1),
        Refusal("00", .malformedNumber, 1, 1),
        Refusal("+1", .malformedNumber, 1, 1),
        Refusal(".5", .malformedNumber, 1, 1),
        Refusal("1.", .endsEarly, 1, 3),
        Refusal("[1.]", .malformedNumber, 1, 4),
        Refusal("-", .endsEarly, 1, 2),
        Refusal("-x", .malformedNumber, 1, 2),
        Refusal("1e", .endsEarly, 1, 3),
        Refusal("1e+", .endsEarly, 1, 4),
        Refusal("[1e]", .malformedNumber, 1, 4),
        Refusal("1.5.5", .trailing, 1, 4),
        Refusal("0x10", .trailing, 1, 2),
        Refusal("[1e309]", .hugeNumber, 1, 2),
        Refusal("-1e99999999999999999999", .hugeNumber, 1, 1),
        Refusal(String(repeating: "9", count: 400), .hugeNumber, 1, 1),
        Refusal("\"a", .endsEarly, 1, 3),
        Refusal(#""a\"#, .endsEarly, 1, 4),
        Refusal(#""\u00"#, .endsEarly, 1, 6),
        Refusal(#""\x41""#, .malformedEscape, 1, 2),
        Refusal(#""\u00g0""#, .malformedEscape, 1, 6),
        Refusal(#""\uD800""#, .loneSurrogate, 1, 2),
        Refusal(#""\uD800x""#, .loneSurrogate, 1, 2),
        Refusal(#""\uD800\n""#, .loneSurrogate, 1, 2),
        Refusal(#""\uD800\u0041""#, .loneSurrogate, 1, 2),
        Refusal(#""a\uDC00""#, .loneSurrogate, 1, 3),
        Refusal("\"a\nb\"", .controlCharacter, 1, 3),
        Refusal("\"a\\n\tb\"", .controlCharacter, 1, 5),
        Refusal("\"\0\"", .controlCharacter, 1, 2),
        Refusal([0x22, 0x80, 0x22], .malformedUTF8, 1, 2),
        Refusal([0x22, 0x61, 0xC3, 0x22], .malformedUTF8, 1, 3),
        Refusal([0x22, 0xC0, 0xAF, 0x22], .malformedUTF8, 1, 2),
        Refusal([0x22, 0xED, 0xA0, 0x80, 0x22], .malformedUTF8, 1, 2),
        Refusal([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], .malformedUTF8, 1, 2),
        Refusal([0x22, 0x5C, 0x6E, 0xFF, 0x22], .malformedUTF8, 1, 4),
    ]

    @Test(arguments: malformed + malformedScalars)
    func refuses(_ refusal: Refusal) {
        #expect(throws: refusal.error) { try JSONReader.tree(of: refusal.bytes) }
    }

    @Test func readsAsDeepAsTheLimitAndNoDeeper() throws {
        let limit = JSONReader.depthLimit
        let arrays = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
        #expect(JSONWriter.text(of: try JSONReader.tree(of: arrays)) == arrays)
        let tooDeep = JSONError(.tooDeep(limit: limit), line: 1, column: limit + 1)
        #expect(throws: tooDeep) { try JSONReader.tree(of: "[\(arrays)]") }
        let objects = String(repeating: #"{"a":"#, count: 100_000)
        #expect(throws: JSONError(.tooDeep(limit: limit), line: 1, column: 5 * limit + 1)) {
            try JSONReader.tree(of: objects)
        }
    }

    @Test(arguments: [1, 23, 24, 25, 300])
    func findsADuplicateAmongManyKeys(count: Int) throws {
        let pairs = (0..<count).map { "\"k\($0)\":\($0)" }
        let tree = try JSONReader.tree(of: "{\(pairs.joined(separator: ","))}")
        #expect(tree.members?.keys == (0..<count).map { "k\($0)" })
        for again in [0, count / 2, count - 1] {
            let text = "{\((pairs + ["\"k\(again)\":1"]).joined(separator: ","))}"
            #expect {
                try JSONReader.tree(of: text)
            } throws: {
                ($0 as? JSONError)?.code == .duplicateKey("k\(again)")
            }
        }
    }

    @Test func saysWhatWhereAndWhatToDo() {
        let error = #expect(throws: JSONError.self) {
            try JSONReader.tree(of: "{\"steps\": 1,\n \"steps\": 2}")
        }
        #expect(
            error?.description == """
                json: duplicate key "steps"
                  where: line 2, column 2
                  do:    remove one of the two
                """)
    }

    @Test func shortensLongKeys() {
        let key = String(repeating: "k", count: 1000)
        let error = JSONError(.duplicateKey(key), line: 1, column: 1)
        #expect(error.reason == "duplicate key \"\(key.prefix(60))…\"")
    }

    @Test(arguments: malformed + malformedScalars)
    func everyRefusalHasThreeLines(_ refusal: Refusal) {
        let lines = refusal.error.description.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.first?.hasPrefix("json: ") == true)
        #expect(lines.dropFirst().first?.hasPrefix("  where: line ") == true)
        #expect(lines.last?.hasPrefix("  do:    ") == true)
    }
}

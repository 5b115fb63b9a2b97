import JSONTree
import Testing
import YAML

@Suite struct YAMLReaderTests {
    struct Reading: Sendable, CustomTestStringConvertible {
        let text: String
        let tree: JSONTree

        init(_ text: String, _ tree: JSONTree) {
            self.text = text
            self.tree = tree
        }

        var testDescription: String { text.debugDescription }
    }

    private static func only(_ text: String) throws -> YAMLNode {
        try YAMLReader.document(of: Array(text.utf8))
    }

    @Test(arguments: [
        Reading("~", .null),
        Reading("null", .null),
        Reading("Null", .null),
        Reading("NULL", .null),
        Reading("nULL", "nULL"),
        Reading("true", true),
        Reading("True", true),
        Reading("TRUE", true),
        Reading("tRue", "tRue"),
        Reading("false", false),
        Reading("yes", "yes"),
        Reading("No", "No"),
        Reading("on", "on"),
        Reading("OFF", "OFF"),
        Reading("y", "y"),
        Reading("0", 0),
        Reading("12", 12),
        Reading("-12", -12),
        Reading("+12", 12),
        Reading("0x1F", 31),
        Reading("0o17", 15),
        Reading("0o18", "0o18"),
        Reading("-0x1F", "-0x1F"),
        Reading("0123", "0123"),
        Reading("-007", "-007"),
        Reading("00", "00"),
        Reading("01.5", "01.5"),
        Reading("9223372036854775807", .integer(.max)),
        Reading("-9223372036854775808", .integer(.min)),
        Reading("9223372036854775808", .number(9.223372036854775808e18)),
        Reading("1_000", "1_000"),
        Reading("12:30", "12:30"),
        Reading("12:30:45", "12:30:45"),
        Reading("1.5", 1.5),
        Reading("1.", .number(1)),
        Reading(".5", 0.5),
        Reading("-.5e1", .number(-5)),
        Reading("1.e3", .number(1000)),
        Reading("1e3", .number(1000)),
        Reading("1E-3", 0.001),
        Reading("1e", "1e"),
        Reading(".", "."),
        Reading("+", "+"),
        Reading("1.2.3", "1.2.3"),
        Reading("10.0.0.1", "10.0.0.1"),
        Reading("500m", "500m"),
        Reading("25%", "25%"),
        Reading("2026-01-31", "2026-01-31"),
        Reading("e5", "e5"),
        Reading("0x", "0x"),
        Reading("inf", "inf"),
        Reading("NaN", "NaN"),
    ])
    func reads(words reading: Reading) throws {
        #expect(try Self.only("[\(reading.text)]").tree == [reading.tree])
        let quoted = try Self.only("['\(reading.text)', \"\(reading.text)\"]")
        #expect(quoted.tree == [.string(reading.text), .string(reading.text)])
        #expect(try Self.only("[!!str \(reading.text)]").tree == [.string(reading.text)])
        let scalar = try Self.only("[\(reading.text)]").at(0)?.scalar
        #expect(scalar?.text == reading.text)
        #expect(scalar?.isPlain == true)
        #expect(quoted.at(1)?.scalar?.isPlain == false)
    }

    @Test(arguments: [
        Reading("a: 1\nb: [x, {c: d}]\n", ["a": 1, "b": ["x", ["c": "d"]]]),
        Reading("a:\n- 1\n- b: 2\n  c:\n", ["a": [1, ["b": 2, "c": nil]]]),
        Reading("z: 1\na: 2\n", ["z": 1, "a": 2]),
        Reading("{}", [:]),
        Reading("[]", []),
        Reading("a: |\n  x\n   y\n\nb: >-\n  p\n  q\n", ["a": "x\n y\n", "b": "p q"]),
        Reading("a: 'it''s'\nb: \"\\u00e9\\n\"\n", ["a": "it's", "b": "é\n"]),
        Reading("# comment\na: b # more\n", ["a": "b"]),
        Reading("on: yes\n", ["on": "yes"]),
        Reading("\"1\": x\n'true': y\n'<<': z\n", ["1": "x", "true": "y", "<<": "z"]),
        Reading(
            "a: !!int 1\nb: !!float 1\nc: !!bool true\nd: !!null ~\ne: ! 1\n",
            ["a": 1, "b": 1.0, "c": true, "d": nil, "e": "1"]),
        Reading("a: !!map {b: !!seq [1]}\n", ["a": ["b": [1]]]),
        Reading("a: &x [1, 2]\nb: *x\n", ["a": [1, 2], "b": [1, 2]]),
        Reading("a: &x 1\nb: *x\nc: &x 2\nd: *x\n", ["a": 1, "b": 1, "c": 2, "d": 2]),
        Reading("&k a: 1\nb: *k\n", ["a": 1, "b": "a"]),
        Reading("a: &k b\n*k : 1\n", ["a": "b", "b": 1]),
        Reading("? a\n: 1\n", ["a": 1]),
        Reading("\u{FEFF}a: 1\n", ["a": 1]),
        Reading("a: 1\r\nb: 2\r\n", ["a": 1, "b": 2]),
        Reading("%YAML 1.1\n---\na: yes\n...\n", ["a": "yes"]),
        Reading("key: é€😀\n", ["key": "é€😀"]),
    ])
    func reads(documents reading: Reading) throws {
        #expect(try Self.only(reading.text).tree == reading.tree)
    }

    @Test(arguments: [
        ("", 0), ("# nothing\n", 0), ("---\n", 0), ("---\n---\na: 1\n---\n# none\n", 1),
        ("a: 1\n---\nb: 2\n", 2), ("---\na: 1\n...\n---\nb: 2\n---\n", 2), ("~\n", 1), ("''\n", 1),
    ])
    func skipsEmptyDocuments(_ text: String, count: Int) throws {
        #expect(try YAMLReader.documents(of: text).count == count)
    }

    @Test func forgetsAnchorsBetweenDocuments() {
        let error = #expect(throws: YAMLError.self) {
            try YAMLReader.documents(of: "a: &x 1\n---\nb: *x\n")
        }
        #expect(error?.code == .unknownAlias)
        #expect(error?.place == YAMLPlace(line: 3, column: 4))
    }

    static let flow = """
        # a flow
        service: reviews
        spec:
          steps:
          - weight: 5
          - weight: 20
            test: {command: [sh, -c, "exit 0"]}
          -   weight: 50
          owner: "Zoë" # é
        """

    @Test(
        arguments: [
            ([], 2, 1),
            (["service"], 2, 1),
            (["spec"], 3, 1),
            (["spec", "steps"], 4, 3),
            (["spec", "steps", 0], 5, 5),
            (["spec", "steps", 1, "test"], 7, 5),
            (["spec", "steps", 1, "test", "command", 2], 7, 30),
            (["spec", "steps", 2, "weight"], 8, 7),
            (["spec", "owner"], 9, 3),
            // What is not there: the deepest part that is.
            (["spec", "steps", 9, "weight"], 4, 3),
            (["spec", "steps", 1, "tset"], 6, 5),
            (["nothing"], 2, 1),
        ] as [([YAMLStep], Int, Int)])
    func knowsPlaces(path: [YAMLStep], line: Int, column: Int) throws {
        let node = try Self.only(Self.flow)
        #expect(node.place(of: path) == YAMLPlace(line: line, column: column))
    }

    @Test func walksDown() throws {
        let node = try Self.only(Self.flow)
        #expect(node.at("spec", "steps", 2, "weight")?.tree == 50)
        #expect(node.at("spec", "steps", 2, "weight")?.place == YAMLPlace(line: 8, column: 15))
        #expect(node.at("spec", "steps", 3) == nil)
        #expect(node.at("spec", "steps", -1) == nil)
        #expect(node.at("service", "x") == nil)
        #expect(node["spec"]?.members?.map(\.key) == ["steps", "owner"])
        let path: [YAMLStep] = ["spec", "steps", 2, "weight"]
        #expect(path.pathText == "spec.steps[2].weight")
    }

    @Test func placesOfAliasesAreTheirOwn() throws {
        let node = try Self.only("a: &x\n  b: 1\nc: *x\n")
        #expect(node["c"]?.place == YAMLPlace(line: 3, column: 4))
        #expect(node.at("c", "b")?.place == YAMLPlace(line: 2, column: 6))
    }
}

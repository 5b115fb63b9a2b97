import JSONTree
import Testing

@Suite struct JSONTreeValueTests {
    private static let pod: JSONTree = [
        "metadata": ["name": "a", "labels": ["app": "x", "tier": "web"]], "spec": nil,
    ]

    @Test func walks() {
        #expect(Self.pod.at("metadata", "labels", "tier")?.text == "web")
        #expect(Self.pod.at("metadata", "none", "tier") == nil)
        #expect(Self.pod.at("metadata", "name", "tier") == nil)
        #expect(Self.pod.at([]) == Self.pod)
        #expect(Self.pod["spec"] == .some(.null))
        #expect(Self.pod["status"] == nil)
        #expect(Self.pod.members?.keys == ["metadata", "spec"])
    }

    @Test func namesTheKinds() {
        let all: [JSONTree] = [nil, true, 1, 1.5, "x", [1], ["a": 1]]
        #expect(all.map(\.flag) == [nil, true, nil, nil, nil, nil, nil])
        #expect(all.map(\.whole) == [nil, nil, 1, nil, nil, nil, nil])
        #expect(all.map(\.decimal) == [nil, nil, 1, 1.5, nil, nil, nil])
        #expect(all.map(\.text) == [nil, nil, nil, nil, "x", nil, nil])
        #expect(all.map(\.items) == [nil, nil, nil, nil, nil, [1], nil])
        #expect(all.map(\.members) == [nil, nil, nil, nil, nil, nil, ["a": 1]])
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let from: String
        let path: [String]
        let value: JSONTree?
        let to: String

        init(_ from: String, _ path: [String], _ value: JSONTree?, _ to: String) {
            self.from = from
            self.path = path
            self.value = value
            self.to = to
        }

        var testDescription: String { "\(from) \(path)" }
    }

    @Test(arguments: [
        Change(#"{"a":1,"b":2}"#, ["a"], 3, #"{"a":3,"b":2}"#),
        Change(#"{"a":1}"#, ["b"], 3, #"{"a":1,"b":3}"#),
        Change(#"{"a":1,"b":2}"#, ["a"], nil, #"{"b":2}"#),
        Change(#"{"a":1}"#, ["b"], nil, #"{"a":1}"#),
        Change(#"{"a":{"b":1,"c":2}}"#, ["a", "b"], nil, #"{"a":{"c":2}}"#),
        Change(#"{"a":{"b":1}}"#, ["a", "b"], nil, #"{"a":{}}"#),
        Change(#"{"a":{"b":1}}"#, ["a", "x", "y"], nil, #"{"a":{"b":1}}"#),
        Change(#"{"a":1}"#, ["x", "y", "z"], true, #"{"a":1,"x":{"y":{"z":true}}}"#),
        Change(#"{"a":1}"#, ["a", "b"], true, #"{"a":{"b":true}}"#),
        Change(#"{"a":1}"#, ["a", "b"], nil, #"{"a":1}"#),
        Change("[1]", ["a", "b"], 1, #"{"a":{"b":1}}"#),
        Change("[1]", ["a"], nil, "[1]"),
        Change(#""x""#, [], 1, "1"),
        Change(#"{"a":1}"#, [], nil, "null"),
        Change(#"{"a":1}"#, ["a"], .some(.null), #"{"a":null}"#),
    ])
    func changes(_ change: Change) throws {
        var tree = try JSONReader.tree(of: change.from)
        let before = tree
        tree.set(change.value, along: change.path[...])
        #expect(JSONWriter.text(of: tree) == change.to)
        #expect(JSONWriter.text(of: before) == change.from)
    }

    @Test func ordersKeysOnlyWhenAsked() {
        let one: JSONTree = ["b": [["y": 1, "x": 2]], "a": 1]
        let two: JSONTree = ["a": 1, "b": [["x": 2, "y": 1]]]
        #expect(one != two)
        #expect(one.canonical == two.canonical)
        #expect(JSONWriter.text(of: one) == #"{"b":[{"y":1,"x":2}],"a":1}"#)
        #expect(JSONWriter.canonicalBytes(of: one) == JSONWriter.canonicalBytes(of: two))
        #expect(JSONWriter.canonicalBytes(of: one) == Array(#"{"a":1,"b":[{"x":2,"y":1}]}"#.utf8))
    }

    @Test func equalTreesHashAlike() {
        #expect(Set([Self.pod, Self.pod, ["metadata": 1]]).count == 2)
        #expect(JSONTree.integer(1) != .number(1))
    }

    struct Writing: Sendable, CustomTestStringConvertible {
        let tree: JSONTree
        let text: String

        init(_ tree: JSONTree, _ text: String) {
            self.tree = tree
            self.text = text
        }

        var testDescription: String { text }
    }

    @Test(arguments: [
        Writing(nil, "null"),
        Writing(true, "true"),
        Writing(false, "false"),
        Writing(0, "0"),
        Writing(9, "9"),
        Writing(10, "10"),
        Writing(-1, "-1"),
        Writing(.integer(.max), "9223372036854775807"),
        Writing(.integer(.min), "-9223372036854775808"),
        Writing(.number(1), "1.0"),
        Writing(.number(-0.0), "-0.0"),
        Writing(0.1, "0.1"),
        Writing(.number(0.1 + 0.2), "0.30000000000000004"),
        Writing(1e20, "1e+20"),
        Writing(1e-7, "1e-07"),
        Writing(.number(.leastNonzeroMagnitude), "5e-324"),
        Writing(.number(.greatestFiniteMagnitude), "1.7976931348623157e+308"),
        Writing(.number(.nan), "null"),
        Writing([.number(.infinity), .number(-.infinity)], "[null,null]"),
        Writing("", #""""#),
        Writing("\"\\/\u{8}\u{c}\n\r\t\0\u{1f}", #""\"\\/\b\f\n\r\t\u0000\u001f""#),
        Writing("é€😀\u{7f}\u{2028}", "\"é€😀\u{7f}\u{2028}\""),
        Writing([], "[]"),
        Writing([:], "{}"),
        Writing([1, [2, "x"], [:]], #"[1,[2,"x"],{}]"#),
        Writing(["b": 1, "a": ["\n": nil]], #"{"b":1,"a":{"\n":null}}"#),
    ])
    func writes(_ writing: Writing) {
        #expect(JSONWriter.text(of: writing.tree) == writing.text)
        #expect(JSONWriter.bytes(of: writing.tree) == Array(writing.text.utf8))
    }
}

import JSONTree
import Testing

@Suite struct JSONPathTests {
    private static let tree: JSONTree = [
        "a": ["b": [1, ["c": "x"]], "d-e": true, "f g": nil], "0": 5,
    ]

    @Test(
        arguments: [
            ("$", nil as JSONTree?), ("$.a.b[0]", 1), ("a.b[1].c", "x"), ("$.a[\"d-e\"]", true),
            ("$.a.d-e", true), ("$['a']['f g']", .null), ("0", 5),
        ] as [(String, JSONTree?)])
    func finds(_ path: String, _ value: JSONTree?) throws {
        let found = try #require(JSONPath(path)).value(in: Self.tree)
        #expect(found == value ?? Self.tree)
    }

    @Test(arguments: ["$.x", "$.a.b[2]", "$.a.b.c", "$.a[0]", "a.b[1].c.d"])
    func findsNothing(_ path: String) throws {
        #expect(try #require(JSONPath(path)).value(in: Self.tree) == nil)
    }

    @Test(arguments: [
        "", ".a", "$a", "$.", "$..a", "$.a[", "$.a[]", "$.a[-1]", "$.a[b]", "$[\"\"]",
    ])
    func refuses(_ path: String) { #expect(JSONPath(path) == nil) }
}

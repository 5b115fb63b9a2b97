import JSONTree
import Testing

@Suite struct JSONPathTests {
    @Test(arguments: [
        ("$", ["{\"a\":[1,{\"b c\":2}],\"d\":{\"e\":3,\"f\":4}}"]), ("$.a[0]", ["1"]),
        ("$.a[1]['b c']", ["2"]), ("$.a[-1][\"b c\"]", ["2"]), ("$['d'].e", ["3"]),
        ("$.d.*", ["3", "4"]), ("$.d[*]", ["3", "4"]), ("$.a[9]", []), ("$.a[-9]", []),
        ("$.a.b", []), ("$.d[0]", []),
    ])
    func paths(_ path: String, _ found: [String]) throws {
        let tree = try JSONReader.tree(
            of: Array("{\"a\": [1, {\"b c\": 2}], \"d\": {\"e\": 3, \"f\": 4}}".utf8))
        let values = try #require(JSONPath(path)).values(in: tree)
        #expect(values.map { String(decoding: JSONWriter.bytes(of: $0), as: UTF8.self) } == found)
    }

    @Test(arguments: ["", "a", "$a", "$.", "$..a", "$[", "$[a]", "$['a", "$['a'", "$[1", "$.a["])
    func noPaths(_ path: String) {
        #expect(JSONPath(path) == nil)
    }

    @Test func saysItselfAsItWasWritten() throws {
        #expect(try #require(JSONPath("$.a[0]")).description == "$.a[0]")
    }
}

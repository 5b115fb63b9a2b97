import JSONTree
import Testing
import YAML

@Suite struct YAMLWriterTests {
    @Test func writesLikePeopleDo() {
        let tree: JSONTree = [
            "apiVersion": "apps/v1",
            "metadata": [
                "name": "reviews", "labels": [:], "annotations": ["on": "yes", "a": "0644"],
            ],
            "spec": [
                "replicas": 3, "paused": false, "share": 0.5, "large": 1e20, "none": nil,
                "containers": [
                    ["name": "app", "args": ["--port", "9080", "a: b", "#x", "x #y", "[z]", ""]],
                    ["image": "docker.io/istio/reviews:1.20.1", "ports": []],
                ],
                "matrix": [[1, 2], [[3]], []],
                "script": "set -e\n\n  exec app\n",
                "tail": ["no\nend", "two\n\n", " led\n", "\u{7}bell", "caf\u{e9} \u{2028}"],
            ],
            "12:30": "12:30:45", "2026-01-31": "~",
        ]
        #expect(
            YAMLWriter.text(of: tree) == #"""
                apiVersion: apps/v1
                metadata:
                  name: reviews
                  labels: {}
                  annotations:
                    "on": "yes"
                    a: "0644"
                spec:
                  replicas: 3
                  paused: false
                  share: 0.5
                  large: 1.0e+20
                  none: null
                  containers:
                  - name: app
                    args:
                    - "--port"
                    - "9080"
                    - "a: b"
                    - "#x"
                    - "x #y"
                    - "[z]"
                    - ""
                  - image: docker.io/istio/reviews:1.20.1
                    ports: []
                  matrix:
                  - - 1
                    - 2
                  - - - 3
                  - []
                  script: |
                    set -e

                      exec app
                  tail:
                  - |-
                    no
                    end
                  - |+
                    two

                  - " led\n"
                  - "\x07bell"
                  - "café \u2028"
                "12:30": "12:30:45"
                "2026-01-31": "~"

                """#)
    }

    @Test func writesSeveralDocuments() throws {
        let text = YAMLWriter.text(ofDocuments: [["a": 1], "x\n\n", [2]])
        #expect(text == "a: 1\n---\n|+\n  x\n\n---\n- 2\n")
        #expect(try YAMLReader.documents(of: text).map(\.tree) == [["a": 1], "x\n\n", [2]])
    }

    @Test func writesNoNumberThatJSONLacks() {
        #expect(YAMLWriter.text(of: [.number(.nan), .number(.infinity)]) == "- null\n- null\n")
    }

    @Test(arguments: [1000, 1024, 5000])
    func longKeysReadBack(length: Int) throws {
        let key = String(repeating: "k", count: length)
        for value: JSONTree in ["x", 1, [1, [2]], ["a": ["b": [3]]], "two\nlines", [], [:]] {
            let tree: JSONTree = ["first": .object(JSONObject([(key, value)])), "next": 1]
            #expect(try Self.again(tree) == tree)
        }
    }

    /// Words that some reader of YAML, old or new, takes for something else.
    @Test(arguments: [
        "", " ", "~", "null", "NULL", "y", "N", "yes", "No", "on", "OFF", "true", "False", "0",
        "-1",
        "+1", "0644", "0o17", "0x1F", "1_000", "1.5", ".5", "1.", "1e3", "1e999", ".inf", "-.inf",
        ".NaN", "12:30", "1:2:3.5", "2026-01-31", "2026-01-31T12:00:00Z", "=", "<<", "-", "- a",
        "?",
        "a:", ":a", "a: b", "a #b", "#a", "---", "...", "--- a", "*a", "&a", "!a", "%a", "@a", "`a",
        "|", ">", "'a'", "\"a\"", "[", "]", "{", "}", ",", "a\tb", "a\rb", "a\r\nb", "\n", "\n\n",
        "\na", "a\n ", "a\n \n", "a\n\t", " a\n", "\ta\n", "a\n\n\n b\n\n", "a ", "\u{FEFF}a",
        "\u{85}",
        "a\u{85}b\n", "\u{2028}", "\u{0}", "\u{7f}", "\u{9f}", "\u{FFFE}", "\u{10FFFF}", "é",
        "e\u{301}",
        "a: \u{301}", "a #\u{20E3}", "...\u{301}", "a\nb: \u{301}\n", "# a\nb\n", "---\na\n", "😀",
    ])
    func trapsReadBack(_ text: String) throws {
        let string = JSONTree.string(text)
        var key: JSONTree = ["other ": 1]
        key[text] = [string]
        let trees: [JSONTree] = [
            string, [string, string], ["a": string, "z": 1], key, [[string], 2],
        ]
        for tree in trees {
            #expect(try Self.again(tree) == tree)
            guard case .string = tree else { continue }
            #expect(Array((try Self.again(tree).text ?? "").utf8) == Array(text.utf8))
        }
    }

    @Test(arguments: UInt64(0)..<400)
    func anyTreeReadsBack(seed: UInt64) throws {
        var trees = SeededTrees(seed: seed)
        let tree = trees.tree(depth: 5)
        let text = YAMLWriter.text(of: tree)
        #expect(try YAMLReader.document(of: Array(text.utf8)).tree == tree, "\(text)")
        #expect(YAMLWriter.text(of: tree) == text)
    }

    /// JSON is YAML, but for the characters that end a line or are not allowed in YAML 1.1.
    @Test(arguments: UInt64(0)..<100)
    func readsJSON(seed: UInt64) throws {
        var trees = SeededTrees(seed: seed)
        let tree = trees.tree(depth: 4)
        let text = JSONWriter.text(of: tree)
        let isYAML = text.unicodeScalars.allSatisfy {
            !(0x7F...0x9F).contains($0.value) && $0 != "\u{2028}"
        }
        guard isYAML else { return }
        #expect(try YAMLReader.document(of: Array(text.utf8)).tree == tree, "\(text)")
    }

    private static func again(_ tree: JSONTree) throws -> JSONTree {
        try YAMLReader.document(of: Array(YAMLWriter.text(of: tree).utf8)).tree
    }
}

import HTTPMessages
import JSONTree
import Testing

@testable import TestHooks

@Suite struct DarkExampleTests {
    @Test(arguments: [
        (#"^(.*;\s*)?user=jason(;.*)?$"#, "user=jason"),
        (#"^(.*?;)?(user=jason)(;.*)?$"#, "user=jason"),
        (#".*user=jason.*"#, "user=jason"),
        ("jason", "jason"), ("jason|anna", "jason"), ("(a|b)c", "ac"), ("(?:a|b)c", "ac"),
        ("(?P<name>a)b", "ab"), ("(?<name>a)b", "ab"), ("a+b*c?", "a"), ("a{3}", "aaa"),
        ("a{2,}b{0,3}", "aa"), ("[abc]", "a"), ("[a-z]+", "a"), ("[^;]+", "a"), ("[^a-z]", "0"),
        (#"[\d-]x"#, "0x"), (#"v\d+\.\d+"#, "v0.0"), (#"\w\s\S"#, "a a"),
        (#"[\]]"#, "]"), ("[a\\-z]", "a"), (#"Mozilla/5\.0 \(X11\)"#, "Mozilla/5.0 (X11)"),
        ("x.y", "xxy"), ("a??b", "b"), ("(a*)+", ""), (#"\Aa\z"#, "a"), ("(^a|b)$", "a"),
    ])
    func derives(_ pattern: String, _ text: String) throws {
        #expect(try PatternExample.text(for: pattern) == text)
        #expect(try Regex(pattern).wholeMatch(in: text) != nil, "the table itself is wrong")
    }

    @Test(arguments: [
        (#"\bjason\b"#, #"\b cannot be worked out"#), (#"(a)\1"#, #"\1 cannot be worked out"#),
        ("(?i)jason", "it has flags, or looks ahead"), ("(?=a)", "it has flags, or looks ahead"),
        ("(?!a)b", "it has flags, or looks ahead"), ("(?<=a)b", "it looks ahead or behind"),
        ("(a", "a ( has no )"), ("a)", "a ) has no ("), ("[a", "a [ has no ]"),
        ("*a", "a * has nothing to repeat"), ("a{x}", "a { } cannot be read"),
        ("a{5000}", "a { } cannot be read"), ("a\\", #"it ends in a \"#),
        ("[[:alpha:]]", "a named class cannot be worked out"),
        ("[z-a]", "a range of a class runs backwards"), ("a^b", "an anchor stands in its middle"),
        ("a$b", "an anchor stands in its middle"),
        ("[^\\w\\s;=.-]", "a class leaves nothing to choose"),
        (String(repeating: "(", count: 60), "its groups are too deep"),
        (String(repeating: "a{1000}", count: 5), "its shortest match is too long"),
    ])
    func refuses(_ pattern: String, _ reason: String) {
        #expect(throws: PatternExample.Refusal(reason: reason)) {
            try PatternExample.text(for: pattern)
        }
    }

    @Test func meetsEachKindOfMatch() throws {
        let match: JSONTree = [
            [
                "headers": [
                    "end-user": ["exact": "jason"], "x-team": ["prefix": "shop-"],
                    "cookie": ["regex": "^(.*;\\s*)?user=jason(;.*)?$"], "x-canary": [:],
                ],
                "queryParams": ["v": ["exact": "a b"]], "name": "dark", "gateways": ["mesh"],
                "withoutHeaders": ["x-robot": [:]],
            ]
        ]
        let example = try DarkExample.derive(from: match)
        #expect(
            example
                == DarkExample(
                    headers: [
                        "end-user": "jason", "x-team": "shop-", "cookie": "user=jason",
                        "x-canary": "1",
                    ], parameters: [.init("v", "a b")]))
        var request = HTTPRequest("GET", "http://g/x?y=1", headers: ["Cookie": "lang=de"])
        example.add(to: &request)
        #expect(request.url == "http://g/x?y=1&v=a%20b")
        #expect(request.headers["cookie"] == "user=jason; lang=de")
        #expect(request.headers["end-user"] == "jason")
    }

    @Test func takesTheFirstBlockThatCanBeMet() throws {
        let example = try DarkExample.derive(from: [
            ["uri": ["prefix": "/x"]], ["headers": ["a": ["exact": "1"]]],
            ["headers": ["b": ["exact": "1"]]],
        ])
        #expect(example == DarkExample(headers: ["a": "1"]))
    }

    @Test(
        arguments: [
            ([], "dark.match", "it is empty"), ([[:]], "dark.match", "a block is empty"),
            (
                [["uri": ["prefix": "/x"], "headers": ["a": ["exact": "1"]]]], "dark.match.uri",
                "only headers and queryParams can be met by a test's request"
            ),
            (
                [["headers": ["a": ["regex": "\\ba"]]]], "dark.match.headers.a",
                "\\b cannot be worked out"
            ),
            (
                [["headers": ["a": ["like": "b"]]]], "dark.match.headers.a",
                "it is neither exact, prefix nor regex"
            ),
            (
                [["headers": ["a": ["exact": "b\r\nc: d"]]]], "dark.match.headers.a",
                "what matches cannot stand in a header"
            ),
            (
                [["headers": ["a": ["regex": ".*"]]]], "dark.match.headers.a",
                "what matches cannot stand in a header"
            ),
            (
                [["withoutHeaders": ["a": [:]]]], "dark.match",
                "it asks for no header and no parameter, so it would match everybody"
            ),
            (
                [["withoutHeaders": ["A": [:]], "headers": ["a": [:]]]],
                "dark.match.withoutHeaders.A", "the same header is asked for"
            ),
        ] as [(JSONTree, String, String)])
    func saysWhyNot(_ match: JSONTree, _ place: String, _ detail: String) {
        #expect(throws: HookError(.noExample, place: place, detail: detail)) {
            try DarkExample.derive(from: match)
        }
    }

    @Test func errorsHaveThreeLines() {
        #expect(
            "\(HookError(.noExample, place: "dark.match.headers.a", detail: "it looks behind"))"
                == """
                test: no request can be worked out that this matches: it looks behind
                  where: dark.match.headers.a
                  do:    give the headers of one that does as dark.example
                """)
    }
}

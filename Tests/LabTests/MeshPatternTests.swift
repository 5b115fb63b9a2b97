import Testing

@testable import Lab

struct MeshPatternTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var pattern: String
        var text: String
        var matches: Bool
        var testDescription: String { "\(pattern) on \(text)" }

        init(_ pattern: String, _ text: String, _ matches: Bool) {
            self.pattern = pattern
            self.text = text
            self.matches = matches
        }
    }

    static let jason = #"^(.*;\s*)?user=jason(;.*)?$"#

    @Test(arguments: [
        Case(jason, "user=jason", true),
        Case(jason, "a=b; user=jason; c=d", true),
        Case(jason, "a=b;user=jason", true),
        Case(jason, "user=jasonx", false),
        Case(jason, "xuser=jason", false),
        Case(jason, "", false),
        Case("v1", "v1", true),
        Case("v1", "v12", false),
        Case("v1|v2", "v2", true),
        Case("(v1|v2)?", "", true),
        Case("5..", "503", true),
        Case("5..", "5033", false),
        Case("5.*|", "", true),
        Case(".+", "", false),
        Case("a{2,3}", "aaa", true),
        Case("a{2,3}", "aaaa", false),
        Case("a{2,}b", "aaaaab", true),
        Case("a{x}", "a{x}", true),
        Case(#"[^a-c\d]+"#, "xyz-", true),
        Case(#"[^a-c\d]+"#, "xyz1", false),
        Case("[]a]+", "]a]", true),
        Case("[a-]", "-", true),
        Case(#"\w+\.\w+"#, "shop.demo", true),
        Case(#"\w+\.\w+"#, "shopXdemo", false),
        Case("(?:ab)+", "ababab", true),
        Case("a.c", "a\nc", false),
        Case("grün.*", "grünes", true),
        Case("a*?b", "aab", true),
        Case("^a$b", "ab", false),
        Case("(a*)*", "aaa", true),
    ])
    func matchesTheWhole(_ example: Case) throws {
        #expect(
            try MeshPattern(example.pattern).matchesWhole(example.text) == example.matches)
    }

    @Test(arguments: ["(", ")", "[a", "a**", "*a", #"a\"#, #"\q"#, "a{3,2}", "(?P<n>a)", "[z-a]"])
    func refusesWhatItCannotRead(_ pattern: String) {
        #expect(throws: MeshPattern.Flaw.self) { try MeshPattern(pattern) }
    }

    @Test func namesWhatIsWrong() throws {
        #expect(throws: MeshPattern.Flaw(reason: "missing closing )", pattern: "(a")) {
            try MeshPattern("(a")
        }
        #expect(
            MeshPattern.Flaw(reason: "missing closing )", pattern: "(a").description
                == "error parsing regexp: missing closing ): `(a`")
    }

    /// A pattern that takes backtracking matchers for ever.
    @Test func takesNoLongerThanItMust() throws {
        let pattern = try MeshPattern(String(repeating: "(a?)", count: 30) + "(a+)+$")
        #expect(!pattern.matchesWhole(String(repeating: "a", count: 2000) + "b"))
    }
}

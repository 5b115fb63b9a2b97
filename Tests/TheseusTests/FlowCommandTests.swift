import Foundation
import JSONTree
import Testing

/// The commands on flows themselves: `flows`, `explain`, `schema`.
@Suite struct FlowCommandTests {
    @Test func flowsListsTheTemplates() async throws {
        let ending = try await Program.run(["flows"])
        #expect(ending.code == 0)
        #expect(
            ending.output == """
                ab-test             Users are divided by a cookie for a time, and stay divided; then a \
                person decides.
                blue-green          All users at once, behind dark tests; the old version stays whole \
                for a time.
                bootstrap           The first release of a service: all users at once; where it fails, \
                nothing is left of it.
                canary              Users in three steps, 1%, 50% and 100%, with tests and gates at each.
                canary-stepped      Users in five steps, 1%, 5%, 25%, 50% and 100%, with gates at each.
                dark-only           Only whom the dark match names meets it for a time; then a person \
                decides for all.
                mirror-then-canary  Copies of users' requests first, whose answers nobody waits for; \
                then 1%, 50% and 100%.

                """)
        let told = try await Program.run(["flows", "--output", "json"])
        #expect(told.output.split(separator: "\n").count == 7)
        #expect(told.output.hasPrefix("{\"name\":\"ab-test\",\"summary\":\"Users are"))
    }

    /// What is shown is what stands in `flows/`.
    @Test func flowsShowPrintsAFile() async throws {
        let ending = try await Program.run(["flows", "show", "canary-stepped"])
        #expect(ending.code == 0)
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../flows/canary-stepped.yaml")
        #expect(ending.output == (try String(contentsOf: file, encoding: .utf8)))
    }

    @Test func explainsAStep() async throws {
        let ending = try await Program.run(["explain", "drill"])
        #expect(ending.code == 0)
        #expect(
            ending.output == """
                drill <keys>
                    Goes from 1 % home and back: the way home is measured before it is needed.

                Inside:

                  within <duration>
                      How long the way home may take.
                      Where nothing is written: 10s

                """)
    }

    @Test func explainsAKeyOfManyNames() async throws {
        let ending = try await Program.run(["explain", "spec.tests.results"])
        #expect(
            ending.output == """
                spec.tests.results <keys>
                    What the command says of its parts.

                Inside:

                  junit <text>
                      A file with JUnit's XML, from the flow's folder.

                  tap <text>
                      A file with the Test Anything Protocol, or stdout.

                  numbers <text>
                      A file with one JSON object of numbers, or stdout.

                Exactly one of: junit, tap, numbers.

                """)
        let told = try await Program.run(["explain", "bake.for", "--output", "json"])
        #expect(
            told.output == """
                {"type":"duration","required":true,"summary":"How long.","path":"bake.for",\
                "oneOf":[],"keys":[]}

                """)
    }

    @Test func theSchemaIsOne() async throws {
        let flow = try JSONReader.tree(
            of: Array(try await Program.run(["schema"]).output.utf8))
        #expect(flow.at("properties", "spec", "required")?.items == ["target"])
        let template = try JSONReader.tree(
            of: Array(try await Program.run(["schema", "--template"]).output.utf8))
        #expect(template.at("properties", "spec", "required") == nil)
    }

    @Test(arguments: [
        Slip(
            "flows show canry", "unknown template \"canry\"", at: "theseus flows show",
            "did you mean \"canary\"?"),
        Slip(
            "flows show", "NAME is missing", at: "theseus flows show",
            "see `theseus help flows show`"),
        Slip(
            "explain bakr", "unknown step or key \"bakr\"", at: "theseus explain",
            "did you mean \"bake\"?"),
        Slip(
            "explain bake.maxfor", "unknown key of bake \"maxfor\"", at: "theseus explain",
            "did you mean \"maxFor\"?"),
        Slip(
            "explain pause.minutes", "unknown key of pause \"minutes\"", at: "theseus explain",
            "nothing stands inside it"),
    ])
    func namesWhatIsNotThere(_ slip: Slip) async throws {
        let ending = try await Program.run(slip.words)
        #expect(ending.code == 2)
        #expect(ending.output == "")
        #expect(
            ending.complaint == """
                usage: \(slip.what)
                  where: \(slip.place)
                  do:    \(slip.remedy)

                """)
    }
}

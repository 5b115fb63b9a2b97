import FlowFiles
import Testing

/// Templates, looked at as templates: as a flow that uses them would find them.
@Suite struct TemplateLintTests {
    private func look(_ text: String, at path: String = "flows/ours.yaml") -> FlowExamination {
        FlowReader.examine(
            template: path, workingDirectory: "/repo",
            readFile: { asked in
                guard asked == path else { throw Files.Missing() }
                return Array(text.utf8)
            })
    }

    private func told(_ seen: FlowExamination) -> [String] {
        seen.faults.map(\.description)
            + seen.warnings.map { "\($0.code.rawValue) \($0.file):\($0.line) \($0.what)" }
    }

    @Test(arguments: FlowTemplates.names, ["t.yaml", "flows/t.yaml", "/repo/flows/t", "../t"])
    func whatShipsIsClean(_ name: String, _ path: String) throws {
        #expect(told(look(try #require(FlowTemplates.text(of: name)), at: path)) == [])
    }

    private static let head = """
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: ours}
        spec:

        """

    /// Values for what has no default are found, of whatever kind and in whatever order they must be;
    /// tests and gates that it only names are the service's to give.
    @Test func whatAServiceGivesIsNotMissed() {
        let text =
            Self.head + """
                  parameters:
                    first:
                    second: {type: weight, required: true}
                    look: {type: duration}
                    longest: {type: duration}
                    check:
                    "odd name": {type: flag}
                  limits: {capacity: "${look}"}
                  fingerprintSecrets: "${odd name}"
                  hooks: {promoted: [chat]}
                  steps:
                    - backup
                    - deploy
                    - route
                    - test: "${check}"
                    - tests: [unit, {load: {baseline: record}}]
                    - weight: ${first}
                    - bake: {for: "${look}", maxFor: "${longest}", gates: [errors], tests: [unit]}
                    - weight: ${second}
                    - gate: errors
                    - weight: 100
                    - bake: {for: 5m, gates: [errors]}
                    - retire
                  tests: {smoke: {http: {path: /}}}
                """
        #expect(told(look(text)) == [])
    }

    @Test func whatIsWrongIsTheTemplatesOwn() {
        let text =
            Self.head + """
                  parameters:
                    bake: {type: duration, default: soon}
                    unused: 5
                  tests: {smoke: {http: {path: /}}}
                  steps:
                    - backup
                    - deploy: {deadline: "${limit}"}
                    - route
                    - test: smoek
                    - weight: 100
                    - shrink: {minimun: 1}
                    - retire
                """
        #expect(
            told(look(text)) == [
                """
                flow: parameter "bake" must be a duration above 0, found "soon"
                  where: flows/ours.yaml:6:37 (spec.parameters.bake.default)
                  do:    write for example 500ms, 30s, 5m or 1h30m
                """,
                """
                flow: unknown parameter "limit"
                  where: flows/ours.yaml:11:26 (spec.steps[1].deploy.deadline)
                  do:    there are: bake, unused
                """,
                """
                flow: "deadline" must be a duration above 0, found "${limit}"
                  where: flows/ours.yaml:11:26 (spec.steps[1].deploy.deadline)
                  do:    write for example 500ms, 30s, 5m or 1h30m
                """,
                """
                flow: unknown test "smoek"
                  where: flows/ours.yaml:13:13 (spec.steps[3].test)
                  do:    did you mean "smoke"?
                """,
                """
                flow: unknown key "minimun"
                  where: flows/ours.yaml:15:16 (spec.steps[5].shrink.minimun)
                  do:    did you mean "minimum"?
                """,
            ])
    }

    @Test func whatIsUnwiseIsToldToo() {
        let text =
            Self.head + """
                  parameters: {unused: 5}
                  steps: [backup, deploy, route, {weight: 50}, {weight: 100}, retire]
                """
        let seen = look(text)
        #expect(seen.faults == [])
        let codes = seen.warnings.map(\.code)
        #expect(codes.contains(.noGate))
        #expect(codes.contains(.unusedParameter))
        #expect(seen.warnings.allSatisfy { $0.file == "flows/ours.yaml" })
        #expect(seen.line(6, of: "flows/ours.yaml")?.contains("steps:") == true)
    }

    @Test func whatIsNoYAMLOrNotThere() {
        #expect(look("spec: [").faults.map(\.code) == [.syntax])
        let seen = FlowReader.examine(
            template: "a.yaml", readFile: { _ in throw Files.Missing() })
        #expect(seen.faults.map(\.what) == ["the template cannot be read"])
    }
}

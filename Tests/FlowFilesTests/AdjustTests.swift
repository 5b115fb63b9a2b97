import CanaryEngine
import Testing

@testable import FlowFiles

/// Single steps of a template, changed by the flow that uses it.
@Suite struct AdjustTests {
    private static func files(_ adjust: String, template: String = "canary") -> Files {
        ParameterTests.files {
            $0.replace("template: canary", with: "template: \(template)")
            $0 += "  adjust:\n\(adjust)\n"
        }
    }

    private static func words(_ adjust: String) throws -> [String] {
        try files(adjust).load().flow.plan.steps.map(\.word)
    }

    private static let whole = [
        "backup", "deploy", "route", "reach", "test", "autoscale", "drill", "weight", "test",
        "bake", "weight", "test", "test", "bake", "weight", "shrink", "test", "test", "bake",
        "retire",
    ]

    @Test func dropsAStep() throws {
        let words = try Self.words("    - drop: drill")
        #expect(words == Self.whole.filter { $0 != "drill" })
    }

    @Test func replacesAStep() throws {
        let flow = try Self.files(
            """
                - replace: weight-50
                  with: {weight: 20}
                - replace: weight-1
                  with: {name: few, weight: 2}
            """
        ).load().flow
        let weights = flow.plan.steps.compactMap { step in
            if case .weight(let weight) = step { weight.percent } else { nil }
        }
        #expect(weights == [2, 20, 100])
        #expect(flow.plan.steps.map(\.word) == Self.whole)
    }

    @Test func putsStepsIn() throws {
        let words = try Self.words(
            """
                - before: weight-100
                  insert:
                    - approve: {timeout: 4h}
                - after: backup
                  insert: [{name: wait, pause: 1m}, {notify: smoke}]
                - drop: wait
            """)
        var expected = Self.whole
        expected.insert("approve", at: 14)
        expected.insert("notify", at: 1)
        #expect(words == expected)
    }

    /// What is dropped is not filled: its parameters need not be given, its tests not be there.
    @Test func asksNothingForWhatIsDropped() throws {
        var files = Self.files(
            """
                - drop: ask
            """, template: "flows/ours.yaml")
        files.texts["flows/ours.yaml"] = FlowTemplates.text(of: "canary")?.replacing(
            "    - drill\n",
            with: "    - name: ask\n      approve: {timeout: \"${nobody}\"}\n    - drill\n")
        #expect(try files.load().flow.plan.steps.map(\.word) == Self.whole)
        files.texts["reviews.yaml"]?.replace("drop: ask", with: "drop: drill")
        #expect(
            files.complaint() == """
                flow: unknown parameter "nobody"
                  where: flows/ours.yaml:39:26 (spec.steps[6].approve.timeout)
                  do:    there are: smoke, performance, requests, tolerance, errors, noWorseThan, \
                deadline, bake, longBake, patience, minimum
                """)
    }

    /// Steps without a name are called by their kind; the second is bake-2.
    @Test func knowsStepsByTheirKind() throws {
        var files = Self.files("    - drop: bake-2\n    - drop: bake", template: "flows/ours.yaml")
        files.texts["flows/ours.yaml"] = FlowTemplates.text(of: "canary")?
            .replacing("    - name: bake-at-1\n      bake", with: "    - bake")
            .replacing("    - name: bake-at-50\n      bake", with: "    - bake")
        let words = try files.load().flow.plan.steps.map(\.word)
        #expect(words.filter { $0 == "bake" }.count == 1)
        #expect(words.dropLast().last == "bake")
    }

    /// The lines are those of the flow, which has ten before its first change.
    @Test(arguments: [
        BadFlow(
            "no such step", "", "    - drop: bake-at-5",
            """
            flow: the template has no step "bake-at-5"
              where: reviews.yaml:12:13 (spec.adjust[0].drop)
              do:    did you mean "bake-at-1"?
            """),
        BadFlow(
            "nothing near", "", "    - {before: lunch, insert: [backup]}",
            """
            flow: the template has no step "lunch"
              where: reviews.yaml:12:16 (spec.adjust[0].before)
              do:    there are: backup, deploy, route, reach, smoke, autoscale, drill, weight-1, \
            performance-at-1, bake-at-1, weight-50, smoke-at-50, performance-at-50, bake-at-50, \
            weight-100, shrink, smoke-at-100, performance-at-100, bake-at-100, retire
            """),
        BadFlow(
            "dropped already", "", "    - drop: drill\n    - drop: drill",
            """
            flow: step "drill" was dropped by spec.adjust[0]
              where: reviews.yaml:13:13 (spec.adjust[1].drop)
              do:    change it instead of dropping it, or name another step
            """),
        BadFlow(
            "nothing to put in its place", "", "    - replace: drill",
            """
            flow: spec.adjust[0] says "replace", and not "with"
              where: reviews.yaml:12:7 (spec.adjust[0])
              do:    add with: and the step that takes its place
            """),
        BadFlow(
            "nothing to put in", "", "    - after: drill",
            """
            flow: spec.adjust[0] says "after", and not "insert"
              where: reviews.yaml:12:7 (spec.adjust[0])
              do:    add insert: and a list
            """),
        BadFlow(
            "with and drop", "", "    - {drop: drill, with: backup}",
            """
            flow: "with" goes with replace alone
              where: reviews.yaml:12:21 (spec.adjust[0].with)
              do:    take with away, or write replace in front of it
            """),
        BadFlow(
            "two words", "", "    - {drop: drill, replace: route, with: route}",
            """
            flow: spec.adjust[0] has both replace and drop
              where: reviews.yaml:12:7 (spec.adjust[0])
              do:    give exactly one of them
            """),
        BadFlow(
            "an unknown step", "", "    - {replace: drill, with: {weigth: 5}}",
            """
            flow: unknown step "weigth"
              where: reviews.yaml:12:31 (spec.adjust[0].with.weigth)
              do:    did you mean "weight"?
            """),
        BadFlow(
            "a value that does not fit", "", "    - {replace: weight-50, with: {weight: 500}}",
            """
            flow: "weight" must be a whole number from 0 to 100, found "500"
              where: reviews.yaml:12:43 (spec.adjust[0].with.weight)
              do:    write for example 50
            """),
        BadFlow(
            "a taken name", "", "    - {after: drill, insert: [{name: weight-50, pause: 1m}]}",
            """
            flow: two steps are called "weight-50"
              where: reviews.yaml:12:38 (spec.adjust[0].insert[0].name)
              do:    give one of them another name
            """),
        BadFlow(
            "an order that cannot be", "", "    - {after: retire, insert: [{pause: 1m}]}",
            """
            flow: step "pause" cannot be reached: it stands after retire
              where: reviews.yaml:12:32 (spec.adjust[0].insert[0])
              do:    make retire the last step
            """),
        BadFlow(
            "a gap", "", "    - drop: weight-100",
            """
            flow: step "shrink" stands before "weight: 100"
              where: template canary:63:7 (spec.steps[15])
              do:    move it behind: until then users need all of stable
            """),
    ])
    func tells(_ bad: BadFlow) {
        #expect(Self.files(bad.new).complaint() == bad.words)
    }

    @Test func needsATemplate() {
        #expect(
            Files.with("  steps:", "  adjust: [{drop: drill}]\n  steps:").complaint() == """
                flow: "adjust" changes a template's steps, and here is none
                  where: reviews.yaml:21:3 (spec.adjust)
                  do:    change the steps themselves, or name a template
                """)
    }

    @Test func stepsOfAFlowMayHaveNamesToo() throws {
        let named = Files.with(
            "- weight: 50\n", "- weight: 50\n      name: half\n")
        #expect(try named.load().flow == Files.good.load().flow)
        #expect(
            Files.with("- weight: 50\n", "- weight: 50\n      name: Half\n").complaint() == """
                flow: "name" must be a name of a-z, 0-9, '-' and '.', found "Half"
                  where: reviews.yaml:33:13 (spec.steps[10].name)
                  do:    write the name as kubectl shows it
                """)
    }
}

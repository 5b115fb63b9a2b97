import CanaryEngine
import Testing

@testable import FlowFiles

/// Parameters have types; a value of another is told where it was given, and only there.
@Suite struct ParameterKindTests {
    @Test(arguments: [
        BadFlow(
            "no duration", "{smoke:", "{bake: soon, smoke:",
            """
            flow: parameter "bake" must be a duration above 0, found "soon"
              where: reviews.yaml:6:22 (spec.parameters.bake)
              do:    write for example 500ms, 30s, 5m or 1h30m
            """),
        BadFlow(
            "no percentage", "{smoke:", "{tolerance: 20, smoke:",
            """
            flow: parameter "tolerance" must be a percentage, found "20"
              where: reviews.yaml:6:27 (spec.parameters.tolerance)
              do:    write for example 20%
            """),
        BadFlow(
            "no whole number", "{smoke:", "{requests: 2.5, smoke:",
            """
            flow: parameter "requests" must be a whole number from 0 to 1000000000, found "2.5"
              where: reviews.yaml:6:26 (spec.parameters.requests)
              do:    write for example 3
            """),
        BadFlow(
            "a list", "{smoke:", "{errors: [1], smoke:",
            """
            flow: "errors" must be text, found a list
              where: reviews.yaml:6:16 (spec.parameters.errors)
              do:    write a text there
            """),
        BadFlow(
            "a mapping", "{smoke:", "{bake: {default: 5m}, smoke:",
            """
            flow: parameter "bake" must be a value, found a mapping
              where: reviews.yaml:6:16 (spec.parameters.bake)
              do:    write the value alone: what it may be is the template's to say
            """),
    ])
    func tells(_ bad: BadFlow) {
        let files = ParameterTests.files { $0.replace(bad.old, with: bad.new) }
        #expect(files.complaint() == bad.words)
    }

    @Test func tellsOfTheCommandLine() {
        #expect(
            ParameterTests.files().complaint(
                "reviews.yaml", ParameterTests.setting(("deadline", "ten minutes")))
                    == """
                    flow: parameter "deadline" must be a duration above 0, found "ten minutes"
                      where: --set
                      do:    write for example 500ms, 30s, 5m or 1h30m
                    """)
    }

    private static let own = """
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: reviews}
        spec:
          parameters:
            first: {type: weight, default: 10, unit: "%", description: The first share.}
            wait:
              type: duration
              required: true
          target: {namespace: bookinfo, service: reviews, manifest: k8s/reviews-v2.yaml}
          dark: {match: [{headers: {x-canary: {exact: "1"}}}]}
          steps:
            - backup
            - deploy
            - route
            - weight: "${first}"
            - pause: "${wait}"
            - weight: 100

        """

    private static func files(_ old: String = "", _ new: String = "") -> Files {
        var files = Files.good
        files.texts["reviews.yaml"] = own.replacing(old, with: new, maxReplacements: 1)
        return files
    }

    @Test func aFlowOfItsOwnMayHaveThem() throws {
        let overrides = ParameterTests.setting(("wait", "90s"), ("first", "25"))
        let steps = try Self.files().load("reviews.yaml", overrides).flow.plan.steps
        #expect(steps.contains(.weight(TrafficWeight(percent: 25) ?? .none)))
        #expect(steps.contains(.pause(.seconds(90))))
    }

    @Test(arguments: [
        BadFlow(
            "required, and not given", "required: true", "required: true",
            """
            flow: parameter "wait" has no value
              where: reviews.yaml:7:5 (spec.parameters.wait)
              do:    give it with --set wait=…
            """),
        BadFlow(
            "required, with a default", "required: true", "required: true\n      default: 5m",
            """
            flow: parameter "wait" is required, and has a default
              where: reviews.yaml:10:7 (spec.parameters.wait.default)
              do:    keep one of the two
            """),
        BadFlow(
            "a default of another type", "default: 10,", "default: 101,",
            """
            flow: parameter "first" must be a whole number from 1 to 100, found "101"
              where: reviews.yaml:6:36 (spec.parameters.first.default)
              do:    write for example 50
            """),
        BadFlow(
            "an unknown type", "type: weight", "type: whol",
            """
            flow: "type" must be one of text, name, address, whole, weight, number, flag, \
            duration, percentage or size, found "whol"
              where: reviews.yaml:6:19 (spec.parameters.first.type)
              do:    did you mean "whole"?
            """),
        BadFlow(
            "an unknown key", "unit:", "units:",
            """
            flow: unknown key "units"
              where: reviews.yaml:6:40 (spec.parameters.first.units)
              do:    did you mean "unit"?
            """),
    ])
    func tellsOfDeclarations(_ bad: BadFlow) {
        #expect(Self.files(bad.old, bad.new).complaint() == bad.words)
    }
}

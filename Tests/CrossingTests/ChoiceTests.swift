import Crossing
import Testing

/// Which resource is meant, and why nothing can be made of the files.
@Suite struct ChoiceTests {
    private static func rollout(_ name: String) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: \(name), namespace: shop}
        spec: {strategy: {canary: {stableService: \(name), steps: [{setWeight: 10}]}}}
        """
    }

    private func complaint(_ text: String, named name: String? = nil) -> String? {
        do {
            _ = try FlowTranslation.of(
                [ForeignFile(name: "a.yaml", bytes: Array(text.utf8))], named: name)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func nothingToImport() {
        #expect(
            complaint("{apiVersion: v1, kind: Service, metadata: {name: a}}") == """
                import: no Argo Rollout and no Flagger Canary, found Service
                  where: a.yaml
                  do:    give the file with the Rollout (argoproj.io) or the Canary (flagger.app), \
                and beside it its templates
                """)
        #expect(complaint("")?.contains("found nothing") == true)
        // A Rollout of somebody else's.
        #expect(
            complaint("{apiVersion: example.com/v1, kind: Rollout}")?.contains("found Rollout")
                == true)
    }

    @Test func severalToImport() throws {
        let both = "\(Self.rollout("a"))\n---\n\(Self.rollout("b"))"
        #expect(
            complaint(both) == """
                import: more than one resource to import: Rollout a, Rollout b
                  where: a.yaml
                  do:    say which with --name NAME; each becomes a flow of its own
                """)
        #expect(
            complaint(both, named: "c") == """
                import: nothing to import is called "c"
                  where: a.yaml
                  do:    there are: Rollout a, Rollout b
                """)
        let translation = try FlowTranslation.of(
            [ForeignFile(name: "a.yaml", bytes: Array(both.utf8))], named: "b")
        #expect(translation.source == "Rollout b")
        #expect(translation.notes.contains { $0.object == "Rollout a" && $0.kind == .left })
    }

    @Test func noYAML() {
        #expect(
            complaint("a: [") == """
                import: while parsing a flow node: did not find expected node content
                  where: a.yaml:2:1
                  do:    check the indentation and the quotes here and on the line before
                """)
    }

    /// Whatever stands where we expect something else: a flow or a refusal, and never a trap.
    @Test(arguments: [
        "spec: 3", "spec: {strategy: []}", "spec: {strategy: {canary: 1}}",
        "spec: {strategy: {canary: {steps: {a: b}}}}",
        "spec: {strategy: {canary: {steps: [1, [], null]}}}",
        "spec: {strategy: {canary: {steps: [{setWeight: many}, {pause: 3}]}}}",
        "spec: {strategy: {canary: {steps: [{setWeight: -5}, {setWeight: 900000000000}]}}}",
        "spec: {strategy: {canary: {trafficRouting: {istio: {virtualService: [x]}}}}}",
        "spec: {strategy: {canary: {trafficRouting: {maxTrafficWeight: 0}, steps: [{setWeight: 1}]}}}",
        "spec: {strategy: {blueGreen: {activeService: [a]}}}",
        "spec: {workloadRef: {kind: 3}, progressDeadlineSeconds: -1}",
        "spec: {progressDeadlineSeconds: 9223372036854775807}",
        "spec: {strategy: {canary: {scaleDownDelaySeconds: 9223372036854775807, steps: []}}}",
    ])
    func oddShapesAreNoTrap(_ spec: String) throws {
        let head = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: odd}\n"
        #expect(complaint(head + spec) == nil)
        let other = "apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: {name: odd}\n"
        #expect(complaint(other + spec) == nil)
    }

    @Test(arguments: [
        "spec: {analysis: {stepWeight: 9223372036854775807}}", "spec: {analysis: {stepWeight: 0}}",
        "spec: {analysis: {iterations: 9223372036854775807, interval: 11h}}",
        "spec: {analysis: {interval: soon, stepWeights: [a, 200, 5]}}",
        "spec: {analysis: {match: [3], metrics: [{}], webhooks: [{}]}}",
        "spec: {analysis: {sessionAffinity: {cookieName: a, maxAge: 9223372036854775807}}}",
        "spec: {progressDeadlineSeconds: 9223372036854775807, service: {port: x}}",
    ])
    func oddCanariesAreNoTrap(_ spec: String) throws {
        let head = "apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: {name: odd}\n"
        #expect(complaint(head + spec) == nil)
    }
}

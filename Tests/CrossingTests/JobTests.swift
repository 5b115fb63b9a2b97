import Crossing
import Testing

/// Jobs of Argo's analyses.
@Suite struct JobTests {
    /// The same template, with an argument that only its query has.
    private static let files = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: cart, namespace: shop}
        spec:
          selector: {matchLabels: {app: cart}}
          template:
            metadata: {labels: {app: cart}}
            spec: {containers: [{name: cart, image: "example/cart:7"}]}
          strategy:
            canary:
              stableService: cart
              trafficRouting: {istio: {virtualService: {name: cart}}}
              steps:
                - setWeight: 20
                - analysis: {templates: [{templateName: check}], args: [ARGS1]}
                - setWeight: 50
                - analysis: {templates: [{templateName: check}], args: [ARGS2]}
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: check, namespace: shop}
        spec:
          args: [{name: bound}, {name: path, value: /}]
          metrics:
            - name: errors
              successCondition: result[0] <= 0.01
              provider: {prometheus: {address: "http://p:9090", query: "errors({{args.bound}})"}}
            - name: walk
              provider:
                job:
                  spec:
                    template:
                      spec:
                        restartPolicy: Never
                        containers: [{name: walk, image: "walk:1", args: ["{{args.path}}"]}]
        """

    private func files(_ first: String, _ second: String) throws -> [String] {
        let text = Self.files.replacing("ARGS1", with: first).replacing("ARGS2", with: second)
        let translation = try FlowTranslation.of(
            [ForeignFile(name: "a.yaml", bytes: Array(text.utf8))])
        let count = translation.flow.ranges(of: "job: {manifest: ").count
        let jobs = translation.files.map(\.path).filter { $0.hasSuffix("-job.yaml") }
        #expect(count == jobs.count, "each is named by one test")
        return jobs
    }

    @Test func oneThatSaysTheSameIsWrittenOnce() throws {
        let jobs = try files("{name: bound, value: \"1\"}", "{name: bound, value: \"2\"}")
        #expect(jobs == ["cart-walk-job.yaml"])
    }

    @Test func oneThatSaysSomethingElseIsAnother() throws {
        let jobs = try files("{name: path, value: /a}", "{name: path, value: /b}")
        #expect(jobs == ["cart-walk-job.yaml", "cart-check-walk-job.yaml"])
    }
}

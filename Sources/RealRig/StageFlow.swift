/// The flow of a stage's service, short enough for a rig.
struct StageFlow: Sendable {
    var steps = Self.all
    var manifest = "candidate.yaml"
    /// After this step comes a test that fails.
    var failsAfter: Int?

    /// Every kind of step once; bakes of three seconds.
    static let all = [
        "backup", "deploy: {deadline: 60s}", "route", "reach: {deadline: 30s, every: 200ms}",
        "test: smoke", "autoscale", "drill: {within: 20s}", "weight: 10", "weight: 50",
        "bake: {for: 3s, maxFor: 60s, gates: [errors]}", "weight: 100", "shrink: {minimum: 1}",
        "bake: {for: 3s, maxFor: 60s, gates: [errors]}", "retire",
    ]

    private var told: [String] {
        guard let failsAfter else { return steps }
        return Array(steps[...failsAfter]) + ["test: stop"] + steps[(failsAfter + 1)...]
    }

    func text(_ objects: StageObjects, gateway: String, prometheus: String) -> String {
        """
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: \(objects.service)}
        spec:
          target:
            namespace: \(objects.namespace)
            service: \(objects.service)
            manifest: \(manifest)
          routes: [{virtualService: \(objects.service), http: [primary]}]
          gateway: {url: "\(gateway)", host: \(objects.host)}
          prometheus: {address: "\(prometheus)", scrape: 1s}
          dark: {match: [{headers: {x-canary: {exact: "1"}}}]}
          settle: 1s
          observe: {deadline: 5s}
          limits: {drain: 10s}
          tests:
            stop: {command: ["/bin/false"], timeout: 20s}
            smoke: {http: {path: /, requests: 3, dark: true}, timeout: 20s, retries: 3}
          gates:
            errors: {errorRatio: {}, max: 0.02, minimumSamples: 20, every: 1s}
          steps:

        """ + told.map { "    - \($0)\n" }.joined()
    }
}

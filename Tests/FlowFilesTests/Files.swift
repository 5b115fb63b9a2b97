import FlowFiles

/// Files in memory, as somebody's working directory has them.
struct Files {
    var texts: [String: String]
    /// What stands where commands look for their programs.
    var programs: [String: ProgramFile] = [
        "/repo/tests/smoke.sh": .runs, "/repo/tests/unfit.sh": .mayNotRun,
    ]

    struct Missing: Error {}

    func load(_ path: String = "reviews.yaml", _ overrides: FlowOverrides = FlowOverrides())
        throws(FlowError) -> (flow: Flow, source: FlowSource)
    {
        try FlowReader.load(
            path: path, overrides: overrides, workingDirectory: "/repo",
            readFile: { path in
                guard let text = texts[path] else { throw Missing() }
                return Array(text.utf8)
            }, programs: { programs[$0] ?? .missing })
    }

    /// What is wrong with the flow, in words; nil where nothing is.
    func complaint(_ path: String = "reviews.yaml", _ overrides: FlowOverrides = FlowOverrides())
        -> String?
    {
        do throws(FlowError) {
            _ = try load(path, overrides)
            return nil
        } catch {
            return error.description
        }
    }

    static let manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: reviews-v2}
        spec:
          selector: {matchLabels: {app: reviews, version: v2}}
          template:
            metadata: {labels: {app: reviews, version: v2}}
            spec:
              containers:
                - {name: reviews, image: "example/reviews:v2"}
                - {name: sidecar, image: "example/sidecar:1"}

        """

    static let design = """
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: reviews}
        spec:                              # either a template with parameters …
          parameters: {smoke: ./tests/smoke.sh}
          target:
            namespace: bookinfo
            service: reviews
            manifest: k8s/reviews-v2.yaml  # exactly one Deployment, and what belongs to it
            versionLabel: version          # default
            stable: reviews-v1             # optional: else the one that has the weight now
          routes: [{virtualService: reviews, http: [primary]}]
          gateway: {url: "https://shop.example.com", host: shop.example.com}
          prometheus: {address: "http://prometheus.istio-system:9090"}
          dark: {match: [{headers: {cookie: {regex: "^(.*;\\\\s*)?user=jason(;.*)?$"}}}]}
          tests:
            smoke: {command: ["${smoke}"], timeout: 5m, retries: 3}
            performance: {http: {path: /reviews, requests: 200}, tolerance: 20%}
          gates:
            errors: {prometheus: {query: "…"}, max: 0.01, minimumSamples: 100}
          steps:                           # … or steps of its own (never both)
            - backup
            - deploy: {deadline: 10m}      # pins the routes first
            - route                        # the dark match
            - reach: {deadline: 2m, every: 1s}   # on fresh connections
            - test: smoke
            - autoscale
            - drill: {within: 10s}         # 1 -> 0 -> 1 over the rollback path
            - weight: 1
            - test: {performance: {baseline: record}}
            - bake: {for: 5m, maxFor: 30m, gates: [errors], tests: [smoke]}
            - weight: 50
            - test: smoke
            - test: {performance: {baseline: compare}}
            - bake: {for: 10m, gates: [errors], tests: [smoke]}
            - weight: 100
            - shrink: {minimum: 1}         # stable's autoscaler minimum
            - test: smoke
            - test: {performance: {baseline: compare}}
            - bake: {for: 5m, gates: [errors]}
            - retire                       # the point of no return

        """

    static let good = Files(texts: [
        "reviews.yaml": design, "k8s/reviews-v2.yaml": manifest,
    ])

    /// The good files, with one text in one of them replaced.
    static func with(
        _ old: String, _ new: String, in path: String = "reviews.yaml"
    ) -> Files {
        var files = good
        let text = files.texts[path] ?? ""
        precondition(text.contains(old), "the good flow has no \(old)")
        files.texts[path] = text.replacing(old, with: new, maxReplacements: 1)
        return files
    }
}

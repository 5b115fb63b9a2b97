/// The flow of a stage's service, short enough for a rig.
struct StageFlow: Sendable {
    var steps = Self.all
    var manifest = "candidate.yaml"
    /// Tests beside its own.
    var tests: [String] = []
    /// Files that lie beside the flow.
    var files: [String: String] = [:]
    /// After this step comes a test that fails.
    var failsAfter: Int?
    /// Steps and gates are a template's, filled and adjusted by these lines of the flow.
    var template: (name: String, lines: [String])?

    /// The steps that move users and pods; bakes of three seconds.
    ///
    /// Of the others tell `Templates`.
    ///
    /// What is a deadline is generous: a busy machine turns no release back.
    static let all = [
        "backup", "deploy: {deadline: 3m}", "route", "reach: {deadline: 2m, every: 200ms}",
        "test: smoke", "autoscale", "drill: {within: 1m}", "weight: 10", "weight: 50",
        "bake: {for: 3s, maxFor: 3m, gates: [errors]}", "weight: 100", "shrink: {minimum: 1}",
        "bake: {for: 3s, maxFor: 3m, gates: [errors]}", "retire",
    ]

    /// Connections have no headers: there is no dark route, and the first weight is the first look.
    static let ofStreams = [
        "backup", "deploy: {deadline: 3m}", "weight: 10", "pause: 3s", "weight: 50", "pause: 3s",
        "weight: 100", "pause: 3s", "retire",
    ]

    /// One weight, and a bake that is long enough for somebody to come between.
    static func oneBake(at weight: Int, seconds: Int) -> [String] {
        [
            "backup", "deploy: {deadline: 3m}", "route", "weight: \(weight)",
            "bake: {for: \(seconds)s, maxFor: 4m, gates: [errors]}", "weight: 100", "retire",
        ]
    }

    private var told: [String] {
        guard let failsAfter else { return steps }
        return Array(steps[...failsAfter]) + ["test: stop"] + steps[(failsAfter + 1)...]
    }

    private func routes(_ objects: StageObjects) -> [String] {
        switch objects.wiring {
        case .bare: []
        case .own, .hosts: ["{virtualService: shop, http: [primary]}"]
        case .spread:
            [
                "{virtualService: shop, http: [primary]}",
                "{virtualService: inside, namespace: \(objects.edge), http: [inside]}",
            ]
        case .streams: ["{virtualService: shop, tcp: [{port: \(StageObjects.streamPort)}]}"]
        }
    }

    func text(_ objects: StageObjects, gateway: String, prometheus: String) -> String {
        let routes = routes(objects)
        var spec = [
            "target:", "  namespace: \(objects.namespace)", "  service: \(objects.service)",
            "  manifest: \(manifest)", "settle: 2s", "limits: {drain: 30s}",
        ]
        if !routes.isEmpty { spec.append("routes: [\(routes.joined(separator: ", "))]") }
        var tests = ["  stop: {command: [\"/bin/false\"], timeout: 1m}"]
        if objects.wiring == .streams {
            // Istio counts no requests of theirs.
            spec.append("observe: none")
        } else {
            spec += [
                "gateway: {url: \"\(gateway)\", host: \(objects.host)}",
                "prometheus: {address: \"\(prometheus)\", scrape: 2s}",
                "dark: {match: [{headers: {x-canary: {exact: \"1\"}}}]}",
                "observe: {deadline: 5s}",
            ]
            if template == nil {
                spec += [
                    "gates:",
                    "  errors: {errorRatio: {}, max: 0.02, minimumSamples: 20, every: 1s}",
                ]
            }
            tests.append(
                "  smoke: {http: {path: /, requests: 3, dark: true}, timeout: 1m, retries: 3}")
        }
        spec += ["tests:"] + tests + self.tests.map { "  \($0)" }
        if let template {
            spec += ["template: \(template.name)"] + template.lines
        } else {
            spec += ["steps:"] + told.map { "  - \($0)" }
        }
        return """
            apiVersion: theseus.dev/v1
            kind: Flow
            metadata: {name: \(objects.service)}
            spec:

            """ + spec.map { "  \($0)\n" }.joined()
    }
}

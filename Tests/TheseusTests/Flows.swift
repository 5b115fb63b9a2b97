/// A flow of the demo's service, as short as can be, for one lab.
struct ShortFlow {
    var lab: ServedLab
    var name = "demo-app"
    var manifest = "demo-app-v2.yaml"
    var target = ""
    var tests = "    smoke: {http: {path: /, requests: 2, dark: true}, timeout: 1m, retries: 3}\n"
    var gates = "    errors: {errorRatio: {}, max: 0.02, minimumSamples: 10, every: 5s}\n"
    var more = ""
    /// On a clock that runs a hundred times as fast the usual two minutes for a write are 1.2 seconds, for
    /// which a process may well stand still where others compute.
    var limits = "write: 10m"
    var steps = Self.shortSteps

    init(_ lab: ServedLab) { self.lab = lab }

    /// Every kind of step once, and nothing waits long.
    static let shortSteps = [
        "backup", "deploy: {deadline: 5m}", "route", "reach: {deadline: 2m, every: 1s}",
        "test: smoke", "autoscale", "drill: {within: 60s}", "weight: 1", "weight: 50",
        "bake: {for: 20s, maxFor: 10m, gates: [errors]}", "weight: 100", "shrink: {minimum: 1}",
        "retire",
    ]

    /// Half of the users are on the candidate, for as long as anybody likes.
    static let longBake = [
        "backup", "deploy: {deadline: 5m}", "route", "weight: 50",
        "bake: {for: 20h, maxFor: 21h, gates: [errors]}", "weight: 100", "retire",
    ]

    var text: String {
        var text = """
            apiVersion: theseus.dev/v1
            kind: Flow
            metadata: {name: \(name)}
            spec:
              target:
                namespace: demo
                service: demo-app
                manifest: \(manifest)
            \(target)  routes: [{virtualService: demo-app, http: [primary]}]
              gateway: {url: "\(lab.gateway)", host: demo.example.test}
              prometheus: {address: "\(lab.api)/prometheus", scrape: 5s}
              dark: {match: [{headers: {x-demo-canary: {exact: "1"}}}]}
            \(more)  limits: {\(limits)}

            """
        if !tests.isEmpty { text += "  tests:\n\(tests)" }
        if !gates.isEmpty { text += "  gates:\n\(gates)" }
        return text + "  steps:\n" + steps.map { "    - \($0)\n" }.joined()
    }

    /// Writes it into the lab's folder; gives its path.
    func write(as file: String = "flow.yaml") throws -> String {
        try lab.folder.write(text, to: file)
    }
}

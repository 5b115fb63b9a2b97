internal import CanaryEngine
internal import Lab

/// Where there is no stable version to go home to, or none that is well; and what others keep.
extension Repertoire {
    /// As a team writes it that has never released the service: the template, and its own test.
    static let bootstrap = """
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: demo-app}
        spec:
          template: bootstrap
          parameters: {smoke: ./smoke}
          target:
            namespace: demo
            service: demo-app
            manifest: manifest.yaml
          routes: [{virtualService: demo-app, http: [primary]}]
          gateway: {url: "http://lab.invalid:7081", host: demo.example.test}
          prometheus: {address: "http://lab.invalid:7080/prometheus", scrape: 5s}
          dark: {match: [{headers: {x-theseus: {exact: dark}}}]}
        """

    static let beginnings: [Scenario] = [
        // Users knock from the beginning, and nobody answers until the first weight.
        Scenario(
            "first-release", flow: bootstrap, world: DemoVariations.withoutStable,
            ends: .promoted
        ).with { $0.mayLoseRequests = true },
        Scenario(
            "first-release-back", flow: bootstrap, world: DemoVariations.withoutStable,
            commands: { _, _ in .code(1) }, ends: .rolledBack
        ).with {
            $0.mayLoseRequests = true
            $0.highestWeight = .none
        },
        // L10: nobody can go home to a stable without pods, and the release is the mending. It has all
        // users at once, for no gate passes while those of stable find nobody.
        Scenario(
            "stable-unfit-accepted",
            flow: DemoFlow.text(
                steps: """
                        - backup
                        - deploy: {deadline: 2m}
                        - route
                        - reach: {deadline: 2m, every: 1s}
                        - test: smoke
                        - weight: 100
                        - bake: {for: 30s, maxFor: 4m, gates: [errors]}
                        - retire
                    """), world: DemoVariations.brokenStable,
            ends: .promoted
        ).with {
            $0.mayLoseRequests = true
            $0.acceptsUnfitStable = true
            $0.saying = "stage accepts that stable demo-app-v1 has no ready pod"
        },
        Scenario(
            "drilled",
            flow: DemoFlow.text(
                steps: """
                        - backup
                        - deploy: {deadline: 2m}
                        - route
                        - drill: {within: 30s}
                        - weight: 50
                        - bake: {for: 30s, maxFor: 4m, gates: [errors]}
                        - weight: 100
                        - retire
                    """), ends: .promoted),
        // What Argo CD keeps is worked with, and stays.
        Scenario(
            "kept",
            flow: DemoFlow.text(extra: "gitops: keep", steps: DemoFlow.shortSteps),
            world: DemoVariations.keptWhole, ends: .promoted
        ).with { $0.saying = "stable is kept" },
        Scenario(
            "kept-back",
            flow: DemoFlow.text(extra: "gitops: keep", steps: DemoFlow.shortSteps),
            version: "v3", world: DemoVariations.keptWhole, ends: .rolledBack
        ).with { $0.highestWeight = .least },
    ]
}

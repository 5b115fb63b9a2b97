/// The flow and the manifests that the repertoire's scenarios vary.
package enum DemoFlow {
    package static func text(
        smoke: String = "{http: {path: /, requests: 20, dark: true}, timeout: 1m, retries: 1}",
        routes: String = "routes: [{virtualService: demo-app, http: [primary]}]",
        gates: String = "", extra: String = "", steps: String = DemoFlow.steps
    ) -> String {
        """
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: demo-app}
        spec:
          target:
            namespace: demo
            service: demo-app
            manifest: manifest.yaml
          \(routes)
          gateway: {url: "http://lab.invalid:7081", host: demo.example.test}
          prometheus: {address: "http://lab.invalid:7080/prometheus", scrape: 5s}
          dark: {match: [{headers: {x-theseus: {exact: dark}}}]}
          tests:
            smoke: \(smoke)
            performance: {http: {path: /, requests: 50, concurrency: 5}, tolerance: 300%}
          gates:
            errors: {errorRatio: {codes: "5.."}, max: 0.02, minimumSamples: 50, every: 15s}\(lines(gates))
          \(extra.isEmpty ? "settle: 10s" : extra)
          steps:
        \(steps)
        """
    }

    /// Further gates, each on a line of its own.
    private static func lines(_ gates: String) -> String { gates.isEmpty ? "" : "\n    \(gates)" }

    package static let steps = """
            - backup
            - deploy: {deadline: 10m}
            - route
            - reach: {deadline: 2m, every: 1s}
            - test: smoke
            - autoscale
            - drill: {within: 30s}
            - weight: 1
            - test: {performance: {baseline: record}}
            - bake: {for: 5m, maxFor: 30m, gates: [errors], tests: [smoke]}
            - weight: 50
            - test: smoke
            - test: {performance: {baseline: compare}}
            - bake: {for: 5m, maxFor: 30m, gates: [errors], tests: [smoke]}
            - weight: 100
            - shrink: {minimum: 1}
            - test: smoke
            - test: {performance: {baseline: compare}}
            - bake: {for: 5m, maxFor: 30m, gates: [errors]}
            - retire
        """

    /// The same way in less time, for sweeps: without the drill, bakes short.
    package static let shortSteps = """
            - backup
            - deploy: {deadline: 2m}
            - route
            - reach: {deadline: 2m, every: 1s}
            - test: smoke
            - autoscale
            - weight: 1
            - test: {performance: {baseline: record}}
            - bake: {for: 30s, maxFor: 4m, gates: [errors]}
            - weight: 50
            - test: {performance: {baseline: compare}}
            - bake: {for: 30s, maxFor: 4m, gates: [errors], tests: [smoke]}
            - weight: 100
            - shrink: {minimum: 1}
            - bake: {for: 30s, maxFor: 4m, gates: [errors]}
            - retire
        """

    /// From all on stable to all on the candidate, and nothing besides.
    package static let bare = text(steps: bareSteps)

    static let bareSteps = """
            - backup
            - deploy: {deadline: 2m}
            - route
            - weight: 1
            - weight: 50
            - weight: 100
            - retire
        """

    package static let short = text(steps: shortSteps)

    package static let good = manifest(version: "v2")
    /// Fails in 5 of 100 requests.
    package static let bad = manifest(version: "v3")

    /// The good candidate, which reads a ConfigMap.
    package static let withSettings =
        good + """

                      envFrom: [{configMapRef: {name: demo-settings}}]
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: demo-settings}
            data: {color: blue}
            """

    /// With a budget, a service account, and an autoscaler of its own.
    package static func household(version: String) -> String {
        manifest(version: version) + """

                      resources: {requests: {cpu: 100m}}
                  serviceAccountName: demo-app-\(version)
            ---
            apiVersion: policy/v1beta1
            kind: PodDisruptionBudget
            metadata: {name: demo-app-\(version)}
            spec:
              minAvailable: 1
              selector: {matchLabels: {app: demo-app, version: \(version)}}
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: demo-app-\(version)}
            ---
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: demo-app-\(version)}
            spec:
              minReplicas: 1
              maxReplicas: 9
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: demo-app-\(version)}
            """
    }

    package static func manifest(version: String, behaviour: String = "steady") -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: demo-app-\(version)
          labels: {app: demo-app, version: \(version)}
        spec:
          replicas: 1
          selector: {matchLabels: {app: demo-app, version: \(version)}}
          template:
            metadata:
              labels: {app: demo-app, version: \(version)}
              annotations: {lab.theseus.dev/behaviour: \(behaviour)}
            spec:
              containers:
                - name: app
                  image: registry.example.test/demo-app:\(version)
                  ports: [{name: http, containerPort: 8080}]
        """
    }
}

extension FlowTemplates {
    /// The same as `flows/dark-only.yaml`.
    static let darkOnly = """
        # Only whom the dark match names meets it for a time; then a person decides for all.
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: dark-only}
        spec:
          parameters:
            smoke: {description: The program of the smoke test. Needed without a tests.smoke of your own.}
            performance: {default: /, description: The path that the performance test asks for.}
            requests:
              {type: whole, default: 200, unit: requests, description: How many the performance test sends.}
            tolerance:
              {type: percentage, default: 20%, description: How much worse its numbers may be than at first.}
            time: {type: duration, default: 1h, description: How long it stays dark.}
            decision: {type: duration, default: 24h, description: How long the decision may take.}
            errors:
              {type: number, default: 0.01, description: The greatest part of users' requests that may fail.}
            deadline: {type: duration, default: 10m, description: How long pods may take to be ready.}
            bake: {type: duration, default: 10m, description: How long to look on at 100%.}
            patience: {type: duration, default: 30m, description: How long to wait for enough requests.}
            minimum: {type: whole, default: 1, unit: pods, description: What stable keeps until it goes.}
          tests:
            smoke: {command: ["${smoke}"], timeout: 5m, retries: 3}
            performance:
              http: {path: "${performance}", requests: "${requests}", concurrency: 4, dark: true}
              tolerance: "${tolerance}"
          gates:
            errors: {errorRatio: {}, max: "${errors}", minimumSamples: 100}
          steps:
            - backup
            - deploy: {deadline: "${deadline}"}
            - route
            - reach
            - name: smoke
              test: smoke
            - autoscale
            - name: performance-in-the-dark
              test: {performance: {baseline: record}}
            - name: dark
              bake: {for: "${time}", tests: [smoke]}
            - approve: {timeout: "${decision}"}
            - weight: 100
            - shrink: {minimum: "${minimum}"}
            - name: smoke-at-100
              test: smoke
            - name: performance-at-100
              test: {performance: {baseline: compare}}
            - name: bake-at-100
              bake: {for: "${bake}", maxFor: "${patience}", gates: [errors]}
            - retire

        """
}

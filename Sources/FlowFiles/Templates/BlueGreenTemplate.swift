extension FlowTemplates {
    /// The same as `flows/blue-green.yaml`.
    static let blueGreen = """
        # All users at once, behind dark tests; the old version stays whole for a time.
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: blue-green}
        spec:
          parameters:
            smoke: {description: The program of the smoke test. Needed without a tests.smoke of your own.}
            performance: {default: /, description: The path that the performance test asks for.}
            requests:
              {type: whole, default: 200, unit: requests, description: How many the performance test sends.}
            tolerance:
              {type: percentage, default: 20%, description: How much worse its numbers may be than at first.}
            errors:
              {type: number, default: 0.01, description: The greatest part of users' requests that may fail.}
            deadline: {type: duration, default: 10m, description: How long pods may take to be ready.}
            bake: {type: duration, default: 30m, description: How long stable stays whole beside it.}
            patience: {type: duration, default: 1h, description: How long to wait for enough requests.}
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
            - weight: 100
            - name: smoke-at-100
              test: smoke
            - name: performance-at-100
              test: {performance: {baseline: compare}}
            - bake: {for: "${bake}", maxFor: "${patience}", gates: [errors], tests: [smoke]}
            - retire

        """
}

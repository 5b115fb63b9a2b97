extension FlowTemplates {
    /// The same as `flows/ab-test.yaml`.
    static let abTest = """
        # Users are divided by a cookie for a time, and stay divided; then a person decides.
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: ab-test}
        spec:
          parameters:
            smoke: {description: The program of the smoke test. Needed without a tests.smoke of your own.}
            share: {type: weight, default: 50, unit: '%', description: How many users get the candidate.}
            time: {type: duration, default: 24h, description: How long they are divided.}
            patience: {type: duration, default: 25h, description: How long to wait for enough requests.}
            cookie: {type: name, default: theseus-ab, description: The cookie that divides them.}
            ttl: {type: duration, default: 48h, description: How long it is kept after the last request.}
            decision: {type: duration, default: 24h, description: How long the decision may take.}
            errors:
              {type: number, default: 0.01, description: The greatest part of users' requests that may fail.}
            deadline: {type: duration, default: 10m, description: How long pods may take to be ready.}
            bake: {type: duration, default: 5m, description: How long to look on at 1% and at 100%.}
            minimum: {type: whole, default: 1, unit: pods, description: What stable keeps until it goes.}
          tests:
            smoke: {command: ["${smoke}"], timeout: 5m, retries: 3}
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
            - sticky: {cookie: "${cookie}", ttl: "${ttl}"}
            - name: weight-1
              weight: 1
            - name: bake-at-1
              bake: {for: "${bake}", maxFor: "${patience}", gates: [errors]}
            - name: divide
              weight: "${share}"
            - name: compare
              bake: {for: "${time}", maxFor: "${patience}", gates: [errors]}
            - approve: {timeout: "${decision}"}
            - name: weight-100
              weight: 100
            - shrink: {minimum: "${minimum}"}
            - name: smoke-at-100
              test: smoke
            - name: bake-at-100
              bake: {for: "${bake}", maxFor: "${patience}", gates: [errors]}
            - retire

        """
}

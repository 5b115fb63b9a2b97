extension FlowTemplates {
    /// The same as `flows/canary-stepped.yaml`.
    static let canaryStepped = """
        # Users in five steps, 1%, 5%, 25%, 50% and 100%, with gates at each.
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: canary-stepped}
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
            noWorseThan:
              {type: percentage, default: 2%, description: How much more often than stable it may fail.}
            deadline: {type: duration, default: 10m, description: How long pods may take to be ready.}
            bake: {type: duration, default: 5m, description: How long to look on at each step.}
            patience: {type: duration, default: 30m, description: How long to wait for enough requests.}
            minimum: {type: whole, default: 1, unit: pods, description: What stable keeps until it goes.}
          tests:
            smoke: {command: ["${smoke}"], timeout: 5m, retries: 3}
            performance:
              http: {path: "${performance}", requests: "${requests}", concurrency: 4, dark: true}
              tolerance: "${tolerance}"
          gates:
            errors: {errorRatio: {}, max: "${errors}", minimumSamples: 100}
            regression: {errorRatio: {}, sequential: {noWorseThan: "${noWorseThan}"}}
          steps:
            - backup
            - deploy: {deadline: "${deadline}"}
            - route
            - reach
            - name: smoke
              test: smoke
            - autoscale
            - drill
            - name: weight-1
              weight: 1
            - name: performance-at-1
              test: {performance: {baseline: record}}
            - name: bake-at-1
              bake:
                for: "${bake}"
                maxFor: "${patience}"
                gates: [errors, regression]
                tests: [smoke]
            - name: weight-5
              weight: 5
            - name: bake-at-5
              bake:
                for: "${bake}"
                maxFor: "${patience}"
                gates: [errors, regression]
                tests: [smoke]
            - name: weight-25
              weight: 25
            - name: bake-at-25
              bake:
                for: "${bake}"
                maxFor: "${patience}"
                gates: [errors, regression]
                tests: [smoke]
            - name: weight-50
              weight: 50
            - name: smoke-at-50
              test: smoke
            - name: performance-at-50
              test: {performance: {baseline: compare}}
            - name: bake-at-50
              bake:
                for: "${bake}"
                maxFor: "${patience}"
                gates: [errors, regression]
                tests: [smoke]
            - name: weight-100
              weight: 100
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

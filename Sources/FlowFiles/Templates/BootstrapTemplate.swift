extension FlowTemplates {
    /// The same as `flows/bootstrap.yaml`.
    static let bootstrap = """
        # The first release of a service: all users at once; where it fails, nothing is left of it.
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: bootstrap}
        spec:
          firstRelease: true
          parameters:
            smoke: {description: The program of the smoke test. Needed without a tests.smoke of your own.}
            deadline: {type: duration, default: 10m, description: How long pods may take to be ready.}
            bake: {type: duration, default: 1m, description: How long to look on at the end.}
          tests:
            smoke: {command: ["${smoke}"], timeout: 5m, retries: 3}
          steps:
            - backup
            - deploy: {deadline: "${deadline}"}
            - route
            - reach
            - name: smoke
              test: smoke
            - weight: 100
            - bake: {for: "${bake}"}

        """
}

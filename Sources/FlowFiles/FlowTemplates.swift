/// The templates that every theseus has.
enum FlowTemplates {
    static let names = ["bootstrap", "canary"]

    static func text(of name: String) -> String? {
        switch name {
        case "bootstrap": bootstrap
        case "canary": canary
        default: nil
        }
    }

    /// The first release of a service: there is no stable version yet.
    static let bootstrap = """
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: bootstrap}
        spec:
          firstRelease: true
          parameters:
            smoke:
            deadline: 10m
            bake: 1m
          tests:
            smoke: {command: ["${smoke}"], timeout: 5m, retries: 3}
          steps:
            - backup
            - deploy: {deadline: "${deadline}"}
            - route
            - reach
            - test: smoke
            - weight: 100
            - bake: {for: "${bake}"}

        """

    /// From a dark version to all users, and no way is taken before the way home was.
    static let canary = """
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: canary}
        spec:
          parameters:
            smoke:
            performance: /
            requests: 200
            tolerance: 20%
            errors: 0.01
            noWorseThan: 2%
            deadline: 10m
            bake: 5m
            longBake: 10m
            patience: 30m
            minimum: 1
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
            - test: smoke
            - autoscale
            - drill
            - weight: 1
            - test: {performance: {baseline: record}}
            - bake:
                for: "${bake}"
                maxFor: "${patience}"
                gates: [errors, regression]
                tests: [smoke]
            - weight: 50
            - test: smoke
            - test: {performance: {baseline: compare}}
            - bake:
                for: "${longBake}"
                maxFor: "${patience}"
                gates: [errors, regression]
                tests: [smoke]
            - weight: 100
            - shrink: {minimum: "${minimum}"}
            - test: smoke
            - test: {performance: {baseline: compare}}
            - bake: {for: "${bake}", maxFor: "${patience}", gates: [errors]}
            - retire

        """
}

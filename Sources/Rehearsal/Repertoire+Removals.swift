internal import CanaryEngine
internal import JSONTree
internal import Lab

/// A version goes, with and without users.
extension Repertoire {
    static let removals: [Scenario] = [
        Scenario(
            "removal", flow: DemoFlow.bare, world: DemoVariations.both(onCandidate: 0),
            ends: .promoted
        ).with {
            $0.removal = .unused
            $0.saying = "nobody uses it; demo-app-v1 stays"
        },
        Scenario(
            "removal-in-use", flow: DemoFlow.bare, world: DemoVariations.both(onCandidate: 40),
            ends: .refused
        ).with { $0.removal = .unused },
        Scenario(
            "removal-forced", flow: DemoFlow.bare, world: DemoVariations.both(onCandidate: 40),
            ends: .promoted
        ).with {
            $0.removal = .forced
            $0.saying = "5 pods of demo-app-v1 are ready, 5 are needed"
        },
        Scenario(
            "removal-of-all", flow: DemoFlow.bare, world: DemoVariations.both(onCandidate: 100),
            ends: .promoted
        ).with { $0.removal = .forced },
        // Users meet both versions by the Service's selector alone.
        Scenario(
            "removal-without-routes",
            flow: DemoFlow.text(
                routes: "observe: {deadline: 60s}", steps: DemoFlow.bareSteps),
            world: DemoVariations.bothWithoutRoutes, ends: .promoted
        ).with { $0.removal = .forced },
        Scenario(
            "removal-last-refused", flow: DemoFlow.bare, version: "v1", ends: .refused
        ).with { $0.removal = .unused },
        Scenario("removal-last", flow: DemoFlow.bare, version: "v1", ends: .promoted).with {
            $0.removal = .forced
            $0.mayLoseRequests = true
            $0.saying = "there is no other version: users will get errors"
        },
        // What stays does not come up: nothing is decided, and all is as before.
        Scenario(
            "removal-no-room", flow: DemoFlow.bare,
            world: DemoVariations.both(onCandidate: 100, stableBehaves: "never-ready"),
            ends: .rolledBack
        ).with { $0.removal = .forced },
        Scenario(
            "removal-abort", flow: DemoFlow.bare,
            world: DemoVariations.both(onCandidate: 100, stableBehaves: "never-ready"),
            events: [.init(.at(.seconds(30)), .wish(.abort))], ends: .rolledBack
        ).with { $0.removal = .forced },
    ]
}

extension DemoVariations {
    /// Both versions stand, each with its subset, and users are divided between them.
    static func both(
        onCandidate weight: Int, stableBehaves behaviour: String? = nil,
        _ change: (inout JSONTree) -> Void = { _ in }
    ) -> LabWorldFile {
        world { tree in
            let subsets: JSONTree = [
                ["name": "v1", "labels": ["version": "v1"]],
                ["name": "v2", "labels": ["version": "v2"]],
            ]
            let rule: JSONTree = [
                "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
                "metadata": ["name": "demo-app", "namespace": "demo"],
                "spec": ["host": "demo-app", "subsets": subsets],
            ]
            object("Deployment", in: &tree) { deployment in
                guard let behaviour else { return deployment }
                deployment.set(
                    .string(behaviour), at: "spec", "template", "metadata", "annotations",
                    LabCluster.behaviourName)
                return deployment
            }
            object("VirtualService", in: &tree) { routes in
                routes.set(
                    [["name": "primary", "route": .array(destinations(weight))]],
                    at: "spec", "http")
                return routes
            }
            tree["objects"] = .array(
                (tree["objects"]?.items ?? []) + candidate + [rule])
            change(&tree)
        }
    }

    /// Both versions stand, and nobody wrote a route.
    static let bothWithoutRoutes = world { tree in
        object("VirtualService", in: &tree) { _ in nil }
        object("Gateway", in: &tree) { _ in nil }
        tree["users"] = [
            ["service": "demo-app", "namespace": "demo", "perSecond": 50, "gatewayShare": 0]
        ]
        tree["objects"] = .array((tree["objects"]?.items ?? []) + candidate)
    }

    private static let candidate = [
        DemoWorld.deployment(version: "v2", replicas: 2),
        DemoWorld.autoscaler(version: "v2", minimum: 2),
    ]

    private static func destinations(_ weight: Int) -> [JSONTree] {
        let all: [(String, Int)] = [("v1", 100 - weight), ("v2", weight)]
        return all.map { subset, weight in
            [
                "destination": ["host": "demo-app", "subset": .string(subset)],
                "weight": .integer(weight),
            ]
        }
    }
}

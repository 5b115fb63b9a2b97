internal import CanaryEngine
internal import JSONTree
internal import Lab

/// Services that only one version answers, and that the routes of the run do not lead to.
extension Repertoire {
    private static let both = DemoFlow.text(
        routes: "routes: [{virtualService: demo-app, http: [primary]},"
            + " {virtualService: aside, http: [aside]}]",
        steps: DemoFlow.shortSteps)

    static let leftBehind: [Scenario] = [
        // Users of another route would lose stable, and so would who calls its Service by name.
        Scenario(
            "left-route", flow: DemoFlow.short, world: DemoVariations.aside(led: "demo-app-v1"),
            ends: .refused
        ).with { $0.saying = "VirtualService demo/aside, http route aside" },
        Scenario(
            "left-service", flow: DemoFlow.short, world: DemoVariations.aside(), ends: .refused
        ).with { $0.saying = "(stranded-service)\n  where: Service demo/demo-app-v1" },
        // With a third Service beside those of the versions.
        Scenario(
            "left-host", flow: DemoFlow.short, world: DemoVariations.asideOfHosts,
            ends: .refused
        ).with { $0.saying = "(stranded-service)\n  where: Service demo/demo-app-stable" },
        // Led to the service they go over with everybody else.
        Scenario(
            "led-service", flow: both, world: DemoVariations.aside(led: "demo-app"), ends: .promoted
        ),
        Scenario(
            "unused-service", flow: DemoFlow.short, world: DemoVariations.unusedAside,
            ends: .promoted),
        // What a tool keeps does not go.
        Scenario(
            "kept-service", flow: DemoFlow.text(extra: "gitops: keep", steps: DemoFlow.shortSteps),
            world: DemoVariations.keptAside, ends: .promoted),
        Scenario(
            "removal-left", flow: DemoFlow.bare, world: DemoVariations.bothWithAside,
            ends: .refused
        ).with {
            $0.removal = .unused
            $0.saying = "(stranded-service)\n  where: Service demo/demo-app-v2"
        },
        Scenario(
            "removal-left-forced", flow: DemoFlow.bare, world: DemoVariations.bothWithAside,
            ends: .promoted
        ).with {
            $0.removal = .forced
            $0.mayLoseRequests = true
            $0.saying = "Service demo/demo-app-v2: only pods of v2 answer this Service"
        },
    ]
}

extension DemoVariations {
    /// Stable has a Service besides the one that clients are to call, and that has users; a
    /// VirtualService may lead them.
    static func aside(led host: String? = nil) -> LabWorldFile {
        world { tree in
            addAside(&tree)
            guard let host else { return }
            let routes: JSONTree = [
                "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
                "metadata": ["name": "aside", "namespace": "demo"],
                "spec": [
                    "hosts": ["demo-app-v1"],
                    "http": [
                        ["name": "aside", "route": [["destination": ["host": .string(host)]]]]
                    ],
                ],
            ]
            add(routes, to: &tree)
        }
    }

    static let asideOfHosts = world { tree in
        for version in ["v1", "v2"] { serve(version, in: &tree) }
        route(&tree, [("v1", 100), ("v2", 0)])
        addAside(&tree, named: "demo-app-stable")
    }

    /// Its owner says that nobody calls it.
    static let unusedAside = world { tree in
        serve("v1", in: &tree)
        object("Service", in: &tree) { service in
            if service.at("metadata", "name") == "demo-app-v1" {
                service.set(
                    "true", at: "metadata", "annotations", "service.theseus.dev/goes-with-version")
            }
            return service
        }
    }

    static let keptAside = world { tree in
        keepWhole(&tree)
        addAside(&tree)
    }

    static let bothWithAside = both(onCandidate: 0) { tree in
        addAside(&tree, of: "v2", named: "demo-app-v2")
    }

    private static func addAside(
        _ tree: inout JSONTree, of version: String = "v1", named name: String = "demo-app-v1"
    ) {
        serve(version, in: &tree, named: name)
        tree["users"] = .array(
            (tree["users"]?.items ?? []) + [
                [
                    "service": .string(name), "namespace": "demo", "perSecond": 5,
                    "gatewayShare": 0,
                ]
            ])
    }

    private static func add(_ object: JSONTree, to tree: inout JSONTree) {
        tree["objects"] = .array((tree["objects"]?.items ?? []) + [object])
    }
}

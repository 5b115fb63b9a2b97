internal import CanaryEngine
internal import JSONTree
internal import Lab
internal import Manifests

/// A Service for each version, and routes that divide users between these.
extension Repertoire {
    private static func abort(
        _ name: String, _ world: LabWorldFile, at weight: Int
    ) -> Scenario {
        Scenario(
            name, flow: DemoFlow.short, world: world,
            events: [
                .init(.upon(after: .seconds(1)) { $0.isBaking(at: weight) }, .wish(.abort))
            ], ends: .rolledBack)
    }

    static let hosts: [Scenario] = [
        Scenario(
            "hosts", flow: DemoFlow.short, world: DemoVariations.byHosts("v1", "v2"),
            ends: .promoted),
        Scenario(
            "hosts-back", flow: DemoFlow.short, version: "v3",
            world: DemoVariations.byHosts("v1", "v3"), ends: .rolledBack
        ).with { $0.highestWeight = .least },
        abort("hosts-abort", DemoVariations.byHosts("v1", "v2"), at: 50),
        // The candidate's Service comes with its manifest, beside what an earlier release left.
        Scenario(
            "hosts-next", flow: DemoFlow.short, manifest: DemoFlow.withService(version: "v2"),
            world: DemoVariations.afterHosts, ends: .promoted),
        Scenario(
            "hosts-next-back", flow: DemoFlow.short, version: "v3",
            manifest: DemoFlow.withService(version: "v3"),
            world: DemoVariations.afterHosts, ends: .rolledBack
        ).with { $0.highestWeight = .least },
        // Users come by the gateway alone; nobody wrote how the mesh is to lead the service.
        Scenario(
            "hosts-at-gateway", flow: DemoFlow.short, world: DemoVariations.hostsAtGateway,
            ends: .promoted),
        Scenario(
            "hosts-shared", flow: DemoFlow.short, world: DemoVariations.sharedHosts,
            ends: .refused),
        // The first version has a Service of its own, and the route leads there.
        Scenario(
            "hosts-first", flow: Repertoire.bootstrap,
            manifest: DemoFlow.withService(version: "v2"),
            world: DemoVariations.firstByHosts, ends: .refused
        ).with {
            $0.mayLoseRequests = true
            $0.saying = "(first-at-host)\n  where: VirtualService demo/demo-app, http route primary"
        },
        Scenario(
            "hosts-removal", flow: DemoFlow.bare,
            world: DemoVariations.bothByHosts(onCandidate: 40), ends: .promoted
        ).with {
            $0.removal = .forced
            $0.saying = "5 pods of demo-app-v1 are ready, 5 are needed"
        },
        Scenario(
            "hosts-removal-of-all", flow: DemoFlow.bare,
            world: DemoVariations.bothByHosts(onCandidate: 100), ends: .promoted
        ).with { $0.removal = .forced },
    ]
}

extension DemoFlow {
    /// With a Service for the version's pods alone.
    package static func withService(version: String) -> String {
        manifest(version: version) + "\n" + service(version: version)
    }

    static func service(version: String) -> String {
        """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: demo-app-\(version)}
        spec:
          ports: [{name: http, port: 80, targetPort: 8080}]
          selector: {app: demo-app, version: \(version)}
        """
    }
}

extension DemoVariations {
    /// Each version has a Service, and the route leads to both; the second one has nothing.
    static func byHosts(_ stable: String, _ candidate: String) -> LabWorldFile {
        world { tree in
            for version in [stable, candidate] { serve(version, in: &tree) }
            route(&tree, [(stable, 100), (candidate, 0)])
        }
    }

    /// As a promotion left it: the Service of a version that is gone, and one destination.
    static let afterHosts = world { tree in
        for version in ["v0", "v1"] { serve(version, in: &tree) }
        route(&tree, [("v1", 100)])
    }

    static let firstByHosts = world { tree in
        object("Deployment", in: &tree) { _ in nil }
        object("HorizontalPodAutoscaler", in: &tree) { _ in nil }
        route(&tree, [("v2", 100)])
    }

    static let hostsAtGateway = world { tree in
        for version in ["v1", "v2"] { serve(version, in: &tree) }
        route(&tree, [("v1", 100)])
        object("VirtualService", in: &tree) { routes in
            routes.set(["demo-gateway"], at: "spec", "gateways")
            routes.set(["demo.example.test"], at: "spec", "hosts")
            return routes
        }
    }

    /// What is to be stable's Service selects the candidate's pods too.
    static let sharedHosts = world { tree in
        serve("v1", in: &tree, selecting: ["app": "demo-app"])
        serve("v2", in: &tree)
        route(&tree, [("v1", 100), ("v2", 0)])
    }

    /// Both versions stand, each with its Service, and users are divided between them.
    static func bothByHosts(onCandidate weight: Int) -> LabWorldFile {
        both(onCandidate: weight) { tree in
            object("DestinationRule", in: &tree) { _ in nil }
            for version in ["v1", "v2"] { serve(version, in: &tree) }
            route(&tree, [("v1", 100 - weight), ("v2", weight)])
        }
    }

    /// Adds the Service of a version.
    static func serve(
        _ version: String, in tree: inout JSONTree, named name: String? = nil,
        selecting selector: JSONTree? = nil
    ) {
        let service: JSONTree = [
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": .string(name ?? "demo-app-\(version)"), "namespace": "demo"],
            "spec": [
                "ports": [["name": "http", "port": 80, "targetPort": 8080]],
                "selector": selector ?? ["app": "demo-app", "version": .string(version)],
            ],
        ]
        tree["objects"] = .array((tree["objects"]?.items ?? []) + [service])
    }

    /// Lets the one route lead to these versions' Services.
    static func route(_ tree: inout JSONTree, _ weights: [(version: String, Int)]) {
        let list: [JSONTree] = weights.map { version, weight in
            [
                "destination": ["host": .string("demo-app-\(version)")],
                "weight": .integer(weight),
            ]
        }
        object("VirtualService", in: &tree) { routes in
            routes.set([["name": "primary", "route": .array(list)]], at: "spec", "http")
            return routes
        }
    }
}

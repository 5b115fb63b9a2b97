internal import JSONTree
package import Lab
internal import Manifests

/// The demo's world with one thing otherwise.
package enum DemoVariations {
    /// A cluster of 2020: autoscalers and budgets have older versions.
    package static let oldCluster = world { $0["unserved"] = ["autoscaling/v2", "policy/v1"] }

    static let routes = ObjectReference(.virtualService, namespace: "demo", name: "demo-app")

    /// Changes the weights of routes with two destinations, as a person at the keyboard does.
    static func weigh(_ object: inout KubernetesObject, _ candidate: Int) {
        var routes = object.spec["http"]?.items ?? []
        for place in routes.indices {
            guard var list = routes[place]["route"]?.items, list.count == 2 else { continue }
            list[0]["weight"] = .integer(100 - candidate)
            list[1]["weight"] = .integer(candidate)
            routes[place]["route"] = .array(list)
        }
        object.tree.set(.array(routes), at: "spec", "http")
    }

    static func world(_ change: (inout JSONTree) -> Void) -> LabWorldFile {
        var tree = DemoWorld.tree
        change(&tree)
        do { return try LabWorldFile(tree) } catch { preconditionFailure("\(error)") }
    }

    static func object(
        _ kind: String, in tree: inout JSONTree, _ change: (inout JSONTree) -> JSONTree?
    ) {
        let objects = tree["objects"]?.items ?? []
        tree["objects"] = .array(
            objects.compactMap { object in
                var object = object
                return object["kind"]?.text == kind ? change(&object) : object
            })
    }

    /// Nobody wrote a VirtualService; users come from inside the mesh alone.
    package static let withoutRoutes = world { tree in
        object("VirtualService", in: &tree) { _ in nil }
        object("Gateway", in: &tree) { _ in nil }
        tree["users"] = [
            ["service": "demo-app", "namespace": "demo", "perSecond": 50, "gatewayShare": 0]
        ]
    }

    /// The service is reached by TLS and by TCP too.
    package static let connections = world { tree in
        object("Service", in: &tree) { service in
            let ports = service.at("spec", "ports")?.items ?? []
            service.set(
                .array(
                    ports + [
                        ["name": "mysql", "port": 3306], ["name": "https", "port": 443],
                    ]), at: "spec", "ports")
            return service
        }
        object("VirtualService", in: &tree) { routes in
            let there: JSONTree = [["destination": ["host": "demo-app"]]]
            let elsewhere: JSONTree = [["destination": ["host": "cache.other"]]]
            routes.set(
                [
                    ["match": [["port": 6379]], "route": elsewhere],
                    ["match": [["port": 3306]], "route": there],
                ], at: "spec", "tcp")
            routes.set(
                [
                    [
                        "match": [["port": 443, "sniHosts": ["demo.example.test"]]],
                        "route": there,
                    ]
                ], at: "spec", "tls")
            return routes
        }
    }

    /// The VirtualService has a TCP route that leads elsewhere.
    package static let withStrangeRoute = world { tree in
        object("VirtualService", in: &tree) { routes in
            routes.set(
                [
                    [
                        "match": [["port": 6379]],
                        "route": [["destination": ["host": "cache.other"]]],
                    ]
                ], at: "spec", "tcp")
            return routes
        }
    }

    /// Argo CD keeps the routes.
    package static let kept = world { tree in
        object("VirtualService", in: &tree) { routes in
            routes.set("demo", at: "metadata", "labels", "argocd.argoproj.io/instance")
            return routes
        }
    }

    /// Argo CD keeps the routes and all that belongs to stable.
    package static let keptWhole = world { keepWhole(&$0) }

    static func keepWhole(_ tree: inout JSONTree) {
        for kind in ["VirtualService", "Deployment", "HorizontalPodAutoscaler"] {
            object(kind, in: &tree) { object in
                object.set("demo", at: "metadata", "labels", "argocd.argoproj.io/instance")
                return object
            }
        }
    }

    /// The service was never released.
    package static let withoutStable = world { tree in
        object("Deployment", in: &tree) { _ in nil }
        object("HorizontalPodAutoscaler", in: &tree) { _ in nil }
    }

    static let front = ObjectReference(.virtualService, namespace: "edge", name: "shop")

    /// The way in from the gateway and the way inside the mesh stand in VirtualServices of their
    /// own, one of them in another namespace.
    package static let twoRoutes = world { tree in
        object("VirtualService", in: &tree) { routes in
            routes.set(["mesh"], at: "spec", "gateways")
            routes.set(["demo-app"], at: "spec", "hosts")
            routes.set(
                [["name": "inside", "route": [["destination": ["host": "demo-app"]]]]],
                at: "spec", "http")
            return routes
        }
        let service: JSONTree = .string("demo-app.demo.svc.cluster.local")
        let front: JSONTree = [
            "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
            "metadata": ["name": "shop", "namespace": "edge"],
            "spec": [
                "gateways": ["demo/demo-gateway"], "hosts": ["demo.example.test"],
                "http": [
                    [
                        "name": "front", "match": [["uri": ["prefix": "/"]]],
                        "route": [["destination": ["host": service]]],
                    ]
                ],
            ],
        ]
        let namespace: JSONTree = [
            "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "edge"],
        ]
        tree["objects"] = .array([namespace] + (tree["objects"]?.items ?? []) + [front])
    }

    /// A DestinationRule that names stable's subset already, with a policy of its own.
    package static let withSubsets = world { tree in
        let rule: JSONTree = [
            "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
            "metadata": ["name": "demo-app", "namespace": "demo"],
            "spec": [
                "host": "demo-app",
                "subsets": [["name": "blue", "labels": ["version": "v1"]]],
                "trafficPolicy": ["connectionPool": ["http": ["maxRetries": 7]]],
            ],
        ]
        tree["objects"] = .array((tree["objects"]?.items ?? []) + [rule])
        object("VirtualService", in: &tree) { routes in
            routes.set(blue["http"], at: "spec", "http")
            return routes
        }
    }

    /// The routes of that world.
    static let blue: JSONTree = [
        "gateways": ["demo-gateway", "mesh"], "hosts": ["demo-app", "demo.example.test"],
        "http": [
            [
                "name": "primary",
                "route": [["destination": ["host": "demo-app", "subset": "blue"]]],
            ]
        ],
    ]

    /// A second Service picks the same pods, whatever their version, and has users in the mesh.
    package static let withSideDoor = world { tree in
        let door: JSONTree = [
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": "demo-app-direct", "namespace": "demo"],
            "spec": [
                "ports": [["name": "http", "port": 80, "targetPort": 8080]],
                "selector": ["app": "demo-app"],
            ],
        ]
        tree["objects"] = .array((tree["objects"]?.items ?? []) + [door])
        tree["users"] = .array(
            (tree["users"]?.items ?? []) + [
                [
                    "service": "demo-app-direct", "namespace": "demo", "perSecond": 5,
                    "gatewayShare": 0,
                ]
            ])
    }

    package static let withoutAutoscaler = world { tree in
        object("HorizontalPodAutoscaler", in: &tree) { _ in nil }
    }

    /// Every change of a route is up to ten seconds on its way.
    package static let slowMesh = world { tree in
        tree["mesh"] = ["lag": ["least": 1, "most": 10]]
    }

    /// Another service has a tenth of the route, which has a time limit and retries.
    package static let withNeighbour = world { tree in
        let labels: JSONTree = ["app": "neighbour", "version": "v1"]
        let service: JSONTree = [
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": "neighbour", "namespace": "demo"],
            "spec": [
                "ports": [["name": "http", "port": 80, "targetPort": 8080]],
                "selector": ["app": "neighbour"],
            ],
        ]
        let deployment: JSONTree = [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": ["name": "neighbour", "namespace": "demo", "labels": labels],
            "spec": [
                "replicas": 2, "selector": ["matchLabels": labels],
                "template": [
                    "metadata": ["labels": labels],
                    "spec": [
                        "containers": [["name": "app", "image": "registry.example.test/other:1"]]
                    ],
                ],
            ],
        ]
        tree["objects"] = .array((tree["objects"]?.items ?? []) + [service, deployment])
        object("VirtualService", in: &tree) { routes in
            routes.set(
                [
                    [
                        "name": "primary", "timeout": "7s", "retries": ["attempts": 3],
                        "route": [
                            ["destination": ["host": "demo-app"], "weight": 90],
                            ["destination": ["host": "neighbour"], "weight": 10],
                        ],
                    ]
                ], at: "spec", "http")
            return routes
        }
    }

    /// Stable fails in 20 of 100 requests: the release is the mending.
    package static let brokenStable = world { tree in
        object("Deployment", in: &tree) { deployment in
            deployment.set(
                [LabCluster.behaviourName: "never-ready"], at: "spec", "template", "metadata",
                "annotations")
            return deployment
        }
    }
}

extension LabCluster {
    /// The annotation of a pod template that says how its pods behave.
    static var behaviourName: String { "lab.theseus.dev/behaviour" }
}

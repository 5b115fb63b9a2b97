package import JSONTree

/// The world that is there when nobody describes another: the demo's.
///
/// Service `demo-app` in namespace `demo`: v1 serves it, v2 is good, v3 fails in 5 of 100 requests.
package enum DemoWorld {
    package static let tree: JSONTree = [
        "apiVersion": "theseus.dev/v1", "kind": "World", "seed": 1,
        "objects": .array(objects),
        "users": [
            [
                "service": "demo-app", "namespace": "demo", "perSecond": 50,
                "host": "demo.example.test",
            ]
        ],
        "versions": [
            "v1": ["latency": ["median": 20]], "v2": ["latency": ["median": 18]],
            "v3": ["errorRate": 0.05, "latency": ["median": 20]],
        ],
    ]

    package static let file: LabWorldFile = {
        do { return try LabWorldFile(tree) } catch { preconditionFailure("\(error)") }
    }()

    package static let objects: [JSONTree] = [
        [
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": ["name": "demo", "labels": ["istio-injection": "enabled"]],
        ],
        [
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": "demo-app", "namespace": "demo", "labels": ["app": "demo-app"]],
            "spec": [
                "ports": [["name": "http", "port": 80, "targetPort": 8080]],
                "selector": ["app": "demo-app"],
            ],
        ],
        deployment(version: "v1"),
        autoscaler(version: "v1"),
        [
            "apiVersion": "networking.istio.io/v1", "kind": "Gateway",
            "metadata": ["name": "demo-gateway", "namespace": "demo"],
            "spec": [
                "selector": ["istio": "ingressgateway"],
                "servers": [
                    [
                        "hosts": ["demo.example.test"],
                        "port": ["name": "http", "number": 80, "protocol": "HTTP"],
                    ]
                ],
            ],
        ],
        [
            "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
            "metadata": ["name": "demo-app", "namespace": "demo"],
            "spec": [
                "gateways": ["demo-gateway", "mesh"],
                "hosts": ["demo-app", "demo.example.test"],
                "http": [
                    ["name": "primary", "route": [["destination": ["host": "demo-app"]]]]
                ],
            ],
        ],
    ]

    /// `demo-app-<version>`: what a team's manifest of one version looks like.
    package static func deployment(version: String, replicas: Int = 3) -> JSONTree {
        let name: JSONTree = .string("demo-app-\(version)")
        let labels: JSONTree = ["app": "demo-app", "version": .string(version)]
        return [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": ["name": name, "namespace": "demo", "labels": labels],
            "spec": [
                "replicas": .integer(replicas), "selector": ["matchLabels": labels],
                "template": [
                    "metadata": ["labels": labels],
                    "spec": [
                        "containers": [
                            [
                                "name": "app",
                                "image": .string("registry.example.test/demo-app:\(version)"),
                                "ports": [["containerPort": 8080, "name": "http"]],
                                "readinessProbe": ["httpGet": ["path": "/ready", "port": 8080]],
                            ]
                        ]
                    ],
                ],
            ],
        ]
    }

    package static func autoscaler(version: String, minimum: Int = 3, maximum: Int = 10)
        -> JSONTree
    {
        let name: JSONTree = .string("demo-app-\(version)")
        return [
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": ["name": name, "namespace": "demo"],
            "spec": [
                "minReplicas": .integer(minimum), "maxReplicas": .integer(maximum),
                "scaleTargetRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": name],
            ],
        ]
    }
}

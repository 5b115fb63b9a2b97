internal import JSONTree

/// The objects of one namespace with a service in it.
struct StageObjects: Sendable {
    let namespace: String
    let service = "shop"

    var host: String { "\(namespace).example.test" }

    /// How a version's program behaves, as its manifest says it.
    struct Version: Hashable, Sendable {
        var name: String
        var replicas = 2
        var environment: [String: Int] = [:]
        var image = "registry.example.test/shop"
    }

    func deployment(_ version: Version) -> JSONTree {
        let labels: JSONTree = ["app": .string(service), "version": .string(version.name)]
        let variables: [JSONTree] = version.environment.sorted { $0.key < $1.key }.map {
            ["name": .string($0.key), "value": .string("\($0.value)")]
        }
        return [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": [
                "name": .string("\(service)-\(version.name)"), "namespace": .string(namespace),
                "labels": labels,
            ],
            "spec": [
                "replicas": .integer(version.replicas), "selector": ["matchLabels": labels],
                "template": [
                    "metadata": ["labels": labels],
                    "spec": [
                        "terminationGracePeriodSeconds": 10,
                        "containers": [
                            [
                                "name": "app",
                                "image": .string("\(version.image):\(version.name)"),
                                "ports": [["containerPort": 8080, "name": "http"]],
                                "env": .array(variables),
                                // As every server behind a mesh should: the word that a pod goes
                                // needs its time.
                                "lifecycle": ["preStop": ["exec": ["command": ["sleep", "2"]]]],
                            ]
                        ],
                    ],
                ],
            ],
        ]
    }

    /// What stands before a release.
    func world(_ stable: Version, isScaled: Bool = true) -> [JSONTree] {
        var objects: [JSONTree] = [
            [
                "apiVersion": "v1", "kind": "Service",
                "metadata": ["name": .string(service), "namespace": .string(namespace)],
                "spec": [
                    "ports": [["name": "http", "port": 80, "targetPort": 8080]],
                    "selector": ["app": .string(service)],
                ],
            ],
            deployment(stable),
            virtualService,
        ]
        if isScaled {
            objects.append([
                "apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler",
                "metadata": [
                    "name": .string("\(service)-\(stable.name)"), "namespace": .string(namespace),
                ],
                "spec": [
                    "minReplicas": .integer(stable.replicas), "maxReplicas": 10,
                    "scaleTargetRef": [
                        "apiVersion": "apps/v1", "kind": "Deployment",
                        "name": .string("\(service)-\(stable.name)"),
                    ],
                ],
            ])
        }
        return objects
    }

    private var virtualService: JSONTree {
        [
            "apiVersion": "networking.istio.io/v1beta1", "kind": "VirtualService",
            "metadata": ["name": .string(service), "namespace": .string(namespace)],
            "spec": [
                "hosts": [.string(service), .string(host)],
                "gateways": ["shop-gateway", "mesh"],
                "http": [
                    [
                        "name": "primary",
                        "route": [["destination": ["host": .string(service)]]],
                    ]
                ],
            ],
        ]
    }
}

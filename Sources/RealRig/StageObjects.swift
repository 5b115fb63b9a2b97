internal import JSONTree
internal import KubernetesAPI
internal import Manifests

/// The objects of one namespace with a service in it.
struct StageObjects: Sendable {
    let namespace: String
    var wiring = Wiring.own
    let service = "shop"

    /// How users come to the service.
    enum Wiring: Hashable, Sendable {
        /// By a VirtualService beside it, from the gateway and within the mesh.
        case own
        /// From the gateway by a delegate beside it, to which a VirtualService of another namespace
        /// leads; within the mesh by a VirtualService of that namespace.
        case spread
        /// Within the mesh only, and no VirtualService is there.
        case bare
        /// As `own`, but its route leads to a Service of each version.
        case hosts
        /// Within the mesh by TCP connections, which a VirtualService's TCP route leads.
        case streams
    }

    /// Where the other routes stand, if any do.
    var edge: String { "\(namespace)-edge" }

    var namespaces: [String] { wiring == .spread ? [namespace, edge] : [namespace] }

    private var port: JSONTree {
        wiring == .streams
            ? ["name": "tcp", "port": .integer(Self.streamPort), "targetPort": 8080]
            : ["name": "http", "port": 80, "targetPort": 8080]
    }

    static let streamPort = 3306

    var host: String { wiring == .bare ? inside : "\(namespace).example.test" }
    /// The service's name within the mesh.
    var inside: String { "\(service).\(namespace).svc.cluster.local" }

    /// The VirtualServices that stand before a release.
    var routes: [ObjectReference] {
        virtualServices.map { KubernetesObject($0).reference(as: .virtualService) }
    }

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

    /// What a release brings.
    func manifest(_ version: Version) -> [JSONTree] {
        [deployment(version)] + (wiring == .hosts ? [host(of: version)] : [])
    }

    /// The Service of one version alone.
    private func host(of version: Version) -> JSONTree {
        [
            "apiVersion": "v1", "kind": "Service",
            "metadata": [
                "name": .string("\(service)-\(version.name)"), "namespace": .string(namespace),
            ],
            "spec": [
                "ports": [port],
                "selector": ["app": .string(service), "version": .string(version.name)],
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
                    "ports": [port],
                    "selector": ["app": .string(service)],
                ],
            ]
        ]
        objects += manifest(stable) + virtualServices
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

    /// A rule that somebody keeps for the service, with a policy of their own.
    func rule(_ stable: Version) -> JSONTree {
        let subset: JSONTree = [
            "name": .string(stable.name), "labels": ["version": .string(stable.name)],
        ]
        return [
            "apiVersion": "networking.istio.io/v1beta1", "kind": "DestinationRule",
            "metadata": ["name": .string(service), "namespace": .string(namespace)],
            "spec": [
                "host": .string(service), "subsets": [subset],
                "trafficPolicy": ["connectionPool": ["tcp": ["connectTimeout": "2s"]]],
            ],
        ]
    }

    var rulePlace: ObjectReference {
        ObjectReference(.destinationRule, namespace: namespace, name: service)
    }

    private var virtualServices: [JSONTree] {
        let plain: JSONTree = [
            "name": "primary", "route": [["destination": ["host": .string(service)]]],
        ]
        let distant: JSONTree = [
            "name": "inside", "route": [["destination": ["host": .string(inside)]]],
        ]
        switch wiring {
        case .bare: return []
        case .streams:
            let match: JSONTree = [["port": .integer(Self.streamPort)]]
            let stream: JSONTree = [
                "match": match, "route": [["destination": ["host": .string(service)]]],
            ]
            return [
                routes(service, in: namespace, ["hosts": [.string(service)], "tcp": [stream]])
            ]
        case .own: return [inAndOut(plain)]
        case .hosts:
            let versions: [JSONTree] = [("v1", 100), ("v2", 0)].map { version, weight in
                [
                    "destination": ["host": .string("\(service)-\(version)")],
                    "weight": .integer(weight),
                ]
            }
            return [inAndOut(["name": "primary", "route": .array(versions)])]
        case .spread:
            return [
                routes(service, in: namespace, ["http": [plain]]),
                routes(
                    "front", in: edge,
                    [
                        "hosts": [.string(host)], "gateways": ["shop-gateway"],
                        "http": [
                            [
                                "match": [["uri": ["prefix": "/"]]],
                                "delegate": [
                                    "name": .string(service), "namespace": .string(namespace),
                                ],
                            ]
                        ],
                    ]),
                routes(
                    "inside", in: edge,
                    ["hosts": [.string(inside)], "gateways": ["mesh"], "http": [distant]]),
            ]
        }
    }

    /// From the gateway and within the mesh.
    private func inAndOut(_ route: JSONTree) -> JSONTree {
        routes(
            service, in: namespace,
            [
                "hosts": [.string(service), .string(host)], "gateways": ["shop-gateway", "mesh"],
                "http": [route],
            ])
    }

    private func routes(_ name: String, in namespace: String, _ spec: JSONTree) -> JSONTree {
        [
            "apiVersion": "networking.istio.io/v1beta1", "kind": "VirtualService",
            "metadata": ["name": .string(name), "namespace": .string(namespace)], "spec": spec,
        ]
    }
}

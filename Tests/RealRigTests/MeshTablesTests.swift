import JSONTree
import Manifests
import Testing

@testable import RealRig

/// What the stand-in for istiod makes of a cluster.
@Suite struct MeshTablesTests {
    private static let service: JSONTree = [
        "metadata": ["name": "shop", "namespace": "a"],
        "spec": ["ports": [["name": "http", "port": 80, "targetPort": 8080]]],
    ]

    private static func address(_ last: Int) -> JSONTree {
        ["ip": .string("10.7.0.\(last)"), "targetRef": ["name": .string("pod-\(last)")]]
    }

    private static func pod(_ last: Int, _ version: String) -> JSONTree {
        [
            "metadata": [
                "name": .string("pod-\(last)"), "namespace": "a",
                "labels": ["app": "shop", "version": .string(version)],
            ]
        ]
    }

    private static func route(_ subset: String, _ weight: Int) -> JSONTree {
        [
            "destination": ["host": "shop", "subset": .string(subset)],
            "weight": .integer(weight),
        ]
    }

    private static var view: MeshView {
        var view = MeshView()
        view.services = [KubernetesObject(service)]
        view.endpoints = [
            KubernetesObject([
                "metadata": ["name": "shop", "namespace": "a"],
                "subsets": [
                    [
                        "addresses": [address(1), address(2)],
                        "ports": [["name": "http", "port": 8080]],
                    ]
                ],
            ])
        ]
        view.pods = [KubernetesObject(pod(1, "v1")), KubernetesObject(pod(2, "v2"))]
        view.destinationRules = [
            KubernetesObject([
                "metadata": ["name": "shop", "namespace": "a"],
                "spec": [
                    "host": "shop",
                    "subsets": [
                        ["name": "v1", "labels": ["version": "v1"]],
                        ["name": "v2", "labels": ["version": "v2"]],
                    ],
                ],
            ])
        ]
        view.virtualServices = [
            KubernetesObject([
                "metadata": ["name": "shop", "namespace": "a"],
                "spec": [
                    "hosts": ["shop", "shop.example.test"], "gateways": ["g", "mesh"],
                    "http": [
                        [
                            "name": "dark", "match": [["headers": ["x-dark": ["exact": "1"]]]],
                            "route": [route("v2", 100)],
                            "headers": ["response": ["set": ["theseus-run": "r"]]],
                        ],
                        ["name": "primary", "route": [route("v1", 99), route("v2", 1)]],
                    ],
                ],
            ])
        ]
        return view
    }

    private let tables = MeshTables(Self.view, folder: "/f")

    @Test func aSubsetHasThePodsOfItsLabels() {
        let host = "shop.a.svc.cluster.local"
        func places(_ subset: String) -> [String] {
            let tree = tables.endpoints["outbound|80|\(subset)|\(host)"]
            let groups = tree?["endpoints"]?.items ?? []
            return groups.flatMap { $0["lb_endpoints"]?.items ?? [] }.compactMap {
                $0.at("endpoint", "address", "socket_address", "address")?.text
            }
        }
        #expect(places("") == ["127.7.0.1", "127.7.0.2"])
        #expect(places("v1") == ["127.7.0.1"])
        #expect(places("v2") == ["127.7.0.2"])
        #expect(tables.clusters.count == 3)
    }

    @Test func aGatewayHasTheVirtualServicesHostsAlone() {
        let hosts = tables.gateway["virtual_hosts"]?.items ?? []
        #expect(
            hosts.compactMap { $0["name"]?.text } == [
                "shop.a.svc.cluster.local", "shop.example.test",
            ])
        let routes = hosts.last?["routes"]?.items ?? []
        #expect(routes.count == 2)
        #expect(
            routes.first?.at("match", "headers")?.items?.first
                == ["name": "x-dark", "string_match": ["exact": "1"]])
        #expect(
            routes.first?["response_headers_to_add"]?.items?.first?.at("header", "key")
                == "theseus-run")
        let weights = routes.last?.at("route", "weighted_clusters", "clusters")?.items ?? []
        #expect(weights.map { $0["weight"]?.whole } == [99, 1])
    }

    @Test func aServiceWithoutRoutesIsReachedInTheMeshAlone() {
        var view = Self.view
        view.virtualServices = []
        let tables = MeshTables(view, folder: "/f")
        #expect(tables.gateway["virtual_hosts"]?.items?.isEmpty == true)
        let route = tables.mesh["virtual_hosts"]?.items?.first?["routes"]?.items?.first
        #expect(route?.at("route", "cluster") == "outbound|80||shop.a.svc.cluster.local")
    }

    struct Match: Sendable {
        let istio: JSONTree
        let envoy: JSONTree
    }

    @Test(arguments: [
        Match(istio: [:], envoy: ["prefix": "/"]),
        Match(istio: ["uri": ["exact": "/a"]], envoy: ["path": "/a"]),
        Match(istio: ["uri": ["prefix": "/a"]], envoy: ["prefix": "/a"]),
        Match(istio: ["uri": ["regex": "/a.*"]], envoy: ["safe_regex": ["regex": "/a.*"]]),
        Match(
            istio: ["headers": ["x": ["prefix": "p"]], "withoutHeaders": ["y": [:]]],
            envoy: [
                "prefix": "/",
                "headers": [
                    ["name": "x", "string_match": ["prefix": "p"]],
                    ["name": "y", "present_match": true, "invert_match": true],
                ],
            ]),
        Match(
            istio: ["headers": ["cookie": ["regex": "a|b"]], "method": ["exact": "GET"]],
            envoy: [
                "prefix": "/",
                "headers": [
                    ["name": ":method", "string_match": ["exact": "GET"]],
                    ["name": "cookie", "string_match": ["safe_regex": ["regex": "a|b"]]],
                ],
            ]),
    ])
    func matches(_ match: Match) { #expect(RouteMatch.envoy(match.istio) == match.envoy) }
}

import HTTPMessages
import JSONTree
import Manifests

@testable import Lab

/// A mesh over objects that a test lays out by hand; no controllers move them.
struct MeshScene {
    var cluster: LabCluster
    var mesh: LabMesh
    var now: Duration = .zero

    static let host = "shop.demo.svc.cluster.local"

    init(_ settings: MeshSettings = MeshScene.steady(), seed: UInt64 = 1) {
        cluster = LabCluster(epoch: 1_767_614_400_000, seed: seed)
        mesh = LabMesh(settings, seed: seed)
    }

    /// 100 requests a second, half through the gateway, no ripple, no lag.
    static func steady(gatewayShare: Double = 0.5) -> MeshSettings {
        var settings = MeshSettings()
        var load = UserLoad(service: "shop", namespace: "demo", perSecond: 100)
        load.gatewayShare = gatewayShare
        load.host = "shop.example.com"
        settings.loads = [load]
        settings.ripple = 0
        settings.gatewayLag = .init(.zero, .zero)
        settings.clientLag = .init(.zero, .zero)
        return settings
    }

    mutating func store(_ kind: ResourceKind, _ name: String, _ parts: JSONTree) {
        guard let index = LabCatalog.index(group: kind.group, plural: kind.plural) else { return }
        var tree: JSONTree = [
            "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind),
            "metadata": ["name": .string(name), "namespace": "demo"],
        ]
        for member in parts.members ?? [:] {
            for inner in member.key == "metadata" ? member.value.members ?? [:] : [:] {
                tree.set(inner.value, at: "metadata", inner.key)
            }
            if member.key != "metadata" { tree[member.key] = member.value }
        }
        cluster.store(tree, in: index, at: .init(namespace: "demo", name: name), by: "test")
    }

    mutating func erase(_ kind: ResourceKind, _ name: String) {
        guard let index = LabCatalog.index(group: kind.group, plural: kind.plural) else { return }
        cluster.erase(index, .init(namespace: "demo", name: name), by: "test")
    }

    mutating func pods(_ version: String, _ count: Int, ready: Bool = true) {
        for number in 0..<count {
            store(
                .pod, "shop-\(version)-abc-\(number)",
                [
                    "metadata": [
                        "labels": ["app": "shop", "version": .string(version)],
                        "ownerReferences": [
                            ["kind": "ReplicaSet", "name": .string("shop-\(version)-abc")]
                        ],
                    ],
                    "spec": ["containers": [["image": .string("shop:\(version)")]]],
                    "status": [
                        "conditions": [["type": "Ready", "status": ready ? "True" : "False"]]
                    ],
                ])
        }
    }

    mutating func service() {
        store(.service, "shop", ["spec": ["selector": ["app": "shop"]]])
    }

    mutating func rule(_ subsets: [String]) {
        store(
            .destinationRule, "shop",
            [
                "spec": [
                    "host": "shop",
                    "subsets": .array(
                        subsets.map { ["name": .string($0), "labels": ["version": .string($0)]] }),
                ]
            ])
    }

    mutating func routes(_ http: JSONTree) {
        store(
            .virtualService, "shop",
            [
                "spec": [
                    "hosts": ["shop", "shop.example.com"], "gateways": ["mesh", "front"],
                    "http": http,
                ]
            ])
    }

    /// One route with subsets and their weights.
    mutating func weights(_ weights: [(String, Int)]) {
        routes([["name": "primary", "route": Self.destinations(weights)]])
    }

    static func destinations(_ weights: [(String, Int)]) -> JSONTree {
        .array(
            weights.map {
                [
                    "destination": ["host": "shop", "subset": .string($0.0)],
                    "weight": .integer($0.1),
                ]
            })
    }

    /// The usual beginning: two pods of v1, all pinned to it.
    mutating func begin() {
        service()
        pods("v1", 2)
        rule(["v1", "v2"])
        weights([("v1", 100), ("v2", 0)])
        notice()
    }

    mutating func notice() { mesh.notice(cluster, at: now) }

    mutating func pass(_ duration: Duration) {
        now += duration
        mesh.advance(to: now)
    }

    /// What users of both entries get, in requests a second over the next ten seconds.
    mutating func rate(of version: String) -> Double {
        let start = now
        pass(.seconds(10))
        return mesh.requests(to: version, from: start) / 10
    }

    mutating func get(_ path: String = "/", headers: HTTPHeaders = [:]) -> LabAnswer {
        var headers = headers
        headers["Host"] = headers["Host"] ?? "shop.example.com"
        return mesh.handleGateway(
            HTTPRequest("GET", "http://lab.invalid:7081" + path, headers: headers), at: now)
    }

    /// The body of Prometheus' answer.
    mutating func ask(_ query: String, parameters: String = "") -> JSONTree {
        let path = "http://p/prometheus/api/v1/query?query=\(Self.escaped(query))"
        let answer = mesh.handlePrometheus(HTTPRequest("GET", path + parameters), at: now)
        return (try? answer.response.body.tree()) ?? .null
    }

    static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
            let digits = String(byte, radix: 16)
            return isPlain
                ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }

    /// The values of an answer, by one label.
    mutating func values(_ query: String, by label: String = "") -> [String: Double] {
        var values: [String: Double] = [:]
        for item in ask(query).at("data", "result")?.items ?? [] {
            let key = item.at("metric", label)?.text ?? ""
            values[key] = Double(item["value"]?.items?.last?.text ?? "nan") ?? .nan
        }
        return values
    }
}

import HTTPMessages
import JSONTree
import Manifests
import Testing

@testable import Lab

struct MeshRoutingTests {
    struct Table: Sendable, CustomTestStringConvertible {
        var name: String
        var http: JSONTree
        var subsets = ["v1", "v2"]
        var ready = ["v1": 2, "v2": 2]
        /// Users' requests a second; `""` are those that were lost.
        var rates: [String: Double]
        var testDescription: String { name }
    }

    static func to(_ weights: (String, Int)...) -> JSONTree {
        ["route": MeshScene.destinations(weights)]
    }

    static let jason: JSONTree = [
        "match": [["headers": ["cookie": ["regex": #"^(.*;\s*)?user=jason(;.*)?$"#]]]],
        "route": MeshScene.destinations([("v2", 100)]),
    ]

    @Test(arguments: [
        Table(name: "weights", http: [to(("v1", 99), ("v2", 1))], rates: ["v1": 99, "v2": 1]),
        Table(
            name: "a subset that is named twice",
            http: [to(("v1", 30), ("v2", 50), ("v1", 20))], rates: ["v1": 50, "v2": 50]),
        Table(
            name: "a lone destination needs no weight",
            http: [["route": [["destination": ["host": "shop", "subset": "v1"]]]]],
            rates: ["v1": 100]),
        Table(
            name: "the full host, too",
            http: [
                [
                    "route": [
                        ["destination": ["host": .string(MeshScene.host), "subset": "v2"]]
                    ]
                ]
            ], rates: ["v2": 100]),
        Table(
            name: "host and namespace, too",
            http: [["route": [["destination": ["host": "shop.demo", "subset": "v2"]]]]],
            rates: ["v2": 100]),
        Table(
            name: "without a subset every ready pod is taken",
            http: [["route": [["destination": ["host": "shop"]]]]],
            ready: ["v1": 3, "v2": 1], rates: ["v1": 75, "v2": 25]),
        Table(
            name: "the dark route is for those who match", http: [jason, to(("v1", 100))],
            rates: ["v1": 100]),
        Table(
            name: "a subset that nobody defined", http: [to(("v1", 90), ("v2", 10))],
            subsets: ["v1"], rates: ["v1": 90, "": 10]),
        Table(
            name: "a version without ready pods", http: [to(("v1", 50), ("v2", 50))],
            ready: ["v1": 1], rates: ["v1": 50, "": 50]),
        Table(
            name: "no such service",
            http: [["route": [["destination": ["host": "nowhere"]]]]], rates: ["": 100]),
        Table(
            name: "no route fits",
            http: [
                [
                    "match": [["uri": ["prefix": "/api"]]],
                    "route": MeshScene.destinations([("v1", 100)]),
                ]
            ], rates: ["": 100]),
        Table(
            name: "the first route that fits",
            http: [
                [
                    "match": [["uri": ["prefix": "/api"]], ["uri": ["exact": "/"]]],
                    "route": MeshScene.destinations([("v2", 100)]),
                ], to(("v1", 100)),
            ], rates: ["v2": 100]),
        Table(
            name: "all of a block must hold",
            http: [
                [
                    "match": [["uri": ["prefix": "/"], "method": ["exact": "POST"]]],
                    "route": MeshScene.destinations([("v2", 100)]),
                ], to(("v1", 100)),
            ], rates: ["v1": 100]),
        Table(
            name: "a gateway's own route",
            http: [
                [
                    "match": [["gateways": ["front"]]],
                    "route": MeshScene.destinations([("v2", 100)]),
                ], to(("v1", 100)),
            ], rates: ["v1": 50, "v2": 50]),
        Table(
            name: "the mesh's own route",
            http: [
                [
                    "match": [["gateways": ["mesh"]]],
                    "route": MeshScene.destinations([("v2", 100)]),
                ], to(("v1", 80), ("v2", 20)),
            ], rates: ["v1": 40, "v2": 60]),
        Table(
            name: "a match that this mesh does not know holds for nobody",
            http: [
                ["match": [["moon": "full"]], "route": MeshScene.destinations([("v2", 100)])],
                to(("v1", 100)),
            ], rates: ["v1": 100]),
    ])
    func sharesOut(_ table: Table) {
        var scene = MeshScene()
        scene.service()
        for version in ["v1", "v2"] { scene.pods(version, table.ready[version] ?? 0) }
        scene.rule(table.subsets)
        scene.routes(table.http)
        scene.notice()
        for version in ["v1", "v2"] {
            let start = scene.now
            let rate = scene.rate(of: version)
            #expect(abs(rate - (table.rates[version] ?? 0)) < 1e-6, "\(version)")
            let lost = scene.mesh.lost(from: start) / 10
            #expect(abs(lost - (table.rates[""] ?? 0)) < 1e-6)
        }
    }

    @Test func withoutVirtualServiceTheMeshTakesAnyPodAndTheGatewayNone() {
        var scene = MeshScene()
        scene.service()
        scene.pods("v1", 2)
        scene.notice()
        #expect(scene.rate(of: "v1") == 50)
        #expect(abs(scene.mesh.lost() - 500) < 1e-6)
        #expect(scene.get().response.status == 404)
        scene.pods("v2", 2)
        scene.notice()
        let start = scene.now
        #expect(abs(scene.rate(of: "v2") - 25) < 1e-6)
        let leaks = scene.mesh.leaks(to: "v2", from: start)
        #expect(leaks.map(\.source) == ["load-generator"])
        #expect(abs((leaks.first?.requests ?? 0) - 250) < 1e-6)
    }

    @Test func podsThatAreNotReadyGetNothing() {
        var scene = MeshScene()
        scene.begin()
        scene.pods("v2", 2, ready: false)
        scene.routes([["route": [["destination": ["host": "shop"]]]]])
        scene.notice()
        #expect(scene.rate(of: "v1") == 100)
        scene.pods("v2", 2)
        scene.notice()
        #expect(scene.rate(of: "v2") == 50)
    }

    /// 100 requests a second of 2 s each, on two pods: 100 are under way on each.
    @Test(arguments: [(0, 100.0), (1, 50), (2, 0), (5, 0)])
    func requestsUnderWayAreCutWithTheirPod(waited: Int, expected: Double) {
        var settings = MeshScene.steady()
        settings.versions["v1"] = VersionBehavior(
            latency: LatencyProfile(median: 2000, spread: 0))
        var scene = MeshScene(settings)
        scene.begin()
        scene.pass(.seconds(60))
        scene.pods("v1", 1, ready: false)
        scene.notice()
        scene.pass(.seconds(waited))
        scene.erase(.pod, "shop-v1-abc-0")
        scene.notice()
        #expect(abs(scene.mesh.cut() - expected) < 1e-6)
        #expect(scene.mesh.cut(from: scene.now) == 0)
        #expect(scene.mesh.lost() == 0)
    }

    @Test func quickRequestsAreNotCut() {
        var scene = MeshScene()
        scene.begin()
        scene.pass(.seconds(60))
        scene.pods("v1", 1, ready: false)
        scene.notice()
        scene.pass(.seconds(1))
        scene.erase(.pod, "shop-v1-abc-0")
        scene.notice()
        #expect(scene.mesh.cut() == 0)
    }

    @Test func nobodyComesBeforeTheDoorsOpen() {
        var scene = MeshScene()
        scene.service()
        scene.rule(["v1"])
        scene.weights([("v1", 100)])
        scene.pods("v1", 1, ready: false)
        scene.notice()
        scene.pass(.seconds(30))
        #expect(scene.mesh.lost() == 0)
        #expect(scene.mesh.requests(to: "v1") == 0)
        scene.pods("v1", 1)
        scene.notice()
        #expect(scene.rate(of: "v1") == 100)
        scene.erase(.pod, "shop-v1-abc-0")
        scene.notice()
        scene.pass(.seconds(10))
        #expect(abs(scene.mesh.lost() - 1000) < 1e-6)
    }

    @Test func theOldestVirtualServiceHoldsAHostInTheMesh() {
        var scene = MeshScene(MeshScene.steady(gatewayShare: 0))
        scene.begin()
        scene.store(
            .virtualService, "a-late-one",
            [
                "metadata": ["creationTimestamp": "2026-01-05T12:00:00Z"],
                "spec": [
                    "hosts": ["shop"],
                    "http": [["route": MeshScene.destinations([("v2", 100)])]],
                ],
            ])
        scene.notice()
        #expect(scene.rate(of: "v1") == 100)
    }

    @Test func podsThatAreGoingGetNothing() {
        var scene = MeshScene()
        scene.begin()
        scene.pods("v2", 1)
        scene.weights([("v1", 50), ("v2", 50)])
        scene.notice()
        #expect(scene.rate(of: "v2") == 50)
        #expect(scene.mesh.lost() == 0)
        scene.erase(.pod, "shop-v2-abc-0")
        scene.notice()
        scene.pass(.seconds(4))
        #expect(abs(scene.mesh.lost() - 200) < 1e-6)
        #expect(scene.mesh.share(of: "v1") == 100)
    }

    @Test func mirroredRequestsAreNobodysRequests() {
        var scene = MeshScene()
        scene.begin()
        scene.pods("v2", 1)
        scene.routes([
            [
                "route": MeshScene.destinations([("v1", 100)]),
                "mirror": ["host": "shop", "subset": "v2"], "mirrorPercentage": ["value": 10],
            ]
        ])
        scene.notice()
        scene.pass(.seconds(20))
        #expect(scene.mesh.requests(to: "v2") == 0)
        #expect(scene.mesh.leaks(to: "v2").isEmpty)
        let seen = scene.values(
            #"sum by (destination_version) (istio_requests_total{reporter="destination"})"#,
            by: "destination_version")
        #expect(seen == ["v1": 2000, "v2": 200])
        let told = scene.values(
            #"sum by (destination_version) (istio_requests_total{reporter="source"})"#,
            by: "destination_version")
        #expect(told == ["v1": 2000])
    }
}

import HTTPMessages
import JSONTree
import Testing

@testable import Lab

struct PrometheusFaultTests {
    private static func scene() -> MeshScene {
        var scene = MeshScene(MeshScene.steady(gatewayShare: 0))
        scene.begin()
        scene.pass(.seconds(60))
        return scene
    }

    private static let total = #"sum(istio_requests_total{reporter="source"})"#

    private static func turn(_ scene: inout MeshScene, _ setting: JSONTree) -> Int? {
        scene.mesh.turn("prometheus", setting)?.response.status
    }

    @Test func faultsColourTheAnswer() {
        var scene = Self.scene()
        let result = { (scene: inout MeshScene) in
            scene.ask(Self.total).at("data", "result")?.items?.map {
                $0["value"]?.items?.last?.text ?? ""
            }
        }
        #expect(result(&scene) == ["6000"])
        #expect(Self.turn(&scene, ["fault": "nan"]) == 200)
        #expect(result(&scene) == ["NaN"])
        #expect(Self.turn(&scene, ["fault": "infinite"]) == 200)
        #expect(result(&scene) == ["+Inf"])
        #expect(Self.turn(&scene, ["fault": "empty"]) == 200)
        #expect(result(&scene) == [])
        #expect(Self.turn(&scene, ["fault": "many-series"]) == 200)
        #expect(result(&scene) == ["6000", "6000"])
        #expect(Self.turn(&scene, ["fault": "partial"]) == 200)
        #expect(result(&scene) == ["6000"])
        #expect(scene.ask(Self.total)["warnings"]?.items?.count == 1)
        #expect(Self.turn(&scene, ["fault": "moonshine"]) == 400)
        #expect(Self.turn(&scene, ["fault": "none"]) == 200)
        #expect(scene.ask(Self.total)["warnings"] == nil)
    }

    @Test func faultsOfTheServer() {
        var scene = Self.scene()
        let ask = { (scene: inout MeshScene) in
            scene.mesh.handlePrometheus(
                HTTPRequest("GET", "http://p/prometheus/api/v1/query?query=1"), at: scene.now)
        }
        #expect(ask(&scene).response.status == 200)
        _ = Self.turn(&scene, ["fault": "server-error"])
        #expect(ask(&scene).response.status == 500)
        _ = Self.turn(&scene, ["fault": "timeout"])
        #expect(ask(&scene).response.status == 503)
        _ = Self.turn(&scene, ["fault": "hang"])
        #expect(ask(&scene).after > .seconds(86400))
        _ = Self.turn(&scene, ["fault": "undecodable"])
        #expect(ask(&scene).response.status == 200)
        #expect(throws: JSONError.self) { try ask(&scene).response.body.tree() }
    }

    @Test func lagShowsThePast() {
        var scene = Self.scene()
        _ = Self.turn(&scene, ["lag": 20])
        #expect(scene.values(Self.total) == ["": 4000])
        _ = Self.turn(&scene, ["lag": "301s"])
        #expect(scene.values(Self.total) == [:])
    }

    @Test func frozenSamplesGrowStale() {
        var scene = Self.scene()
        _ = Self.turn(&scene, ["frozen": true])
        scene.pass(.seconds(299))
        #expect(scene.values(Self.total) == ["": 6000])
        #expect(scene.values("sum(rate(istio_requests_total[30s]))") == [:])
        scene.pass(.seconds(1))
        #expect(scene.values(Self.total) == [:])
        _ = Self.turn(&scene, ["frozen": false])
        #expect(scene.values(Self.total) == ["": 36000])
    }

    @Test func otherDoors() throws {
        var scene = Self.scene()
        let get = { (scene: inout MeshScene, path: String) in
            scene.mesh.handlePrometheus(
                HTTPRequest("GET", "http://p/prometheus" + path), at: scene.now
            ).response
        }
        #expect(get(&scene, "/-/ready").status == 200)
        #expect(get(&scene, "/api/v1/status/buildinfo").status == 200)
        #expect(get(&scene, "/api/v1/nonsense").status == 404)
        let posted = scene.mesh.handlePrometheus(
            HTTPRequest(
                "POST", "http://p/prometheus/api/v1/query",
                headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: .text("query=1%20%2B+1")), at: scene.now)
        #expect(
            try posted.response.body.tree()?.at("data", "result")?.items?.last?.text == "2")
        let start = 1_767_614_400 + 40
        let query = MeshScene.escaped(Self.total)
        let range = get(
            &scene,
            "/api/v1/query_range?query=\(query)&start=\(start)&end=\(start + 20)&step=10s")
        let series = try? range.body.tree()?.at("data", "result")?.items?.first
        #expect(
            series?["values"] == [
                [.integer(start), "4000"], [.integer(start + 10), "5000"],
                [.integer(start + 20), "6000"],
            ])
        for odd in ["start=1&end=0&step=1", "start=0&end=1&step=-1e300", "start=nan&end=1&step=1"] {
            #expect(get(&scene, "/api/v1/query_range?query=1&\(odd)").status == 400)
        }
    }
}

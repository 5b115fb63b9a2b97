import HTTPMessages
import JSONTree
import Manifests
import Testing

@testable import Lab

struct MeshLagTests {
    private static func lagging(_ seconds: ClosedRange<Int>) -> MeshSettings {
        var settings = MeshScene.steady()
        let lag = MeshSettings.Lag(
            .seconds(seconds.lowerBound), .seconds(seconds.upperBound))
        settings.gatewayLag = lag
        settings.clientLag = lag
        return settings
    }

    @Test func changesTakeTheirTime() {
        var scene = MeshScene(Self.lagging(2...4))
        scene.begin()
        scene.pods("v2", 2)
        scene.pass(.seconds(10))
        scene.weights([("v1", 0), ("v2", 100)])
        scene.notice()
        #expect(scene.mesh.share(of: "v2") == 0)
        scene.pass(.milliseconds(1999))
        #expect(scene.mesh.share(of: "v2") == 0)
        let next = scene.mesh.nextChange
        #expect(next.map { $0 >= .seconds(12) && $0 <= .seconds(14) } == true)
        scene.pass(.milliseconds(2001))
        #expect(scene.mesh.share(of: "v2") == 100)
        #expect(scene.mesh.nextChange == nil)
    }

    /// One group of proxies is ahead of the other for a while.
    @Test func groupsOfProxiesLagApart() {
        var settings = Self.lagging(1...1)
        settings.clientLag = .init(.seconds(5), .seconds(5))
        var scene = MeshScene(settings)
        scene.begin()
        scene.pods("v2", 2)
        scene.pass(.seconds(10))
        scene.weights([("v1", 0), ("v2", 100)])
        scene.notice()
        scene.pass(.seconds(3))
        #expect(scene.mesh.share(of: "v2") == 50)
        #expect((0..<50).allSatisfy { _ in scene.get().response.headers["x-lab-version"] == "v2" })
        scene.pass(.seconds(2))
        #expect(scene.mesh.share(of: "v2") == 100)
    }

    /// Breaking before making: a route that names a subset before the subset is there.
    @Test func subsetsAndRoutesTravelApart() {
        var losses: [Double] = []
        for seed in UInt64(1)...20 {
            var scene = MeshScene(Self.lagging(0...10), seed: seed)
            scene.service()
            scene.pods("v1", 2)
            scene.pods("v2", 2)
            scene.rule(["v1"])
            scene.weights([("v1", 100)])
            scene.notice()
            scene.pass(.seconds(60))
            scene.rule(["v1", "v2"])
            scene.weights([("v1", 50), ("v2", 50)])
            scene.notice()
            scene.pass(.seconds(60))
            losses.append(scene.mesh.lost())
        }
        #expect(losses.contains { $0 > 0 })
        #expect(losses.contains { $0 == 0 })
    }

    /// Making, settling, breaking: nobody loses anything.
    @Test(arguments: UInt64(1)...20)
    func settlingLosesNothing(seed: UInt64) {
        var scene = MeshScene(Self.lagging(0...10), seed: seed)
        scene.service()
        scene.pods("v1", 2)
        scene.pods("v2", 2)
        scene.rule(["v1"])
        scene.weights([("v1", 100)])
        scene.notice()
        let steps: [(inout MeshScene) -> Void] = [
            { $0.rule(["v1", "v2"]) }, { $0.weights([("v1", 50), ("v2", 50)]) },
            { $0.weights([("v1", 100)]) }, { $0.rule(["v1"]) },
            { $0.erase(.pod, "shop-v2-abc-0") },
        ]
        for step in steps {
            scene.pass(.seconds(11))
            step(&scene)
            scene.notice()
        }
        scene.pass(.seconds(60))
        #expect(scene.mesh.lost() == 0)
        #expect(scene.mesh.requests(to: "v2") > 0)
    }

    @Test func changesArriveInTheOrderInWhichTheyWereMade() {
        for seed in UInt64(1)...20 {
            var scene = MeshScene(Self.lagging(0...10), seed: seed)
            scene.begin()
            scene.pods("v2", 2)
            scene.pass(.seconds(20))
            for weight in [50, 100, 0] {
                scene.weights([("v1", 100 - weight), ("v2", weight)])
                scene.notice()
                scene.pass(.milliseconds(100))
            }
            scene.pass(.seconds(30))
            #expect(scene.mesh.share(of: "v2") == 0)
        }
    }

    @Test func changesOfNoMeaningChangeNothing() {
        var scene = MeshScene(Self.lagging(1...2))
        scene.begin()
        scene.pass(.seconds(10))
        scene.weights([("v1", 100), ("v2", 0)])
        scene.store(.configMap, "other", ["data": ["a": "b"]])
        scene.notice()
        #expect(scene.mesh.nextChange == nil)
    }

    @Test(arguments: UInt64(1)...5)
    func theSameSeedGivesTheSameWorld(seed: UInt64) {
        func play() -> ([JSONTree], [String]) {
            var settings = Self.lagging(0...5)
            settings.ripple = 0.2
            settings.versions["v2"] = VersionBehavior(errorRate: 0.1)
            var scene = MeshScene(settings, seed: seed)
            scene.begin()
            scene.pods("v2", 2)
            var answers: [JSONTree] = []
            var versions: [String] = []
            for weight in [1, 20, 70] {
                scene.weights([("v1", 100 - weight), ("v2", weight)])
                scene.notice()
                scene.pass(.seconds(17))
                for _ in 0..<20 {
                    let answer = scene.get()
                    versions.append("\(answer.response.status) \(answer.after)")
                }
                answers.append(
                    scene.ask("sum by (destination_version, response_code) (istio_requests_total)"))
            }
            return (answers, versions)
        }
        #expect(play() == play())
    }
}

import HTTPMessages
import JSONTree
import Testing

@testable import Lab

struct MeshSettingsTests {
    private static let world: JSONTree = [
        "objects": [],
        "mesh": ["versionLabel": "v", "gateway": "demo/front", "lag": ["least": 1, "most": "5s"]],
        "users": [
            [
                "service": "shop", "namespace": "demo", "perSecond": 20, "gatewayShare": 0.25,
                "host": "shop.example.com", "headers": ["X-A": "1"], "client": "till",
                "schedule": [["at": "1m", "perSecond": 40]],
            ]
        ],
        "versions": [
            "v2": [
                "errorRate": 0.1, "latency": ["median": 30], "capacityPerPod": 50,
                "strained": ["above": 20, "errorRate": 0.5, "latency": ["median": 900]],
            ]
        ],
        "ripple": ["share": 0], "prometheus": ["scrapeInterval": 15, "fault": "nan"],
    ]

    @Test func aWorldIsRead() {
        let settings = MeshSettings(Self.world)
        #expect(settings.versionLabel == "v")
        #expect(settings.gateway == "demo/front")
        #expect(settings.gatewayLag == .init(.seconds(1), .seconds(5)))
        #expect(settings.clientLag == settings.gatewayLag)
        var load = UserLoad(service: "shop", namespace: "demo", perSecond: 20)
        load.gatewayShare = 0.25
        load.host = "shop.example.com"
        load.headers = [("x-a", "1")]
        load.client = "till"
        load.schedule = [.init(at: .seconds(60), perSecond: 40)]
        #expect(settings.loads == [load])
        let version = settings.behavior(image: "shop:2", version: "v2")
        #expect(version.errorRate == 0.1 && version.capacityPerPod == 50)
        #expect(version.under(percent: 20) == version)
        #expect(version.under(percent: 21).errorRate == 0.5)
        #expect(version.under(percent: 21).latency == LatencyProfile(median: 900, spread: 0.5))
        #expect(settings.behavior(image: "shop:1", version: "v1") == VersionBehavior())
        #expect(settings.ripple == 0)
        #expect(settings.prometheus.scrapeInterval == .seconds(15))
        #expect(settings.prometheus.fault == .notANumber)
        #expect(MeshSettings.unknownKey(in: Self.world) == nil)
    }

    @Test(arguments: [
        ("mesh", "lagg", "mesh.lagg"), ("prometheus", "scrape", "prometheus.scrape"),
        ("otherVersions", "errorrate", "otherVersions.errorrate"),
    ])
    func unknownKeysAreNamed(part: String, key: String, path: String) {
        var world = Self.world
        world.set(1, at: part, key)
        #expect(MeshSettings.unknownKey(in: world) == path)
    }

    @Test func unknownKeysDeepDownAreNamedToo() {
        var world = Self.world
        world.set(1, at: "versions", "v2", "strained", "below")
        #expect(MeshSettings.unknownKey(in: world) == "versions.v2.strained.below")
        world = Self.world
        world["users"] = [["service": "shop", "perSecond": 1], ["srevice": "x"]]
        #expect(MeshSettings.unknownKey(in: world) == "users[1].srevice")
    }

    @Test(
        arguments: [
            ("load", ["perSecond": 5], 200), ("load", [:], 400), ("lag", 3, 200),
            ("lag", 1e300, 200), ("prometheus", ["lag": "999999999999999999999h"], 200),
            ("versions", ["v1": ["errorRate": 1]], 200), ("versions", 1, 400),
            ("prometheus", ["fault": "hang"], 200), ("prometheus", ["fault": "x"], 400),
        ] as [(String, JSONTree, Int)])
    func knobs(knob: String, setting: JSONTree, status: Int) {
        var scene = MeshScene()
        scene.begin()
        #expect(scene.mesh.turn(knob, setting)?.response.status == status)
    }

    @Test func otherKnobsAreNotTheMeshes() {
        var scene = MeshScene()
        #expect(scene.mesh.turn("pods", [:]) == nil)
    }

    @Test func versionsChangeUnderWay() {
        var scene = MeshScene()
        scene.begin()
        scene.pass(.seconds(10))
        #expect(scene.mesh.errors(of: "v1") == 0)
        _ = scene.mesh.turn("versions", ["v1": ["errorRate": 0.5]])
        scene.pass(.seconds(10))
        #expect(abs(scene.mesh.errors(of: "v1") - 500) < 1e-6)
        #expect(
            scene.mesh.summary.at("versions")?.items?.first == [
                "version": "v1", "share": 100.0, "requests": 2000, "errors": 500, "tests": 0,
            ])
    }
}

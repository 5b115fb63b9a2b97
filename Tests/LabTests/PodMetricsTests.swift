import JSONTree
import Manifests
import Testing

@testable import Lab

/// What kubelets and kube-state-metrics tell, as the Lab's Prometheus has it.
struct PodMetricsTests {
    private static func scene() -> MeshScene {
        var settings = MeshScene.steady()
        settings.versions["v2"] = VersionBehavior()
        settings.versions["v2"]?.saturation = 0.8
        var scene = MeshScene(settings)
        scene.begin()
        return scene
    }

    private static func pod(_ name: String, restarts: Int = 0, limits: JSONTree = [:]) -> JSONTree {
        [
            "metadata": ["labels": ["app": "shop", "version": "v2"]],
            "spec": [
                "containers": [
                    ["name": "shop", "image": "shop:v2", "resources": ["limits": limits]]
                ]
            ],
            "status": ["containerStatuses": [["restartCount": .integer(restarts)]]],
        ]
    }

    private static func selected(_ metric: String, _ more: String = "") -> String {
        "sum(\(metric){namespace=\"demo\",pod=~\"shop-v2-[^-]+-[^-]{5}\"\(more)})"
    }

    @Test func podsUseTheirPartOfTheirLimits() {
        var scene = Self.scene()
        let limits: JSONTree = ["cpu": "500m", "memory": "128Mi"]
        for name in ["shop-v2-abc-fghij", "shop-v2-abc-klmno"] {
            scene.store(.pod, name, Self.pod(name, limits: limits))
        }
        scene.notice()
        scene.pass(.seconds(120))
        let used = "rate(container_cpu_usage_seconds_total{pod=~\"shop-v2-.*\"}[1m])"
        let cpu = scene.values("sum(\(used))")[""] ?? 0
        #expect(abs(cpu - 2 * 0.5 * 0.8) < 1e-9)
        let limit = Self.selected("kube_pod_container_resource_limits", ",resource=\"cpu\"")
        #expect(scene.values(limit) == ["": 1])
        let memory = Self.selected("container_memory_working_set_bytes", ",container!=\"\"")
        #expect(abs((scene.values(memory)[""] ?? 0) - 2 * 0.8 * 128 * 1_048_576) < 1)
    }

    @Test func podsWithoutLimitsHaveNone() {
        var scene = Self.scene()
        scene.store(.pod, "shop-v2-abc-fghij", Self.pod("shop-v2-abc-fghij"))
        scene.notice()
        scene.pass(.seconds(60))
        #expect(scene.values(Self.selected("kube_pod_container_resource_limits")) == [:])
        #expect(scene.values(Self.selected("container_memory_working_set_bytes")).count == 1)
    }

    /// A series begins with its pod and ends with it; who asked before the pod came sees it, too.
    @Test func theirSeriesComeAndGo() {
        var scene = Self.scene()
        let restarts = Self.selected("kube_pod_container_status_restarts_total")
        #expect(scene.values(restarts) == [:])
        scene.pass(.seconds(61))
        scene.store(.pod, "shop-v2-abc-fghij", Self.pod("shop-v2-abc-fghij"))
        scene.notice()
        #expect(scene.values(restarts) == [:])
        scene.pass(.seconds(9))
        #expect(scene.values(restarts) == ["": 0])
        for count in 1...3 {
            scene.store(
                .pod, "shop-v2-abc-fghij", Self.pod("shop-v2-abc-fghij", restarts: count))
            scene.notice()
            scene.pass(.seconds(10))
        }
        #expect(scene.values(restarts) == ["": 3])
        let increase = "increase(kube_pod_container_status_restarts_total{pod=~\"shop-v2.*\"}[1m])"
        let before = scene.values("sum(\(increase))")[""] ?? 0
        #expect((3.0...4.5).contains(before), "\(before)")
        scene.erase(.pod, "shop-v2-abc-fghij")
        scene.notice()
        scene.pass(.seconds(10))
        #expect(scene.values(restarts) == [:])
        // What it counted is still in the minute.
        let after = scene.values("sum(\(increase))")[""] ?? 0
        #expect((3.0...4.5).contains(after), "\(after)")
        scene.pass(.seconds(60))
        #expect(scene.values("sum(\(increase))") == [:])
    }
}

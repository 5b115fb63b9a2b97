import HTTPMessages
import JSONTree
import Lab
import MetricsGate
import MetricsSources
import Testing
import Timekeeping

/// The demo's world with a candidate beside stable, told in virtual time.
struct LabStory: Sendable {
    let world: LabWorld
    let time: LabClock

    /// Runs a story to its end; the candidate has `weight`, v3 is the bad one.
    static func tell<Value: Sendable>(
        candidate: String = "v2", weight: Int, limits: Bool = true,
        _ story: @escaping @Sendable (LabStory) async throws -> Value
    ) throws -> Value {
        let turnable = TurnableWorld()
        let time = LabClock(turnable)
        var tree = DemoWorld.tree
        var objects = DemoWorld.objects.filter { $0["kind"]?.text != "VirtualService" }
        let deployment = DemoWorld.deployment(version: candidate)
        objects.append(limits ? deployment.limited : deployment)
        objects.append(subsets(candidate: candidate))
        objects.append(routes(candidate: candidate, weight: weight))
        tree["objects"] = .array(objects)
        tree["warmUp"] = "60s"
        let state = try LabWorldFile(tree).begin(date: time.date)
        let told = LabStory(world: LabWorld(state, time: time), time: time)
        return try turnable.run { try await story(told) }
    }

    private static func subsets(candidate: String) -> JSONTree {
        [
            "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
            "metadata": ["name": "demo-app", "namespace": "demo"],
            "spec": [
                "host": "demo-app",
                "subsets": [
                    ["name": "stable", "labels": ["version": "v1"]],
                    ["name": "candidate", "labels": ["version": .string(candidate)]],
                ],
            ],
        ]
    }

    /// A dark route for jason, then the weights.
    static func routes(candidate: String, weight: Int) -> JSONTree {
        let to = { (subset: String, weight: Int) -> JSONTree in
            [
                "destination": ["host": "demo-app", "subset": .string(subset)],
                "weight": .integer(weight),
            ]
        }
        return [
            "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
            "metadata": ["name": "demo-app", "namespace": "demo"],
            "spec": [
                "gateways": ["demo-gateway", "mesh"], "hosts": ["demo-app", "demo.example.test"],
                "http": [
                    [
                        "name": "dark",
                        "match": [["headers": ["end-user": ["exact": "jason"]]]],
                        "headers": ["response": ["set": ["theseus-run": "r-1"]]],
                        "route": [to("candidate", 100)],
                    ],
                    [
                        "name": "primary",
                        "route": [to("stable", 100 - weight), to("candidate", weight)],
                    ],
                ],
            ],
        ]
    }

    func setWeight(_ weight: Int, candidate: String = "v2") async throws {
        let spec = Self.routes(candidate: candidate, weight: weight)["spec"] ?? [:]
        let answer = try await world.send(
            HTTPRequest(
                "PATCH",
                LabWorld.server
                    + "/apis/networking.istio.io/v1/namespaces/demo/virtualservices/demo-app",
                headers: ["Content-Type": "application/merge-patch+json"],
                body: .tree(["spec": spec])))
        #expect(answer.status == 200)
    }

    func removeCandidate(_ candidate: String = "v2") async throws {
        let answer = try await world.send(
            HTTPRequest(
                "DELETE",
                LabWorld.server + "/apis/apps/v1/namespaces/demo/deployments/demo-app-\(candidate)")
        )
        #expect(answer.status == 200)
    }

    func turn(_ knob: String, _ setting: JSONTree) {
        let answer = world.reach { $0.mesh.turn(knob, setting) }
        #expect(answer?.response.status == 200)
    }

    func pass(_ seconds: Int) async throws { try await time.sleep(for: .seconds(seconds)) }

    /// One request through the gateway, as a test of ours sends it.
    func ask(matched: Bool) async throws -> HTTPResponse {
        try await world.send(
            HTTPRequest(
                "GET", "http://\(LabWorld.gateway)/",
                headers: matched
                    ? ["Host": "demo.example.test", "end-user": "jason"]
                    : ["Host": "demo.example.test"]))
    }

    func scope(candidate: String = "v2") -> GateScope {
        GateScope(
            namespace: "demo", service: "demo-app",
            stable: .init(label: "v1", workload: "demo-app-v1"),
            candidate: .init(label: candidate, workload: "demo-app-\(candidate)"),
            scrape: .seconds(5))
    }

    var source: PrometheusSource {
        PrometheusSource(address: LabWorld.prometheus, transport: world)
    }

    func judge(candidate: String = "v2") -> MetricsJudge {
        MetricsJudge(source: source, scope: scope(candidate: candidate))
    }
}

extension JSONTree {
    /// The Deployment with limits for its containers.
    fileprivate var limited: JSONTree {
        var tree = self
        let containers = at("spec", "template", "spec", "containers")?.items ?? []
        tree.set(
            .array(
                containers.map { container in
                    var container = container
                    container["resources"] = ["limits": ["cpu": "500m", "memory": "128Mi"]]
                    return container
                }), at: "spec", "template", "spec", "containers")
        return tree
    }
}

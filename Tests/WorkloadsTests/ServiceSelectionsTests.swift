import JSONTree
import Lab
import Manifests
import Testing
import Workloads

/// Whose pods each Service selects.
struct ServiceSelectionsTests {
    private static func service(
        _ name: String, _ selector: [String: JSONTree], ports: [Int] = [80]
    ) -> JSONTree {
        [
            "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)],
            "spec": [
                "selector": .object(JSONObject(selector.map { ($0.key, $0.value) })),
                "ports": .array(ports.map { ["port": .integer($0)] }),
            ],
        ]
    }

    private static func selections(_ services: [JSONTree], brought: [JSONTree] = []) throws
        -> ServiceSelections
    {
        let listing = WorkloadListing(
            services: ([DemoWorld.objects[1]] + services).map(KubernetesObject.init),
            deployments: ["v1", "v0"].map { KubernetesObject(DemoWorld.deployment(version: $0)) })
        return WorkloadSurvey(try Yard.scope(extra: brought), listing).selections
    }

    @Test func tellsThemApart() throws {
        let found = try Self.selections(
            [
                Self.service("one", ["app": "demo-app", "version": "v1"]),
                Self.service("all", ["app": "demo-app"]),
                Self.service("old", ["version": "v0"]),
                Self.service("next", ["version": "v2"]),
                Self.service("nobody", ["version": "v9"]),
                Self.service("headless", [:]),
                Self.service("turned", ["version": "v1"]),
            ],
            // What the manifest brings counts, and not what stands there under its name.
            brought: [
                Self.service("own", ["version": "v2"]), Self.service("turned", ["version": "v2"]),
            ])
        #expect(found.stable == ["one"])
        #expect(found.candidate == ["own", "turned", "next"])
        #expect(found.shared == ["all"])
        #expect(found.foreign == ["old"])
    }

    @Test func asksForThePortsOfStables() throws {
        let found = try Self.selections([
            Self.service("one", ["version": "v1"], ports: [80, 443]),
            Self.service("whole", ["version": "v2"], ports: [443, 9090, 80]),
            Self.service("half", ["version": "v2"], ports: [80]),
        ])
        try found.requirePorts(of: "one", on: "whole")
        let refusal = #expect(throws: WorkloadRefusal.self) {
            try found.requirePorts(of: "one", on: "half")
        }
        #expect(
            refusal?.description == """
                workloads: it has no port 443, by which users come to one (refused)
                  where: Service half
                  do:    give it the ports of one
                """)
    }
}

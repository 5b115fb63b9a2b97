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

    private static func pod(_ version: String, isReady: Bool = true, _ labels: JSONTree? = nil)
        -> KubernetesObject
    {
        let condition: JSONTree = ["type": "Ready", "status": isReady ? "True" : "False"]
        return KubernetesObject([
            "kind": "Pod",
            "metadata": [
                "name": .string("pod-\(version)-\(isReady)"),
                "labels": labels ?? [
                    "app": "demo-app", "version": .string(version), "pod-template-hash": "5d4f",
                ],
                "ownerReferences": [
                    [
                        "kind": "ReplicaSet", "name": .string("demo-app-\(version)-5d4f"),
                        "controller": true,
                    ]
                ],
            ],
            "status": ["conditions": [condition]],
        ])
    }

    /// Which Services nobody answers once stable, or the version that is taken away, is gone.
    static let answered: [(pods: [KubernetesObject], stables: [String], goings: [String])] = [
        ([pod("v1"), pod("v2")], ["one", "old"], ["next"]),
        ([pod("v1"), pod("v2"), pod("v0")], ["one"], ["next"]),
        // Who does not answer now is not missed, and takes nobody's place.
        ([pod("v1"), pod("v2", isReady: false), pod("v0", isReady: false)], ["one", "old"], []),
        ([pod("v1", isReady: false), pod("v2")], [], ["next"]),
        // One of no Deployment.
        ([pod("v1"), pod("v2"), pod("bare", ["version": "v2"])], ["one", "old"], []),
    ]

    @Test(arguments: answered)
    func tellsWhomNobodyElseAnswers(pods: [KubernetesObject], stables: [String], goings: [String])
        throws
    {
        let services = [
            Self.service("one", ["app": "demo-app", "version": "v1"]),
            Self.service("all", ["app": "demo-app"]),
            Self.service("old", ["era": "old"]),
            Self.service("next", ["version": "v2"]),
            Self.service("nobody", ["version": "v9"]),
            Self.service("bare", [:]),
        ]
        func deployment(_ version: String) -> KubernetesObject {
            var object = KubernetesObject(DemoWorld.deployment(version: version))
            if version != "v2" {
                object.tree.set("old", at: "spec", "template", "metadata", "labels", "era")
            }
            return object
        }
        // A label that v0 and v1 share.
        let pods = pods.map { pod in
            var pod = pod
            if pod.label("version") != "v2" { pod.tree.set("old", at: "metadata", "labels", "era") }
            return pod
        }
        func listing(_ versions: String...) -> WorkloadListing {
            WorkloadListing(
                services: ([DemoWorld.objects[1]] + services).map(KubernetesObject.init),
                deployments: versions.map(deployment), pods: pods)
        }
        let survey = WorkloadSurvey(try Yard.scope(), listing("v0", "v1"))
        #expect(survey.onlyStables.map(\.name) == stables)
        let removal = try RemovalSurvey(try Yard.scope(), listing("v1", "v2"))
        #expect(removal.onlyGoings.map(\.name) == goings)
    }
}

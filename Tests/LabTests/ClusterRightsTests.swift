import HTTPMessages
import JSONTree
import Lab
import Testing

/// What the lab's user may not do, when a knob says so.
struct ClusterRightsTests {
    private static func deny(_ hand: ClusterHand, _ list: JSONTree) async throws
        -> ClusterHand.Answer
    {
        try await hand.ask("POST", "/lab/api", ["deny": list])
    }

    @Test(arguments: [
        (
            "PATCH", "VirtualService", ClusterHand.routes + "/demo-app",
            #"virtualservices.networking.istio.io "demo-app" is forbidden: User "lab" cannot patch"#
                + #" resource "virtualservices" in API group "networking.istio.io" in the"#
                + #" namespace "demo""#
        ),
        (
            "GET", "pods", "/api/v1/pods",
            #"pods is forbidden: User "lab" cannot list resource "pods" in API group "" at the"#
                + " cluster scope"
        ),
        (
            "GET", "pods", ClusterHand.pods + "?watch=true",
            #"pods is forbidden: User "lab" cannot watch resource "pods" in API group "" in the"#
                + #" namespace "demo""#
        ),
        (
            "POST", "Deployment", ClusterHand.deployments,
            #"deployments.apps is forbidden: User "lab" cannot create resource "deployments" in"#
                + #" API group "apps" in the namespace "demo""#
        ),
        (
            "GET", "deployments/scale", ClusterHand.deployments + "/demo-app-v1/scale",
            #"deployments.apps "demo-app-v1" is forbidden: User "lab" cannot get resource"#
                + #" "deployments/scale" in API group "apps" in the namespace "demo""#
        ),
    ])
    func theForbiddenIsRefused(_ method: String, _ kind: String, _ path: String, _ text: String)
        throws
    {
        try ClusterHand().run { hand in
            let body: JSONTree? = method == "GET" ? nil : DemoWorld.deployment(version: "v2")
            let set = try await Self.deny(hand, [["verb": "*", "kind": .string(kind)]])
            #expect(set.status == 200)
            let before = hand.world.snapshot().cluster.revision
            let answer = try await hand.ask(method, path, body, type: "merge-patch+json")
            #expect(answer.status == 403)
            #expect(answer.reason == "Forbidden")
            #expect(answer.message == text)
            #expect(hand.world.snapshot().cluster.revision == before)
        }
    }

    @Test func onlyTheVerbKindAndNamespaceAreMeant() throws {
        try ClusterHand().run { hand in
            _ = try await Self.deny(
                hand, [["verb": "delete", "kind": "ConfigMap", "namespace": "demo"]])
            #expect(
                try await hand.ask("POST", ClusterHand.maps, ClusterHand.map("m")).status == 201)
            #expect(try await hand.ask("DELETE", ClusterHand.maps + "/m").status == 403)
            #expect(try await hand.ask("GET", ClusterHand.maps + "/m").status == 200)
            let other = "/api/v1/namespaces/default/configmaps"
            var map = ClusterHand.map("m")
            map.set("default", at: "metadata", "namespace")
            #expect(try await hand.ask("POST", other, map).status == 201)
            #expect(try await hand.ask("DELETE", other + "/m").status == 200)
            // The cluster's own controllers are not meant.
            _ = try await Self.deny(hand, [["verb": "*", "kind": "*"]])
            hand.world.reach { $0.cluster.evict(namespace: "demo", pod: "none") }
            #expect(try await hand.ask("GET", ClusterHand.pods).status == 403)
            // An empty list lifts it; another knob of the API server leaves it alone.
            _ = try await hand.ask("POST", "/lab/api", ["failNext": 0])
            #expect(try await hand.ask("GET", ClusterHand.pods).status == 403)
            _ = try await Self.deny(hand, [])
            #expect(try await hand.ask("DELETE", ClusterHand.maps + "/m").status == 200)
        }
    }

    @Test func whoAsksIsToldSo() throws {
        try ClusterHand().run { hand in
            _ = try await Self.deny(hand, [["verb": "patch", "kind": "VirtualService"]])
            for (verb, isAllowed) in [("patch", false), ("get", true)] {
                let answer = try await hand.ask(
                    "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                    [
                        "spec": [
                            "resourceAttributes": [
                                "verb": .string(verb), "group": "networking.istio.io",
                                "resource": "virtualservices", "namespace": "demo",
                            ]
                        ]
                    ])
                #expect(answer.at("status", "allowed") == .bool(isAllowed))
            }
        }
    }

    @Test(
        arguments: [
            ["verb": "steal", "kind": "pods"], ["verb": "get", "kind": "Ship"],
            ["verb": "get", "kind": "pods/a/b"],
        ] as [JSONTree])
    func oddRightsAreRefused(_ denial: JSONTree) throws {
        try ClusterHand().run { hand in
            let answer = try await Self.deny(hand, .array([denial]))
            #expect(answer.status == 400)
            let listed = try await hand.ask("GET", ClusterHand.pods)
            #expect(listed.status == 200)
        }
    }
}

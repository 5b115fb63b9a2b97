import HTTPMessages
import JSONTree
import Lab
import Testing

/// One request to the demo's cluster, and how it must be answered.
struct VerbCase: Sendable, CustomTestStringConvertible {
    var what: String
    var method = "GET"
    var path: String
    var body: JSONTree?
    var type: String?
    var status: Int
    var reason = ""
    var says = ""

    var testDescription: String { what }
}

struct ClusterVerbsTests {
    static let cases: [VerbCase] = [
        VerbCase(
            what: "a thing that is there", path: ClusterHand.deployments + "/demo-app-v1",
            status: 200),
        VerbCase(
            what: "a thing that is not there", path: ClusterHand.deployments + "/nobody",
            status: 404, reason: "NotFound", says: #"deployments.apps "nobody" not found"#),
        VerbCase(
            what: "a kind that is not there", path: "/apis/apps/v1/namespaces/demo/wishes",
            status: 404, reason: "NotFound",
            says: "the server could not find the requested resource"),
        VerbCase(
            what: "a version that is not served", path: "/apis/apps/v9/namespaces/demo/deployments",
            status: 404, reason: "NotFound"),
        VerbCase(what: "a namespace", path: "/api/v1/namespaces/demo", status: 200),
        VerbCase(what: "all namespaces' pods", path: "/api/v1/pods", status: 200),
        VerbCase(
            what: "made twice", method: "POST", path: ClusterHand.services,
            body: DemoWorld.objects[1], status: 409, reason: "AlreadyExists",
            says: #"services "demo-app" already exists"#),
        VerbCase(
            what: "made where no namespace is", method: "POST",
            path: "/api/v1/namespaces/nowhere/configmaps",
            body: ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"]], status: 404,
            reason: "NotFound", says: #"namespaces "nowhere" not found"#),
        VerbCase(
            what: "made in another namespace than it says", method: "POST",
            path: "/api/v1/namespaces/default/configmaps", body: ClusterHand.map("a"), status: 400,
            reason: "BadRequest",
            says: "the namespace of the provided object does not match the namespace sent on the"
                + " request"),
        VerbCase(
            what: "made without a name", method: "POST", path: ClusterHand.maps,
            body: ["apiVersion": "v1", "kind": "ConfigMap", "metadata": [:]], status: 422,
            reason: "Invalid",
            says:
                #"ConfigMap "" is invalid: metadata.name: Required value: "#
                + #"name or generateName is required"#
        ),
        VerbCase(
            what: "made with a bad name", method: "POST", path: ClusterHand.maps,
            body: ClusterHand.map("Big_Name"), status: 422, reason: "Invalid"),
        VerbCase(
            what: "made as another kind", method: "POST", path: ClusterHand.maps,
            body: ["apiVersion": "v1", "kind": "Secret", "metadata": ["name": "a"]], status: 400,
            reason: "BadRequest"),
        VerbCase(
            what: "a Deployment whose selector misses its pods", method: "POST",
            path: ClusterHand.deployments, body: crooked, status: 422, reason: "Invalid",
            says:
                #"Deployment.apps "demo-app-v2" is invalid: spec.template.metadata.labels: "#
                + #"Invalid value: {"app":"other","version":"v2"}: `selector` does not match "#
                + #"template `labels`"#
        ),
        VerbCase(
            what: "an autoscaler upside down", method: "POST", path: ClusterHand.scalers,
            body: DemoWorld.autoscaler(version: "v2", minimum: 5, maximum: 2), status: 422,
            reason: "Invalid",
            says:
                #"HorizontalPodAutoscaler.autoscaling "demo-app-v2" is invalid: "#
                + #"spec.maxReplicas: Invalid value: 2: must be greater than or equal to "#
                + #"`minReplicas`"#
        ),
        VerbCase(
            what: "a route with a negative weight", method: "PATCH",
            path: ClusterHand.routes + "/demo-app", body: weights(-25, 125),
            type: "merge-patch+json", status: 400,
            says:
                #"admission webhook "validation.istio.io" denied the request: "#
                + #"configuration is invalid: weight -25 < 0"#
        ),
        VerbCase(
            what: "a strategic patch of a custom resource", method: "PATCH",
            path: ClusterHand.routes + "/demo-app", body: weights(1, 99),
            type: "strategic-merge-patch+json", status: 415, reason: "UnsupportedMediaType"),
        VerbCase(
            what: "a patch of what is not there", method: "PATCH",
            path: ClusterHand.maps + "/nobody", body: ["data": [:]], type: "merge-patch+json",
            status: 404, reason: "NotFound"),
        VerbCase(
            what: "apply without a manager", method: "PATCH", path: ClusterHand.maps + "/a",
            body: ClusterHand.map("a"), type: "apply-patch+yaml", status: 400,
            reason: "BadRequest"),
        VerbCase(
            what: "a new selector", method: "PATCH",
            path: ClusterHand.deployments + "/demo-app-v1",
            body: [
                "spec": [
                    "selector": ["matchLabels": ["app": "x", "version": "v1"]],
                    "template": ["metadata": ["labels": ["app": "x"]]],
                ]
            ], type: "merge-patch+json", status: 422, reason: "Invalid",
            says:
                #"Deployment.apps "demo-app-v1" is invalid: spec.selector: Invalid value: "#
                + #"{"matchLabels":{"app":"x","version":"v1"}}: field is immutable"#
        ),
        VerbCase(
            what: "a delete of an older version", method: "DELETE",
            path: ClusterHand.services + "/demo-app",
            body: ["preconditions": ["resourceVersion": "1"]], status: 409, reason: "Conflict"),
        VerbCase(
            what: "a delete of somebody else", method: "DELETE",
            path: ClusterHand.services + "/demo-app", body: ["preconditions": ["uid": "other"]],
            status: 409, reason: "Conflict"),
        VerbCase(
            what: "a list by an odd selector",
            path: ClusterHand.pods + "?labelSelector=a%20b%20c", status: 400, reason: "BadRequest"),
        VerbCase(
            what: "a method that no object has", method: "POST",
            path: ClusterHand.deployments + "/demo-app-v1", body: [:], status: 405,
            reason: "MethodNotAllowed"),
    ]

    private static let crooked: JSONTree = {
        var tree = DemoWorld.deployment(version: "v2")
        tree.set("other", at: "spec", "template", "metadata", "labels", "app")
        return tree
    }()

    static func weights(_ first: Int, _ second: Int) -> JSONTree {
        [
            "spec": [
                "http": [
                    [
                        "name": "primary",
                        "route": [
                            [
                                "destination": ["host": "demo-app", "subset": "v1"],
                                "weight": .integer(first),
                            ],
                            [
                                "destination": ["host": "demo-app", "subset": "v2"],
                                "weight": .integer(second),
                            ],
                        ],
                    ]
                ]
            ]
        ]
    }

    @Test(arguments: cases) func answers(_ verb: VerbCase) throws {
        let hand = ClusterHand()
        let revision = hand.world.reach { $0.cluster.revision }
        let answer = try hand.run { hand in
            try await hand.ask(verb.method, verb.path, verb.body, type: verb.type)
        }
        #expect(answer.status == verb.status)
        #expect(answer.headers["Date"] == "Mon, 05 Jan 2026 12:00:00 GMT")
        if verb.status >= 300 {
            #expect(answer.reason == verb.reason)
            #expect(answer.at("code") == .integer(verb.status))
            #expect(hand.world.reach { $0.cluster.revision } == revision)
        }
        if !verb.says.isEmpty { #expect(answer.message == verb.says) }
    }

    @Test(arguments: [
        ("app=demo-app", 3), ("app==demo-app,version=v1", 3), ("version!=v1", 0),
        ("version in (v1,v2)", 3), ("version notin (v1)", 0), ("app", 3), ("!app", 0),
        ("app=other", 0), ("app=demo-app,version in (v2)", 0),
    ])
    func selects(_ selector: String, _ count: Int) throws {
        let escaped = selector.replacing(" ", with: "%20")
        let items = try ClusterHand().run { hand in
            try await hand.ask("GET", ClusterHand.pods + "?labelSelector=\(escaped)").at("items")
        }
        #expect(items?.items?.count == count)
    }

    @Test func listsSayWhatTheyAreOnceOnly() throws {
        let (pods, routes) = try ClusterHand().run { hand in
            (
                try await hand.ask("GET", ClusterHand.pods),
                try await hand.ask(
                    "GET", ClusterHand.routes + "?fieldSelector=metadata.name%3Ddemo-app")
            )
        }
        #expect(pods.at("kind") == "PodList")
        #expect(pods.at("items")?.items?.first?["kind"] == nil)
        #expect(routes.at("items")?.items?.map { $0["kind"] } == ["VirtualService"])
    }

    @Test func generatesNames() throws {
        let names = try ClusterHand().run { hand in
            var names: [String] = []
            for _ in 0..<2 {
                let made = try await hand.ask(
                    "POST", ClusterHand.maps,
                    ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["generateName": "x-"]])
                #expect(made.status == 201)
                names.append(made.at("metadata", "name")?.text ?? "")
            }
            return names
        }
        #expect(names.allSatisfy { $0.hasPrefix("x-") && $0.count == 7 })
        #expect(names[0] != names[1])
    }

    @Test func serversOtherVersionsShowTheSameObject() throws {
        let (old, first) = try ClusterHand().run { hand in
            (
                try await hand.ask(
                    "GET", ClusterHand.routes.replacing("/v1/", with: "/v1alpha3/") + "/demo-app"),
                try await hand.ask(
                    "GET", ClusterHand.scalers.replacing("/v2/", with: "/v1/") + "/demo-app-v1")
            )
        }
        #expect(old.at("apiVersion") == "networking.istio.io/v1alpha3")
        #expect(first.at("apiVersion") == "autoscaling/v1")
        #expect(first.at("spec", "targetCPUUtilizationPercentage") == 80)
        #expect(first.at("spec", "metrics") == nil)
    }

    @Test func listsComeInPages() throws {
        try ClusterHand().run { hand in
            for name in ["a", "b", "c", "d", "e"] {
                _ = try await hand.ask("POST", ClusterHand.maps, ClusterHand.map(name))
            }
            var pages: [[String]] = []
            var rest = ""
            repeat {
                let page = try await hand.ask(
                    "GET", "/api/v1/configmaps?limit=2&continue=\(rest)")
                pages.append(
                    (page.at("items")?.items ?? []).compactMap {
                        $0.at("metadata", "name")?.text
                    })
                rest = page.at("metadata", "continue")?.text ?? ""
            } while !rest.isEmpty
            #expect(pages == [["a", "b"], ["c", "d"], ["e"]])
        }
    }
}

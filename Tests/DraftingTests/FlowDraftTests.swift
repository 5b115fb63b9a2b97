import FlowFiles
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import TestHooks
import Testing

@testable import Drafting

/// What stands in a cluster becomes a flow that loads, and a candidate that is not stable.
@Suite struct FlowDraftTests {
    private static func found(
        _ name: String = "demo-app", _ change: (inout JSONTree) -> Void = { _ in }
    ) throws -> ServiceFinding? {
        var tree = DemoWorld.tree
        change(&tree)
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        let world = LabWorld(try LabWorldFile(tree).begin(date: clock.date), time: clock)
        let client = KubernetesClient(
            server: LabWorld.server, token: "lab", transport: world, time: clock)
        return try turnable.run {
            try await ServiceSearch(client, namespace: "demo").finding(name)
        }
    }

    private static func draft(_ change: (inout JSONTree) -> Void = { _ in }) throws -> FlowDraft {
        let finding = try #require(try found(change))
        return try #require(FlowDraft(of: finding, manifestName: "demo-app-candidate.yaml"))
    }

    private static func found(_ change: (inout JSONTree) -> Void) throws -> ServiceFinding? {
        try found("demo-app", change)
    }

    private static func load(_ draft: FlowDraft) throws -> Flow {
        try FlowReader.load(
            path: "demo-app.yaml",
            readFile: { Array(($0 == "demo-app.yaml" ? draft.flow : draft.manifest).utf8) }
        ).flow
    }

    private static func change(
        _ kind: String, in tree: inout JSONTree, _ edit: (inout JSONTree) -> Void
    ) {
        tree["objects"] = .array(
            (tree["objects"]?.items ?? []).map { object in
                var object = object
                if object["kind"]?.text == kind { edit(&object) }
                return object
            })
    }

    private static func service(_ name: String, in space: String, port: Int, _ selector: JSONTree)
        -> JSONTree
    {
        [
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": .string(name), "namespace": .string(space)],
            "spec": [
                "ports": [["name": "http", "port": .integer(port)]], "selector": selector,
            ],
        ]
    }

    @Test func theDemoIsDrafted() throws {
        let draft = try Self.draft()
        #expect(
            draft.flow == """
                # How demo-app is released, written by `theseus init` from what stood in the cluster.
                # theseus explain spec says what else can stand here.
                apiVersion: theseus.dev/v1
                kind: Flow
                metadata: {name: demo-app}
                spec:
                  template: canary   # what it does: theseus flows show canary
                  target:
                    namespace: demo
                    service: demo-app
                    # The new version: its Deployment, and what belongs to it.
                    manifest: demo-app-candidate.yaml
                  routes: [{virtualService: demo-app, http: [primary]}]
                  # Where tests knock, and the host that users ask for; correct it: no gateway was found.
                  gateway: {url: "http://istio-ingressgateway.istio-system", host: demo.example.test}
                  # Correct it: no Prometheus was found.
                  prometheus: {address: "http://prometheus.istio-system:9090", scrape: 15s}
                  # Who sends this header meets the new version before any user does.
                  dark: {match: [{headers: {x-theseus: {exact: dark}}}]}
                  tests:
                    # Yours: a command, a script, a Job. See `theseus explain spec.tests`.
                    smoke: {http: {path: /, requests: 20, dark: true}, timeout: 1m, retries: 3}

                """)
        #expect(
            draft.manifest == """
                # The new version of demo-app, as demo-app-v1 stood in the cluster: give it its
                # image, here or by `theseus deploy … --image NAME=REF`, and whatever else is new.
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: demo-app-v2
                  labels:
                    app: demo-app
                    version: v2
                spec:
                  replicas: 3
                  selector:
                    matchLabels:
                      app: demo-app
                      version: v2
                  template:
                    metadata:
                      labels:
                        app: demo-app
                        version: v2
                    spec:
                      containers:
                      - name: app
                        image: registry.example.test/demo-app:v1
                        ports:
                        - containerPort: 8080
                          name: http
                        readinessProbe:
                          httpGet:
                            path: /ready
                            port: 8080

                """)
        #expect(draft.notes.count == 2)
        let flow = try Self.load(draft)
        #expect(flow.target.manifest.map(\.name) == ["demo-app-v2"])
        #expect(flow.target.manifest[0].tree.at("metadata", "uid") == nil)
        #expect(flow.target.manifest[0].tree["status"] == nil)
        let labels = flow.target.manifest[0].tree.at("spec", "template", "metadata", "labels")
        #expect(labels == ["app": "demo-app", "version": "v2"])
    }

    /// What an API server fills in is left out, and what somebody wrote otherwise stays.
    @Test func onlyUsualValuesAreLeftOut() throws {
        let draft = try Self.draft { tree in
            Self.change("Deployment", in: &tree) { object in
                object.set(60, at: "spec", "progressDeadlineSeconds")
                object.set("Default", at: "spec", "template", "spec", "dnsPolicy")
                object.set(5, at: "spec", "template", "spec", "terminationGracePeriodSeconds")
                object.set(["type": "Recreate"], at: "spec", "strategy")
            }
        }
        for kept in [
            "progressDeadlineSeconds: 60", "dnsPolicy: Default", "terminationGracePeriodSeconds: 5",
            "type: Recreate",
        ] {
            #expect(draft.manifest.contains(kept), "\(draft.manifest)")
        }
        #expect(!draft.manifest.contains("revisionHistoryLimit"))
        #expect(!draft.manifest.contains("restartPolicy"))
    }

    @Test func whatStandsBesideItIsFound() throws {
        let draft = try Self.draft { tree in
            tree["objects"] = .array(
                (tree["objects"]?.items ?? []) + [
                    Self.service(
                        "istio-ingressgateway", in: "istio-system", port: 80,
                        ["istio": "ingressgateway"]),
                    Self.service(
                        "prometheus-server", in: "monitoring", port: 80, ["app": "prometheus"]),
                ])
        }
        #expect(draft.notes == [])
        let flow = try Self.load(draft)
        #expect(flow.gateway?.url == "http://istio-ingressgateway.istio-system")
        #expect(flow.gateway?.host == "demo.example.test")
        #expect(draft.flow.contains("{address: \"http://prometheus-server.monitoring\", scrape"))
    }

    /// The routes lead to a Service of each version: the new one's comes with the manifest.
    private static func byHosts(_ versions: [String], _ tree: inout JSONTree) {
        let services = versions.map { version in
            service(
                "demo-app-\(version)", in: "demo", port: 80,
                ["app": "demo-app", "version": .string(version)])
        }
        tree["objects"] = .array((tree["objects"]?.items ?? []) + services)
        change("VirtualService", in: &tree) {
            $0.set(
                [["name": "primary", "route": [["destination": ["host": "demo-app-v1"]]]]],
                at: "spec", "http")
        }
    }

    @Test func aServiceForEachVersionIsDrafted() throws {
        let draft = try Self.draft { Self.byHosts(["v1"], &$0) }
        #expect(
            draft.manifest.hasSuffix(
                """
                ---
                apiVersion: v1
                kind: Service
                metadata:
                  name: demo-app-v2
                spec:
                  selector:
                    app: demo-app
                    version: v2
                  ports:
                  - name: http
                    port: 80
                    targetPort: 80

                """), "\(draft.manifest)")
        #expect(draft.flow.contains("routes: [{virtualService: demo-app, http: [primary]}]"))
        #expect(
            draft.notes.first?.contains("come to demo-app-v2, which the manifest brings") == true)
        #expect(try Self.load(draft).target.manifest.map(\.kind) == ["Deployment", "Service"])
        // One that stands is taken as it is.
        let standing = try Self.draft { Self.byHosts(["v1", "v2"], &$0) }
        #expect(!standing.manifest.contains("kind: Service"))
        #expect(standing.notes.first?.contains("demo-app-v2, which stands already") == true)
    }

    @Test func aVersionsServiceIsNoneToRelease() throws {
        var tree = DemoWorld.tree
        Self.byHosts(["v1", "v2"], &tree)
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        let world = LabWorld(try LabWorldFile(tree).begin(date: clock.date), time: clock)
        let client = KubernetesClient(
            server: LabWorld.server, token: "lab", transport: world, time: clock)
        let names = try turnable.run {
            try await ServiceSearch(client, namespace: "demo").candidates()
        }
        #expect(names == ["demo-app"])
    }

    /// Without a VirtualService the run makes one, and tests go by the name within the mesh.
    @Test func aServiceWithoutRoutesIsDrafted() throws {
        let draft = try Self.draft { tree in
            tree["objects"] = .array(
                (tree["objects"]?.items ?? []).filter { $0["kind"] != "VirtualService" })
            tree["users"] = nil
        }
        #expect(draft.flow.contains("# no VirtualService leads to it: the run makes one"))
        #expect(try Self.load(draft).gateway?.host == "demo-app.demo")
    }

    @Test func whatEveryReleaseWouldBeRefusedForIsNoted() throws {
        let draft = try Self.draft { tree in
            Self.change("Deployment", in: &tree) { object in
                let labels: JSONTree = ["app": "demo-app"]
                object.set(labels, at: "spec", "selector", "matchLabels")
                object.set(labels, at: "spec", "template", "metadata", "labels")
            }
            Self.change("Service", in: &tree) {
                $0.set(["app": "demo-app"], at: "spec", "selector")
            }
        }
        #expect(draft.notes.first?.contains("have no label that tells versions apart") == true)
    }

    @Test func nothingIsDraftedOfWhatIsNotThere() throws {
        #expect(try Self.found("nobody") == nil)
        let alone = try #require(
            try Self.found { tree in
                tree["objects"] = .array(
                    (tree["objects"]?.items ?? []).filter { $0["kind"] != "Deployment" })
            })
        #expect(FlowDraft(of: alone, manifestName: "x.yaml") == nil)
    }

    @Test(arguments: [
        ("v1", "v2"), ("v9", "v10"), ("2024-11", "2024-12"), ("blue", "blue-next"), ("7", "8"),
    ])
    func nextVersions(_ version: String, _ next: String) {
        #expect(FlowDraft.next(after: version) == next)
    }
}

import CanaryEngine
import HTTPMessages
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing

@testable import Workloads

struct LikenessTests {
    @Test func findsEveryConfigMapThatATemplateNames() {
        let template: JSONTree = [
            "spec": [
                "volumes": [
                    ["configMap": ["name": "d"]], ["secret": ["secretName": "s"]],
                    ["projected": ["sources": [["configMap": ["name": "c"]], ["secret": [:]]]]],
                ],
                "initContainers": [["envFrom": [["configMapRef": ["name": "b"]]]]],
                "containers": [
                    [
                        "env": [
                            ["name": "X", "value": "1"],
                            ["valueFrom": ["configMapKeyRef": ["name": "a", "key": "k"]]],
                            ["valueFrom": ["configMapKeyRef": ["name": "b", "key": "k"]]],
                        ]
                    ]
                ],
            ]
        ]
        #expect(Ingredients.configMaps(in: template) == ["a", "b", "c", "d"])
        #expect(Ingredients.secrets(in: template) == ["s"])
        #expect(Ingredients.configMaps(in: .null) == [])
    }

    /// The demo's candidate, which reads a ConfigMap and a Secret.
    static func reader(fingerprintsSecrets: Bool = false) throws -> WorkloadScope {
        var deployment = DemoWorld.deployment(version: "v2")
        deployment.set(
            [
                ["name": "settings", "configMap": ["name": "demo-settings"]],
                ["name": "key", "secret": ["secretName": "demo-key"]],
            ],
            at: "spec", "template", "spec", "volumes")
        var scope = try Yard.scope(extra: [settings()], deployment: deployment)
        scope.fingerprintsSecrets = fingerprintsSecrets
        return scope
    }

    static func secret(_ word: String) -> JSONTree {
        [
            "apiVersion": "v1", "kind": "Secret",
            "metadata": ["name": "demo-key", "namespace": "demo"],
            "data": ["key": .string(word)],
        ]
    }

    @Test func staysWhatItIsWhileItGrows() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Self.reader())
            #expect(try await keeper.look() == nil)
            try await keeper.applyCandidate()
            _ = try await keeper.awaitReady(Yard.candidate)
            let judged = try #require(try await keeper.look())
            #expect(
                judged.likeness.parts.map(\.name) == [
                    "template", "image app", "ConfigMap demo-settings",
                ])
            #expect(judged.likeness.parts.allSatisfy { $0.prints.count == 1 })
            try await keeper.raiseFloor(Yard.candidate, to: 5)
            _ = try await keeper.awaitCapacity(Yard.candidate, 5)
            let grown = try #require(try await keeper.look())
            #expect(grown.readiness.ready == 5)
            #expect(grown.difference(from: judged.likeness) == nil)
        }
    }

    /// What happens behind the run's back, and what is said of it.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let says: String
        let change: @Sendable (Yard) async throws -> Void

        init(
            _ name: String, says: String, _ change: @escaping @Sendable (Yard) async throws -> Void
        ) {
            testDescription = name
            self.says = says
            self.change = change
        }
    }

    @Test(arguments: [
        Change(
            "settings", says: "ConfigMap demo/demo-settings says something else, last written by"
        ) { yard in
            try await yard.edit(.configMap, "demo-settings") {
                $0.tree.set("red", at: "data", "color")
            }
        },
        Change("no settings", says: "ConfigMap demo/demo-settings is gone") { yard in
            yard.world.reach {
                $0.cluster.remove(
                    ObjectReference(.configMap, namespace: "demo", name: "demo-settings"), by: "ann"
                )
            }
        },
        Change("one more thing", says: "Deployment demo/demo-app-v2 has another pod template") {
            yard in
            try await yard.edit(.deployment, Yard.candidate) {
                $0.tree.set("fast", at: "spec", "template", "spec", "nodeSelector", "disk")
            }
        },
        Change(
            "another image in the template",
            says: "not what was judged: Deployment demo/demo-app-v2 has another pod template"
        ) { yard in
            try await yard.edit(.deployment, Yard.candidate) {
                var list = $0.spec.at("template", "spec", "containers")?.items ?? []
                list[0]["image"] = "registry.example.test/demo-app:other"
                $0.tree.set(.array(list), at: "spec", "template", "spec", "containers")
            }
        },
    ])
    func saysWhatChanged(_ change: Change) throws {
        try inYard { yard in
            let keeper = yard.keeper(try Self.reader())
            try await keeper.applyCandidate()
            _ = try await keeper.awaitReady(Yard.candidate)
            let judged = try #require(try await keeper.look())
            try await change.change(yard)
            let said = try #require(try await keeper.look()).difference(from: judged.likeness)
            #expect(try #require(said).contains(change.says), "\(said ?? "")")
        }
    }

    /// What a webhook makes of a manifest is what was applied, and what is judged.
    @Test func takesWhatAWebhookWrites() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Self.reader(), over: PinningWebhook(before: yard.world))
            try await keeper.applyCandidate()
            _ = try await keeper.awaitReady(Yard.candidate)
            let judged = try #require(try await keeper.look())
            #expect(judged.difference(from: nil) == nil)
            #expect(judged.difference(from: judged.likeness) == nil)
        }
    }

    /// Before anything was judged, the manifest says what was meant.
    @Test func seesAnEditBeforeAnythingWasJudged() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Self.reader())
            try await keeper.applyCandidate()
            _ = try await keeper.awaitReady(Yard.candidate)
            try await yard.edit(.deployment, Yard.candidate) {
                var list = $0.spec.at("template", "spec", "containers")?.items ?? []
                list[0]["image"] = "registry.example.test/demo-app:other"
                $0.tree.set(.array(list), at: "spec", "template", "spec", "containers")
            }
            _ = try await keeper.awaitReady(Yard.candidate)
            let said = try #require(try await keeper.look()?.difference(from: nil))
            #expect(
                said.hasPrefix(
                    "the candidate is not what was applied: Deployment demo/demo-app-v2:"
                        + " spec.template.spec.containers"), "\(said)")
        }
    }

    /// The same tag, another image: only pods that start later have it.
    @Test func seesATagThatMoved() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Self.reader())
            try await keeper.applyCandidate()
            _ = try await keeper.awaitReady(Yard.candidate)
            let judged = try #require(try await keeper.look()).likeness
            yard.world.reach {
                $0.cluster.moveTag("registry.example.test/demo-app:v2", to: "sha256:beef")
            }
            #expect(try await keeper.look()?.difference(from: judged) == nil)
            try await keeper.raiseFloor(Yard.candidate, to: 6)
            _ = try await keeper.awaitCapacity(Yard.candidate, 6)
            let said = try #require(try await keeper.look()?.difference(from: judged))
            #expect(said.hasPrefix("the candidate is not what was judged: pod demo-app-v2-"))
            #expect(said.contains(", container app, runs sha256:beef, not sha256:"))
        }
    }

    @Test func readsSecretsOnlyWhereItIsAsked() throws {
        try inYard(with: [Self.secret("b3Blbg==")]) { yard in
            for asked in [false, true] {
                let keeper = yard.keeper(try Self.reader(fingerprintsSecrets: asked))
                try await keeper.applyCandidate()
                let judged = try #require(try await keeper.look()).likeness
                let part = judged.parts.first { $0.name == "Secret demo-key" }
                #expect((part != nil) == asked)
                try await yard.edit(.secret, "demo-key") {
                    $0.tree.set(.string("c2Vz\(asked)YW1l"), at: "data", "key")
                }
                let said = try await keeper.look()?.difference(from: judged)
                #expect(
                    (said?.contains("Secret demo/demo-key says something else") == true) == asked)
            }
        }
    }
}

/// A cluster whose admission writes a digest for every tag of a Deployment that is made.
private struct PinningWebhook: HTTPTransport {
    let before: LabWorld

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        var request = request
        if request.method == "POST", case .tree(var tree) = request.body,
            tree["kind"] == "Deployment"
        {
            var list = tree.at("spec", "template", "spec", "containers")?.items ?? []
            for place in list.indices {
                list[place]["image"] = .string(
                    "registry.example.test/demo-app@sha256:\(place)abc")
            }
            tree.set(.array(list), at: "spec", "template", "spec", "containers")
            request.body = .tree(tree)
        }
        return try await before.send(request)
    }
}

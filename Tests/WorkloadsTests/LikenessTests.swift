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

    private static func pod(_ name: String, _ list: String, _ id: String) -> KubernetesObject {
        KubernetesObject([
            "metadata": ["name": .string(name)],
            "status": [list: [["name": "app", "imageID": .string(id)]]],
        ])
    }

    @Test(arguments: [
        ("docker.io/shop@sha256:1", "sha256:1"), ("mirror/shop@sha256:1", "sha256:1"),
        ("docker-pullable://shop@sha256:1", "sha256:1"), ("docker://sha256:1", "id sha256:1"),
        ("sha256:1", "id sha256:1"),
    ])
    func oneImageHasOnePrintOfEachForm(id: String, print: String) {
        for list in ["initContainerStatuses", "containerStatuses"] {
            let seen = Ingredients.images(of: [Self.pod("p", list, id)], container: "app")
            #expect(seen.map(\.image) == [print])
        }
    }

    /// An id is held against those of its form only; where there are none it says nothing.
    @Test(arguments: [
        (["sha256:1"], ["sha256:1", "id sha256:9"], true),
        (["sha256:1"], ["sha256:2", "id sha256:9"], false),
        (["sha256:1", "id sha256:9"], ["id sha256:8"], false), ([], ["sha256:1"], true),
    ])
    func idsOfOneFormAreCompared(judged: [String], now: [String], isSame: Bool) {
        let judged = Likeness([.init("image app", judged)])
        let look = CandidateLook(
            readiness: Readiness(of: KubernetesObject([:]), pods: []),
            likeness: Likeness([.init("image app", now)]), alteration: nil, sources: [:])
        #expect((look.difference(from: judged) == nil) == isSame)
    }

    @Test func whatIsPinnedIsSaidByTheTemplate() {
        let template: JSONTree = [
            "spec": [
                "initContainers": [["name": "a", "image": "a:1"]],
                "containers": [
                    ["name": "b", "image": "b:1@sha256:1"], ["name": "c", "image": "c"],
                ],
            ]
        ]
        #expect(Ingredients.unpinned(in: template) == ["a", "c"])
    }

    /// The last look stands for just as long as nothing that it was taken from is written.
    @Test func looksAgainOnlyWhereSomethingWasWritten() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Self.reader())
            try await keeper.applyCandidate()
            _ = try await keeper.awaitReady(Yard.candidate)
            var memory = CandidateMemory()
            let first = try #require(try await keeper.look(&memory))
            // A look that nobody could have taken shows where it comes from.
            memory.look = CandidateLook(
                readiness: first.readiness, likeness: Likeness([]), alteration: nil, sources: [:])
            #expect(try await keeper.look(&memory)?.likeness == Likeness([]))
            try await yard.edit(.configMap, "demo-settings") {
                $0.tree.set("red", at: "data", "color")
            }
            let said = try await keeper.look(&memory)?.difference(from: first.likeness)
            #expect(said?.contains("ConfigMap demo/demo-settings says something else") == true)
            memory.look = CandidateLook(
                readiness: first.readiness, likeness: Likeness([]), alteration: nil, sources: [:])
            try await keeper.raiseFloor(Yard.candidate, to: 6)
            _ = try await keeper.awaitCapacity(Yard.candidate, 6)
            #expect(try await keeper.look(&memory)?.readiness.ready == 6)
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
                list[place]["image"] = .string("registry.example.test/demo-app@sha256:\(place)abc")
            }
            tree.set(.array(list), at: "spec", "template", "spec", "containers")
            request.body = .tree(tree)
        }
        return try await before.send(request)
    }
}

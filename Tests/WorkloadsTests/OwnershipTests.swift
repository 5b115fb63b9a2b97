import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing
import Workloads

/// Pods that have a version's labels, and are somebody else's.
struct OwnershipTests {
    /// As `kubectl run dbg -l app=demo-app,version=…` makes one.
    static func barePod(version: String) -> JSONTree {
        [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": [
                "name": .string("dbg-\(version)"), "namespace": "demo",
                "labels": ["app": "demo-app", "version": .string(version)],
            ],
            "spec": ["containers": [["name": "dbg", "image": "registry.example.test/dbg:1"]]],
        ]
    }

    /// A Deployment of one pod beside that of a version, with the same labels.
    static func beside(version: String, replicas: Int = 1) -> JSONTree {
        var tree = DemoWorld.deployment(version: version, replicas: replicas)
        tree.set(.string("demo-app-\(version)-dbg"), at: "metadata", "name")
        return tree
    }

    @Test(arguments: [
        (hash: "5d4f", kind: "ReplicaSet", name: "shop-v2-5d4f", isController: true, isOwn: true),
        // Another Deployment's, whose name begins as this one's.
        (
            hash: "5d4f", kind: "ReplicaSet", name: "shop-v2-dbg-5d4f", isController: true,
            isOwn: false
        ),
        (hash: "5d4f", kind: "ReplicaSet", name: "shop-v2-77aa", isController: true, isOwn: false),
        (hash: "5d4f", kind: "Job", name: "shop-v2-5d4f", isController: true, isOwn: false),
        (hash: "5d4f", kind: "ReplicaSet", name: "shop-v2-5d4f", isController: false, isOwn: false),
        // Taken out of its ReplicaSet by hand.
        (hash: "", kind: "ReplicaSet", name: "shop-v2-5d4f", isController: true, isOwn: false),
    ])
    func aPodIsItsDeployments(
        hash: String, kind: String, name: String, isController: Bool, isOwn: Bool
    ) {
        let pod = KubernetesObject([
            "metadata": [
                "name": "p", "labels": ["pod-template-hash": .string(hash)],
                "ownerReferences": [
                    ["kind": "Node", "name": "n"],
                    [
                        "kind": .string(kind), "name": .string(name),
                        "controller": .bool(isController),
                    ],
                ],
            ]
        ])
        #expect(pod.isPod(ofDeployment: "shop-v2") == isOwn)
    }

    @Test func aPodWithoutAnOwnerIsNobodys() {
        #expect(!KubernetesObject(Self.barePod(version: "v2")).isPod(ofDeployment: "demo-app-v2"))
    }

    @Test(arguments: ["bare", "beside"])
    func othersCarryNothing(kind: String) throws {
        let other = kind == "bare" ? Self.barePod(version: "v1") : Self.beside(version: "v1")
        try inYard(with: [other]) { yard in
            #expect(try await yard.sees { $0.pods.count == 4 })
            let keeper = yard.keeper(try Yard.scope())
            #expect(try await keeper.readyPods(ofDeployment: Yard.stable) == 3)
            #expect(try await keeper.survey().readyPods == 3)
        }
    }

    /// Shrinking, draining and taking away wait for a version's own pods, and for no others.
    @Test(arguments: ["bare", "beside"])
    func nobodyWaitsForOthers(kind: String) throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            let backup = try await keeper.backUp()
            try await keeper.claimAll()
            try await keeper.applyCandidate()
            #expect(try await keeper.awaitReady(Yard.candidate).ready == 3)
            for version in ["v1", "v2"] { yard.join(kind, version) }
            #expect(try await yard.sees { $0.pods.count == 8 })
            let begin = yard.clock.now
            try await keeper.shrinkStable(minimum: 1)
            try await keeper.awaitShrunk(minimum: 1)
            try await yard.edit(.deployment, Yard.candidate) { $0.spec["replicas"] = 0 }
            #expect(try await keeper.drainCandidate(Yard.candidate, grace: .seconds(300)) == 0)
            #expect(try await keeper.removeCandidate() == 0)
            #expect(try await keeper.removeStable(backup) == 0)
            #expect(yard.clock.now - begin < .seconds(600))
            #expect(yard.pods.sorted() == ["v1", "v2"])
        }
    }

    /// What a survey names, by what stands beside the versions.
    static let found: [(beside: [JSONTree], named: [String])] = [
        ([barePod(version: "v1"), beside(version: "v1")], []),
        ([barePod(version: "v2")], ["pod dbg-v2 (nobody's)"]),
        ([beside(version: "v2")], ["pod demo-app-v2-dbg- (of Deployment demo-app-v2-dbg)"]),
        (
            [beside(version: "v2", replicas: 0)],
            ["Deployment demo-app-v2-dbg (without pods)"]
        ),
    ]

    @Test(arguments: found) func aSurveyNames(beside: [JSONTree], named: [String]) throws {
        try inYard(with: beside) { yard in
            try await yard.clock.sleep(for: .seconds(30))
            let refusals = try await yard.keeper(try Yard.scope()).survey().refusals
            #expect(refusals.count == (named.isEmpty ? 0 : 1))
            for case .strangers(let found) in refusals.map(\.code) {
                #expect(found.map { Self.withoutHash("\($0)") } == named)
            }
        }
    }

    /// Pods' names end by chance.
    private static func withoutHash(_ said: String) -> String {
        guard said.hasPrefix("pod demo-app-v2-dbg-") else { return said }
        return "pod demo-app-v2-dbg- " + said.drop { $0 != "(" }
    }

    /// Found by the Service's labels, also where the candidate's selector asks for more.
    @Test(arguments: ["bare", "beside"])
    func aLookNames(kind: String) throws {
        try inYard { yard in
            var deployment = DemoWorld.deployment(version: "v2")
            deployment.set("blue", at: "spec", "selector", "matchLabels", "team")
            deployment.set("blue", at: "spec", "template", "metadata", "labels", "team")
            var scope = try Yard.scope(deployment: deployment)
            let survey = try await yard.keeper(scope).survey()
            scope.serviceSelector = survey.serviceSelector
            let keeper = yard.keeper(scope)
            let backup = try await keeper.backUp()
            try await keeper.applyCandidate()
            _ = try await keeper.awaitReady(Yard.candidate)
            var memory = CandidateMemory()
            let judged = try #require(try await keeper.look(&memory))
            #expect(judged.difference(from: judged.likeness) == nil)
            yard.join(kind, "v1")
            #expect(try await keeper.look(&memory)?.difference(from: judged.likeness) == nil)
            yard.join(kind, "v2")
            #expect(try await yard.sees { $0.pods.count == 8 })
            let look = try #require(try await keeper.look(&memory))
            #expect(look.readiness.ready == 3)
            let said = try #require(look.difference(from: judged.likeness))
            let name = kind == "bare" ? "dbg-v2 (nobody's)" : "demo-app-v2-dbg-"
            #expect(said.hasPrefix("the mesh takes for the candidate what is not: pod \(name)"))
            try await keeper.removeCandidate()
            let differences = try await keeper.verify(backup)
            #expect(differences.count == 1)
            #expect(differences.first?.contains("still there: pod \(name)") == true)
        }
    }
}

extension Yard {
    /// A pod comes beside those of a version.
    fileprivate func join(_ kind: String, _ version: String) {
        world.reach {
            if kind == "bare" {
                let pod = KubernetesObject(OwnershipTests.barePod(version: version))
                $0.cluster.put(pod, as: .pod, by: "kubectl-run")
            } else {
                let other = KubernetesObject(OwnershipTests.beside(version: version))
                $0.cluster.put(other, as: .deployment, by: "kubectl-create")
            }
        }
    }
}

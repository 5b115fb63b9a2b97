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

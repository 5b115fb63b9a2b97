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
        #expect(Likeness.configMaps(in: template) == ["a", "b", "c", "d"])
        #expect(Likeness.configMaps(in: .null) == [])
    }

    @Test func changesWithWhatItNames() throws {
        try inYard { yard in
            var deployment = DemoWorld.deployment(version: "v2")
            deployment.set(
                [["name": "settings", "configMap": ["name": "demo-settings"]]],
                at: "spec", "template", "spec", "volumes")
            let scope = try Yard.scope(extra: [settings()], deployment: deployment)
            let keeper = yard.keeper(scope)
            #expect(try await keeper.likeness() == nil)
            try await keeper.applyCandidate()
            _ = try await keeper.awaitReady(Yard.candidate)
            let judged = try #require(try await keeper.likeness())
            #expect(judged["images"]?.items?.count == 1)
            try await keeper.raiseFloor(Yard.candidate, to: 5)
            _ = try await keeper.awaitCapacity(Yard.candidate, 5)
            #expect(try await keeper.likeness() == judged)
            try await yard.edit(.configMap, "demo-settings") {
                $0.tree.set("red", at: "data", "color")
            }
            #expect(try await keeper.likeness() != judged)
        }
    }
}

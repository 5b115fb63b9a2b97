import HTTPMessages
import JSONTree
import Lab
import Manifests
import Testing

struct ClusterWritesTests {
    @Test func aStaleUpdateIsAConflict() throws {
        try ClusterHand().run { hand in
            let path = ClusterHand.maps + "/settings"
            let made = try await hand.ask("POST", ClusterHand.maps, ClusterHand.map("settings"))
            var mine = made.tree
            mine.set("2", at: "data", "a")
            let second = try await hand.ask("PUT", path, mine)
            #expect(second.status == 200)
            let stale = try await hand.ask("PUT", path, mine)
            #expect(stale.status == 409)
            #expect(stale.reason == "Conflict")
            #expect(
                stale.message
                    == "Operation cannot be fulfilled on configmaps \"settings\": the object has"
                    + " been modified; please apply your changes to the latest version and try"
                    + " again"
            )
            mine.set(nil, at: "metadata", "resourceVersion")
            mine.set("3", at: "data", "a")
            #expect(try await hand.ask("PUT", path, mine).status == 200)
        }
    }

    @Test func anUpdateThatSaysNothingNewIsNone() throws {
        try ClusterHand().run { hand in
            let path = ClusterHand.services + "/demo-app"
            let before = try await hand.ask("GET", path)
            let after = try await hand.ask("PUT", path, before.tree)
            #expect(after.status == 200)
            #expect(
                after.at("metadata", "resourceVersion") == before.at("metadata", "resourceVersion"))
        }
    }

    @Test func generationCountsChangesOfTheSpecOnly() throws {
        try ClusterHand().run { hand in
            let path = ClusterHand.routes + "/demo-app"
            func generation(_ patch: JSONTree) async throws -> JSONTree? {
                try await hand.ask("PATCH", path, patch, type: "merge-patch+json")
                    .at("metadata", "generation")
            }
            let seen = [
                try await generation(["metadata": ["annotations": ["a": "b"]]]),
                try await generation(["status": ["a": "b"]]),
                try await generation(["spec": ["hosts": ["demo-app"]]]),
            ]
            #expect(seen == [1, 1, 2])
        }
    }

    @Test func statusAndSpecAreWrittenApart() throws {
        try ClusterHand().run { hand in
            let path = ClusterHand.routes + "/demo-app"
            let status = try await hand.ask(
                "PATCH", path + "/status", ["status": ["a": 1], "spec": ["hosts": ["x"]]],
                type: "merge-patch+json")
            #expect(status.at("status", "a") == 1)
            #expect(status.at("spec", "hosts")?.items?.count == 2)
            let spec = try await hand.ask(
                "PATCH", path, ["status": ["a": 2], "spec": ["hosts": ["x"]]],
                type: "merge-patch+json")
            #expect(spec.at("status", "a") == 1)
            #expect(spec.at("spec", "hosts") == ["x"])
        }
    }

    @Test func strategicPatchesMergeContainersByName() throws {
        try ClusterHand().run { hand in
            let path = ClusterHand.deployments + "/demo-app-v1"
            func containers(_ list: JSONTree) async throws -> [JSONTree] {
                let patch: JSONTree = ["spec": ["template": ["spec": ["containers": list]]]]
                let answer = try await hand.ask(
                    "PATCH", path, patch, type: "strategic-merge-patch+json")
                #expect(answer.status == 200)
                return answer.at("spec", "template", "spec", "containers")?.items ?? []
            }
            let two = try await containers([
                ["name": "app", "image": "app:9", "env": [["name": "A", "value": "1"]]],
                ["name": "side", "image": "side:1"],
            ])
            #expect(two.map { $0["name"] } == ["app", "side"])
            #expect(two.first?["image"] == "app:9")
            #expect(two.first?["readinessProbe"] != nil)
            let changed = try await containers([
                ["name": "side", "$patch": "delete"],
                ["name": "app", "env": [["name": "B", "value": "2"]]],
            ])
            #expect(changed.map { $0["name"] } == ["app"])
            #expect(changed.first?["env"]?.items?.map { $0["name"] } == ["A", "B"])
        }
    }

    @Test func mergePatchesReplaceListsAndRemoveByNull() throws {
        try ClusterHand().run { hand in
            _ = try await hand.ask(
                "POST", ClusterHand.maps, ClusterHand.map("m", ["a": "1", "b": "2"]))
            let answer = try await hand.ask(
                "PATCH", ClusterHand.maps + "/m", ["data": ["a": nil, "c": "3"]],
                type: "merge-patch+json")
            #expect(answer.at("data") == ["b": "2", "c": "3"])
        }
    }

    @Test func jsonPatchesTestBeforeTheyChange() throws {
        try ClusterHand().run { hand in
            _ = try await hand.ask("POST", ClusterHand.maps, ClusterHand.map("m"))
            func patch(_ steps: JSONTree) async throws -> ClusterHand.Answer {
                try await hand.ask(
                    "PATCH", ClusterHand.maps + "/m", steps, type: "json-patch+json")
            }
            let good = try await patch([
                ["op": "test", "path": "/data/a", "value": "1"],
                ["op": "replace", "path": "/data/a", "value": "2"],
                ["op": "add", "path": "/metadata/annotations", "value": ["x~y/z": "1"]],
                ["op": "copy", "from": "/data/a", "path": "/data/b"],
                ["op": "remove", "path": "/metadata/annotations/x~0y~1z"],
            ])
            #expect(good.status == 200)
            #expect(good.at("data") == ["a": "2", "b": "2"])
            let bad = try await patch([
                ["op": "test", "path": "/data/a", "value": "1"],
                ["op": "remove", "path": "/data/a"],
            ])
            #expect(bad.status == 422)
            #expect(try await patch([["op": "remove", "path": "/data/z"]]).status == 422)
        }
    }

    @Test func applyRemembersWhatItsManagerGaveUp() throws {
        try ClusterHand().run { hand in
            func apply(_ manager: String, _ content: JSONTree, version: String? = nil) async throws
                -> ClusterHand.Answer
            {
                var tree = ClusterHand.map("m", content)
                if let version { tree.set(.string(version), at: "metadata", "resourceVersion") }
                return try await hand.ask(
                    "PATCH", ClusterHand.maps + "/m?fieldManager=\(manager)&force=true", tree,
                    type: "apply-patch+yaml")
            }
            #expect(try await apply("me", ["a": "1", "b": "1"]).status == 201)
            let yours = try await apply("you", ["c": "1"])
            #expect(yours.at("data") == ["a": "1", "b": "1", "c": "1"])
            let last = try await apply("me", ["a": "2"])
            #expect(last.at("data") == ["a": "2", "c": "1"])
            let managers = last.at("metadata", "managedFields")?.items ?? []
            #expect(managers.map { $0["manager"] } == ["me", "you"])
            #expect(managers.first?.at("fieldsV1") == ["f:data": ["f:a": [:]]])
            let version = last.at("metadata", "resourceVersion")?.text
            #expect(try await apply("me", ["a": "3"], version: "1").status == 409)
            #expect(try await apply("me", ["a": "3"], version: version).status == 200)
        }
    }

    @Test func managedFieldsNameWhoWroteLast() throws {
        try ClusterHand().run { hand in
            let path = ClusterHand.routes + "/demo-app"
            let answer = try await hand.ask(
                "PATCH", path + "?fieldManager=argocd", ["spec": ["hosts": ["x"]]],
                type: "merge-patch+json")
            let entries = answer.at("metadata", "managedFields")?.items ?? []
            let mine = entries.first { $0["manager"] == "argocd" }
            #expect(mine?["fieldsV1"] == ["f:spec": ["f:hosts": [:]]])
            #expect(mine?["operation"] == "Update")
            let theirs = entries.first { $0["manager"] == "world" }
            #expect(theirs?.at("fieldsV1", "f:spec", "f:http") != nil)
            #expect(theirs?.at("fieldsV1", "f:spec", "f:hosts") == nil)
        }
    }

    @Test func dryRunsStoreNothing() throws {
        try ClusterHand().run { hand in
            let made = try await hand.ask(
                "POST", ClusterHand.maps + "?dryRun=All", ClusterHand.map("m"))
            #expect(made.status == 201)
            #expect(try await hand.ask("GET", ClusterHand.maps + "/m").status == 404)
        }
    }

    @Test func scaleIsASubresource() throws {
        try ClusterHand().run { hand in
            let path = ClusterHand.deployments + "/demo-app-v1"
            let scale = try await hand.ask("GET", path + "/scale")
            #expect(scale.at("spec", "replicas") == 3)
            #expect(scale.at("status", "selector") == "app=demo-app,version=v1")
            let patched = try await hand.ask(
                "PATCH", path + "/scale", ["spec": ["replicas": 5]], type: "merge-patch+json")
            #expect(patched.at("kind") == "Scale")
            #expect(patched.at("spec", "replicas") == 5)
            let whole = try await hand.ask("GET", path)
            #expect(whole.at("spec", "replicas") == 5)
            #expect(try await hand.ask("PUT", path + "/scale", scale.tree).status == 409)
        }
    }

    @Test func historyKeepsEveryVersionAndTheEnd() throws {
        let hand = ClusterHand()
        try hand.run { hand in
            _ = try await hand.ask("POST", ClusterHand.maps, ClusterHand.map("m"), agent: "a/1")
            _ = try await hand.ask(
                "PATCH", ClusterHand.maps + "/m", ["data": ["a": "2"]], type: "merge-patch+json",
                agent: "b/1")
            _ = try await hand.ask("DELETE", ClusterHand.maps + "/m", agent: "c/1")
        }
        let all = hand.world.history()
        #expect(all.map(\.revision) == Array(101..<(101 + all.count)))
        let mine = all.filter { $0.reference.name == "m" }
        #expect(mine.map(\.manager) == ["a", "b", "c"])
        #expect(mine.map { $0.object?.tree.at("data", "a") } == ["1", "2", nil])
        #expect(mine.map(\.at) == mine.map(\.at).sorted())
    }

    @Test func finalizersHoldAnObjectBack() throws {
        try ClusterHand().run { hand in
            var map = ClusterHand.map("m")
            map.set(["hold/on"], at: "metadata", "finalizers")
            _ = try await hand.ask("POST", ClusterHand.maps, map)
            let path = ClusterHand.maps + "/m"
            let ended = try await hand.ask("DELETE", path)
            #expect(ended.at("metadata", "deletionTimestamp") != nil)
            #expect(try await hand.ask("GET", path).status == 200)
            _ = try await hand.ask(
                "PATCH", path, ["metadata": ["finalizers": nil]], type: "merge-patch+json")
            #expect(try await hand.ask("GET", path).status == 404)
        }
    }
}

import Foundation
import HTTPMessages
import JSONTree
import Lab
import Manifests
import Testing
import YAML

struct WorldFileTests {
    @Test(
        arguments: [
            (
                ["kind": "Flow"],
                """
                world: this is not the description of a world (it is a Flow)
                  where: kind
                  do:    begin with apiVersion: theseus.dev/v1 and kind: World
                """
            ),
            (
                ["pace": ["latency": "soon"]],
                """
                world: this is no duration (give 500ms, 3s or 2m)
                  where: pace.latency
                  do:    write a number and a unit
                """
            ),
            (
                ["pace": ["haste": "1s"]],
                """
                world: a world has no such key (no such pace)
                  where: pace.haste
                  do:    correct the key, or take it away
                """
            ),
            (
                ["versions": ["v1": ["errorrate": 0.5]]],
                """
                world: a world has no such key (the mesh's part knows no such key)
                  where: versions.v1.errorrate
                  do:    correct the key, or take it away
                """
            ),
            (
                ["warmUp": "9999999999999999999999h"],
                """
                world: this is no duration (give 500ms, 3s or 2m)
                  where: warmUp
                  do:    write a number and a unit
                """
            ),
            (
                ["objects": [["apiVersion": "v1", "kind": "Wish"]]],
                """
                world: the lab's cluster keeps no such kind (v1 Wish)
                  where: objects[0]
                  do:    correct apiVersion and kind, or leave the object out
                """
            ),
            (
                [
                    "objects": [
                        ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "A"]]
                    ]
                ],
                """
                world: the lab's cluster refuses this object (ConfigMap "A" is invalid: \
                metadata.name: Invalid value: "A": a lowercase RFC 1123 subdomain must \
                consist of lower case alphanumeric characters, '-' or '.', and must start and \
                end with an alphanumeric character)
                  where: objects[0]
                  do:    mend the object as the message says
                """
            ),
        ] as [(JSONTree, String)])
    func errorsSayWhatWhereAndWhatToDo(_ tree: JSONTree, _ text: String) throws {
        let error = #expect(throws: LabWorldFileError.self) {
            _ = try LabWorldFile(tree).begin(date: 0)
        }
        #expect(error?.description == text)
    }

    @Test func aFileSetsThePace() throws {
        let file = try LabWorldFile([
            "kind": "World", "seed": 9, "warmUp": "1s",
            "pace": ["latency": "10ms", "readyAfter": "2m", "controllers": "1s"],
        ])
        #expect(file.seed == 9)
        #expect(file.warmUp == .seconds(1))
        #expect(file.pace.latency == .milliseconds(10))
        #expect(file.pace.readyAfter == .seconds(120))
        #expect(file.pace.controllers == .seconds(1))
    }

    /// The file that people copy is the world that is there without one.
    @Test func theDemosFileIsTheDemosWorld() throws {
        let path = URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "examples/demo/world.yaml")
        let bytes = [UInt8](try Data(contentsOf: path))
        let tree = try YAMLReader.document(of: bytes, file: "world.yaml").tree
        #expect(tree.canonical == DemoWorld.tree.canonical)
    }

    @Test(
        arguments: [
            ("1s", 1000), ("250ms", 250), ("1.5m", 90_000), ("2h", 7_200_000), ("7", 7000),
            ("", nil), ("s", nil), ("-1s", nil), ("1d", nil), ("1..5s", nil),
            ("9999999999999999999999s", nil), ("2777778h", nil),
            ("1" + String(repeating: "0", count: 400) + "ms", nil),
        ] as [(String, Int?)])
    func durations(_ text: String, _ milliseconds: Int?) {
        #expect(LabTime.duration(text) == milliseconds.map { .milliseconds($0) })
    }

    /// The same seed gives the same history, to the last byte; another gives other names.
    @Test(arguments: UInt64(1)...100) func worldsAreTheirSeeds(seed: UInt64) throws {
        func trace(_ seed: UInt64) throws -> [String] {
            var file = DemoWorld.file
            file.seed = seed
            let hand = ClusterHand(try file.begin(date: 1_767_614_400_000))
            try hand.run { hand in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for version in ["v2", "v3"] {
                            _ = try await hand.ask(
                                "POST", ClusterHand.deployments,
                                DemoWorld.deployment(version: version))
                            try await hand.clock.sleep(for: .seconds(2))
                        }
                    }
                    group.addTask {
                        try await hand.clock.sleep(for: .seconds(4))
                        _ = try await hand.ask(
                            "DELETE", ClusterHand.deployments + "/demo-app-v2")
                    }
                    try await group.waitForAll()
                }
                try await hand.clock.sleep(for: .seconds(10))
            }
            return hand.world.history().map {
                "\($0.revision) \($0.at) \($0.reference) \($0.manager) "
                    + String(
                        decoding: JSONWriter.bytes(of: $0.object?.tree ?? .null), as: UTF8.self)
            }
        }
        let first = try trace(seed)
        #expect(first.count > 60)
        #expect(try trace(seed) == first)
        if seed > 1 { #expect(try trace(seed - 1) != first) }
    }

    @Test func aStateIsAValue() throws {
        let hand = ClusterHand()
        let before = hand.world.snapshot()
        _ = try hand.run { hand in
            try await hand.ask("DELETE", ClusterHand.deployments + "/demo-app-v1")
        }
        #expect(hand.world.reach { $0.cluster.revision } > before.cluster.revision)
        let again = try ClusterHand(before).run { hand in
            try await hand.ask("GET", ClusterHand.deployments + "/demo-app-v1")
        }
        #expect(again.status == 200)
    }

    @Test func knobsBreakThings() throws {
        try ClusterHand().run { hand in
            let failing = try await hand.ask(
                "POST", "/lab/api", ["failNext": 2, "status": 429, "retryAfter": 3])
            #expect(failing.at("theseusLab") == true)
            var heard: [Int] = []
            for _ in 0..<3 {
                heard.append(try await hand.ask("GET", ClusterHand.pods).status)
            }
            #expect(heard == [429, 429, 200])
            let turned = try await hand.ask(
                "POST", "/lab/pods", ["deployment": "demo-app-v1", "behaviour": "crash"])
            #expect(turned.status == 200)
            try await hand.clock.sleep(for: .seconds(1))
            let broken = try await hand.ask("GET", ClusterHand.deployments + "/demo-app-v1")
            #expect(broken.at("status", "readyReplicas") == nil)
            let odd = try await hand.ask(
                "POST", "/lab/pods", ["deployment": "demo-app-v1", "behaviour": "sulk"])
            #expect(odd.status == 400)
            #expect(try await hand.ask("POST", "/lab/nothing", [:]).status == 404)
        }
    }
}

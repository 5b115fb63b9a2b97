import HTTPMessages
import JSONTree
import Lab
import Testing

/// Events: what happened, as people are told it.
struct ClusterEventsTests {
    private static let path = "/api/v1/namespaces/demo/events"

    /// `kind reason count message` of all events about a kind, oldest first; pods are `<pod>`.
    private static func told(_ hand: ClusterHand, about kind: String) async throws -> [String] {
        let answer = try await hand.ask(
            "GET", path + "?fieldSelector=involvedObject.kind%3D\(kind)")
        let pods = try await hand.ask("GET", ClusterHand.pods).at("items")?.items ?? []
        return (answer.at("items")?.items ?? []).map { event in
            var message = event["message"]?.text ?? ""
            for pod in pods {
                message.replace(pod.at("metadata", "uid")?.text ?? "-", with: "<uid>")
                message.replace(pod.at("metadata", "name")?.text ?? "-", with: "<pod>")
            }
            let parts = [event["type"], event["reason"]].compactMap { $0?.text }
            return (parts + ["\(event["count"]?.whole ?? 0)", message]).joined(separator: " ")
        }
    }

    @Test func aDeploymentsEventsAreItsSizes() throws {
        try ClusterHand().run { hand in
            let path = ClusterHand.deployments + "/demo-app-v1"
            for size in [5, 3] {
                _ = try await hand.ask(
                    "PATCH", path, ["spec": ["replicas": .integer(size)]], type: "merge-patch+json")
                try await hand.clock.sleep(for: .seconds(5))
            }
            let set = "demo-app-v1-92ffdtvph5"
            #expect(
                try await Self.told(hand, about: "Deployment").sorted() == [
                    "Normal ScalingReplicaSet 1 Scaled down replica set \(set) from 5 to 3",
                    "Normal ScalingReplicaSet 1 Scaled up replica set \(set) from 0 to 3",
                    "Normal ScalingReplicaSet 1 Scaled up replica set \(set) from 3 to 5",
                ])
            let sets = try await Self.told(hand, about: "ReplicaSet")
            #expect(sets.count { $0.hasPrefix("Normal SuccessfulCreate 1 Created pod: ") } == 5)
            #expect(sets.count { $0.hasPrefix("Normal SuccessfulDelete 1 Deleted pod: ") } == 2)
            #expect(sets.count == 7)
        }
    }

    @Test(arguments: [
        (
            PodBehaviour.steady,
            [
                "Normal Created 1 Created container: app",
                "Normal Pulled 1 Container image \"img\" already present on machine",
                "Normal Scheduled 1 Successfully assigned demo/<pod> to lab-node",
                "Normal Started 1 Started container app",
            ]
        ),
        (
            .crash,
            [
                "Normal Created 2 Created container: app",
                "Normal Pulled 2 Container image \"img\" already present on machine",
                "Normal Scheduled 1 Successfully assigned demo/<pod> to lab-node",
                "Normal Started 2 Started container app",
                "Warning BackOff 2 Back-off restarting failed container app in pod"
                    + " <pod>_demo(<uid>)",
            ]
        ),
        (
            .neverReady,
            [
                "Normal Created 1 Created container: app",
                "Normal Pulled 1 Container image \"img\" already present on machine",
                "Normal Scheduled 1 Successfully assigned demo/<pod> to lab-node",
                "Normal Started 1 Started container app",
                "Warning Unhealthy 1 Readiness probe failed: HTTP probe failed with statuscode:"
                    + " 503",
            ]
        ),
        (
            .unpullable,
            [
                "Normal Pulling 1 Pulling image \"img\"",
                "Normal Scheduled 1 Successfully assigned demo/<pod> to lab-node",
                "Warning BackOff 1 Back-off pulling image \"img\"",
                "Warning Failed 1 Failed to pull image \"img\": not found",
            ]
        ),
        (
            .flap,
            [
                "Normal Created 1 Created container: app",
                "Normal Pulled 1 Container image \"img\" already present on machine",
                "Normal Scheduled 1 Successfully assigned demo/<pod> to lab-node",
                "Normal Started 1 Started container app",
                "Warning Unhealthy 1 Readiness probe failed: HTTP probe failed with statuscode:"
                    + " 503",
            ]
        ),
    ])
    func aPodsEventsAreItsLife(_ behaviour: PodBehaviour, _ events: [String]) throws {
        try ClusterHand().run { hand in
            var pod: JSONTree = [
                "metadata": ["name": "lone"],
                "spec": ["containers": [["name": "app", "image": "img"]]],
            ]
            pod.set(
                .string(behaviour.rawValue), at: "metadata", "annotations",
                "lab.theseus.dev/behaviour")
            _ = try await hand.ask("DELETE", ClusterHand.deployments + "/demo-app-v1")
            try await hand.clock.sleep(for: .seconds(3700))
            _ = try await hand.ask("POST", ClusterHand.pods, pod)
            try await hand.clock.sleep(for: .seconds(16))
            #expect(try await Self.told(hand, about: "Pod").sorted() == events)
        }
    }

    @Test func aPodIsKilledAndForgottenAfterAnHour() throws {
        try ClusterHand().run { hand in
            _ = try await hand.ask("DELETE", ClusterHand.deployments + "/demo-app-v1")
            try await hand.clock.sleep(for: .seconds(5))
            let pods = try await Self.told(hand, about: "Pod")
            #expect(pods.count { $0 == "Normal Killing 1 Stopping container app" } == 3)
            try await hand.clock.sleep(for: .seconds(3601))
            #expect(try await Self.told(hand, about: "Pod") == [])
        }
    }

    @Test func anAutoscalerSaysWhyItScaled() throws {
        try ClusterHand().run { hand in
            hand.world.reach {
                $0.cluster.setDemand(6, namespace: "demo", deployment: "demo-app-v1")
            }
            try await hand.clock.sleep(for: .seconds(5))
            hand.world.reach {
                $0.cluster.setDemand(nil, namespace: "demo", deployment: "demo-app-v1")
            }
            try await hand.clock.sleep(for: .seconds(40))
            #expect(
                try await Self.told(hand, about: "HorizontalPodAutoscaler").sorted() == [
                    "Normal SuccessfulRescale 1 New size: 3; reason: All metrics below target",
                    "Normal SuccessfulRescale 1 New size: 6; reason: cpu resource utilization"
                        + " (percentage of request) above target",
                ])
        }
    }

    /// An event can be had by its name, and a watch hears of new ones and of their counts.
    @Test func eventsAreWatched() throws {
        try ClusterHand().run { hand in
            let listed = try await hand.ask("GET", Self.path)
            let first = try #require(listed.at("items")?.items?.first)
            let name = first.at("metadata", "name")?.text ?? ""
            #expect(try await hand.ask("GET", Self.path + "/\(name)").at("reason") != nil)
            #expect(try await hand.ask("GET", Self.path + "/none").status == 404)
            let version = listed.at("metadata", "resourceVersion")?.text ?? ""
            var request = HTTPRequest(
                "GET",
                LabWorld.server + Self.path
                    + "?watch=true&resourceVersion=\(version)"
                    + "&fieldSelector=involvedObject.kind%3DPod")
            request.streams = true
            let response = try await hand.world.send(request)
            guard case .chunks(let chunks) = response.body else {
                Issue.record("no watch")
                return
            }
            hand.world.reach {
                $0.cluster.setBehaviour(.crash, namespace: "demo", deployment: "demo-app-v1")
            }
            var heard: [String] = []
            while heard.count < 18, case .tree(let event)? = try await chunks.next() {
                let reason = event.at("object", "reason")?.text ?? ""
                heard.append("\(event["type"]?.text ?? "") \(reason)")
            }
            // Each pod was started before: only what is new is added.
            #expect(heard.count { $0 == "ADDED BackOff" } == 3)
            #expect(heard.count { $0 == "MODIFIED Started" } >= 3)
            #expect(!heard.contains("ADDED Started"))
        }
    }

    /// Reading events leaves the world as it is.
    @Test func tellingChangesNothing() throws {
        let hand = ClusterHand()
        let before = hand.world.history()
        try hand.run { hand in _ = try await hand.ask("GET", Self.path) }
        #expect(hand.world.history() == before)
    }
}

import HTTPMessages
import JSONTree
import Lab
import Manifests
import Testing

struct ClusterControllersTests {
    /// Waits, in virtual time, until `holds`.
    private static func wait(
        _ hand: ClusterHand, _ path: String, atMost limit: Duration = .seconds(1200),
        until holds: (ClusterHand.Answer) -> Bool
    ) async throws -> ClusterHand.Answer {
        let end = hand.clock.now + limit
        while true {
            let answer = try await hand.ask("GET", path)
            if holds(answer) || hand.clock.now > end { return answer }
            try await hand.clock.sleep(for: .milliseconds(100))
        }
    }

    private static func condition(_ answer: ClusterHand.Answer, _ type: String) -> JSONTree? {
        answer.at("status", "conditions")?.items?.first { $0["type"]?.text == type }
    }

    private static func ready(_ answer: ClusterHand.Answer) -> Int {
        answer.at("status", "readyReplicas")?.whole ?? 0
    }

    @Test func theDemoBeginsWithThreeReadyPods() throws {
        try ClusterHand().run { hand in
            let deployment = try await hand.ask("GET", ClusterHand.deployments + "/demo-app-v1")
            #expect(Self.ready(deployment) == 3)
            #expect(
                Self.condition(deployment, "Progressing")?["reason"] == "NewReplicaSetAvailable")
            #expect(Self.condition(deployment, "Available")?["status"] == "True")
            let endpoints = try await hand.ask("GET", ClusterHand.endpoints + "/demo-app")
            let subset = endpoints.at("subsets")?.items?.first
            #expect(subset?["addresses"]?.items?.count == 3)
            #expect(
                subset?["ports"]?.items?.first == ["port": 8080, "protocol": "TCP", "name": "http"])
            let scaler = try await hand.ask("GET", ClusterHand.scalers + "/demo-app-v1")
            #expect(scaler.at("status", "currentReplicas") == 3)
        }
    }

    @Test func aNewDeploymentBecomesReadyAndIsReached() throws {
        try ClusterHand().run { hand in
            let start = hand.clock.now
            let made = try await hand.ask(
                "POST", ClusterHand.deployments, DemoWorld.deployment(version: "v2", replicas: 2))
            #expect(made.at("status") == nil)
            let path = ClusterHand.deployments + "/demo-app-v2"
            let ready = try await Self.wait(hand, path) { Self.ready($0) == 2 }
            #expect(ready.at("status", "observedGeneration") == ready.at("metadata", "generation"))
            #expect(hand.clock.now - start > .seconds(3))
            #expect(hand.clock.now - start < .seconds(4))
            let pods = try await hand.ask("GET", ClusterHand.pods + "?labelSelector=version%3Dv2")
            let items = pods.at("items")?.items ?? []
            #expect(items.count == 2)
            let images = items.map { $0.at("status", "containerStatuses")?.items?[0]["imageID"] }
            #expect(images[0] == images[1])
            #expect(images[0]?.text?.hasPrefix("registry.example.test/demo-app@sha256:") == true)
            let endpoints = try await Self.wait(hand, ClusterHand.endpoints + "/demo-app") {
                $0.at("subsets")?.items?.first?["addresses"]?.items?.count == 5
            }
            #expect(endpoints.at("subsets")?.items?.first?["notReadyAddresses"] == nil)
        }
    }

    @Test func aRollingUpdateNeverHasTooFewPods() throws {
        let hand = ClusterHand()
        try hand.run { hand in
            let path = ClusterHand.deployments + "/demo-app-v1"
            let patch: JSONTree = [
                "spec": ["template": ["spec": ["containers": [["name": "app", "image": "new:1"]]]]]
            ]
            _ = try await hand.ask("PATCH", path, patch, type: "strategic-merge-patch+json")
            let end = try await Self.wait(hand, path) {
                $0.at("status", "observedGeneration") == 2
                    && $0.at("status", "updatedReplicas") == 3
                    && $0.at("status", "replicas") == 3 && Self.ready($0) == 3
            }
            #expect(end.at("metadata", "annotations", "deployment.kubernetes.io/revision") == "2")
        }
        for version in hand.world.history() where version.reference.kind == .endpoints {
            let addresses = version.object?.tree["subsets"]?.items?.first?["addresses"]
            if version.at > .seconds(600) { #expect((addresses?.items?.count ?? 0) >= 3) }
        }
    }

    @Test(arguments: [
        (PodBehaviour.crash, "CrashLoopBackOff"), (.neverReady, ""),
        (.unpullable, "ImagePullBackOff"),
    ])
    func badPodsMissTheirDeadline(_ behaviour: PodBehaviour, _ waiting: String) throws {
        try ClusterHand().run { hand in
            var tree = DemoWorld.deployment(version: "v2", replicas: 1)
            tree.set(
                .string(behaviour.rawValue), at: "spec", "template", "metadata", "annotations",
                "lab.theseus.dev/behaviour")
            tree.set(60, at: "spec", "progressDeadlineSeconds")
            _ = try await hand.ask("POST", ClusterHand.deployments, tree)
            let start = hand.clock.now
            let end = try await Self.wait(hand, ClusterHand.deployments + "/demo-app-v2") {
                Self.condition($0, "Progressing")?["status"] == "False"
            }
            #expect(Self.condition(end, "Progressing")?["reason"] == "ProgressDeadlineExceeded")
            #expect((.seconds(60) ... .seconds(61)).contains(hand.clock.now - start))
            #expect(Self.ready(end) == 0)
            let pods = try await hand.ask("GET", ClusterHand.pods + "?labelSelector=version%3Dv2")
            let state = pods.at("items")?.items?.first?.at("status", "containerStatuses")?.items?
                .first?.at("state", "waiting", "reason")
            #expect((state?.text ?? "") == waiting)
        }
    }

    @Test func flappingPodsComeAndGo() throws {
        let hand = ClusterHand()
        hand.world.reach {
            $0.cluster.setBehaviour(.flap, namespace: "demo", deployment: "demo-app-v1")
        }
        let counts = try hand.run { hand in
            var counts: [Int] = []
            for _ in 0..<8 {
                let answer = try await hand.ask("GET", ClusterHand.deployments + "/demo-app-v1")
                counts.append(Self.ready(answer))
                try await hand.clock.sleep(for: .seconds(3))
            }
            return counts
        }
        #expect(counts.contains(0))
        #expect(counts.contains(3))
    }

    @Test func readyAfterIsTheTemplatesWord() throws {
        try ClusterHand().run { hand in
            var tree = DemoWorld.deployment(version: "v2", replicas: 1)
            tree.set(
                "40s", at: "spec", "template", "metadata", "annotations",
                "lab.theseus.dev/ready-after")
            _ = try await hand.ask("POST", ClusterHand.deployments, tree)
            let start = hand.clock.now
            _ = try await Self.wait(hand, ClusterHand.deployments + "/demo-app-v2") {
                Self.ready($0) == 1
            }
            #expect((.seconds(40) ... .seconds(41)).contains(hand.clock.now - start))
        }
    }

    @Test func deletedPodsLeaveTheEndpointsBeforeTheyAreGone() throws {
        try ClusterHand().run { hand in
            let pods = try await hand.ask("GET", ClusterHand.pods)
            let name = pods.at("items")?.items?.first?.at("metadata", "name")?.text ?? ""
            let path = ClusterHand.pods + "/\(name)"
            _ = try await hand.ask("DELETE", path)
            try await hand.clock.sleep(for: .milliseconds(200))
            let endpoints = try await hand.ask("GET", ClusterHand.endpoints + "/demo-app")
            #expect(endpoints.at("subsets")?.items?.first?["addresses"]?.items?.count == 2)
            let leaving = try await hand.ask("GET", path)
            #expect(leaving.at("metadata", "deletionTimestamp") != nil)
            let healed = try await Self.wait(hand, ClusterHand.deployments + "/demo-app-v1") {
                Self.ready($0) == 3
            }
            #expect(Self.ready(healed) == 3)
            #expect(try await hand.ask("GET", path).status == 404)
        }
    }

    @Test(arguments: ["Background", "Foreground", "Orphan"])
    func deletesCascade(_ policy: String) throws {
        try ClusterHand().run { hand in
            let path = ClusterHand.deployments + "/demo-app-v1"
            _ = try await hand.ask("DELETE", path, ["propagationPolicy": .string(policy)])
            let isThere = try await hand.ask("GET", path).status == 200
            #expect(isThere == (policy == "Foreground"))
            try await hand.clock.sleep(for: .seconds(5))
            #expect(try await hand.ask("GET", path).status == 404)
            let pods = try await hand.ask("GET", ClusterHand.pods)
            #expect(pods.at("items")?.items?.count == (policy == "Orphan" ? 3 : 0))
            let endpoints = try await hand.ask("GET", ClusterHand.endpoints + "/demo-app")
            let subsets = endpoints.at("subsets")?.items
            #expect(subsets?.isEmpty == (policy != "Orphan"))
        }
    }

    @Test func autoscalersKeepTheirBoundsAndScaleDownLate() throws {
        try ClusterHand().run { hand in
            let path = ClusterHand.deployments + "/demo-app-v1"
            let scaler = ClusterHand.scalers + "/demo-app-v1"
            func bound(_ least: Int) async throws {
                _ = try await hand.ask(
                    "PATCH", scaler, ["spec": ["minReplicas": .integer(least)]],
                    type: "merge-patch+json")
            }
            try await bound(6)
            let grown = try await Self.wait(hand, path) { Self.ready($0) == 6 }
            #expect(Self.ready(grown) == 6)
            try await bound(1)
            let start = hand.clock.now
            let shrunk = try await Self.wait(hand, path) { $0.at("spec", "replicas") == 1 }
            #expect(shrunk.at("spec", "replicas") == 1)
            #expect((.seconds(30) ... .seconds(34)).contains(hand.clock.now - start))
            hand.world.reach {
                $0.cluster.setDemand(50, namespace: "demo", deployment: "demo-app-v1")
            }
            let busy = try await Self.wait(hand, path) { $0.at("spec", "replicas") == 10 }
            #expect(busy.at("spec", "replicas") == 10)
        }
    }

    @Test func aNamespaceTakesEverythingWithIt() throws {
        try ClusterHand().run { hand in
            _ = try await hand.ask("DELETE", "/api/v1/namespaces/demo")
            try await hand.clock.sleep(for: .seconds(10))
            #expect(try await hand.ask("GET", "/api/v1/namespaces/demo").status == 404)
            let left = try await hand.ask("GET", "/apis/apps/v1/deployments")
            #expect(left.at("items")?.items?.count == 0)
        }
    }
}

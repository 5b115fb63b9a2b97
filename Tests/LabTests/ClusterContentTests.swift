import JSONTree
import Testing

/// What the API server holds of ConfigMaps and CronJobs, as the journal and its guard need it.
@Suite struct ClusterContentTests {
    @Test func whatIsImmutableStaysAsItIs() throws {
        try ClusterHand().run { hand in
            let path = "\(ClusterHand.maps)/m"
            var map = ClusterHand.map("m")
            map["immutable"] = true
            #expect(try await hand.ask("POST", ClusterHand.maps, map).status == 201)
            let stored = try await hand.ask("GET", path).tree

            var other = stored
            other["data"] = ["a": "2"]
            let refused = try await hand.ask("PUT", path, other)
            #expect(refused.status == 422)
            #expect(refused.message.contains("field is immutable when `immutable` is set"))
            other = stored
            other["immutable"] = nil
            #expect(try await hand.ask("PUT", path, other).status == 422)

            // Labels and annotations are no content.
            other = stored
            other.set("x", at: "metadata", "annotations", "note")
            #expect(try await hand.ask("PUT", path, other).status == 200)
            #expect(try await hand.ask("DELETE", path).status == 200)
        }
    }

    /// In the very write that closes it the content may still change.
    @Test func closingMayFill() throws {
        try ClusterHand().run { hand in
            _ = try await hand.ask("POST", ClusterHand.maps, ClusterHand.map("m"))
            var map = try await hand.ask("GET", "\(ClusterHand.maps)/m").tree
            map["data"] = ["a": "2"]
            map["immutable"] = true
            #expect(try await hand.ask("PUT", "\(ClusterHand.maps)/m", map).status == 200)
        }
    }

    @Test(arguments: [(1_048_576, 201), (1_048_577, 422)])
    func aMapHoldsOneMebibyte(_ count: Int, _ status: Int) throws {
        let content: JSONTree = ["a": .string(String(repeating: "x", count: count))]
        try ClusterHand().run { hand in
            let answer = try await hand.ask(
                "POST", ClusterHand.maps, ClusterHand.map("m", content))
            #expect(answer.status == status)
        }
    }

    @Test(arguments: ["v1", "v1beta1"]) func cronJobsAreServedAs(_ version: String) throws {
        try ClusterHand().run { hand in
            let path = "/apis/batch/\(version)/namespaces/demo/cronjobs"
            let job: JSONTree = [
                "apiVersion": .string("batch/\(version)"), "kind": "CronJob",
                "metadata": ["name": "g", "namespace": "demo"],
                "spec": ["schedule": "*/2 * * * *"],
            ]
            #expect(try await hand.ask("POST", path, job).status == 201)
            let stored = try await hand.ask("GET", "\(path)/g")
            #expect(stored.at("apiVersion") == .string("batch/\(version)"))
            #expect(stored.at("spec", "schedule") == "*/2 * * * *")
        }
    }
}

import HTTPMessages
import JSONTree
import Manifests
import Testing

@testable import Lab

/// The mesh on top of the Lab's own cluster, as everybody else sees it: over HTTP.
struct MeshStoryTests {
    /// A world at hand, one request after the other.
    private struct Hands {
        let world: LabWorld
        let clock: LabClock

        func ask(_ method: String, _ path: String, _ tree: JSONTree? = nil) async throws
            -> HTTPResponse
        {
            try await world.send(
                HTTPRequest(
                    method, LabWorld.server + path,
                    headers: ["Content-Type": "application/merge-patch+json"],
                    body: tree.map(HTTPBody.tree) ?? .empty))
        }

        func browse(_ headers: HTTPHeaders = [:]) async throws -> HTTPResponse {
            var headers = headers
            headers["Host"] = "demo.example.test"
            return try await world.send(
                HTTPRequest("GET", "http://" + LabWorld.gateway + "/", headers: headers))
        }
    }

    private static let routes =
        "/apis/networking.istio.io/v1/namespaces/demo/virtualservices/demo-app"
    private static let rules = "/apis/networking.istio.io/v1/namespaces/demo/destinationrules"

    private static func play<Value: Sendable>(
        _ story: @escaping @Sendable (Hands) async throws -> Value
    ) throws -> Value {
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        let state = try DemoWorld.file.begin(date: clock.epoch)
        return try turnable.run {
            try await story(Hands(world: LabWorld(state, time: clock), clock: clock))
        }
    }

    @Test func aCandidateThatIsNotPinnedAwayLeaks() throws {
        let (before, leaks, lost) = try Self.play { hands in
            let start = hands.world.snapshot().now
            try await hands.clock.sleep(for: .seconds(60))
            let before = hands.world.reach { $0.mesh.requests(to: "v1", from: start) }
            _ = try await hands.ask(
                "POST", "/apis/apps/v1/namespaces/demo/deployments",
                DemoWorld.deployment(version: "v2"))
            try await hands.clock.sleep(for: .seconds(60))
            return hands.world.reach { state in
                (before, state.mesh.leaks(to: "v2", from: start), state.mesh.lost(from: start))
            }
        }
        #expect(before > 2700 && before < 3300)
        #expect(leaks.map(\.source).sorted() == ["istio-ingressgateway", "load-generator"])
        #expect(leaks.allSatisfy { $0.requests > 500 })
        #expect(lost == 0)
    }

    @Test func aPinnedCandidateIsDarkUntilItIsRouted() throws {
        let (leaks, dark, bright, share, lost) = try Self.play { hands in
            let start = hands.world.snapshot().now
            let subset = { (name: String) -> JSONTree in
                ["name": .string(name), "labels": ["version": .string(name)]]
            }
            _ = try await hands.ask(
                "POST", Self.rules,
                [
                    "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
                    "metadata": ["name": "demo-app"],
                    "spec": ["host": "demo-app", "subsets": [subset("v1"), subset("v2")]],
                ])
            try await hands.clock.sleep(for: .seconds(5))
            let route = { (weight: Int) -> JSONTree in
                let target = { (subset: String, weight: Int) -> JSONTree in
                    [
                        "destination": ["host": "demo-app", "subset": .string(subset)],
                        "weight": .integer(weight),
                    ]
                }
                let dark: JSONTree = [
                    "match": [["headers": ["cookie": ["regex": "^(.*;\\s*)?user=jason(;.*)?$"]]]],
                    "route": [target("v2", 100)],
                ]
                let primary: JSONTree = [
                    "name": "primary", "route": [target("v1", 100 - weight), target("v2", weight)],
                ]
                return ["spec": ["http": [dark, primary]]]
            }
            _ = try await hands.ask("PATCH", Self.routes, route(0))
            try await hands.clock.sleep(for: .seconds(5))
            _ = try await hands.ask(
                "POST", "/apis/apps/v1/namespaces/demo/deployments",
                DemoWorld.deployment(version: "v2"))
            try await hands.clock.sleep(for: .seconds(30))
            let leaks = hands.world.reach { $0.mesh.leaks(to: "v2", from: start).count }
            let dark = try await hands.browse(["Cookie": "user=jason"]).headers["x-lab-version"]
            let bright = try await hands.browse().headers["x-lab-version"]
            _ = try await hands.ask("PATCH", Self.routes, route(20))
            try await hands.clock.sleep(for: .seconds(30))
            return hands.world.reach { state in
                (
                    leaks, dark, bright, state.mesh.share(of: "v2"), state.mesh.lost(from: start)
                )
            }
        }
        #expect(leaks == 0)
        #expect(dark == "v2")
        #expect(bright == "v1")
        #expect(abs(share - 20) < 1e-9)
        #expect(lost == 0)
    }

    @Test func prometheusAnswersThroughTheSameDoor() throws {
        let (answer, status) = try Self.play { hands in
            let query = MeshScene.escaped(
                #"sum(rate(istio_requests_total{reporter="source"}[5m]))"#)
            let answer = try await hands.ask("GET", "/prometheus/api/v1/query?query=" + query)
            let status = try await hands.ask("POST", "/lab/prometheus", ["fault": "hang"]).status
            return (try answer.body.tree(), status)
        }
        let value = answer?.at("data", "result")?.items?.first?["value"]?.items?.last?.text
        let rate = value.flatMap(Double.init) ?? 0
        #expect(rate > 47 && rate < 53)
        #expect(status == 200)
    }

    @Test func aHangingPrometheusTakesAsLongAsItsCallerWaits() throws {
        let waited = try Self.play { hands -> Duration in
            _ = try await hands.ask("POST", "/lab/prometheus", ["fault": "hang"])
            let start = hands.clock.now
            let request = HTTPRequest(
                "GET", LabWorld.prometheus + "/api/v1/query?query=1", timeout: .seconds(7))
            do throws(HTTPFailure) {
                _ = try await hands.world.send(request)
                return Duration.zero
            } catch {
                return error.reason == .timedOut ? hands.clock.now - start : .zero
            }
        }
        #expect(waited >= .seconds(7) && waited < .milliseconds(7100))
    }
}

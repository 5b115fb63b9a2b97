import HTTPMessages
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Synchronization
import Testing

@testable import Foresight

/// Whoever plans cannot write, whatever he tries.
@Suite struct WallTests {
    struct Call: Sendable, CustomTestStringConvertible {
        let method: String
        let path: String
        let passes: Bool

        init(_ method: String, _ path: String, _ passes: Bool) {
            self.method = method
            self.path = path
            self.passes = passes
        }

        var testDescription: String { "\(method) \(path) \(passes ? "passes" : "does not")" }
    }

    private static let demo = "/apis/apps/v1/namespaces/demo/deployments"
    private static let reviews = "/apis/authorization.k8s.io/v1"
    private static let rules = "selfsubjectrulesreviews"

    static let calls = [
        Call("GET", demo, true), Call("GET", "\(demo)/demo-app-v1", true),
        Call("GET", "\(demo)?watch=1", true), Call("GET", "/apis/apps", true),
        Call("GET", "/api/v1/namespaces/demo/pods/a/log?tailLines=5", true),
        Call("POST", "\(reviews)/selfsubjectaccessreviews", true),
        Call("POST", "\(reviews)/selfsubjectrulesreviews", true),
        Call("POST", demo, false), Call("PUT", "\(demo)/demo-app-v1", false),
        Call("PATCH", "\(demo)/demo-app-v1", false), Call("DELETE", "\(demo)/demo-app-v1", false),
        Call("DELETE", demo, false), Call("PUT", "\(demo)/demo-app-v1/scale", false),
        Call("GET", "/api/v1/namespaces/demo/pods/a/exec?command=rm", false),
        Call("GET", "/api/v1/namespaces/demo/services/a/proxy/x", false),
        Call("POST", "/api/v1/namespaces/demo/pods/a/exec", false),
        Call("POST", "\(reviews)/namespaces/demo/localsubjectaccessreviews", false),
        Call("POST", "\(reviews)/selfsubjectaccessreviews/x", false),
        Call("PUT", "\(reviews)/selfsubjectaccessreviews", false),
        Call("POST", "/api/v1/namespaces/demo/configmaps?x=\(reviews)/\(rules)", false),
        Call("POST", "/api/v1/namespaces/demo/configmaps\(reviews)/\(rules)", false),
        Call("GET", "/api/v1/namespaces/demo/pods/a%2Fexec", false),
        Call("POST", "\(reviews)/../../../\(rules)", false),
        Call("POST", "/lab/api", false), Call("GET", "/lab", true),
    ]

    @Test(arguments: calls, ["", "/k8s/clusters/c-1", "/api/apis"])
    func letsThrough(_ call: Call, below root: String) async throws {
        let ear = Ear()
        let server = "https://api.example.test\(root)"
        let answer = try await ReadOnlyTransport(ear, to: server)
            .send(HTTPRequest(call.method, server + call.path))
        #expect(ear.heard == (call.passes ? 1 : 0))
        #expect(answer.status == (call.passes ? 200 : 405))
    }

    /// Whatever is sent elsewhere stays here, too.
    @Test func goesNowhereElse() async throws {
        let ear = Ear()
        let wall = ReadOnlyTransport(ear, to: "https://api.example.test")
        for url in ["https://other.example.test/api/v1/pods", "https://api.example.test.evil/x"] {
            #expect(try await wall.send(HTTPRequest("GET", url)).status == 405)
        }
        #expect(ear.heard == 0)
    }

    private final class Ear: HTTPTransport {
        private let calls = Mutex(0)
        var heard: Int { calls.withLock { $0 } }

        func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
            calls.withLock { $0 += 1 }
            return HTTPResponse(status: 200)
        }
    }

    /// Every way in which a client of ours writes, against a real world behind the wall.
    @Test func noWriteOfOursPasses() throws {
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        let world = LabWorld(try DemoWorld.file.begin(date: clock.date), time: clock)
        let client = KubernetesClient(
            server: LabWorld.server, token: "lab",
            transport: Lookout().through(world, to: LabWorld.server), time: clock)
        let reference = ObjectReference(.virtualService, namespace: "demo", name: "demo-app")
        let before = world.history().count
        let refusals = try turnable.run {
            let object = try #require(try await client.get(reference))
            var other = object
            other.tree.set("other", at: "metadata", "name")
            let (stranger, kind) = (other, reference.kind)
            let tries: [@Sendable () async throws -> Void] = [
                { _ = try await client.create(stranger, as: kind) },
                { _ = try await client.update(object, as: kind) },
                { _ = try await client.apply(object, as: kind, force: true) },
                { try await client.delete(object, as: kind) },
            ]
            var said: [String] = []
            for one in tries {
                let error = await #expect(throws: KubernetesError.self) { try await one() }
                said.append(error?.detail ?? "")
            }
            return said
        }
        #expect(refusals.allSatisfy { $0.hasPrefix("this command only looks: ") })
        #expect(world.history().count == before)
    }
}

import HTTPMessages
import JSONTree
import KubernetesAPI
import Manifests
import Testing

struct KubernetesClientTests {
    @Test(
        arguments: [
            (ResourceKind.pod, "demo", "a", "/api/v1/namespaces/demo/pods/a"),
            (.namespace, "", "demo", "/api/v1/namespaces/demo"),
            (
                .virtualService, "demo", "a",
                "/apis/networking.istio.io/v1/namespaces/demo/virtualservices/a"
            ),
            (.deployment, "demo", nil, "/apis/apps/v1/namespaces/demo/deployments"),
            (.lease, nil, nil, "/apis/coordination.k8s.io/v1/leases"),
            (.pod, "demo", "a b/../c?d", "/api/v1/namespaces/demo/pods/a%20b%2F..%2Fc%3Fd"),
        ] as [(ResourceKind, String?, String?, String)])
    func paths(_ kind: ResourceKind, _ namespace: String?, _ name: String?, _ path: String) {
        #expect(kind.path(namespace: namespace, name: name) == path)
    }

    @Test func asksForOneObject() async throws {
        let server = CannedServer(.tree(configMap("settings").tree))
        let found = try await client(server, token: "s3cret").get(reference)
        #expect(found == configMap("settings"))
        let request = try #require(server.requests.first)
        #expect(request.method == "GET")
        #expect(request.url == "https://api.example/api/v1/namespaces/demo/configmaps/settings")
        #expect(request.headers["authorization"] == "Bearer s3cret")
        #expect(request.headers["accept"] == "application/json")
        #expect(request.timeout == .seconds(30))
        #expect(!request.streams)
    }

    @Test func whatIsNotThereIsNil() async throws {
        var answer = HTTPResponse.status(404, "not found")
        answer.body = .tree(["message": "not found", "details": ["name": "settings"]])
        #expect(try await client(CannedServer(answer)).get(reference) == nil)
    }

    /// A proxy's 404 says nothing about the object.
    @Test(arguments: [JSONTree.null, ["details": [:]], ["details": ["name": "other"]]])
    func aNamelessNotFoundIsNoAnswer(_ status: JSONTree) async {
        let server = CannedServer(HTTPResponse(status: 404, body: .tree(status)))
        let error = await #expect(throws: KubernetesError.self) {
            try await client(server).get(reference)
        }
        #expect(error?.code == .unavailable(reached: .never))
    }

    struct Answer: Sendable, CustomTestStringConvertible {
        let status: Int
        let code: KubernetesError.Code
        var headers: HTTPHeaders = [:]
        var testDescription: String { "\(status)" }
    }

    @Test(arguments: [
        Answer(status: 301, code: .invalid),
        Answer(status: 400, code: .invalid),
        Answer(status: 401, code: .unauthorized),
        Answer(status: 403, code: .forbidden),
        Answer(status: 404, code: .unavailable(reached: .never)),
        Answer(status: 405, code: .invalid),
        Answer(status: 408, code: .unavailable(reached: .perhaps)),
        Answer(status: 409, code: .conflict),
        Answer(status: 410, code: .gone),
        Answer(status: 415, code: .invalid),
        Answer(status: 422, code: .invalid),
        Answer(status: 429, code: .tooMany(retryAfter: .seconds(1))),
        Answer(
            status: 429, code: .tooMany(retryAfter: .seconds(12)), headers: ["retry-after": "12"]),
        Answer(
            status: 429, code: .tooMany(retryAfter: .seconds(1)), headers: ["retry-after": "-4"]),
        Answer(status: 500, code: .unavailable(reached: .perhaps)),
        Answer(status: 503, code: .unavailable(reached: .perhaps)),
        Answer(status: 504, code: .unavailable(reached: .perhaps)),
    ])
    func refusals(_ answer: Answer) async {
        let server = CannedServer(.status(answer.status, "said so", headers: answer.headers))
        let expected = KubernetesError(
            answer.code, place: "PUT ConfigMap demo/settings", detail: "said so",
            lacking: answer.status == 403 ? right("update") : nil)
        await #expect(throws: expected) {
            try await client(server).update(configMap("settings"), as: .configMap)
        }
    }

    private func right(_ verb: String) -> AccessRight {
        AccessRight(verb: verb, group: "", resource: "configmaps", namespace: "demo")
    }

    @Test func everyCallNamesTheRightThatItLacks() async {
        let calls: [(String, @Sendable (KubernetesClient) async throws -> Void)] = [
            ("get", { _ = try await $0.get(configMap("a").reference(as: .configMap)) }),
            ("list", { _ = try await $0.list(.configMap, namespace: "demo") }),
            ("watch", { _ = try await $0.watch(.configMap, namespace: "demo", from: "7") }),
            ("create", { _ = try await $0.create(configMap("a"), as: .configMap) }),
            ("patch", { _ = try await $0.apply(configMap("a"), as: .configMap) }),
            ("delete", { try await $0.delete(configMap("a"), as: .configMap) }),
        ]
        for (verb, call) in calls {
            let denied = client(CannedServer(.status(403, "no")))
            let error = await #expect(throws: KubernetesError.self) { try await call(denied) }
            #expect(error?.lacking == right(verb))
        }
    }

    @Test func waitsAsLongAsTheBodySays() async {
        var body = HTTPResponse.status(429, "slow down")
        body.body = .tree(["message": "slow down", "details": ["retryAfterSeconds": 9]])
        let server = CannedServer(body)
        await #expect(
            throws: KubernetesError(
                .tooMany(retryAfter: .seconds(9)), place: "GET pods in demo", detail: "slow down")
        ) { try await client(server).list(.pod, namespace: "demo") }
    }

    @Test(arguments: [HTTPFailure.Reached.never, .perhaps])
    func noAnswer(_ reached: HTTPFailure.Reached) async {
        let failure = HTTPFailure(.reset, reached: reached, place: "x", detail: "by peer")
        let server = CannedServer([.failure(failure)])
        await #expect(
            throws: KubernetesError(
                .unavailable(reached: reached), place: "POST ConfigMap demo/settings",
                detail: "the connection broke (by peer)")
        ) { try await client(server).create(configMap("settings"), as: .configMap) }
    }

    @Test(arguments: [
        HTTPResponse(status: 200, body: .text("<html>log in</html>")),
        HTTPResponse(status: 200), .tree([1, 2]), .tree(["kind": "Pod"]),
    ])
    func whatIsNoObjectIsUndecodable(_ response: HTTPResponse) async throws {
        let server = CannedServer(response)
        let error = await #expect(throws: KubernetesError.self) {
            try await client(server).get(reference)
        }
        #expect(error?.code == .undecodable)
        #expect(error?.detail.contains("html") == false)
    }

    @Test func keepsToItselfWhatMustNotBeShown() async throws {
        let long = String(repeating: "x", count: 400)
        let server = CannedServer(
            .status(403, "token s3cret\nmay not"), .status(422, long),
            HTTPResponse(status: 502, body: .text("<html>s3cret</html>")),
            .status(422, "data: Invalid value: \"hunter2\""))
        let client = client(server, token: "s3cret")
        let first = await #expect(throws: KubernetesError.self) { try await client.get(reference) }
        #expect(first?.detail == "token … may not")
        let second = await #expect(throws: KubernetesError.self) { try await client.get(reference) }
        #expect(second?.detail.count == 300)
        let third = await #expect(throws: KubernetesError.self) { try await client.get(reference) }
        #expect(third?.detail == "HTTP 502")
        let secret = ObjectReference(.secret, namespace: "demo", name: "keys")
        let fourth = await #expect(throws: KubernetesError.self) { try await client.get(secret) }
        #expect(fourth?.detail == "Because")
    }

    @Test func knowsTheServersDate() async throws {
        let date: HTTPHeaders = ["Date": "Mon, 05 Jan 2026 12:00:00 GMT"]
        let server = CannedServer(
            .status(500, "no", headers: date), .tree(configMap("settings").tree))
        let client = client(server)
        #expect(client.serverDate == nil)
        _ = try? await client.get(reference)
        #expect(client.serverDate == 1_767_614_400_000)
        _ = try await client.get(reference)
        #expect(client.serverDate == 1_767_614_400_000)  // none in the second answer
    }

    @Test func appliesAsTheseus() async throws {
        let server = CannedServer(.tree(configMap("settings").tree))
        _ = try await client(server).apply(configMap("settings"), as: .configMap, force: true)
        let request = try #require(server.requests.first)
        #expect(request.method == "PATCH")
        #expect(
            request.url
                == "https://api.example/api/v1/namespaces/demo/configmaps/settings"
                + "?fieldManager=theseus&force=true")
        #expect(request.headers["content-type"] == "application/apply-patch+yaml")
        #expect(try request.body.tree() == configMap("settings").tree)
    }

    @Test func deletesOneVersionOfOneObject() async throws {
        let server = CannedServer(.tree(["kind": "Status", "status": "Success"]))
        var object = configMap("settings")
        object.tree.set("u1", at: "metadata", "uid")
        object.tree.set("17", at: "metadata", "resourceVersion")
        try await client(server).delete(object, as: .configMap)
        let request = try #require(server.requests.first)
        #expect(request.method == "DELETE")
        let body = try request.body.tree()
        #expect(body?.at("preconditions", "uid") == "u1")
        #expect(body?.at("preconditions", "resourceVersion") == "17")
    }
}

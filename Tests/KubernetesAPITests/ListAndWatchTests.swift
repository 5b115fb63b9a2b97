import HTTPMessages
import JSONTree
import KubernetesAPI
import Manifests
import Synchronization
import Testing

struct ListAndWatchTests {
    private func page(_ names: [String], next: String? = nil) -> HTTPResponse {
        var tree: JSONTree = [
            "kind": "ConfigMapList", "metadata": ["resourceVersion": "40"],
            "items": .array(names.map { ["metadata": ["name": .string($0)]] }),
        ]
        tree.set(next.map(JSONTree.string), at: "metadata", "continue")
        return .tree(tree)
    }

    @Test func readsPageAfterPage() async throws {
        let server = CannedServer(page(["a", "b"], next: "x/2"), page(["c"]))
        let list = try await client(server).list(
            .configMap, namespace: "demo", selector: [("app", "demo"), ("version", "v1")])
        #expect(list.items.map(\.name) == ["a", "b", "c"])
        #expect(list.items.map(\.kind) == ["ConfigMap", "ConfigMap", "ConfigMap"])
        #expect(list.items.map(\.apiVersion) == ["v1", "v1", "v1"])
        #expect(list.resourceVersion == "40")
        let base =
            "https://api.example/api/v1/namespaces/demo/configmaps"
            + "?labelSelector=app%3Ddemo%2Cversion%3Dv1&limit=500"
        #expect(server.requests.map(\.url) == [base, base + "&continue=x%2F2"])
    }

    @Test func startsOverWhereAPageExpires() async throws {
        let server = CannedServer(
            page(["a"], next: "2"), .status(410, "expired"), page(["a", "b"]))
        let list = try await client(server).list(.configMap, namespace: nil)
        #expect(list.items.map(\.name) == ["a", "b"])
        #expect(server.requests.last?.url == "https://api.example/api/v1/configmaps")
    }

    @Test func aListWithoutItemsIsNone() async {
        let server = CannedServer(.tree(["kind": "Status"]))
        let error = await #expect(throws: KubernetesError.self) {
            try await client(server).list(.pod, namespace: "demo")
        }
        #expect(error?.code == .undecodable)
    }

    private func chunks(_ pieces: [HTTPChunks.Chunk], then failure: HTTPFailure? = nil)
        -> HTTPResponse
    {
        let rest = Rest(pieces)
        return HTTPResponse(
            status: 200,
            body: .chunks(
                HTTPChunks { () throws(HTTPFailure) in
                    if let next = rest.next() { return next }
                    if let failure { throw failure }
                    return nil
                }))
    }

    private func event(_ type: String, _ name: String) -> JSONTree {
        ["type": .string(type), "object": configMap(name).tree]
    }

    @Test func hearsEventsHoweverTheyAreCut() async throws {
        let line = #"{"type":"ADDED","object":{"metadata":{"name":"a"}}}"#
        let bookmark = #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}"#
        let text = Array((line + "\n\r\n" + bookmark).utf8)
        for cut in stride(from: 0, through: text.count, by: 7) {
            let server = CannedServer(
                chunks([
                    .bytes(Array(text[..<cut])), .bytes(Array(text[cut...])), .bytes([0x0A]),
                    .tree(event("MODIFIED", "b")), .tree(event("DELETED", "c")),
                ]))
            var watch = try await client(server).watch(.configMap, namespace: "demo", from: "7")
            let a = KubernetesObject(["metadata": ["name": "a"]])
            #expect(try await watch.next() == .added(a))
            #expect(try await watch.next() == .bookmark(resourceVersion: "9"))
            #expect(try await watch.next() == .modified(configMap("b")))
            #expect(try await watch.next() == .deleted(configMap("c")))
            #expect(try await watch.next() == nil)
            let request = try #require(server.requests.first)
            #expect(request.streams)
            #expect(
                request.url.hasSuffix(
                    "?watch=1&allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=300"))
        }
    }

    struct Ending: Sendable {
        let tree: JSONTree
        let code: KubernetesError.Code
    }

    @Test(arguments: [
        Ending(
            tree: ["type": "ERROR", "object": ["code": 410, "reason": "Expired"]], code: .gone),
        Ending(
            tree: ["type": "ERROR", "object": ["code": 500, "reason": "InternalError"]],
            code: .unavailable(reached: .perhaps)),
        Ending(tree: ["type": "SONG", "object": [:]], code: .undecodable),
    ])
    func saysHowAWatchBreaks(_ ending: Ending) async throws {
        let server = CannedServer(chunks([.tree(ending.tree)]))
        var watch = try await client(server).watch(.configMap, namespace: nil, from: "7")
        let error = await #expect(throws: KubernetesError.self) { try await watch.next() }
        #expect(error?.code == ending.code)
        #expect(error?.place == "WATCH configmaps")
    }

    @Test func aBrokenConnectionIsNoEnd() async throws {
        let reset = HTTPFailure(.reset, reached: .perhaps, place: "x")
        let server = CannedServer(chunks([.tree(event("ADDED", "a"))], then: reset))
        var watch = try await client(server).watch(.configMap, namespace: nil, from: "7")
        #expect(try await watch.next() == .added(configMap("a")))
        let error = await #expect(throws: KubernetesError.self) { try await watch.next() }
        #expect(error?.code == .unavailable(reached: .perhaps))
    }
}

private final class Rest: Sendable {
    private let pieces: Mutex<[HTTPChunks.Chunk]>

    init(_ pieces: [HTTPChunks.Chunk]) { self.pieces = Mutex(pieces) }

    func next() -> HTTPChunks.Chunk? {
        pieces.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}

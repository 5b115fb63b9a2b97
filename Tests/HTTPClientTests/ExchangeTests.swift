import HTTPClient
import HTTPMessages
import HTTPServer
import JSONTree
import Synchronization
import Testing

/// What goes out and what comes back, over real sockets.
@Suite(.serialized) struct ExchangeTests {
    @Test(arguments: ["GET", "POST", "PUT", "PATCH", "DELETE"])
    func carriesMethodPathQueryHeadersAndBody(method: String) async throws {
        let seen = Mutex<HTTPServerRequest?>(nil)
        try await serving { request in
            seen.withLock { $0 = request }
            return HTTPResponse(
                status: 207, headers: ["X-One": "1", "x-two": "zwei drei", "X-One": "again"],
                body: .text("answer"))
        } _: { url in
            let body: HTTPBody = method == "GET" ? .empty : .text("question")
            let answer = try await CurlTransport().send(
                HTTPRequest(
                    method, "\(url)/a%20b/c?x=1&y=a%26b&flag",
                    headers: ["X-Asked": "yes", "X-Empty": "", "Content-Type": "text/plain"],
                    body: body))
            #expect(answer.status == 207)
            #expect(answer.body.bytes == Array("answer".utf8))
            #expect(
                answer.headers.lines.filter { $0.name.lowercased().hasPrefix("x-") } == [
                    .init(name: "X-One", value: "1"), .init(name: "x-two", value: "zwei drei"),
                    .init(name: "X-One", value: "again"),
                ])
        }
        let request = try #require(seen.withLock { $0 })
        #expect(request.method == method)
        #expect(request.path == "/a b/c")
        #expect(request.rawPath == "/a%20b/c")
        #expect(request.query == "x=1&y=a%26b&flag")
        #expect(
            request.parameters == [
                .init(name: "x", value: "1"), .init(name: "y", value: "a&b"),
                .init(name: "flag", value: ""),
            ])
        #expect(request.headers["x-asked"] == "yes")
        #expect(request.headers["x-empty"] == "")
        #expect(request.headers["content-type"] == "text/plain")
        #expect(request.headers["user-agent"] == "theseus")
        #expect(request.headers["expect"] == nil)
        #expect(request.body == (method == "GET" ? [] : Array("question".utf8)))
    }

    @Test func writesTreesAsJSONAndReadsThemBack() async throws {
        let tree: JSONTree = ["kind": "Pod", "items": [1, 2, nil]]
        try await serving { request in
            #expect(request.headers["content-type"] == "application/json")
            let echo = (try? HTTPBody.bytes(request.body).tree()) ?? nil
            return HTTPResponse(status: 200, body: .tree(["echo": echo]))
        } _: { url in
            let answer = try await CurlTransport().send(
                HTTPRequest("POST", url, body: .tree(tree)))
            #expect(answer.headers["content-type"] == "application/json")
            #expect(try answer.body.tree() == ["echo": tree])
        }
    }

    @Test func headGivesTheLengthAndNoBody() async throws {
        try await serving { _ in
            HTTPResponse(status: 200, body: .text("twelve bytes"))
        } _: { url in
            let transport = CurlTransport()
            for _ in 0..<2 {
                let answer = try await transport.send(HTTPRequest("HEAD", url))
                #expect(answer.status == 200)
                #expect(answer.headers["content-length"] == "12")
                #expect(answer.body.bytes == [])
            }
        }
    }

    @Test(arguments: [204, 304, 404, 500, 301])
    func statusesArriveAsTheyAre(status: Int) async throws {
        try await serving { _ in
            HTTPResponse(status: status, headers: ["Location": "/elsewhere"])
        } _: { url in
            let transport = CurlTransport()
            for _ in 0..<2 {
                let answer = try await transport.send(HTTPRequest("GET", url))
                #expect(answer.status == status)
                #expect(answer.body.bytes == [])
                #expect(answer.headers["location"] == "/elsewhere")
            }
        }
    }

    @Test func bigBodiesGoBothWays() async throws {
        let big = (0..<9_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await serving { request in
            HTTPResponse(status: 200, body: .bytes(request.body))
        } _: { url in
            let answer = try await CurlTransport().send(
                HTTPRequest("PUT", url, body: .bytes(big)))
            #expect(answer.body.bytes == big)
        }
    }

    @Test func aLargerBodyThanAllowedIsAFailure() async throws {
        try await serving { request in
            HTTPResponse(status: 200, body: .bytes(Array(repeating: 7, count: 10_001)))
        } _: { url in
            let transport = CurlTransport(options: CurlOptions(bodyLimit: 10_000))
            let failed = await failure { () throws(HTTPFailure) in
                try await transport.send(HTTPRequest("GET", url))
            }
            #expect(failed?.reason == .tooLarge)
            #expect(failed?.reached == .perhaps)
            let answer = try await CurlTransport(options: CurlOptions(bodyLimit: 10_001)).send(
                HTTPRequest("GET", url))
            #expect(answer.body.bytes?.count == 10_001)
        }
    }

    /// A body that the server does not want is refused, whether its length is said or not.
    @Test func theServersLimitAnswers413() async throws {
        try await serving(bodyLimit: 1000) { request in
            HTTPResponse(status: 200, body: .text("\(request.body.count)"))
        } _: { url in
            let transport = CurlTransport()
            let fits = try await transport.send(
                HTTPRequest("POST", url, body: .bytes(Array(repeating: 1, count: 1000))))
            #expect(fits.body.bytes == Array("1000".utf8))
            let tooMuch = try await transport.send(
                HTTPRequest("POST", url, body: .bytes(Array(repeating: 1, count: 1001))))
            #expect(tooMuch.status == 413)
            let unsaid = try await transport.send(
                HTTPRequest(
                    "POST", url, headers: ["Transfer-Encoding": "chunked"],
                    body: .bytes(Array(repeating: 1, count: 100_000))))
            #expect(unsaid.status == 413)
        }
    }

    /// Squeezed answers arrive as they were before.
    @Test func gzipIsAskedForAndUndone() async throws {
        // printf hello | gzip -9n
        let squeezed: [UInt8] = [
            0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd, 0xc9,
            0xc9, 0x07, 0x00, 0x86, 0xa6, 0x10, 0x36, 0x05, 0x00, 0x00, 0x00,
        ]
        try await serving { request in
            #expect(request.headers["accept-encoding"] == "gzip")
            return HTTPResponse(
                status: 200, headers: ["Content-Encoding": "gzip"], body: .bytes(squeezed))
        } _: { url in
            let answer = try await CurlTransport().send(HTTPRequest("GET", url))
            #expect(answer.body.bytes == Array("hello".utf8))
        }
    }
}

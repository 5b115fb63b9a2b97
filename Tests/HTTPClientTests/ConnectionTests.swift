import HTTPClient
import HTTPMessages
import HTTPServer
import Synchronization
import Testing

/// Which connections are made, kept and broken.
@Suite(.serialized) struct ConnectionTests {
    @Test func twoThousandRequestsAreInFlightAtOnce() async throws {
        let count = 2000
        let gate = Gate(opensAt: count)
        try await serving { request in
            // Nobody is answered before everybody has asked.
            await gate.pass()
            return HTTPResponse(status: 200, body: .text(request.query ?? ""))
        } _: { url in
            let transport = CurlTransport()
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<count {
                    group.addTask {
                        let answer = try await transport.send(
                            HTTPRequest("GET", "\(url)/?\(number)", timeout: .seconds(60)))
                        return answer.body.bytes == Array("\(number)".utf8)
                    }
                }
                var right = 0
                for try await isRight in group where isRight { right += 1 }
                #expect(right == count)
            }
        }
    }

    @Test func aConnectionIsUsedAgainUnlessAFreshOneIsWanted() async throws {
        let seen = Mutex<[Int]>([])
        try await serving { request in
            seen.withLock { $0.append(request.connection) }
            return HTTPResponse(status: 200, body: .text("hello"))
        } _: { url in
            let transport = CurlTransport()
            for fresh in [false, false, false, true, true, false] {
                _ = try await transport.send(HTTPRequest("POST", url, freshConnection: fresh))
            }
        }
        let connections = seen.withLock { $0 }
        #expect(Set(connections[0..<3]).count == 1)
        #expect(Set(connections[2..<5]).count == 3)
        #expect(Set(connections[0..<5]).contains(connections[5]))
    }

    @Test func aRefusedPortFailsAtOnceAndNothingWasSent() async throws {
        let nobody = try LoopbackServer { _ in HTTPResponse(status: 200) }
        let url = "http://user:secret@127.0.0.1:\(nobody.port)/path?token=secret"
        nobody.stop()
        await nobody.serve()
        let failed = try #require(
            await failure { () throws(HTTPFailure) in
                try await CurlTransport().send(HTTPRequest("GET", url))
            })
        #expect(failed.reason == .refused)
        #expect(failed.reached == .never)
        #expect(
            failed.description == """
                http: nobody listens there
                  where: GET http://127.0.0.1:\(nobody.port)/path
                  do:    check that the server runs and that no firewall is between
                """)
    }

    @Test func aNameThatDoesNotExistIsSaidToBeUnknown() async throws {
        // No name has parts this long, so no name server is asked.
        let name = String(repeating: "x", count: 70) + ".invalid"
        let failed = await failure { () throws(HTTPFailure) in
            try await CurlTransport().send(HTTPRequest("GET", "http://\(name)/"))
        }
        #expect(failed?.reason == .unresolved)
        #expect(failed?.reached == .never)
    }

    @Test(arguments: [
        HTTPRequest("GET", "ftp://127.0.0.1/"),
        HTTPRequest("GET", "file:///etc/hostname"),
        HTTPRequest("GET", "http://"),
        HTTPRequest("get", "http://127.0.0.1:1/"),
        HTTPRequest("GET", "http://127.0.0.1:1/", headers: ["X": "a\r\nY: b"]),
        HTTPRequest("GET", "http://127.0.0.1:1/", headers: ["X: a": "b"]),
        HTTPRequest(
            "POST", "http://127.0.0.1:1/",
            body: .chunks(HTTPChunks { () throws(HTTPFailure) in nil })),
    ])
    func whatCannotBeSentIsMalformed(request: HTTPRequest) async throws {
        let failed = await failure { () throws(HTTPFailure) in
            try await CurlTransport().send(request)
        }
        #expect(failed?.reason == .malformed)
        #expect(failed?.reached == .never)
    }

    /// A kept connection may be closed under the next request.
    ///
    /// What changes something is then never sent twice behind the caller's back.
    @Test(arguments: [("GET", 3), ("POST", 2), ("DELETE", 2), ("PATCH", 2)])
    func onlyReadsAreRepeated(method: String, requests: Int) async throws {
        let greeting = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        let server = try RudeServer([.hear, .say(greeting), .hear])
        defer { server.stop() }
        let transport = CurlTransport()
        let url = "http://127.0.0.1:\(server.port)/"
        let body: HTTPBody = method == "PATCH" ? .text("{}") : .empty
        let first = try await transport.send(HTTPRequest(method, url, body: body))
        #expect(first.status == 200)
        let failed = await failure { () throws(HTTPFailure) in
            try await transport.send(HTTPRequest(method, url, body: body))
        }
        if method == "GET" {
            #expect(failed == nil)
        } else {
            #expect(failed?.reason == .reset)
            #expect(failed?.reached == .perhaps)
        }
        #expect(server.requests.count == requests)
    }

    @Test(arguments: BrokenAnswer.all)
    func brokenAnswersAreFailures(_ broken: BrokenAnswer) async throws {
        let server = try RudeServer([.hear, .say(broken.text)])
        defer { server.stop() }
        let failed = await failure { () throws(HTTPFailure) in
            try await CurlTransport().send(
                HTTPRequest("GET", "http://127.0.0.1:\(server.port)/"))
        }
        #expect(failed?.reason == broken.reason, "\(failed.map(\.description) ?? "answered")")
        #expect(failed?.reached == .perhaps)
    }

    @Test func anAnnouncementIsNotTheAnswer() async throws {
        let server = try RudeServer([
            .hear,
            .say("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
            .say("HTTP/1.1 200 OK\r\nLong: a\r\n  b\r\nContent-Length: 2\r\n\r\nok"),
        ])
        defer { server.stop() }
        let answer = try await CurlTransport().send(
            HTTPRequest("GET", "http://127.0.0.1:\(server.port)/"))
        #expect(answer.status == 200)
        #expect(answer.headers["link"] == nil)
        #expect(answer.headers["long"] == "a b")
        #expect(answer.body.bytes == Array("ok".utf8))
    }
}

/// What a server says that is no whole answer, and what is made of it.
struct BrokenAnswer: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String
    let reason: HTTPFailure.Reason

    static let all = [
        BrokenAnswer(
            testDescription: "another protocol", text: "SSH-2.0-OpenSSH_9.2\r\n",
            reason: .malformed),
        BrokenAnswer(testDescription: "nothing", text: "", reason: .reset),
        BrokenAnswer(
            testDescription: "half a body",
            text: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", reason: .reset),
        BrokenAnswer(
            testDescription: "half the header lines", text: "HTTP/1.1 200 OK\r\nX: y\r\n",
            reason: .reset),
        BrokenAnswer(
            testDescription: "no chunk size",
            text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", reason: .reset),
        BrokenAnswer(
            testDescription: "no gzip",
            text: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\njunk",
            reason: .malformed),
        BrokenAnswer(
            testDescription: "too many header lines",
            text: "HTTP/1.1 200 OK\r\n"
                + String(
                    repeating: "X: " + String(repeating: "x", count: 1000) + "\r\n", count: 300)
                + "\r\n",
            reason: .tooLarge),
    ]
}

/// Lets nobody through before `opensAt` have come.
actor Gate {
    private let opensAt: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(opensAt: Int) { self.opensAt = opensAt }

    func pass() async {
        await withCheckedContinuation { continuation in
            waiting.append(continuation)
            if waiting.count == opensAt {
                for one in waiting { one.resume() }
            }
        }
    }
}

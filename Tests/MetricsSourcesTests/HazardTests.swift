import HTTPClient
import HTTPMessages
import HTTPServer
import Processes
import Secrets
import Testing

@testable import MetricsSources

/// What can go wrong with any server, at each kind of source, over real connections.
@Suite struct HazardTests {
    @Test(arguments: Kind.all) func nobodyListens(_ kind: Kind) async throws {
        let server = try LoopbackServer { _ in HTTPResponse(status: 200) }
        let port = server.port
        server.stop()
        await server.serve()
        let error = try await failure(kind, "http://127.0.0.1:\(port)")
        #expect(error.code == .unreachable(.refused))
        #expect(error.reason == "nobody listens at \(kind.title)'s address")
    }

    @Test(arguments: Kind.all) func hangs(_ kind: Kind) async throws {
        // The real deadline is 10 s and more: the transport between cuts it short.
        let (silence, held) = AsyncStream.makeStream(of: Void.self)
        defer { held.finish() }
        let server = try LoopbackServer { _ in
            for await _ in silence {}
            return HTTPResponse(status: 200)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.serve() }
            defer { server.stop() }
            let doors = Wiring.doors(over: Impatient(inner: CurlTransport()))
            let error = try await failure(kind, "http://127.0.0.1:\(server.port)", doors)
            #expect(error.code == .unreachable(.timedOut))
            #expect(error.reason == "\(kind.title) does not answer in time")
        }
    }

    @Test(arguments: Kind.all, [500, 502, 503, 504, 404, 429])
    func status(_ kind: Kind, _ status: Int) async throws {
        try await serving(HTTPResponse(status: status, body: .text("sorry"))) { url, _ in
            let error = try await failure(kind, url)
            #expect(error.code == .status(status))
        }
    }

    @Test(arguments: Kind.all, [401, 403]) func denied(_ kind: Kind, _ status: Int) async throws {
        try await serving(HTTPResponse(status: status)) { url, _ in
            let error = try await failure(kind, url)
            #expect(error.code == .denied)
        }
    }

    @Test(arguments: Kind.all) func tooLarge(_ kind: Kind) async throws {
        let large = HTTPResponse(
            status: 200, body: .bytes([UInt8](repeating: UInt8(ascii: " "), count: 50 << 20)))
        try await serving(large) { url, _ in
            let error = try await failure(kind, url)
            #expect(error.code == .tooLarge)
            #expect(error.reason == "the answer is too large")
        }
    }

    @Test(arguments: Kind.all) func cutOff(_ kind: Kind) async throws {
        try await serving(HTTPResponse(status: 200, body: .text("{\"status\": \"suc"))) { url, _ in
            let error = try await failure(kind, url)
            #expect(error.code == .undecodable)
        }
    }

    @Test(arguments: Kind.all) func noSecret(_ kind: Kind) async throws {
        let spec = kind.spec("http://127.0.0.1:9")
        var bare = spec
        bare.access.credentials = [
            .header(name: "X-Token", before: "", .environment("NOT_THERE"))
        ]
        guard case .failure(let error) = await Wiring.reading(of: kind.query, from: bare) else {
            Issue.record("it was asked without a secret")
            return
        }
        #expect(error.code == .unreachable(.noCredential))
        #expect(error.detail == "the variable with the secret is not set")
    }

    /// A server that repeats what it was shown, in its words, its labels and its status.
    @Test(arguments: Kind.all) func secretsAreNotRepeated(_ kind: Kind) async throws {
        let secret = Wiring.variables[0].value
        let long = String(repeating: "x", count: 150) + secret
        let words = "\"\(secret) \(long) Basic bWlhOnBsYW50ZWQtdG9rZW4tMDEyMzQ1Njc4OQ==\""
        let bodies = [
            "{\"error\": \(words), \"status\": \"error\", \"errorType\": \"bad_data\"}",
            "{\"errors\": [\(words)]}", "{\"errors\": [{\"message\": \(words)}]}",
            "{\"error\": {\"message\": \(words)}}", "{\"message\": \(words), \"__type\": \"x#y\"}",
            "{\"messages\": [{\"type\": \"FATAL\", \"text\": \(words)}]}", words,
            "{\"status\": \"success\", \"data\": {\"resultType\": \"vector\", \"result\": ["
                + "{\"metric\": {\"a\": \(words)}, \"value\": [1, \"1\"]},"
                + "{\"metric\": {}, \"value\": [1, \"1\"]}]}}",
            "[{\"target\": \(words), \"datapoints\": [[1, 1700000240]]},"
                + "{\"target\": \"b\", \"datapoints\": [[1, 1700000240]]}]",
        ]
        for body in bodies {
            for status in [200, 400, 401, 403, 500] {
                try await serving(HTTPResponse(status: status, body: .text(body))) { url, asked in
                    let error = try await failure(kind, url)
                    #expect(!asked.requests.isEmpty)
                    for text in ["\(error)", error.reason, "\(error.code)", error.detail] {
                        #expect(!text.contains("planted"), "\(body)")
                        #expect(!text.contains("bWlhOnBsYW50ZWQ"), "\(body)")
                    }
                }
            }
        }
    }

    private func failure(_ kind: Kind, _ url: String, _ doors: SourceDoors = Wiring.doors())
        async throws -> MetricsError
    {
        let end = await Wiring.reading(of: kind.query, from: kind.spec(url), doors)
        guard case .failure(let error) = end else { throw Answered() }
        #expect(error.server == kind.title)
        #expect("\(error)".split(separator: "\n").count == 3)
        return error
    }

    private struct Answered: Error {}
}

/// Waits a tenth of a second for any answer.
private struct Impatient: HTTPTransport {
    let inner: any HTTPTransport

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        var request = request
        #expect(request.timeout <= .seconds(30))
        request.timeout = .milliseconds(100)
        return try await inner.send(request)
    }
}

import HTTPClient
import HTTPMessages
import Synchronization
import TLSFront
import Testing

/// HTTP/2, where the server offers it.
@Suite(.serialized) struct HTTP2Tests {
    private func answering(
        untilSilent count: Int, _ work: (TLSFront, CurlTransport) async throws -> Void
    ) async throws {
        try await facing(.answering(untilSilent: count), work)
    }

    private func facing(
        _ nature: TLSFront.Nature, _ work: (TLSFront, CurlTransport) async throws -> Void
    ) async throws {
        let certificates = try CertificateFolder()
        try certificates.server()
        let front = try TLSFront(nature, certificates: certificates)
        defer { front.stop() }
        let transport = CurlTransport(
            options: CurlOptions(
                authorities: try certificates.bytes("authority.pem"), offersHTTP2: true))
        try await work(front, transport)
    }

    private func said(_ answer: HTTPResponse) -> String {
        String(decoding: answer.body.bytes ?? [], as: UTF8.self)
    }

    @Test func manyRequestsShareOneConnection() async throws {
        try await answering(untilSilent: 1000) { front, transport in
            let url = front.url + "/"
            let first = try await transport.send(HTTPRequest("GET", url))
            #expect(first.status == 200)
            #expect(said(first) == "connection 1")
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let answer = try await transport.send(
                            HTTPRequest("GET", url))
                        return String(decoding: answer.body.bytes ?? [], as: UTF8.self)
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(answers == ["connection 1"])
            #expect(front.connections(1).count == 1)
        }
    }

    /// Those that begin together share it from the beginning.
    @Test func theFirstOnesShareItToo() async throws {
        try await answering(untilSilent: 1000) { front, transport in
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let answer = try await transport.send(HTTPRequest("GET", front.url + "/"))
                        return String(decoding: answer.body.bytes ?? [], as: UTF8.self)
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(answers == ["connection 1"])
        }
    }

    /// A server that does not offer it is asked as ever, by TLS or without.
    @Test func whoDoesNotOfferItIsAskedAsEver() async throws {
        let certificates = try CertificateFolder()
        try certificates.server()
        try await serving { _ in
            HTTPResponse(status: 200, body: .text("plain"))
        } _: { url in
            let port = try #require(url.split(separator: ":").last.flatMap { Int($0) })
            let front = try TLSFront(.passing(to: port), certificates: certificates)
            defer { front.stop() }
            let options = CurlOptions(
                authorities: try certificates.bytes("authority.pem"), offersHTTP2: true)
            for address in [front.url, url] {
                let transport = CurlTransport(options: options)
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<20 {
                        group.addTask {
                            try await transport.send(
                                HTTPRequest(
                                    "POST", address, body: .text("x"), timeout: .seconds(10))
                            ).status
                        }
                    }
                    for try await status in group { #expect(status == 200) }
                }
            }
        }
    }

    /// Whoever did not answer in time is not asked again over the same connection.
    @Test func aSilentConnectionIsLeft() async throws {
        try await answering(untilSilent: 1) { front, transport in
            let url = front.url + "/"
            #expect(said(try await transport.send(HTTPRequest("GET", url))) == "connection 1")
            let failed = await failure { () throws(HTTPFailure) in
                try await transport.send(
                    HTTPRequest("GET", url, timeout: .milliseconds(200)))
            }
            #expect(failed?.reason == .timedOut)
            let next = try await transport.send(HTTPRequest("GET", url, timeout: .seconds(20)))
            #expect(said(next) == "connection 2")
        }
    }

    /// Neither while a stream, such as a watch, still goes over it: that ends with it.
    @Test func aSilentConnectionIsLeftThoughAStreamIsOnIt() async throws {
        try await facing(.streaming(untilSilent: 1)) { front, transport in
            let url = front.url + "/"
            let stream = try await transport.send(HTTPRequest("GET", url, streams: true))
            guard case .chunks(let chunks) = stream.body,
                case .bytes(let first) = try await chunks.next()
            else {
                Issue.record("no stream")
                return
            }
            #expect(String(decoding: first, as: UTF8.self) == "connection 1")
            let failed = await failure { () throws(HTTPFailure) in
                try await transport.send(
                    HTTPRequest("GET", url, timeout: .milliseconds(200)))
            }
            #expect(failed?.reason == .timedOut)
            let broken = await #expect(throws: HTTPFailure.self) { try await chunks.next() }
            #expect(broken?.reason == .reset)
            let next = try await transport.send(HTTPRequest("GET", url, timeout: .seconds(20)))
            #expect(said(next) == "connection 2")
        }
    }

    /// An answer that is late alone harms nobody else: neither a stream nor who comes after.
    @Test func aLateAnswerAmongOthersEndsAlone() async throws {
        try await facing(.streaming(untilSilent: .max)) { front, transport in
            let url = front.url + "/"
            let stream = try await transport.send(HTTPRequest("GET", url, streams: true))
            guard case .chunks(let chunks) = stream.body else {
                Issue.record("no stream")
                return
            }
            async let late = failure { () throws(HTTPFailure) in
                try await transport.send(HTTPRequest("POST", url, timeout: .seconds(2)))
            }
            let flag = Flag()
            async let others = {
                var count = 0
                repeat {
                    _ = try await transport.send(HTTPRequest("GET", url, timeout: .seconds(20)))
                    count += 1
                } while !flag.isUp.withLock({ $0 })
                return count
            }()
            #expect(await late?.reason == .timedOut)
            flag.isUp.withLock { $0 = true }
            let answers = try await others
            var heard = ""
            while heard.count(where: { $0 == "." }) < answers,
                case .bytes(let piece) = try await chunks.next()
            {
                heard += String(decoding: piece, as: UTF8.self)
            }
            #expect(heard == "connection 1" + String(repeating: ".", count: answers))
        }
    }

    private final class Flag: Sendable {
        let isUp = Mutex(false)
    }
}

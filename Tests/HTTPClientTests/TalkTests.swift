import HTTPMessages
import HTTPServer
import TLSFront
import Testing

@testable import HTTPClient

/// Bare connections, and addresses that must not be met.
@Suite struct TalkTests {
    private static let hello = Array("GET / HTTP/1.0\r\n\r\n".utf8)

    private func talk(_ talk: TCPTalk, _ options: CurlOptions = CurlOptions()) async -> Result<
        String, HTTPFailure
    > {
        do throws(HTTPFailure) {
            return .success(
                String(decoding: try await CurlTalker(options: options).hold(talk), as: UTF8.self))
        } catch {
            return .failure(error)
        }
    }

    private func port(_ url: String) -> Int { Int(url.split(separator: ":").last ?? "") ?? 0 }

    @Test func connectsSaysAndHears() async throws {
        try await serving { _ in
            HTTPResponse(status: 200, body: .text("here I am"))
        } _: { url in
            let port = port(url)
            #expect(try await talk(TCPTalk("127.0.0.1", port: port)).get() == "")
            let heard = try await talk(
                TCPTalk("127.0.0.1", port: port, say: Self.hello, hear: Array("I am".utf8))
            ).get()
            #expect(heard.hasPrefix("HTTP/1."))
            let broken = await talk(
                TCPTalk("127.0.0.1", port: port, say: Self.hello, hear: Array("nobody".utf8)))
            guard case .failure(let failure) = broken else {
                Issue.record("heard what was never said")
                return
            }
            #expect(failure.reason == .reset)
            #expect(failure.place == "tcp 127.0.0.1:\(port)")
            let silent = await talk(
                TCPTalk(
                    "127.0.0.1", port: port, hear: Array("x".utf8), timeout: .milliseconds(200)))
            guard case .failure(let late) = silent else {
                Issue.record("heard what was never said")
                return
            }
            #expect(late.reason == .timedOut)
        }
    }

    @Test func tellsWhereNobodyListens() async throws {
        // The port of a server that is gone.
        let url = try await serving { _ in
            HTTPResponse(status: 200)
        } _: { url in
            url
        }
        let port = port(url)
        guard case .failure(let failure) = await talk(TCPTalk("127.0.0.1", port: port)) else {
            Issue.record("somebody listens")
            return
        }
        #expect(failure.reason == .refused)
    }

    /// Loopback is no inner address; a request that asks about addresses gets through to it.
    @Test func asksAboutEveryAddress() async throws {
        try await serving { _ in
            HTTPResponse(status: 204)
        } _: { url in
            let transport = CurlTransport()
            for _ in 0..<3 {
                var request = HTTPRequest("GET", url)
                request.sparesInnerAddresses = true
                let spared = try await transport.send(request)
                let plain = try await transport.send(HTTPRequest("GET", url))
                #expect([spared.status, plain.status] == [204, 204])
            }
        }
    }

    /// The check itself, since nobody's test should call such an address.
    @Test func anInnerAddressIsTheEndOfIt() throws {
        let exchange = CurlExchange(number: 1, place: "GET http://x", stream: nil)
        var request = HTTPRequest("GET", "http://x")
        request.sparesInnerAddresses = true
        let transfer = try #require(
            CurlTransfer(
                request: request, exchange: exchange, options: CurlOptions(),
                hearing: CurlHearing()))
        #expect(transfer.mayMeet(NetworkAddress([127, 0, 0, 1])))
        #expect(!transfer.mayMeet(NetworkAddress([169, 254, 169, 254])))
        // A name may have several addresses, and curl tries them all.
        #expect(!transfer.mayMeet(NetworkAddress([127, 0, 0, 1])))
        let there = CurlConnection(peer: "127.0.0.1", peerPort: 80, ownPort: 50_000)
        #expect(!transfer.mayBegin(over: there))
    }
}

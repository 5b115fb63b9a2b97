// look-up-probe — asks for a name while no name server answers, and for a loopback address
// meanwhile. HTTPClientTests runs it in a network of its own, where the only name server is the
// mute socket that it opens first.

import Glibc
import HTTPClient
import HTTPMessages
import HTTPServer

let nameServer = socket(AF_INET, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
var name = sockaddr_in()
name.sin_family = sa_family_t(AF_INET)
name.sin_port = in_port_t(53).bigEndian
name.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
let isBound = unsafe withUnsafePointer(to: &name) { name in
    unsafe name.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        unsafe bind(nameServer, name, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
}
guard isBound else { exit(2) }

let server = try LoopbackServer { _ in HTTPResponse(status: 200) }
let transport = CurlTransport()

/// What becomes of a request, and whether it took less than `limit`.
func outcome(_ url: String, timeout: Duration, within limit: Duration) async -> String {
    let start = ContinuousClock.now
    let words: String
    do {
        words = try await "\(transport.send(HTTPRequest("GET", url, timeout: timeout)).status)"
    } catch {
        words = "\(error.reason) \(error.reached)"
    }
    return "\(words) \(ContinuousClock.now - start < limit ? "in time" : "late")"
}

await withTaskGroup(of: Void.self) { group in
    group.addTask { await server.serve() }
    async let unanswered = outcome(
        "http://a.name.invalid/", timeout: .milliseconds(500), within: .seconds(3))
    async let patient = outcome(
        "http://b.name.invalid/", timeout: .seconds(20), within: .seconds(3))
    // Through the same thread, while both hang.
    for _ in 0..<20 {
        let answer = await outcome(
            "http://127.0.0.1:\(server.port)/", timeout: .seconds(20), within: .seconds(3))
        if answer != "200 in time" { print("held up:", answer) }
    }
    print("unanswered:", await unanswered)
    transport.close()
    print("closed:", await patient)
    server.stop()
}
var question: [UInt8] = Array(repeating: 0, count: 512)
let count = unsafe recv(nameServer, &question, question.count, 0)
print("asked:", String(decoding: question[...], as: UTF8.self).contains("invalid") && count > 0)

import Foundation
import Synchronization
import Testing

/// A listener on loopback that plays a script to every connection, byte by byte.
final class RudeServer: Sendable {
    /// What is done with one connection, in order.
    enum Step: Sendable {
        /// Reads up to the end of a request's header lines.
        case hear
        case say(String)
        /// Reads until the client closes.
        case drain
    }

    let port: Int
    private let listener: CInt
    private let isMute: Bool
    private let heard = Mutex<[String]>([])

    /// The requests so far, header lines only.
    var requests: [String] { heard.withLock { $0 } }

    /// With no steps it never accepts.
    init(backlog: CInt = 16, _ steps: [Step] = []) throws {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        unsafe withUnsafeMutablePointer(to: &name) { name in
            unsafe name.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                _ = unsafe bind(listener, name, size)
                _ = unsafe getsockname(listener, name, &size)
            }
        }
        try #require(listen(listener, backlog) == 0)
        self.listener = listener
        isMute = steps.isEmpty
        port = Int(in_port_t(bigEndian: name.sin_port))
        if steps.isEmpty { return }
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 {
                    close(listener)
                    return
                }
                for step in steps where !play(step, on: connection) { break }
                close(connection)
            }
        }
    }

    func stop() {
        shutdown(listener, CInt(SHUT_RDWR))
        // The thread closes what it still uses: the number could be another's by then.
        if isMute { close(listener) }
    }

    private func play(_ step: Step, on connection: CInt) -> Bool {
        switch step {
        case .say(let text):
            let bytes = Array(text.utf8)
            return unsafe send(connection, bytes, bytes.count, CInt(MSG_NOSIGNAL))
                == bytes.count
        case .hear:
            var text = ""
            var byte: UInt8 = 0
            while !text.hasSuffix("\r\n\r\n") {
                guard unsafe read(connection, &byte, 1) == 1 else { return false }
                text.unicodeScalars.append(Unicode.Scalar(byte))
            }
            heard.withLock { $0.append(text) }
            return true
        case .drain:
            var byte: UInt8 = 0
            while unsafe read(connection, &byte, 1) == 1 {}
            return true
        }
    }
}

// TLSFront — what stands in front of an API server, for tests: TLS, certificates, HTTP/2.
//
//   CertificateFolder   an authority of one test, and what it signs
//   TLSFront            a process that ends TLS and passes on; or that speaks HTTP/2 itself

import Foundation
import Synchronization
import Testing

/// A process on loopback that ends TLS in front of a plain server.
package final class TLSFront: Sendable {
    /// What it is.
    package enum Nature: Sendable {
        /// Passes everything on to that port of loopback.
        case passing(to: Int)
        /// Answers every request over HTTP/2 itself; the first connection falls silent after so many.
        case answering(untilSilent: Int)
        /// The same; but what it answers first is never complete: each answer behind it adds a dot.
        /// To POST it says nothing at all.
        case streaming(untilSilent: Int)
        /// A proxy without TLS: whatever it is asked to connect to, it is that port of loopback.
        case tunnel(to: Int)
    }

    package let port: Int
    private let process: Process
    private let output: FileHandle
    /// It ends when this does, however we end.
    private let lifeline = Pipe()
    private let said = Mutex("")

    package init(
        _ nature: Nature, certificates: CertificateFolder, server: String = "server",
        asksForCertificate: Bool = false
    ) throws {
        var words: [String]
        switch nature {
        case .passing(let port): words = ["pass", "\(port)"]
        case .answering(let count): words = ["answer", "\(count)"]
        case .streaming(let count): words = ["stream", "\(count)"]
        case .tunnel(let port): words = ["tunnel", "\(port)"]
        }
        let folder = certificates.folder
        words += ["\(folder)/\(server).pem", "\(folder)/\(server).key"]
        if asksForCertificate { words.append("\(folder)/authority.pem") }
        process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-u", "-c", Self.programme] + words
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = lifeline
        output = pipe.fileHandleForReading
        try process.run()
        var first = ""
        while !first.hasSuffix("\n") {
            let more = output.availableData
            guard !more.isEmpty else { throw Silence() }
            first += String(decoding: more, as: UTF8.self)
        }
        port = Int(first.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    /// It ended before it listened.
    package struct Silence: Error {}

    deinit { stop() }

    package var url: String { "https://127.0.0.1:\(port)" }

    package func stop() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// The connections so far, one line each: the name asked for, and who showed a certificate; of a
    /// tunnel what it was asked for, and how.
    ///
    /// Waits until there are so many.
    package func connections(_ count: Int) -> [String] {
        while true {
            let lines = said.withLock { $0.split(separator: "\n").map(String.init) }
            if lines.count >= count { return lines }
            let more = output.availableData
            if more.isEmpty { return lines }
            said.withLock { $0 += String(decoding: more, as: UTF8.self) }
        }
    }

    private static let programme = #"""
        import asyncio, os, ssl, struct, sys, threading
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        nature, number, certificate, key = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        if len(sys.argv) > 5:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(sys.argv[5])
        if nature in ("answer", "stream"):
            context.set_alpn_protocols(["h2"])
        names = {}
        def heard(connection, name, _):
            names[id(connection)] = name
        context.sni_callback = heard
        connections = 0
        opened = None

        def tell(writer):
            whole = writer.get_extra_info("ssl_object")
            shown = whole.getpeercert() or {}
            person = [v for part in shown.get("subject", ()) for k, v in part if k == "commonName"]
            print(names.get(id(whole)) or "-", person[0] if person else "-")

        async def pump(reader, writer):
            try:
                while some := await reader.read(65536):
                    writer.write(some)
                    await writer.drain()
            except OSError:
                pass
            finally:
                writer.close()

        async def passing(reader, writer):
            tell(writer)
            inner, outer = await asyncio.open_connection("127.0.0.1", number)
            await asyncio.gather(pump(reader, outer), pump(inner, writer))

        async def tunnel(reader, writer):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            said = [line for line in head if line.lower().startswith("proxy-authorization:")]
            print(head[0], said[0].split(": ")[1] if said else "-")
            inner, outer = await asyncio.open_connection("127.0.0.1", number)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await asyncio.gather(pump(reader, outer), pump(inner, writer))

        def frame(kind, flags, stream, body=b""):
            return struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body

        async def answering(reader, writer):
            global connections, opened
            connections += 1
            mine, answered, unheard = connections, 0, set()
            tell(writer)
            await reader.readexactly(24)
            writer.write(frame(4, 0, 0))
            while True:
                head = await reader.readexactly(9)
                body = await reader.readexactly(int.from_bytes(head[:3], "big"))
                kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
                if kind == 4 and not flags & 1:
                    writer.write(frame(4, 1, 0))
                # A block of header lines begins with the method, behind a priority where there is one.
                if nature == "stream" and kind == 1 and body[5 if flags & 32 else 0] == 0x83:
                    unheard.add(stream)
                if kind > 1 or not flags & 1 or (mine == 1 and answered >= number):
                    continue
                if stream in unheard:
                    continue
                answered += 1
                writer.write(frame(1, 4, stream, b"\x88"))
                isOpen = nature == "stream" and mine == answered == 1
                writer.write(frame(0, 0 if isOpen else 1, stream, b"connection %d" % mine))
                if opened:
                    opened[0].write(frame(0, 0, opened[1], b"."))
                if isOpen:
                    opened = writer, stream

        async def main():
            handler = {"pass": passing, "answer": answering, "stream": answering, "tunnel": tunnel}[nature]
            def quiet(loop, trouble):
                pass
            asyncio.get_running_loop().set_exception_handler(quiet)
            server = await asyncio.start_server(
                handler, "127.0.0.1", 0, ssl=None if nature == "tunnel" else context)
            print(server.sockets[0].getsockname()[1])
            await server.serve_forever()
        asyncio.run(main())
        """#
}

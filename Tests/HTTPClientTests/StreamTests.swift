import HTTPClient
import HTTPMessages
import HTTPServer
import JSONTree
import Synchronization
import Testing

/// Bodies that are read as they arrive.
@Suite(.serialized) struct StreamTests {
    /// Each piece is asked for only when the one before has been read: nothing waits for more.
    @Test func piecesArriveOneByOne() async throws {
        let asked = Turnstile()
        try await serving { _ in
            let left = Mutex(5)
            return HTTPResponse(
                status: 200,
                body: .chunks(
                    HTTPChunks { () throws(HTTPFailure) in
                        await asked.wait()
                        let number = left.withLock { left in
                            left -= 1
                            return left
                        }
                        if number < 0 { return nil }
                        return number == 4 ? .tree(["n": 4]) : .bytes(Array("\(number)\n".utf8))
                    }))
        } _: { url in
            let answer = try await CurlTransport().send(
                HTTPRequest("GET", url, timeout: .seconds(5), streams: true))
            #expect(answer.headers["transfer-encoding"] == "chunked")
            guard case .chunks(let chunks) = answer.body else {
                Issue.record("not a stream")
                return
            }
            #expect(answer.body.bytes == nil)
            for expected in ["{\"n\":4}", "3\n", "2\n", "1\n", "0\n"] {
                asked.open()
                guard case .bytes(let bytes) = try await chunks.next() else {
                    Issue.record("ended early")
                    return
                }
                #expect(String(decoding: bytes, as: UTF8.self) == expected)
            }
            asked.open()
            #expect(try await chunks.next() == nil)
            #expect(try await chunks.next() == nil)
        }
    }

    /// A reader that does not read holds the maker up; nothing is lost when it reads again.
    @Test func aSlowReaderHoldsTheMakerUp() async throws {
        let made = Mutex(0)
        let piece = 64 << 10
        let total = 1000
        try await serving { _ in
            HTTPResponse(
                status: 200,
                body: .chunks(
                    HTTPChunks { () throws(HTTPFailure) in
                        let number = made.withLock { made in
                            made += 1
                            return made
                        }
                        if number > total { return nil }
                        return .bytes(
                            Array(repeating: UInt8(truncatingIfNeeded: number), count: piece))
                    }))
        } _: { url in
            let transport = CurlTransport()
            let answer = try await transport.send(HTTPRequest("GET", url, streams: true))
            guard case .chunks(let chunks) = answer.body else {
                Issue.record("not a stream")
                return
            }
            // Another request goes through meanwhile, many times over.
            for _ in 0..<50 {
                _ = try await transport.send(HTTPRequest("HEAD", url))
            }
            let early = made.withLock { $0 }
            #expect(early < total / 2, "\(early) pieces were made for nobody")
            var count = 0
            var sum = 0
            while case .bytes(let bytes) = try await chunks.next() {
                count += bytes.count
                for byte in bytes { sum += Int(byte) }
            }
            #expect(count == piece * total)
            #expect(sum == (1...total).reduce(0) { $0 + ($1 & 255) * piece })
        }
    }

    @Test(arguments: [true, false])
    func whoeverStopsReadingEndsTheMaking(byCancelling: Bool) async throws {
        let isCancelled = Signal()
        try await serving { _ in
            let isFirst = Mutex(true)
            return HTTPResponse(
                status: 200,
                body: .chunks(
                    HTTPChunks { () throws(HTTPFailure) in
                        let first = isFirst.withLock { first in
                            defer { first = false }
                            return first
                        }
                        if first { return .bytes([1]) }
                        await isCancelled.onCancellation()
                        return nil
                    }))
        } _: { url in
            let transport = CurlTransport()
            try await readOnePiece(of: url, by: transport, thenCancelling: byCancelling)
            await isCancelled.wait()
            transport.close()
        }
    }

    private func readOnePiece(
        of url: String, by transport: CurlTransport, thenCancelling: Bool
    ) async throws {
        let answer = try await transport.send(HTTPRequest("GET", url, streams: true))
        guard case .chunks(let chunks) = answer.body,
            case .bytes([1]) = try await chunks.next()
        else {
            Issue.record("no first piece")
            return
        }
        // Otherwise: nobody holds the stream after this.
        guard thenCancelling else { return }
        let reason = await withTaskGroup(of: HTTPFailure.Reason?.self) { group in
            group.addTask {
                do throws(HTTPFailure) {
                    _ = try await chunks.next()
                    return nil
                } catch {
                    return error.reason
                }
            }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(reason == .cancelled)
    }

    /// The deadline bounds the time to the first byte of the answer, not the reading.
    @Test func aStreamOutlivesItsDeadline() async throws {
        let isLate = Signal()
        try await serving { _ in
            let isFirst = Mutex(true)
            return HTTPResponse(
                status: 200,
                body: .chunks(
                    HTTPChunks { () throws(HTTPFailure) in
                        let first = isFirst.withLock { first in
                            defer { first = false }
                            return first
                        }
                        if !first { return nil }
                        await isLate.wait()
                        return .bytes([9])
                    }))
        } _: { url in
            let transport = CurlTransport()
            let answer = try await transport.send(
                HTTPRequest("GET", url, timeout: .milliseconds(200), streams: true))
            // A request with the same deadline on a server that is mute: when that has gone by,
            // so has ours.
            let mute = try RudeServer()
            defer { mute.stop() }
            let late = await failure { () throws(HTTPFailure) in
                try await transport.send(
                    HTTPRequest(
                        "GET", "http://127.0.0.1:\(mute.port)/", timeout: .milliseconds(250)))
            }
            #expect(late?.reason == .timedOut)
            isLate.give()
            guard case .chunks(let chunks) = answer.body,
                case .bytes([9]) = try await chunks.next()
            else {
                Issue.record("the stream ended with its deadline")
                return
            }
        }
    }

    @Test func aStreamThatBreaksOffIsAFailure() async throws {
        try await serving { _ in
            let isFirst = Mutex(true)
            return HTTPResponse(
                status: 200,
                body: .chunks(
                    HTTPChunks { () throws(HTTPFailure) in
                        let first = isFirst.withLock { first in
                            defer { first = false }
                            return first
                        }
                        if first { return .bytes([1]) }
                        throw HTTPFailure(.reset, reached: .perhaps, place: "behind")
                    }))
        } _: { url in
            let answer = try await CurlTransport().send(HTTPRequest("GET", url, streams: true))
            guard case .chunks(let chunks) = answer.body else {
                Issue.record("not a stream")
                return
            }
            let reason: HTTPFailure.Reason?
            do throws(HTTPFailure) {
                while try await chunks.next() != nil {}
                reason = nil
            } catch {
                reason = error.reason
            }
            #expect(reason == .reset)
        }
    }

    /// Two thousand watches wait on one server; the last piece reaches each of them.
    @Test func thousandsOfWatchesWaitAtOnce() async throws {
        let count = 2000
        let gate = Gate(opensAt: count)
        try await serving { request in
            let isFirst = Mutex(true)
            return HTTPResponse(
                status: 200,
                body: .chunks(
                    HTTPChunks { () throws(HTTPFailure) in
                        let first = isFirst.withLock { first in
                            defer { first = false }
                            return first
                        }
                        if !first { return nil }
                        await gate.pass()
                        return .bytes(Array((request.query ?? "").utf8))
                    }))
        } _: { url in
            let transport = CurlTransport()
            let right = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<count {
                    group.addTask {
                        let answer = try await transport.send(
                            HTTPRequest(
                                "GET", "\(url)/?\(number)", timeout: .seconds(60), streams: true))
                        guard case .chunks(let chunks) = answer.body else { return false }
                        var bytes: [UInt8] = []
                        while case .bytes(let piece) = try await chunks.next() { bytes += piece }
                        return bytes == Array("\(number)".utf8)
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(right == count)
        }
    }
}

/// Lets one through for each time it is opened.
final class Turnstile: Sendable {
    private struct State {
        var open = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func open() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiting.isEmpty {
                state.open += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }

    /// Returns when it was opened, or when nobody waits for it any more.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if state.open == 0, !Task.isCancelled {
                        state.waiting.append(continuation)
                        return false
                    }
                    state.open -= 1
                    return true
                }
                if isOpen { continuation.resume() }
            }
        } onCancel: {
            let left = state.withLock { state in
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in left { continuation.resume() }
        }
    }
}

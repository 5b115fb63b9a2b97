internal import HTTPMessages
internal import Synchronization

/// A body between the thread that receives it and the task that reads it, with a bound.
///
/// When more than `limit` bytes wait, the thread is told to pause: the peer is then held up by
/// its own full socket, and we hold no more.
final class CurlStream: Sendable {
    static let limit = 256 << 10

    typealias Piece = Result<[UInt8]?, HTTPFailure>

    private struct State {
        var pieces: [[UInt8]] = []
        /// The first of `pieces` that is not read yet.
        var first = 0
        var waiting = 0
        var isPaused = false
        var ending: Piece?
        var reader: CheckedContinuation<Piece, Never>?
    }

    /// What `take` found.
    enum Taken {
        case piece(Piece, resume: Bool)
        case nothing
    }

    let place: String
    private let state = Mutex(State())

    init(place: String) { self.place = place }

    /// Puts what arrived at the end; false: pause, and offer the same again later.
    func offer(_ bytes: [UInt8]) -> Bool {
        let (isTaken, reader) = state.withLock {
            state -> (Bool, CheckedContinuation<Piece, Never>?) in
            if let reader = state.reader {
                state.reader = nil
                return (true, reader)
            }
            if state.waiting > 0, state.waiting + bytes.count > Self.limit {
                state.isPaused = true
                return (false, nil)
            }
            state.pieces.append(bytes)
            state.waiting += bytes.count
            return (true, nil)
        }
        reader?.resume(returning: .success(bytes))
        return isTaken
    }

    /// The body is over, well or badly; what was offered before is still read.
    func end(_ failure: HTTPFailure?) {
        let ending: Piece = if let failure { .failure(failure) } else { .success(nil) }
        let reader = state.withLock { state -> CheckedContinuation<Piece, Never>? in
            if state.ending == nil { state.ending = ending }
            let reader = state.reader
            state.reader = nil
            return reader
        }
        reader?.resume(returning: ending)
    }

    /// Forgets what was not read and ends: somebody called it off.
    func callOff() {
        state.withLock { state in
            state.pieces = []
            state.first = 0
            state.waiting = 0
        }
        end(HTTPFailure(.cancelled, reached: .perhaps, place: place))
    }

    /// The next piece, if there is one; else `reader` will get it.
    func take(orHold reader: CheckedContinuation<Piece, Never>?) -> Taken {
        state.withLock { state in
            if state.first < state.pieces.count {
                let piece = state.pieces[state.first]
                state.pieces[state.first] = []
                state.first += 1
                if state.first == state.pieces.count || state.first > 64 {
                    state.pieces.removeFirst(state.first)
                    state.first = 0
                }
                state.waiting -= piece.count
                let resume = state.isPaused && state.waiting <= Self.limit / 2
                if resume { state.isPaused = false }
                return .piece(.success(piece), resume: resume)
            }
            if let ending = state.ending { return .piece(ending, resume: false) }
            if state.reader != nil {
                let twice = HTTPFailure(
                    .malformed, reached: .perhaps, place: place, detail: "two readers of one body")
                return .piece(.failure(twice), resume: false)
            }
            state.reader = reader
            return .nothing
        }
    }
}

/// The reading end of a stream: when nobody holds it any more, the transfer is dropped.
final class CurlStreamReader: Sendable {
    private let stream: CurlStream
    private let onPull: @Sendable () -> Void
    private let onDrop: @Sendable () -> Void

    init(
        stream: CurlStream, onPull: @escaping @Sendable () -> Void,
        onDrop: @escaping @Sendable () -> Void
    ) {
        self.stream = stream
        self.onPull = onPull
        self.onDrop = onDrop
    }

    deinit { onDrop() }

    func next() async throws(HTTPFailure) -> HTTPChunks.Chunk? {
        let piece = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard case .piece(let piece, let resume) = stream.take(orHold: continuation) else {
                    return
                }
                if resume { onPull() }
                continuation.resume(returning: piece)
            }
        } onCancel: {
            stream.callOff()
            onDrop()
        }
        return try piece.get().map { .bytes($0) }
    }
}

internal import CProcess
internal import Glibc

/// One guard and its command, on the thread: the ends of their pipes, and what came so far.
final class GuardedProcess {
    let exchange: ProcessExchange
    let started: Duration
    /// The guard itself must have answered by then.
    let patience: Duration
    private let guardian: CInt
    private var ending: Descriptor?
    private var channel: Descriptor?
    private var input: Descriptor?
    private var outputEnd: Descriptor?
    private var orders: ArraySlice<UInt8>
    private var inputLeft: ArraySlice<UInt8>
    private var heard: [UInt8] = []
    private var last: GuardReport?
    private var output: ProcessOutput

    /// Starts the guard.
    init(
        _ job: ProcessJob, _ message: GuardMessage, _ exchange: ProcessExchange,
        executable: String, started: Duration, patience: Duration
    ) throws(ProcessFailure) {
        guard let channel = DescriptorPair.channel(), let input = DescriptorPair.input(),
            let output = DescriptorPair.output()
        else { throw exchange.failure(.noResources, detail: "system error \(errno)") }
        var guardian: Int32 = 0
        let code = unsafe theseus_spawn_guard(
            executable, input.theirs.number, output.theirs.number,
            job.errorsAreShown ? STDERR_FILENO : output.theirs.number, channel.theirs.number,
            &guardian)
        guard code == 0 else {
            throw exchange.failure(.noGuard, detail: "system error \(code)")
        }
        let ending = theseus_process_descriptor(guardian)
        guard ending >= 0 else {
            let number = errno
            // It has not been told anything yet: it ends when its channel closes.
            channel.ours.hangUp()
            theseus_reap(guardian)
            throw exchange.failure(.noResources, detail: "system error \(number)")
        }
        self.exchange = exchange
        self.guardian = guardian
        self.ending = Descriptor(ending)
        self.channel = consume channel.ours
        self.input = consume input.ours
        self.outputEnd = consume output.ours
        orders = message.bytes[...]
        inputLeft = job.input[...]
        self.output = ProcessOutput(limit: job.outputCap)
        self.started = started
        self.patience = patience
        if inputLeft.isEmpty { self.input = nil }
    }

    /// Lets the guard end everything; it goes on by itself.
    func callOff() {
        channel = nil
        input = nil
    }

    /// What to wait for.
    func watch(_ poll: inout DescriptorPoll) {
        if let number = ending?.number { poll.add(number, for: .reading) }
        if let number = channel?.number { poll.add(number, for: orders.isEmpty ? .reading : .both) }
        if let number = input?.number { poll.add(number, for: .writing) }
        if let number = outputEnd?.number { poll.add(number, for: .reading) }
    }

    /// Moves what can be moved without waiting.
    ///
    /// True: the guard has ended, and is taken away.
    func pump(_ poll: borrowing DescriptorPoll) -> Bool {
        let hasEnded = if let number = ending?.number { poll.isReady(number) } else { false }
        tellGuard()
        feed()
        drain()
        hearGuard()
        if hasEnded { theseus_reap(guardian) }
        return hasEnded
    }

    private func tellGuard() {
        guard !orders.isEmpty, let sent = channel?.write(orders) else { return }
        switch sent {
        case .moved(let count): orders = orders.dropFirst(count)
        case .later: break
        case .over: orders = []
        }
    }

    private func feed() {
        guard let sent = input?.write(inputLeft) else { return }
        switch sent {
        case .moved(let count): inputLeft = inputLeft.dropFirst(count)
        case .later: return
        case .over: inputLeft = []
        }
        if inputLeft.isEmpty { input = nil }
    }

    /// Reads what has been written so far, but not for ever: others want their turn.
    private func drain() {
        for _ in 0..<64 {
            guard let bytes = outputEnd?.read(atMost: 64 << 10) else { return }
            guard let bytes = bytes.bytes else {
                if bytes == .over { outputEnd = nil }
                return
            }
            output.append(bytes[...])
        }
    }

    private func hearGuard() {
        while let read = channel?.read(atMost: GuardReport.byteCount * 4) {
            guard let bytes = read.bytes else {
                if read == .over { channel = nil }
                break
            }
            heard += bytes
        }
        while heard.count >= GuardReport.byteCount {
            last = GuardReport(heard.prefix(GuardReport.byteCount)) ?? last
            heard.removeFirst(GuardReport.byteCount)
        }
    }

    /// How it ended, if the guard has said so.
    func end(at now: Duration) -> ProcessExchange.End? {
        guard let last else { return nil }
        switch last.kind {
        case .started: return nil
        case .noFolder: return .failure(exchange.failure(.noFolder))
        case .noCommand:
            return .failure(noCommand(CInt(last.value)))
        case .noProcess:
            return .failure(
                exchange.failure(.noResources, detail: "system error \(last.value)"))
        case .exited, .signalled: break
        }
        // No pipe holds more than one turn takes.
        drain()
        let exit: ProcessEnd.Exit =
            switch last.limit {
            case .time: .timeLimit
            case .memory: .memoryLimit
            case .processor: .processorLimit
            case nil: last.kind == .exited ? .code(last.value) : .signal(last.value)
            }
        return .success(
            ProcessEnd(
                exit: exit, output: output.bytes, dropped: output.dropped,
                duration: now - started))
    }

    private func noCommand(_ number: CInt) -> ProcessFailure {
        switch number {
        case ENOENT, ENOTDIR: exchange.failure(.notFound)
        case EACCES, EPERM, ENOEXEC: exchange.failure(.notExecutable)
        default: exchange.failure(.noResources, detail: "system error \(number)")
        }
    }

    /// Closes what is still open; before anybody is told that it is over.
    func close() {
        ending = nil
        channel = nil
        input = nil
        outputEnd = nil
    }

    /// It has said how it ended though something would not die: nobody need wait for that.
    var hasGivenUp: Bool { (last?.left ?? 0) > 0 }
}

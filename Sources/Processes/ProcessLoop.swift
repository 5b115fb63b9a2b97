internal import CProcess
internal import Timekeeping

/// The thread's work: starts guards, moves bytes, tells tasks how their commands ended.
struct ProcessLoop: ~Copyable {
    private let inbox: ProcessInbox
    private let executable: String
    /// What durations are told by; may run faster than the guards' clocks.
    private let time: any Timekeeper
    /// What the guards' clocks are held against.
    private let real = RealTime()
    private let bell: Descriptor
    private var processes: [Int: GuardedProcess] = [:]

    /// Nil if the system refuses.
    init?(inbox: ProcessInbox, executable: String, time: any Timekeeper) {
        let bell = Descriptor(theseus_bell())
        guard bell.number >= 0 else { return nil }
        self.bell = bell
        self.inbox = inbox
        self.executable = executable
        self.time = time
    }

    /// Works until the inbox is closed and every guard has been taken away.
    mutating func run() {
        inbox.hang(DescriptorBell(bell))
        while true {
            let (orders, isClosed) = inbox.take()
            for order in orders { obey(order) }
            if isClosed {
                callOffAll()
                if processes.isEmpty { break }
            }
            var poll = DescriptorPoll()
            poll.add(bell.number, for: .reading)
            for process in inOrder { process.watch(&poll) }
            poll.wait(atMost: inOrder.map(\.patience).min().map { $0 - real.now })
            if poll.isReady(bell.number) { _ = bell.read(atMost: 8) }
            for process in inOrder { serve(process, poll) }
        }
        inbox.hang(nil)
    }

    private var inOrder: [GuardedProcess] {
        processes.sorted { $0.key < $1.key }.map(\.value)
    }

    private mutating func obey(_ order: ProcessOrder) {
        switch order {
        case .start(let job, let message, let exchange):
            guard !exchange.isOver else { return }
            do throws(ProcessFailure) {
                processes[exchange.number] = try GuardedProcess(
                    job, message, exchange, executable: executable, started: time.now,
                    patience: real.now + job.timeLimit + job.grace + .seconds(10))
            } catch {
                exchange.settle(.failure(error))
            }
        case .callOff(let number): processes[number]?.callOff()
        }
    }

    private func callOffAll() {
        for process in inOrder {
            let exchange = process.exchange
            process.callOff()
            exchange.settle(
                .failure(exchange.failure(.cancelled, detail: "the spawner is closed")))
        }
    }

    private mutating func serve(_ process: GuardedProcess, _ poll: borrowing DescriptorPoll) {
        let exchange = process.exchange
        if process.pump(poll) {
            processes[exchange.number] = nil
            let end = process.end(at: time.now) ?? .failure(exchange.failure(.guardLost))
            process.close()
            exchange.settle(end)
        } else if process.hasGivenUp, let end = process.end(at: time.now) {
            exchange.settle(end)
        } else if process.patience <= real.now, !exchange.isOver {
            process.callOff()
            exchange.settle(.failure(exchange.failure(.guardLost, detail: "it does not answer")))
        }
    }
}

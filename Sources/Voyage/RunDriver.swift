import CanaryEngine
import Chronicle
import Journal
import Timekeeping

/// The loop between a run's state and the world: remember, believe, act.
///
/// An order is started once and keeps running while it stays in force. Called off, it is cancelled
/// and never waited for; its late facts are heard by nobody.
struct RunDriver: Sendable {
    private let log: RunLog
    private let plan: RunPlan
    private let crew: any Crew
    private let time: any Timekeeper
    private let pace: Pace
    private let bridge: Bridge
    private let mailbox: Mailbox
    /// Who stands in the journal as the writer of facts.
    private let actor: String
    private let report: @Sendable (LoggedFact) -> Void

    init(
        log: RunLog, plan: RunPlan, crew: any Crew, time: any Timekeeper, pace: Pace,
        bridge: Bridge, mailbox: Mailbox, actor: String,
        report: @escaping @Sendable (LoggedFact) -> Void
    ) {
        self.log = log
        self.plan = plan
        self.crew = crew
        self.time = time
        self.pace = pace
        self.bridge = bridge
        self.mailbox = mailbox
        self.actor = actor
        self.report = report
    }

    /// Drives the run from where the bridge stands to its end.
    ///
    /// `beside` runs along and is cancelled with the run: the lease, the inbox.
    func drive(
        beside: @escaping @Sendable () async -> Void = {}
    ) async throws(Stranding) -> RunState {
        let end: Result<RunState, Stranding> = await withDiscardingTaskGroup { group in
            group.addTask { await beside() }
            group.addTask { await watchInbox() }
            var running = Running()
            defer { group.cancelAll() }
            do throws(Stranding) {
                try await restart(bridge.state.orders(plan), &running) {
                    begin(order: $0, until: $1, in: &group)
                }
                while !bridge.state.isOver {
                    guard let news = await mailbox.next() else { throw .interrupted }
                    let fact = try read(news)
                    guard let fact, isHeard(fact) else { continue }
                    try await remember(fact)
                    try await restart(bridge.state.orders(plan), &running) {
                        begin(order: $0, until: $1, in: &group)
                    }
                }
                running.callOffAll()
                return .success(bridge.state)
            } catch {
                running.callOffAll()
                return .failure(error)
            }
        }
        return try await settle(end)
    }

    /// When nothing can be remembered any more, traffic still comes home.
    private func settle(_ end: Result<RunState, Stranding>) async throws(Stranding) -> RunState {
        switch end {
        case .success(let state): return state
        case .failure(.unwritable(let error, var home)):
            if home.isEmpty { home = await crew.emergencyHome() }
            let called = await crew.callForHelp("\(error.detail); \(home)")
            throw .unwritable(error, home: ([home] + called).joined(separator: "; "))
        case .failure(let stranding): throw stranding
        }
    }

    private func read(_ news: Mailbox.News) throws(Stranding) -> Fact? {
        switch news {
        case .fact(let fact): return fact
        case .stop(let stranding): throw stranding
        case .wish(let wish):
            if wish.number > 0, wish.number <= bridge.state.answeredWish { return nil }
            return bridge.state.refusal(of: wish.kind, plan).map { .refused(wish, why: $0.why) }
                ?? .wished(wish)
        }
    }

    private func isHeard(_ fact: Fact) -> Bool {
        fact.order.map { bridge.state.isListening(for: $0, plan) } ?? true
    }

    // MARK: Remember, believe

    private func remember(_ fact: Fact) async throws(Stranding) {
        var next = bridge.state
        next.hear(fact, at: bridge.clock, plan)
        let date = time.date
        let by = if case .wished(let wish) = fact { wish.by } else { actor }
        do throws(JournalError) {
            let head = try await patiently { () async throws(JournalError) in
                try await log.remember(
                    fact, leadingTo: next, by: by, date: date, after: bridge.head)
            }
            bridge.believe(next, head)
            report(
                LoggedFact(
                    sequence: head.sequence, epoch: head.epoch, date: date, actor: by, fact: fact,
                    state: next, head: head))
        } catch {
            switch error.code {
            case .displaced(let head): throw .displaced(by: "epoch \(head.epoch)")
            case .exists, .unknownRun, .damaged, .unwritable, .unreadable, .busy, .denied,
                .unreachable, .tooLarge:
                // The record may have been kept all the same: then there is no way home any more.
                if case .promotionDecided = fact {
                    throw .unwritable(
                        error, home: "promotion may be decided: traffic stays on the candidate")
                }
                throw .unwritable(error, home: "")
            }
        }
    }

    /// A journal that somebody else holds for a while has not taken the record: asked again; and so
    /// is one that may not be written just now, for less long: a Role may be made anew.
    private func patiently(
        _ append: () async throws(JournalError) -> JournalHead
    ) async throws(JournalError) -> JournalHead {
        let begin = time.now
        while true {
            do throws(JournalError) {
                return try await append()
            } catch {
                guard let (patience, rest) = Self.patience(error.code),
                    time.now - begin < patience, (try? await time.sleep(for: rest)) != nil
                else { throw error }
            }
        }
    }

    private static func patience(_ code: JournalError.Code) -> (whole: Duration, rest: Duration)? {
        switch code {
        case .busy: (.seconds(30), .milliseconds(200))
        case .denied: (.seconds(5), .seconds(1))
        case .exists, .unknownRun, .displaced, .damaged, .unwritable, .unreadable, .unreachable,
            .tooLarge:
            nil
        }
    }

    // MARK: Act

    /// Keeps, calls off and starts, so that exactly the orders in force are under way.
    private func restart(
        _ orders: [Order], _ running: inout Running,
        _ begin: (Order, CallOff) -> Void
    ) async throws(Stranding) {
        running.callOff(notIn: orders)
        for order in orders where !running.has(order.id) {
            if order.repetition == .atMostOnce, bridge.state.startedOnce != order.id {
                try await remember(.started(order.id))
            }
            begin(order, running.add(order.id))
        }
    }

    private func begin(
        order: Order, until callOff: CallOff,
        in group: inout DiscardingTaskGroup
    ) {
        group.addTask {
            await withDiscardingTaskGroup { pair in
                pair.addTask {
                    await carryOut(order, callOff)
                    callOff.call()
                }
                await callOff.wait()
                pair.cancelAll()
            }
        }
    }

    private func carryOut(_ order: Order, _ callOff: CallOff) async {
        let tell: @Sendable (Fact) -> Void = { fact in
            if !callOff.isCalled { mailbox.deliver(.fact(fact)) }
        }
        switch order.work {
        case .carryOut(.begin): tell(.stepBegun(order.id))
        case .carryOut(.decidePromotion): tell(.promotionDecided(order.id))
        case .wait(let deadline):
            let rest = deadline.end - bridge.clock
            do {
                if rest > .zero { try await time.sleep(for: rest) }
                tell(.deadlinePassed(order.id))
            } catch {}  // called off
        case .carryOut, .watch, .watchCandidate, .test:
            await crew.carryOut(order, tell: tell)
        }
    }

    // MARK: Wishes

    private func watchInbox() async {
        var seen = bridge.state.answeredWish
        while !Task.isCancelled {
            // A journal that cannot be read now may be readable later; a wish can also come by the lease.
            let waiting = (try? await log.store.wishes(of: log.run, after: seen)) ?? []
            seen = waiting.last?.number ?? seen
            let caution = Caution(waiting.compactMap(WishCodec.decode))
            for wish in caution.overruled {
                mailbox.deliver(.fact(.refused(wish, why: caution.why)))
            }
            for wish in caution.heard { mailbox.deliver(.wish(wish)) }
            guard (try? await time.sleep(for: pace.inbox)) != nil else { return }
        }
    }
}

/// The orders under way, each with the means to call it off; in the order in which they began.
private struct Running {
    private var orders: [(id: OrderID, callOff: CallOff)] = []

    func has(_ id: OrderID) -> Bool { orders.contains { $0.id == id } }

    mutating func add(_ id: OrderID) -> CallOff {
        let callOff = CallOff()
        orders.append((id, callOff))
        return callOff
    }

    mutating func callOff(notIn wanted: [Order]) {
        for order in orders where !wanted.contains(where: { $0.id == order.id }) {
            order.callOff.call()
        }
        orders.removeAll { order in !wanted.contains { $0.id == order.id } }
    }

    func callOffAll() {
        for order in orders { order.callOff.call() }
    }
}

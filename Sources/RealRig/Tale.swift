internal import Chronicle
internal import HTTPServer
internal import Synchronization
package import Timekeeping

/// One delivery in a namespace of its own, under users, to its end and what must be true then.
struct Tale: Sendable {
    typealias Heir =
        @Sendable (_ stage: StoryStage, _ run: String) async throws -> StoryStage.Ending
    typealias Meanwhile = @Sendable (_ stage: StoryStage, _ run: String) async throws -> Void

    let namespace: String
    let candidate: StageObjects.Version
    let end: StoryEnd
    var flow = StageFlow()
    var setting = StoryStage.Setting()
    var perSecond = 40
    /// How many a second come from within the mesh, beside those.
    var insidePerSecond = 0
    /// The proxy's seed, and how many of 1000 calls go wrong.
    var faults: (seed: UInt64, perMille: Int) = (0, 0)
    /// Of all that can go wrong, this alone.
    var onlyFault: FaultProxy.Fault?
    /// How late Envoy hears of changes from the story's beginning on, whoever else tells one; nil: as before.
    var meshLag: Duration?
    /// Instead of a promotion the way home is an end, too.
    var mayTurnBack = false
    /// The record at which the binary is killed; it is then resumed.
    var deadAt: Int?
    /// How that is done.
    var heir: Heir = { stage, run in try await stage.resume(run) }
    /// What else happens while the binary works.
    var meanwhile: Meanwhile?
    /// What the binary must have said.
    var says: [String] = []

    init(_ namespace: String, _ candidate: StageObjects.Version, to end: StoryEnd) {
        self.namespace = namespace
        self.candidate = candidate
        self.end = end
    }

    private var run: String { namespace }

    func tell(on rig: Rig, _ report: inout StoryReport) async throws {
        if let meshLag { await rig.mesh.setLag(meshLag) }
        guard faults.perMille > 0 else {
            return try await tell(on: rig, through: nil, &report)
        }
        let proxy = FaultProxy(
            rig: rig, seed: faults.seed, perMille: faults.perMille, only: onlyFault)
        let server = try proxy.server()
        report = try await beside([{ await server.serve() }]) { [report] in
            var report = report
            try await tell(on: rig, through: "http://127.0.0.1:\(server.port)", &report)
            report.numbers.append("\(proxy.faults) of \(proxy.calls) calls went wrong")
            report.expect(proxy.faults > 0, "the proxy never erred")
            let dead = proxy.count(of: .deadWatch)
            if dead > 0 { report.numbers.append("\(dead) dead watches") }
            return report
        }
    }

    private func tell(
        on rig: Rig, through proxy: String?, _ report: inout StoryReport
    ) async throws {
        var setting = setting
        setting.proxy = proxy
        let stage = try await StoryStage.set(rig, namespace, setting)
        try stage.write(candidate, flow)
        let ending = try await stage.under(perSecond, inside: insidePerSecond, &report) {
            try await deliver(stage)
        }
        try await judge(stage, ending, &report)
    }

    private func deliver(_ stage: StoryStage) async throws -> StoryStage.Ending {
        let run = run
        if let deadAt {
            let dead = try await stage.theseus(
                "deploy", "flow.yaml", "--run-id", run,
                killedWhen: { await stage.head(of: run) >= deadAt })
            guard dead.code == nil else { return dead }
            return try await heir(stage, run)
        }
        guard let meanwhile else {
            // What is refused before it begins is tried again, as a Jenkins stage would.
            for _ in 0..<9 {
                let end = try await stage.theseus("deploy", "flow.yaml", "--run-id", run)
                guard mayTurnBack, end.code == 3, await stage.head(of: run) == 0 else {
                    return end
                }
            }
            return try await stage.theseus("deploy", "flow.yaml", "--run-id", run)
        }
        return try await beside([{ try await meanwhile(stage, run) }]) {
            try await stage.theseus("deploy", "flow.yaml", "--run-id", run)
        }
    }

    private func judge(
        _ stage: StoryStage, _ ending: StoryStage.Ending, _ report: inout StoryReport
    ) async throws {
        var end = end
        if mayTurnBack {
            if ending.code == StoryEnd.rolledBack.code { end = .rolledBack }
            report.numbers.append(end == .promoted ? "promoted" : "brought home")
        }
        report.expect(
            ending.code == end.code,
            "exit \(ending.code.map { "\($0)" } ?? "by a signal"), not \(end.code):\n"
                + ending.output.suffix(1500))
        for words in says {
            report.expect(
                ending.output.contains(words),
                "it never said '\(words)':\n\(ending.output.suffix(900))")
        }
        let records = await stage.head(of: run)
        report.numbers.append("\(records) records")
        if let deadAt {
            let isResumed = try await stage.facts(of: run).contains { $0.epoch > 1 }
            report.expect(isResumed, "it was never killed: record \(deadAt) came too late")
        }
        try await stage.check(end, run: run, stable: setting.stable, candidate: candidate, &report)
    }
}

/// Many deliveries one after the other in one namespace, each second one aborted.
struct LongTale: Sendable {
    let namespace: String
    let rounds: Int
    var setting = StoryStage.Setting()

    func tell(on rig: Rig, _ report: inout StoryReport) async throws {
        let stage = try await StoryStage.set(rig, namespace, setting)
        let complaints = try await stage.under(50, &report) {
            try await play(stage)
        }
        report.complaints += complaints
    }

    private func play(_ stage: StoryStage) async throws -> [String] {
        var complaints: [String] = []
        for round in 1...rounds {
            try stage.write(StageObjects.Version(name: "v\(round + 1)"))
            // Each time from another stage on.
            let step = 2 + (round * 2) % 9
            complaints += try await deliver(stage, "\(namespace)-\(round)-a", abortAt: step)
            complaints += try await deliver(stage, "\(namespace)-\(round)-b", abortAt: nil)
            guard complaints.isEmpty else { return complaints }
        }
        return complaints
    }

    /// One delivery, to its end and its audit; what is wrong.
    private func deliver(_ stage: StoryStage, _ run: String, abortAt step: Int?) async throws
        -> [String]
    {
        let start = stage.rig.time.date
        let ending = try await beside([
            {
                guard let step else { return }
                try await stage.awaitStep(step, of: run)
                _ = try await stage.theseus("abort", run)
            }
        ]) { try await stage.theseus("deploy", "flow.yaml", "--run-id", run) }
        let end: StoryEnd = step == nil ? .promoted : .rolledBack
        guard ending.code == end.code else {
            return [
                "\(run): exit \(ending.code ?? -9), not \(end.code):\n\(ending.output.suffix(800))"
            ]
        }
        return try await stage.audit(run, since: start).prefix(4).map { "audit of \(run): \($0)" }
    }
}

extension StoryStage {
    /// Returns when a run has begun a step, counted from 0.
    func awaitStep(_ step: Int, of run: String) async throws {
        try await RigPatience(time: rig.time).until(
            "run \(run) begins step \(step + 1)", within: .seconds(400), every: .milliseconds(20)
        ) { await begun(run) > step }
    }

    /// Does `work` while users ask; nobody may be lost.
    func under<Value: Sendable>(
        _ perSecond: Int, inside: Int = 0, _ report: inout StoryReport,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let (result, counts) = await among(perSecond, inside: inside, work)
        for count in counts { count.tell(&report) }
        return try result.get()
    }

    /// Does `work` while users ask, and gives what these saw; those within the mesh last, if there are any.
    func among<Value: Sendable>(
        _ perSecond: Int, inside: Int = 0, _ work: @escaping @Sendable () async throws -> Value
    ) async -> (Result<Value, any Error>, [UserLoad.Count]) {
        let load = UserLoad(
            url: door, host: objects.host, perSecond: perSecond,
            isFresh: objects.wiring == .streams, time: rig.time)
        let others = UserLoad(
            url: rig.meshDoor, host: objects.inside, perSecond: max(1, inside), time: rig.time)
        let isOver = Signal()
        async let users: Void = load.run { isOver.value }
        async let clients: Void = others.run { inside == 0 || isOver.value }
        let result: Result<Value, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        isOver.raise()
        await users
        await clients
        return (result, [load.counted] + (inside > 0 ? [others.counted] : []))
    }
}

extension UserLoad.Count {
    /// What users saw; nobody may be lost but who asked during `outage`.
    func tell(_ report: inout StoryReport, outage: Range<Int> = 0..<0) {
        report.numbers.append(
            "\(sent) requests, \(losses.count) lost, \(hurt) hurt, \(long) long")
        report.expect(answered > 0, "no user was ever answered")
        let wrong = losses.filter { !outage.contains($0.date) }
        for (reason, all) in Dictionary(grouping: wrong, by: \.reason).sorted(by: {
            $0.key < $1.key
        }) {
            report.complaints.append("\(all.count) requests lost: \(reason)")
        }
    }
}

/// Raised once, by anybody, seen by all.
package final class Signal: Sendable {
    private let isRaised = Mutex(false)

    package init() {}

    package func raise() { isRaised.withLock { $0 = true } }
    package var value: Bool { isRaised.withLock { $0 } }

    package func wait(_ time: some Timekeeper) async throws {
        while !value { try await time.sleep(for: .milliseconds(100)) }
    }
}

internal import GateTrials
internal import Lab
internal import Rehearsal

/// Plays what was asked for, and prints a line for each part.
struct SweepProgramme: Sendable {
    let request: SweepRequest
    private let clock = ContinuousClock()

    init(request: SweepRequest) { self.request = request }

    /// true where nothing was wrong.
    func play() async throws -> Bool {
        switch request.part {
        case .quick: return try await everything(nights: 200)
        case .all(let duration): return try await all(for: duration)
        case .stories: return try await stories() != nil
        case .deaths: return try await deaths(of: told(), isWhole: true)
        case .doubles: return try await doubles()
        case .outcomes: return try await outcomes()
        case .mustFail: return try await mustFail()
        case .night(let seed): return try replay(night: seed)
        case .nights(let first, let count): return await nights(from: first, count)
        case .scenario(let name, let deaths): return try replay(name, deaths)
        case .call(let name, let trial, let death): return try replay(name, trial, death)
        case .bench(let count):
            return try await Benchmark(lanes: lanes, count: count).run()
        case .evidence(let runs):
            print(EvidencePage(runs: runs).text)
            return true
        }
    }

    private func everything(nights count: Int, isWhole: Bool = false) async throws -> Bool {
        guard let stories = try await stories(), await deaths(of: stories, isWhole: isWhole) else {
            return false
        }
        guard try await doubles(oneIn: isWhole ? 7 : 23), try await outcomes() else { return false }
        guard await nights(from: 1, count) else { return false }
        return try await mustFail()
    }

    /// Every death of every scenario, every call of three, then nights until the time is up.
    private func all(for duration: Duration) async throws -> Bool {
        let end = clock.now + duration
        guard try await everything(nights: 200, isWhole: true) else { return false }
        guard try await outcomes(everyCall: true, until: end) else { return false }
        var first: UInt64 = 201
        while clock.now < end {
            guard await nights(from: first, 200) else { return false }
            first += 200
        }
        return true
    }

    private var lanes: Lanes { Lanes(request.lanes) }

    private func say(_ part: String, _ plays: Int, since start: ContinuousClock.Instant) {
        let seconds = (clock.now - start) / .seconds(1)
        print("\(part): \(plays) plays in \(Double(Int(seconds * 10)) / 10) s")
    }

    private func complain(_ findings: [Sweep.Finding]) -> Bool {
        for finding in findings.prefix(request.isVerbose ? 100 : 3) {
            print("  \(finding.replay)")
            for complaint in finding.complaints.prefix(6) { print("    \(complaint)") }
        }
        if findings.count > 3 { print("  \(findings.count) in all") }
        return findings.isEmpty
    }

    /// The scenarios that were asked for, each without any death.
    private func told() async throws -> [Sweep.Story] {
        let scenarios = Repertoire.all.filter { request.only == nil || $0.name == request.only }
        let sweeps = try scenarios.map { try Sweep($0) }
        return await lanes.map(sweeps) { $0.story() }.compactMap { $0 }
    }

    /// nil where one is wrong.
    private func stories() async throws -> [Sweep.Story]? {
        let start = clock.now
        let stories = try await told()
        say("stories", stories.count, since: start)
        return complain(stories.compactMap(\.finding)) ? stories : nil
    }

    /// Dies everywhere in the core of the repertoire, and in the rest where something is new, and here
    /// and there.
    ///
    /// `isWhole`: everywhere in all of it, and on the long way too.
    private func deaths(of stories: [Sweep.Story], isWhole: Bool) async -> Bool {
        func isCore(_ name: String) -> Bool { isWhole || Repertoire.thorough.contains(name) }
        var choice = DeathChoice(oneIn: 61)
        for story in stories where isCore(story.sweep.scenario.name) { choice.know(story.effects) }
        var isRight = true
        for story in stories {
            let name = story.sweep.scenario.name
            let isLengthy = Self.lengthy.contains(where: name.hasPrefix)
            if !isWhole, isLengthy, name != "canary-good" { continue }
            let start = clock.now
            let deaths =
                isCore(name)
                ? Sweep.deaths(of: story.effects.count)
                : choice.deaths(of: story.effects, isNewSought: !isLengthy)
            let outcome = await story.sweep.run(on: lanes, deaths: deaths)
            say("deaths of \(name)", outcome.plays, since: start)
            isRight = complain(outcome.findings) && isRight
        }
        return isRight
    }

    /// Days of half an hour and more, whose deaths are left to the whole sweep but for one here and there
    /// of the default template's: they are made of the same legs as the short ones.
    private static let lengthy = ["whole-way", "canary", "mirror-then-canary"]

    /// The process that takes the run dies as well.
    private func doubles(oneIn stride: Int = 7) async throws -> Bool {
        var isRight = true
        for name in request.only.map({ [$0] }) ?? ["good", "abort-at-50", "once"] {
            guard let scenario = Repertoire.scenario(name) else { return false }
            let start = clock.now
            let outcome = try await Sweep(scenario).runTwice(on: lanes, oneIn: stride)
            say("double deaths of \(name)", outcome.plays, since: start)
            isRight = complain(outcome.findings) && isRight
        }
        return isRight
    }

    /// Every outcome of calls: of each step's in two stories, of the second where the first had no such
    /// call; in others of what those two never ask; then of the calls by which a run is taken over.
    private func outcomes(
        everyCall: Bool = false, until end: ContinuousClock.Instant? = nil
    ) async throws -> Bool {
        var isRight = true
        var met: Set<CallSweep.Place> = []
        for name in Self.asking {
            guard let scenario = Repertoire.scenario(name) else { return false }
            let sweep = try CallSweep(scenario)
            let isOneOfTwo = name == "good" || name == "bad"
            let isWhole = everyCall && (isOneOfTwo || Self.whole.contains(name))
            let known: CallSweep.Known =
                isWhole ? .places([]) : isOneOfTwo ? .places(met) : .acts(of: met)
            isRight =
                await outcomes(of: sweep, name, everyCall: isWhole, beyond: known, until: end)
                && isRight
            met.formUnion(sweep.places())
        }
        // The same verbs and kinds as elsewhere, and other writes.
        for (name, stride) in everyCall ? [] : [("hosts-next", 37), ("hosts-next-back", 9)] {
            guard let scenario = Repertoire.scenario(name) else { return false }
            let sweep = try CallSweep(scenario)
            isRight =
                await outcomes(of: sweep, "\(name), some", oneIn: stride, until: end) && isRight
        }
        // On the way to a weight, on the way home, and what a journal in the cluster is asked for.
        met = []
        for (name, death) in [("good", 60), ("bad", 92), ("good-in-cluster", 90)] {
            guard let scenario = Repertoire.scenario(name) else { return false }
            let sweep = try CallSweep(scenario, death: Lifeline.Death(effect: death, point: .after))
            let known: CallSweep.Known =
                everyCall || name != "good-in-cluster" ? .places([]) : .acts(of: met)
            isRight =
                await outcomes(of: sweep, "\(name), taken over", beyond: known, until: end)
                && isRight
            met.formUnion(sweep.places())
        }
        return isRight
    }

    private func outcomes(
        of sweep: CallSweep, _ name: String, everyCall: Bool = false,
        beyond known: CallSweep.Known = .places([]), oneIn stride: Int = 1,
        until end: ContinuousClock.Instant?
    ) async -> Bool {
        let start = clock.now
        let outcome = await sweep.run(
            on: lanes, everyCall: everyCall, beyond: known, oneIn: stride,
            until: { end.map { ContinuousClock().now >= $0 } ?? false })
        say("calls of \(name)", outcome.plays, since: start)
        return complain(outcome.findings)
    }

    private static let asking = [
        "good", "bad", "good-in-cluster", "guarded", "without-routes-back", "keda-back",
        "old-cluster-back", "job", "hosts-next", "hosts-next-back",
    ]

    /// Every single call of these is tried, where there is time.
    private static let whole = ["good-in-cluster", "hosts-next", "hosts-next-back"]

    private func nights(from first: UInt64, _ count: Int) async -> Bool {
        let start = clock.now
        let seeds = (0..<count).map { first + UInt64($0) }
        let findings = await lanes.map(seeds) { BadNight(seed: $0).finding() }
        say("nights \(first) to \(first + UInt64(count) - 1)", count, since: start)
        return complain(findings.compactMap { $0 ?? nil })
    }

    private func replay(night seed: UInt64) throws -> Bool {
        let night = BadNight(seed: seed)
        let bill = try night.play()
        if request.isVerbose { for line in night.plot + bill.telling { print(line) } }
        print("night \(seed): \(bill.summary), \(bill.fingerprint)")
        let complaints = bill.complaints(night.scenario)
        for complaint in complaints { print("  \(complaint)") }
        return complaints.isEmpty
    }

    private func mustFail() async throws -> Bool {
        let start = clock.now
        var isRight = true
        let faults = Sabotage.allCases
        let found = await lanes.map(faults) { fault -> String? in
            let trial = MustFail(fault)
            guard let own = try? trial.complaintsWithout(), own.isEmpty else { return nil }
            return (try? trial.complaints())?.first
        }
        say("faults put back", faults.count, since: start)
        for (fault, complaint) in zip(faults, found) {
            let first = complaint ?? nil
            if first == nil { isRight = false }
            if first == nil || request.isVerbose {
                print("  \(fault.rawValue): \(first ?? "was not caught")")
            }
            if first == nil, request.isVerbose, let bill = try? MustFail(fault).bill() {
                for line in bill.telling { print("    \(line)") }
                print("    \((try? MustFail(fault).complaintsWithout()) ?? [])")
            }
        }
        return isRight
    }

    private func replay(_ name: String, _ deaths: [Lifeline.Death]) throws -> Bool {
        guard let scenario = Repertoire.scenario(name) else {
            print("no scenario \(name); there are:")
            for scenario in Repertoire.all { print("  \(scenario.name)") }
            return false
        }
        let bill = try Stage(scenario).play(Mishap(deaths: deaths))
        if request.isVerbose { for line in bill.telling { print(line) } }
        let complaints = bill.complaints(scenario)
        print("\(name): \(bill.summary)")
        for complaint in complaints { print("  \(complaint)") }
        return complaints.isEmpty
    }

    private func replay(
        _ name: String, _ trial: CallSweep.Trial, _ death: Lifeline.Death?
    ) throws -> Bool {
        guard let scenario = Repertoire.scenario(name) else { return try replay(name, []) }
        let sweep = try CallSweep(scenario, death: death)
        let bill = sweep.bill(of: trial)
        if request.isVerbose { for line in bill.telling { print(line) } }
        print("\(name), \(trial.outcome) at call \(trial.call): \(bill.summary)")
        let complaints = sweep.play(trial)?.complaints ?? []
        for complaint in complaints { print("  \(complaint)") }
        return complaints.isEmpty
    }
}

/// What is told, in the order in which it is told.
///
/// The long ones come first, so that the lanes end together.
package enum Stories {
    package static let all: [Story] = [
        crowd, Machines.stories, Encounters.stories, Meddlers.stories, Templates.stories,
        Wirings.stories, kills, stages(.abort), stages(.failure),
        [promoted, rolledBack, planned, net, lackingOne], sweep(seeds: 1...40),
    ].flatMap { $0 }

    /// Runs through a proxy that errs, each by its seed.
    package static func sweep(seeds: ClosedRange<Int>) -> [Story] {
        seeds.map { seed in
            Story("faults, seed \(seed)") { rig, report in
                let isBad = seed.isMultiple(of: 3)
                var tale = Tale(
                    "fault-\(seed)", isBad ? bad : v2, to: isBad ? .rolledBack : .promoted)
                tale.perSecond = 20
                tale.setting.journal = seed.isMultiple(of: 4) ? .file : .cluster
                tale.faults = (UInt64(seed), 40)
                tale.meshLag = .milliseconds([50, 200, 800, 2000][seed % 4])
                // With such a server either end is a good one, as long as nobody is lost.
                tale.mayTurnBack = true
                try await tale.tell(on: rig, &report)
            }
        }
    }

    static let v1 = StageObjects.Version(name: "v1")
    static let v2 = StageObjects.Version(name: "v2")
    /// Passes its own tests; users notice.
    static let bad = StageObjects.Version(name: "v2", environment: ["FAIL_PERCENT": 8])

    static let promoted = Story("a good release is promoted") { rig, report in
        try await Tale("good", v2, to: .promoted).tell(on: rig, &report)
    }

    static let rolledBack = Story("a bad release is brought home") { rig, report in
        try await Tale("bad", bad, to: .rolledBack).tell(on: rig, &report)
    }

    static let planned = Story("a kept plan is carried out with the printed Role, write by write") {
        rig, report in
        try await PlannedTale(namespace: "kept-plan").tell(on: rig, &report)
    }

    /// A rig that finds nothing wrong with what is wrong would find nothing at all.
    static let net = Story("the net catches: weights of 140, and users sent to nowhere") {
        rig, report in
        var tale = Tale("net", v2, to: .promoted)
        tale.flow.steps = [
            "backup", "deploy: {deadline: 3m}", "route", "weight: 50", "weight: 100", "retire",
        ]
        try await tale.tell(on: rig, &report)
        try await BrokenPromise(namespace: "net", run: "net").tell(on: rig, &report)
    }

    static let lackingOne = Story("with one verb fewer it is refused before anything changes") {
        rig, report in
        try await LeastPrivilege(namespace: "fewer").tell(on: rig, &report)
    }

    // MARK: Home from each stage

    enum Turn: String, Hashable, Sendable {
        case abort
        case failure
    }

    /// Home from each stage before the point of no return: by a person, or by a test that fails.
    static func stages(_ turn: Turn) -> [Story] {
        StageFlow.all.indices.dropLast().map { step in
            let name = StageFlow.all[step].prefix { $0 != ":" }
            return Story("\(turn.rawValue) at step \(step + 1), \(name)") { rig, report in
                var tale = Tale("\(turn.rawValue)-\(step + 1)", v2, to: .rolledBack)
                switch turn {
                case .failure: tale.flow.failsAfter = step
                case .abort:
                    tale.meanwhile = { stage, run in
                        try await stage.awaitStep(step, of: run)
                        _ = try await stage.theseus("abort", run)
                    }
                }
                try await tale.tell(on: rig, &report)
            }
        }
    }

    // MARK: Killed

    /// How many records a run of the stage's flow has, about.
    private static let records = 62

    /// Killed with -9 at 30 moments spread over the run, and resumed by another process.
    static let kills: [Story] = (0..<30).map { number in
        let record = 2 + number * (records - 4) / 29
        return Story("kill -9 at record \(record), resumed") { rig, report in
            var tale = Tale("kill-\(record)", v2, to: .promoted)
            tale.perSecond = 30
            tale.setting.journal = number.isMultiple(of: 5) ? .file : .cluster
            tale.deadAt = record
            // Every second one waits until the dead holder's lease has ended.
            if number.isMultiple(of: 2) {
                tale.heir = { stage, run in try await stage.resume(run, "--takeover") }
            }
            try await tale.tell(on: rig, &report)
        }
    }

    // MARK: Many

    /// Five deliveries and five aborts in each of four lanes, under 200 requests a second in all.
    static let crowd: [Story] = (1...4).map { lane in
        Story("5 deploys, 5 aborts under 50 of 200 requests a second, lane \(lane)") {
            rig, report in
            try await LongTale(namespace: "crowd-\(lane)", rounds: 5).tell(on: rig, &report)
        }
    }
}

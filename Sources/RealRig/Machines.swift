internal import Chronicle
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// Any machine with a kubeconfig can go on with what another began, or call it off.
enum Machines {
    static let stories = [away, afterTheLease, atOnce, byCron]

    /// Called off, by the service's name, from a machine that knows nothing but the kubeconfig.
    static let away = Story("begun on one machine, aborted from another") { rig, report in
        var tale = Tale("away", Stories.v2, to: .rolledBack)
        tale.meanwhile = { stage, run in
            try await stage.awaitStep(7, of: run)
            let other = try stage.anotherMachine("b")
            try await stage.expect("status", "--output", "json", on: other, says: "\"running\"")
            try await stage.expect("abort", "shop", on: other, says: "")
            try await stage.expect("history", on: other, says: run)
        }
        try await tale.tell(on: rig, &report)
    }

    /// A holder that is lost keeps the target until nobody has renewed its lease for 15 s.
    static let afterTheLease = Story("lost on one machine, resumed on another once the lease ended")
    { rig, report in
        let looks = try await lost("lease", "resume", "lease", on: rig, to: .promoted, &report)
        // It looks once a second.
        report.expect(looks >= 10, "it looked at the lease \(looks) times only before it took it")
    }

    static let atOnce = Story("lost on one machine, taken over on another at once") { rig, report in
        let looks = try await lost(
            "takeover", "resume", "takeover", "--takeover", on: rig, to: .promoted, &report)
        report.expect(looks <= 3, "it looked at the lease \(looks) times before it took it")
    }

    /// Nobody is home: what cron runs brings the run home.
    static let byCron = Story("lost, and brought home by resume --all --stale") { rig, report in
        _ = try await lost(
            "cron", "resume", "--all", "--stale", "5s", on: rig, to: .rolledBack, &report)
    }

    /// Killed at its twenty-fifth record, and taken up on another machine with these words; how
    /// often that looked at the lease before it had it.
    private static func lost(
        _ name: String, _ words: String..., on rig: Rig, to end: StoryEnd,
        _ report: inout StoryReport
    ) async throws -> Int {
        var tale = Tale(name, Stories.v2, to: end)
        tale.deadAt = 25
        let mark = "dead-\(rig.time.date)"
        tale.heir = { stage, run in
            try await stage.leaveMark(mark)
            let other = try stage.anotherMachine("b")
            try await stage.expect("status", on: other, says: run)
            let start = stage.rig.time.now
            while true {
                let ending = try await stage.theseus(words, on: other)
                // What is not stale yet is left alone, and cron comes again.
                let isTaken = try await stage.facts(of: run).contains { $0.epoch > 1 }
                if isTaken || stage.rig.time.now - start > .seconds(180) { return ending }
            }
        }
        try await tale.tell(on: rig, &report)
        let stage = try await StoryStage.found(rig, name)
        let looks = await stage.looksAtLease(after: mark)
        report.numbers.append("\(looks) looks at the lease")
        return looks
    }
}

extension StoryStage {
    /// A command that must succeed, and say this.
    func expect(_ words: String..., on machine: StageMachine, says wanted: String) async throws {
        let ending = try await theseus(words, on: machine)
        guard ending.code == 0, wanted.isEmpty || ending.output.contains(wanted) else {
            throw RigError(
                "'theseus \(words.joined(separator: " "))' ended with \(ending.code ?? -9), and"
                    + " said:\n\(ending.output.suffix(900))",
                place: machine.folder.path, remedy: "it must end with 0 and say '\(wanted)'")
        }
    }

    /// A call by which a moment is found again in the API server's log.
    func leaveMark(_ mark: String) async throws {
        _ = try await caller.send(
            "GET", ResourceKind.service.path(namespace: namespace, name: mark))
    }

    /// How often the lease was read after a mark, before it was written.
    func looksAtLease(after mark: String) async -> Int {
        let entries = await rig.trail.entries(of: person.name)
        guard let start = entries.firstIndex(where: { $0.name == mark }) else { return -1 }
        let leases = entries[start...].filter { $0.resource == ResourceKind.lease.plural }
        return leases.prefix { !["update", "create"].contains($0.verb) || !$0.isDone }
            .filter { $0.verb == "get" }.count
    }
}

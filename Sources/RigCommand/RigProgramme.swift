internal import Processes
internal import RealRig
internal import Timekeeping

/// Brings the rig up, and tells what was asked for.
struct RigProgramme: Sendable {
    let request: RigRequest
    private let time = RealTime()

    init(request: RigRequest) { self.request = request }

    private var stories: [Story] {
        switch request.part {
        case .test, .serve, .list: Stories.all
        case .only(let text): Stories.all.filter { $0.name.contains(text) }
        case .sweep(let seeds): Stories.sweep(seeds: seeds)
        }
    }

    /// true where nothing was wrong.
    func play() async throws -> Bool {
        if request.part == .list {
            for story in stories { say(story.name) }
            return true
        }
        let path = request.folder ?? "/tmp/theseus-rig.\(RigMachine.process)"
        let parts = try RigParts(
            folder: request.parts, theseus: RigMachine.absolute(request.theseus))
        let spawner = GuardedSpawner(time: time)
        await RigLeftovers(spawner: spawner).sweep()
        let begin = time.now
        let ended = Signal()
        SignalWatch.start { _ in ended.raise() }
        let request = request
        let stories = stories
        let result = await Self.attempt {
            try await Rig.standing(
                parts: parts, folder: RigFolder(path), spawner: spawner, time: time
            ) { rig in
                say("the rig stands after \(Self.seconds(time.now - begin))")
                if request.part == .serve {
                    say(rig.addresses)
                    try await ended.wait(time)
                    return [StoryReport]()
                }
                let told = await Lanes(count: request.lanes).tell(stories, on: rig, until: ended)
                let own = await rig.ownReport()
                say(own.line)
                return told + [own]
            }
        }
        if !request.keeps { await RigLeftovers(spawner: spawner).remove(path) }
        guard request.part != .serve else { return try result.get().isEmpty }
        return summarise(try result.get(), since: begin)
    }

    /// Says how all of it ended, last in a line that those who count tests can read.
    ///
    /// What was not told has failed: nothing of it was shown.
    private func summarise(_ reports: [StoryReport], since begin: Duration) -> Bool {
        let failed = reports.filter { !$0.complaints.isEmpty }
        let told = Set(reports.map(\.name))
        let untold = stories.map(\.name).filter { !told.contains($0) }
        for report in failed where reports.count > 5 { say(report.line) }
        for name in untold { say("FAILED  \(name): it was not told") }
        say("all of it took \(Self.seconds(time.now - begin))")
        say("\(reports.count - failed.count) passed, \(failed.count + untold.count) failed")
        return failed.isEmpty && untold.isEmpty && reports.count > 1
    }

    private static func attempt<Value>(_ work: () async throws -> Value) async
        -> Result<Value, any Error>
    {
        do { return .success(try await work()) } catch { return .failure(error) }
    }

    private static func seconds(_ duration: Duration) -> String {
        "\(((duration / .seconds(1)) * 10).rounded() / 10) s"
    }
}

/// Several stories at a time, each in namespaces of its own.
struct Lanes: Sendable {
    let count: Int

    func tell(_ stories: [Story], on rig: Rig, until ended: Signal) async -> [StoryReport] {
        await withTaskGroup(of: StoryReport?.self) { group in
            var rest = stories[...]
            var reports: [StoryReport] = []
            group.addTask {
                // Ctrl-C: what is being told is called off, and the rig goes.
                try? await ended.wait(rig.time)
                return nil
            }
            for _ in 0..<count {
                guard let story = rest.popFirst() else { break }
                group.addTask { await story.play(on: rig) }
            }
            while reports.count < stories.count, let found = await group.next() {
                guard let report = found else { break }
                say(report.line)
                reports.append(report)
                if let story = rest.popFirst() { group.addTask { await story.play(on: rig) } }
            }
            group.cancelAll()
            return reports
        }
    }
}

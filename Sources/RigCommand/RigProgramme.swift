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
                return try await Lanes(count: request.lanes).tell(stories, on: rig, until: ended)
            }
        }
        if !request.keeps { await RigLeftovers(spawner: spawner).remove(path) }
        return summarise(try result.get(), planned: stories.count, since: begin)
    }

    private func summarise(_ reports: [StoryReport], planned: Int, since begin: Duration) -> Bool {
        guard request.part != .serve else { return true }
        let failed = reports.filter { !$0.complaints.isEmpty }
        let skipped = reports.filter { $0.skipped != nil }.count + planned - reports.count
        for report in failed where reports.count > 5 { say(report.line) }
        say(
            "\(reports.count) stories, \(failed.count) failed, \(skipped) skipped"
                + " (\(Self.seconds(time.now - begin)))")
        return failed.isEmpty && skipped == 0 && !reports.isEmpty
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

    func tell(_ stories: [Story], on rig: Rig, until ended: Signal) async throws
        -> [StoryReport]
    {
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

internal import Processes
internal import Timekeeping

/// A program that runs beside us and dies with us, whatever ends us.
struct RigProcess: Sendable {
    let name: String
    let arguments: [String]
    let folder: RigFolder
    var environment: [ProcessJob.Variable] = []

    init(_ name: String, _ arguments: [String], in folder: RigFolder) {
        self.name = name
        self.arguments = arguments
        self.folder = folder
    }

    /// Runs until called off; that it ends by itself is an error, told with its last words.
    func run(by spawner: any ProcessSpawner) async throws {
        let end = try await spawner.run(job)
        try Task.checkCancellation()
        let words = String(decoding: RigFolder.read(log).suffix(1500), as: UTF8.self)
        throw RigError(
            "\(name) ended by itself (\(end.exit)):\n\(words)", place: log,
            remedy: "read its last words above")
    }

    /// What it says.
    private var log: String { folder.file("\(name).log") }

    private var job: ProcessJob {
        ProcessJob(
            arguments: ["/bin/sh", "-c", "exec \"$@\" >'\(log)' 2>&1", "sh"] + arguments,
            environment: environment, folder: folder.path,
            timeLimit: .seconds(24 * 3600), outputCap: 64 << 10, grace: .zero)
    }
}

/// Waits until something holds, looking often.
struct RigPatience: Sendable {
    let time: any Timekeeper

    init(time: any Timekeeper) { self.time = time }

    /// Throws what was waited for when `limit` has gone by.
    func until(
        _ what: String, within limit: Duration, every pause: Duration = .milliseconds(50),
        _ holds: () async throws -> Bool
    ) async throws {
        let start = time.now
        while true {
            if try await holds() { return }
            guard time.now - start < limit else {
                throw RigError(
                    "waited \(limit) in vain: \(what)", place: "the rig",
                    remedy: "see what the parts say, in the rig's folder (--keep)")
            }
            try await time.sleep(for: pause)
        }
    }
}

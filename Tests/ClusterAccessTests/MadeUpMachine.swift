import ClusterAccess
import Foundation
import Processes
import Synchronization
import Timekeeping

/// A machine of files that are written here; its clock stands until it is turned.
final class MadeUpMachine: Sendable {
    struct File: Sendable {
        var bytes: [UInt8]
        var mode = 0o600
    }

    struct NotThere: Error {}

    private let files = Mutex<[String: File]>([:])
    let clock = StandingClock()

    init(_ files: [String: String] = [:]) {
        for (path, text) in files { write(text, to: path) }
    }

    func write(_ text: String, to path: String, mode: Int = 0o600) {
        files.withLock { $0[path] = File(bytes: Array(text.utf8), mode: mode) }
    }

    func remove(_ path: String) { files.withLock { $0[path] = nil } }

    func doors(
        _ variables: [String: String] = [:], spawner: any ProcessSpawner = NoPrograms(),
        time: (any Timekeeper)? = nil
    ) -> AccessDoors {
        let file: @Sendable (String) -> File? = { [self] path in files.withLock { $0[path] } }
        return AccessDoors(
            environment: variables.sorted { $0.key < $1.key }.map {
                ProcessJob.Variable(name: $0.key, value: $0.value)
            },
            workingDirectory: "/here",
            read: { path in
                guard let file = file(path), file.mode & 0o400 != 0 else { throw NotThere() }
                return file.bytes
            },
            exists: { file($0) != nil }, mode: { file($0)?.mode },
            isExecutable: { (file($0)?.mode ?? 0) & 0o100 != 0 }, spawner: spawner,
            time: time ?? clock)
    }
}

/// Starts nothing.
struct NoPrograms: ProcessSpawner {
    func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
        throw ProcessFailure(.notFound, place: job.place)
    }
}

/// Says what it was told to say, and remembers what was asked.
final class Prompter: ProcessSpawner {
    private let lines: Mutex<[ProcessEnd]>
    private let heard = Mutex<[ProcessJob]>([])

    init(_ answers: [String]) {
        lines = Mutex(
            answers.map {
                ProcessEnd(exit: .code(0), output: Array($0.utf8), dropped: 0, duration: .zero)
            })
    }

    var jobs: [ProcessJob] { heard.withLock { $0 } }

    func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
        heard.withLock { $0.append(job) }
        await Task.yield()
        let next = lines.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        return next ?? ProcessEnd(exit: .code(7), output: [], dropped: 0, duration: .zero)
    }
}

/// Stands still until somebody turns it; 2026-11-21T06:00:00Z at first.
final class StandingClock: Timekeeper {
    private let passed = Mutex(Duration.zero)

    var now: Duration { passed.withLock { $0 } }
    var date: Int { 1_795_240_800_000 + Int(now / .milliseconds(1)) }

    func turn(by duration: Duration) { passed.withLock { $0 += duration } }

    func sleep(for duration: Duration) async throws(CancellationError) { turn(by: duration) }
}

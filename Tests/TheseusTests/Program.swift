import Foundation
import Synchronization
import Testing

/// A process of the real binary: its lines can be waited for, and it is gone when a test is.
final class Program: Sendable {
    /// How a process ended, and all that it said.
    struct Ending: Sendable {
        /// The exit code; of a killed process, minus the signal.
        var code: Int
        var output: String
        var complaint: String
    }

    private struct Told {
        var text: [[UInt8]] = [[], []]
        var code: Int?
        var isLate = false
        var waiting: [CheckedContinuation<Void, Never>] = []

        var size: Int { text[0].count + text[1].count + (code == nil ? 0 : 1) }
        var output: String { String(decoding: text[0], as: UTF8.self) }
        /// Whole lines.
        var lines: [String] { Array(output.components(separatedBy: "\n").dropLast()) }
    }

    /// What the reading thread tells to, whether or not anybody still holds the program.
    private final class Ear: Sendable {
        let told = Mutex(Told())

        func change(_ work: (inout Told) -> Void) {
            let waiting = told.withLock { told in
                work(&told)
                defer { told.waiting = [] }
                return told.waiting
            }
            for one in waiting { one.resume() }
        }
    }

    private let ear = Ear()
    private let process: Spawned
    private let words: String
    private var told: Told { ear.told.withLock { $0 } }

    /// Beside the tests stands what was built with them.
    static let path: String = {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appending(path: "theseus").path
    }()

    /// Starts it; after `seconds` it is killed, and the test that waits for it fails.
    init(
        _ arguments: [String], through wrapper: [String] = [], environment: [String: String] = [:],
        in folder: String = NSTemporaryDirectory(), within seconds: Int = 60
    ) throws {
        words = arguments.joined(separator: " ")
        var variables = [
            "PATH": "/usr/bin:/bin", "HOME": folder, "THESEUS_ACTOR": "mia", "LANG": "C",
        ]
        variables.merge(environment) { $1 }
        let ear = ear
        process = try Spawned(
            wrapper + [Self.path] + arguments, environment: variables, folder: folder
        ) { news in
            ear.change { told in
                switch news {
                case .said(let bytes, let stream): told.text[stream] += bytes
                case .ended(let code): told.code = code
                }
            }
        }
        let late = DispatchTime.now() + .seconds(seconds)
        DispatchQueue.global().asyncAfter(deadline: late) { [weak self] in
            guard let self, told.code == nil else { return }
            ear.change { $0.isLate = true }
            signal(SIGKILL)
        }
    }

    deinit { signal(SIGKILL) }

    var number: Int32 { process.number }

    /// Sends a signal, if it has not ended.
    func signal(_ number: Int32) {
        ear.told.withLock { if $0.code == nil { kill(process.number, number) } }
    }

    // MARK: Waiting

    /// Returns when something was heard since `seen`.
    private func news(since seen: Int) async {
        await withCheckedContinuation { continuation in
            let isLate = ear.told.withLock { told in
                guard told.size == seen else { return true }
                told.waiting.append(continuation)
                return false
            }
            if isLate { continuation.resume() }
        }
    }

    /// The whole lines of standard output so far.
    var lines: [String] { told.lines }

    /// Waits for a line of standard output that holds `words`.
    @discardableResult
    func line(_ words: String, after count: Int = 0) async throws -> String {
        try await line(after: count) { $0.contains(words) }
    }

    @discardableResult
    func line(after count: Int = 0, _ fits: (String) -> Bool) async throws -> String {
        while true {
            let told = told
            if let found = told.lines.dropFirst(count).first(where: fits) { return found }
            if told.code != nil { throw Silence(words: words, ending: await end()) }
            await news(since: told.size)
        }
    }

    /// Waits until there are so many lines, or no more will come.
    func lines(atLeast count: Int) async {
        while true {
            let told = told
            if told.lines.count >= count || told.code != nil { return }
            await news(since: told.size)
        }
    }

    /// Waits for its end.
    func end() async -> Ending {
        while true {
            let told = told
            if let code = told.code {
                let complaint = String(decoding: told.text[1], as: UTF8.self)
                if told.isLate {
                    Issue.record("theseus \(words): too slow\n\(told.output)\n\(complaint)")
                }
                return Ending(code: code, output: told.output, complaint: complaint)
            }
            await news(since: told.size)
        }
    }

    /// Stops it and waits until it is gone.
    func stop() async {
        signal(SIGKILL)
        _ = await end()
    }

    /// Runs it to its end.
    static func run(
        _ arguments: [String], through wrapper: [String] = [], environment: [String: String] = [:],
        in folder: String = NSTemporaryDirectory(), within seconds: Int = 60
    ) async throws -> Ending {
        try await Program(
            arguments, through: wrapper, environment: environment, in: folder, within: seconds
        ).end()
    }

    /// Runs another program to its end.
    static func tool(_ words: [String]) async throws {
        let code = await withCheckedContinuation { continuation in
            do {
                _ = try Spawned(words, environment: [:], folder: "/") { news in
                    if case .ended(let code) = news { continuation.resume(returning: code) }
                }
            } catch {
                continuation.resume(returning: -1)
            }
        }
        #expect(code == 0, "\(words)")
    }

    /// It ended without the line that was waited for.
    struct Silence: Error, CustomStringConvertible {
        var words: String
        var ending: Ending

        var description: String {
            "theseus \(words) ended with \(ending.code)\n\(ending.output)\n\(ending.complaint)"
        }
    }
}

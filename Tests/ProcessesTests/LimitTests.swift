import Foundation
import Processes
import Testing

/// What a program and all that it starts may use, and what it writes beside its output.
@Suite struct LimitTests {
    @Test func endsWhatTakesTooMuchMemory() async throws {
        // Two children share the guilt: neither is over the limit alone.
        let hog = "x=$(head -c 60000000 /dev/zero | tr '\\0' x); sleep 1000"
        var job = ProcessJob.script("(\(hog)) & (\(hog)) & wait", grace: .milliseconds(100))
        job.limits.memory = 100_000_000
        let end = try await Probe.spawner().run(job)
        #expect(end.exit == .memoryLimit)
    }

    @Test func endsWhatComputesTooLong() async throws {
        var job = ProcessJob.script(
            "sh -c 'while :; do :; done' & while :; do :; done", grace: .milliseconds(100))
        job.limits.processorTime = .milliseconds(500)
        let end = try await Probe.spawner().run(job)
        #expect(end.exit == .processorLimit)
    }

    /// Children that have ended count, too.
    @Test func addsUpWhatEndedLongAgo() async throws {
        var job = ProcessJob.script(
            "while :; do head -c 3000000 /dev/urandom > /dev/null; done",
            grace: .milliseconds(100))
        job.limits.processorTime = .milliseconds(700)
        #expect(try await Probe.spawner().run(job).exit == .processorLimit)
    }

    @Test func letsBeWhatIsModest() async throws {
        var job = ProcessJob.script("echo fine")
        job.limits = .init(memory: 1 << 30, processorTime: .seconds(60))
        #expect(try await Probe.spawner().run(job).exit == .code(0))
    }

    // MARK: Result files

    private func run(_ text: String, before: String? = nil) async throws -> ProcessEnd.Result? {
        let path = NSTemporaryDirectory() + "result-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        if let before { try Data(before.utf8).write(to: URL(filePath: path)) }
        var job = ProcessJob.script(text.replacing("FILE", with: path))
        job.resultFile = path
        return try await Probe.spawner().run(job).result
    }

    @Test func readsWhatWasWritten() async throws {
        #expect(try await run("echo new > FILE") == .bytes(Array("new\n".utf8)))
        #expect(try await run("echo new > FILE", before: "old\n") == .bytes(Array("new\n".utf8)))
        #expect(
            try await run("echo old > FILE.x; mv FILE.x FILE", before: "old\n")
                == .bytes(Array("old\n".utf8)))
    }

    /// Yesterday's results pass no test of today.
    @Test func passesOverWhatWasThere() async throws {
        #expect(try await run("true", before: "old") == nil)
        #expect(try await run("true") == nil)
        #expect(try await run("rm FILE", before: "old") == nil)
    }

    @Test func waitsForNoWriterAndReadsNoFlood() async throws {
        #expect(try await run("mkfifo FILE") == .unreadable)
        #expect(try await run("mkdir FILE; rmdir FILE; mkdir FILE") == .unreadable)
        #expect(try await run("head -c 5000000 /dev/zero > FILE") == .tooLarge)
    }
}

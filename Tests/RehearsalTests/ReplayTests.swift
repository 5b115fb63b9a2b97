import Foundation
import Rehearsal
import Testing

/// What a finding says is a command: a shell takes the line as it stands, and it plays.
@Suite struct ReplayTests {
    /// A short story that comes out right, and is held to another end.
    private func wrong() throws -> Scenario {
        try #require(Repertoire.scenario("never-ready")).with { $0.ends = [.promoted] }
    }

    private func expectRuns(_ line: String) throws {
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", line]
        shell.standardOutput = FileHandle.nullDevice
        try shell.run()
        shell.waitUntilExit()
        // The story itself, without our other end, is right.
        #expect(shell.terminationStatus == 0, "\(line)")
    }

    @Test func ofAStory() throws {
        let sweep = try Sweep(wrong())
        let finding = try #require(sweep.story().finding)
        #expect(finding.replay.hasSuffix("/theseus-sweep --scenario never-ready"))
        try expectRuns(finding.replay)
    }

    @Test func ofADeath() throws {
        let sweep = try Sweep(wrong())
        let death = try #require(sweep.deaths().last)
        let finding = try #require(sweep.play(death))
        #expect(finding.replay.contains(" --scenario never-ready --death "))
        try expectRuns(finding.replay)
    }

    /// Step, verb, kind and outcome stand behind it as a remark.
    @Test func ofACall() throws {
        let sweep = try CallSweep(wrong())
        let trials = sweep.trials()
        let finding = try #require(trials.lazy.compactMap { sweep.play($0) }.first)
        #expect(finding.replay.contains("  # "), "\(finding.replay)")
        try expectRuns(finding.replay)
    }

    @Test func ofANight() {
        let night = BadNight(seed: 1)
        #expect(night.finding() == nil)
        #expect(night.replay.hasSuffix("/theseus-sweep --night 1"))
    }
}

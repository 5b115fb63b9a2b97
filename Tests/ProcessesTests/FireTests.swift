import Foundation
import Processes
import Testing

/// Commands by the hundred and by the thousand: what is ended is ended.
@Suite struct FireTests {
    /// Two thirds run into their time limit, one third is called off.
    @Test func aThousandCommandsLeaveNothing() async throws {
        let folder = NSTemporaryDirectory() + "fire-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let lifeline = try Lifeline(lines: 1)
        let probe = Process()
        probe.executableURL = URL(filePath: Probe.path)
        probe.arguments = ["fire", lifeline.path]
        probe.currentDirectoryURL = URL(filePath: folder)
        probe.environment = ["TMPDIR": folder]
        let output = Pipe()
        probe.standardOutput = output
        try probe.run()
        let told = output.fileHandleForReading.readDataToEndOfFile()
        probe.waitUntilExit()
        #expect(String(decoding: told, as: UTF8.self) == "limited 666, descriptors 0\n")
        // Nobody holds the pipe: no process is left of any of them.
        await lifeline.isLet.wait()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    /// Some in sessions of their own, some orphans, some deaf to TERM.
    @Test func aTreeOfTwoHundredEnds() async throws {
        let lifeline = try Lifeline(lines: 200)
        let script = """
            exec 9>'\(lifeline.path)'
            for i in $(seq 50); do
              setsid sh -c 'echo >&9; exec sleep 1000' &
              (setsid sh -c 'trap "" TERM; echo >&9; sleep 1000; sleep 1000' &)
              sh -c 'trap "" TERM HUP INT; echo >&9; while :; do sleep 1000; done' &
              sh -c 'echo >&9; sleep 1000' &
            done
            wait; sleep 1000
            """
        let spawner = Probe.spawner()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try? await spawner.run(.script(script, grace: .milliseconds(200)))
            }
            await lifeline.isHeld.wait()
            group.cancelAll()
        }
        await lifeline.isLet.wait()
    }
}

import Foundation
import Processes
import Synchronization
import Testing

/// Where the tests' stand-in for the theseus binary was built.
enum Probe {
    static let path: String = {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appending(path: "guard-probe").path
    }()

    static func spawner() -> GuardedSpawner { GuardedSpawner(executable: path) }
}

extension ProcessJob {
    /// A script for the shell, with the usual PATH.
    static func script(
        _ text: String, timeLimit: Duration = .seconds(60), outputCap: Int = 1 << 20,
        grace: Duration = .seconds(5)
    ) -> ProcessJob {
        ProcessJob(
            arguments: ["/bin/sh", "-c", text],
            environment: [.init(name: "PATH", value: "/usr/bin:/bin")], timeLimit: timeLimit,
            outputCap: outputCap, grace: grace)
    }
}

/// Something that happens once, and can be waited for.
final class Signal: Sendable {
    private struct State {
        var isGiven = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func give() {
        let waiting = state.withLock { state in
            state.isGiven = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isGiven = state.withLock { state in
                if !state.isGiven { state.waiting.append(continuation) }
                return state.isGiven
            }
            if isGiven { continuation.resume() }
        }
    }
}

/// A named pipe that every process of a tree holds open: it ends when the last of them does.
final class Lifeline: Sendable {
    let path: String
    /// So many lines have been written to it.
    let isHeld = Signal()
    /// Nobody holds it any more.
    let isLet = Signal()

    init(lines: Int) throws {
        let path = "\(NSTemporaryDirectory())/lifeline-\(UUID().uuidString)"
        self.path = path
        let code = unsafe mkfifo(path, 0o600)
        try #require(code == 0)
        Thread.detachNewThread { [self] in
            let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
            var count = 0
            var byte: UInt8 = 0
            while unsafe read(file, &byte, 1) == 1 {
                if byte == 10 { count += 1 }
                if count == lines { isHeld.give() }
            }
            close(file)
            unsafe unlink(path)
            isLet.give()
        }
    }

    /// A tree of processes that hold on: children, one in a session of its own, an orphan whose
    /// parent has gone, and one that does not heed TERM.
    var tree: String {
        """
        exec 9>'\(path)'
        setsid sh -c 'echo >&9; exec sleep 1000' &
        (setsid sh -c 'trap "" TERM; echo >&9; sleep 1000; sleep 1000; sleep 1000' &)
        sh -c 'trap "" TERM HUP INT; echo >&9; while :; do sleep 1000; done' &
        echo >&9
        """
    }

    /// How many lines `tree` writes.
    static let treeLines = 4
}

// guard-probe — stands in for the theseus binary in the tests of Processes: a guard when asked
// to be, else a parent of guarded programs that can be killed or counted.

import Glibc
import Processes

let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case GuardCommand.name: exit(GuardCommand.main())
case "run": await run(Array(arguments.dropFirst()))
case "flood": await flood(bytes: 100_000_000)
case "count": await count(runs: 200)
default: exit(2)
}

/// Runs one program, and may be killed meanwhile.
func run(_ program: [String]) async {
    let spawner = GuardedSpawner()
    let job = ProcessJob(
        arguments: program, environment: [.init(name: "PATH", value: "/usr/bin:/bin")],
        timeLimit: .seconds(3600), grace: .milliseconds(200))
    do {
        print(try await spawner.run(job).exit)
    } catch {
        print(error)
    }
}

/// Prints how many descriptors many runs have left open, and whether a child is left.
func count(runs: Int) async {
    let spawner = GuardedSpawner()
    let good = ProcessJob(arguments: ["/bin/sh", "-c", "cat; echo error >&2"], input: [1, 2, 3])
    let bad = ProcessJob(arguments: ["/no/such/program"])
    _ = try? await spawner.run(good)
    let before = openDescriptors()
    for number in 0..<runs {
        _ = try? await spawner.run(number % 4 == 0 ? bad : good)
    }
    let left = waitpid(-1, nil, WNOHANG)
    print("descriptors \(openDescriptors() - before), children \(left == -1 ? 0 : 1)")
}

/// Prints what was kept of much output, and whether it cost much memory.
func flood(bytes: Int) async {
    let spawner = GuardedSpawner()
    let job = ProcessJob(
        arguments: ["/bin/sh", "-c", "echo first; head -c \(bytes) /dev/zero; echo last"],
        environment: [.init(name: "PATH", value: "/usr/bin:/bin")], outputCap: 1001)
    let before = mostKilobytes()
    guard let end = try? await spawner.run(job) else { exit(1) }
    let isBounded = mostKilobytes() - before < 20_000
    print("kept \(end.output.count), dropped \(end.dropped), bounded \(isBounded)")
    print(end.output.starts(with: Array("first\n\0".utf8)))
    print(end.output.suffix(6) == Array("\0last\n".utf8)[...])
}

func mostKilobytes() -> Int {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss
}

func openDescriptors() -> Int {
    (0..<1024).count { fcntl($0, F_GETFD) >= 0 }
}

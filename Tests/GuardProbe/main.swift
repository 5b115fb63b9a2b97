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
case "fire": await fire(runs: 1000, pipe: arguments[1])
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

/// Prints what many programs leave behind that were started and then ended: by their time limit, or
/// called off.
///
/// All of them hold the named pipe open, and so do we until our end.
func fire(runs: Int, pipe: String) async {
    let hold = unsafe open(pipe, O_WRONLY | O_CLOEXEC)
    guard hold >= 0 else { exit(1) }
    let spawner = GuardedSpawner()
    let job = ProcessJob(
        arguments: ["/bin/sh", "-c", "exec 9>'\(pipe)'; sleep 1000 & setsid sleep 1000 & wait"],
        environment: [.init(name: "PATH", value: "/usr/bin:/bin")], timeLimit: .milliseconds(40),
        grace: .milliseconds(10))
    _ = try? await spawner.run(job)
    let before = openDescriptors()
    var limited = 0
    await withTaskGroup(of: Bool.self) { group in
        for number in 0..<runs {
            if number >= 16 { limited += await group.next() == true ? 1 : 0 }
            group.addTask { await once(spawner, job, number) }
        }
        for await isLimited in group { limited += isLimited ? 1 : 0 }
    }
    // The guards of those that were called off may have a moment's work left.
    let patience = ContinuousClock.now + .seconds(30)
    while openDescriptors() > before, ContinuousClock.now < patience { await Task.yield() }
    print("limited \(limited), descriptors \(openDescriptors() - before)")
}

/// Every third is called off; true: its time limit ended it.
func once(_ spawner: GuardedSpawner, _ job: ProcessJob, _ number: Int) async -> Bool {
    guard number % 3 == 0 else {
        return (try? await spawner.run(job))?.exit == .timeLimit
    }
    return await withTaskGroup(of: Bool.self) { group in
        group.addTask { (try? await spawner.run(job))?.exit == .timeLimit }
        group.cancelAll()
        _ = await group.next()
        return false
    }
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

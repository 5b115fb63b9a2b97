internal import Processes
internal import Timekeeping

/// A machine from which somebody delivers: its own HOME, its own working folder, a kubeconfig.
struct StageMachine: Sendable {
    let folder: RigFolder
    /// What `--kubeconfig` names; nil: the one in HOME, as kubectl finds it.
    let kubeconfig: String?
    /// The file that keeps the journal; nil: what the binary does by itself.
    let journal: String?

    /// What stands behind every command.
    fileprivate var options: [String] {
        (kubeconfig.map { ["--kubeconfig", $0] } ?? [])
            + (journal.map { ["--journal", "sqlite:\($0)"] } ?? [])
    }
}

extension StoryStage {
    /// How a command ended.
    struct Ending: Sendable {
        /// nil: it was killed.
        let code: Int?
        let output: String
    }

    /// Another machine, on which nothing lies but a kubeconfig.
    func anotherMachine(_ name: String) throws -> StageMachine {
        let home = folder.folder("machine-\(name)")
        try home.folder(".kube").put(
            rig.control.kubeconfig(token: person.token, namespace: namespace), in: "config")
        return StageMachine(folder: home, kubeconfig: nil, journal: nil)
    }

    /// Runs the binary to its end.
    func theseus(
        _ words: String..., on machine: StageMachine? = nil, within limit: Duration = .seconds(900)
    ) async throws -> Ending {
        try await run(words, machine ?? self.machine, limit)
    }

    func theseus(_ words: [String], on machine: StageMachine) async throws -> Ending {
        try await run(words, machine, .seconds(900))
    }

    /// Runs the binary, and kills it with -9 when `isTime` says so.
    func theseus(
        _ words: String..., killedWhen isTime: @escaping @Sendable () async throws -> Bool
    ) async throws -> Ending {
        let file = "process"
        folder.remove(file)
        return try await beside([
            {
                while true {
                    if try await isTime(),
                        let text = String(
                            validating: RigFolder.read(folder.file(file)), as: UTF8.self),
                        let process = Int32(text.filter(\.isNumber)), process > 1
                    {
                        RigMachine.signal(process, 9)
                        return
                    }
                    try await rig.time.sleep(for: .milliseconds(5))
                }
            }
        ]) { try await run(words, machine, .seconds(900)) }
    }

    private func run(_ words: [String], _ machine: StageMachine, _ limit: Duration) async throws
        -> Ending
    {
        let end = try await rig.spawner.run(
            ProcessJob(
                arguments: [
                    "/bin/sh", "-c", "echo $$ > process; exec \"$@\"", "sh", rig.theseus,
                ] + words + machine.options,
                environment: [
                    .init(name: "HOME", value: machine.folder.path),
                    .init(name: "PATH", value: "/usr/bin:/bin"),
                    .init(name: "THESEUS_ACTOR", value: "rig"),
                ],
                folder: machine.folder.path, timeLimit: limit, outputCap: 1 << 20, grace: .zero))
        let output = String(decoding: end.output, as: UTF8.self)
        try folder.put(output, in: "output-\(words.first ?? "")-\(rig.time.date).txt")
        let code: Int? = if case .code(let code) = end.exit { code } else { nil }
        return Ending(code: code, output: output)
    }

    /// Takes a run over until it ends, as a Jenkins job would that is started again.
    func resume(_ run: String, _ options: String..., on machine: StageMachine? = nil) async throws
        -> Ending
    {
        let start = rig.time.now
        while true {
            let end = try await self.run(
                ["resume", run] + options, machine ?? self.machine, .seconds(900))
            guard end.code == 5, rig.time.now - start < .seconds(180) else { return end }
            try await rig.time.sleep(for: .milliseconds(500))
        }
    }
}

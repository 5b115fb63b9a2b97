internal import FlowFiles
internal import Rehearsal
internal import Voyage

/// What the commands that name a flow have in common.
extension CommandRequest {
    /// Reads the flow that is named, with what the command line says beside it.
    func flow() throws -> (flow: Flow, source: FlowSource) {
        try FlowReader.load(
            path: operand ?? "", overrides: try overrides(),
            workingDirectory: Files.workingDirectory, readFile: Files.read, programs: Files.program)
    }

    /// The same, with all that is wrong with it.
    func examination() throws(UsageError) -> FlowExamination {
        FlowReader.examine(
            path: operand ?? "", overrides: try overrides(),
            workingDirectory: Files.workingDirectory, rate: try rate(), readFile: Files.read,
            programs: Files.program)
    }

    /// The options that lead to the same cluster, for the command that is next.
    var whereabouts: String {
        ["--kubeconfig", "--cluster", "--namespace"].map { option in
            value(option).map { " \(option) \($0)" } ?? ""
        }.joined()
    }

    /// What the command line says beside the flow: without it the next command is about another release.
    var sayings: String {
        let saying = ["--image", "--manifest", "--set", "--stable-unhealthy"]
        return choices.filter { saying.contains($0.name) }
            .map { " \($0.name) \(Replay.quoted($0.value))" }.joined()
    }

    func checkRunID() throws(UsageError) {
        guard let run = value("--run-id"), !RunName.isFit(run) else { return }
        throw UsageError(
            .malformed("--run-id", run, "at most 63 letters and digits, with -, _ and . between"),
            command: command)
    }

    /// A namespace that no cluster can have is a slip, and no question to one.
    func checkNamespace() throws(UsageError) {
        guard let name = value("--namespace") else { return }
        func isPlain(_ byte: UInt8?) -> Bool {
            byte.map { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 } ?? false
        }
        guard (1...63).contains(name.utf8.count), isPlain(name.utf8.first),
            isPlain(name.utf8.last), name.utf8.allSatisfy({ isPlain($0) || $0 == 0x2D })
        else {
            throw UsageError(
                .malformed("--namespace", name, "a name of a-z, 0-9 and '-', at most 63 of them"),
                command: command)
        }
    }

    /// What a flow that asks for a guard needs, and should know.
    func checkGuard(remembersInCluster: Bool) throws {
        guard remembersInCluster else {
            throw VoyageError(.guardWithoutJournal, place: operand ?? "")
        }
        if value("--on-interrupt") == "stop" {
            Terminal.complain(
                "spec.guard: a run that is stopped on purpose is ended by its guard all the same")
        }
    }

    /// Users' requests in a second; nil where nobody says.
    func rate() throws(UsageError) -> Double? {
        guard let text = value("--rps") else { return nil }
        guard let rate = Double(text), rate > 0, rate.isFinite else {
            throw UsageError(
                .malformed("--rps", text, "users' requests in a second, as 50"), command: command)
        }
        return rate
    }

    func overrides() throws(UsageError) -> FlowOverrides {
        var overrides = FlowOverrides()
        overrides.images = try settings("--image", "NAME=REF")
        overrides.parameters = try settings("--set", "KEY=VALUE")
        overrides.manifest = value("--manifest")
        overrides.namespace = value("--namespace")
        return overrides
    }

    private func settings(_ option: String, _ form: String) throws(UsageError)
        -> [FlowOverrides.Setting]
    {
        var settings: [FlowOverrides.Setting] = []
        for value in values(option) {
            let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            // An image is never nothing; a parameter may be.
            let isVain = option == "--image" && (parts.last?.isEmpty ?? true)
            guard parts.count == 2, !parts[0].isEmpty, !isVain else {
                throw UsageError(.malformed(option, value, form), command: command)
            }
            settings.append(
                FlowOverrides.Setting(name: String(parts[0]), value: String(parts[1])))
        }
        return settings
    }
}

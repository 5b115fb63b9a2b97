internal import CanaryEngine
internal import FlowFiles
internal import JSONTree
internal import MetricsGate

/// `theseus lint FLOW…`: all that is wrong with flows, and what is unwise; asks no cluster.
struct LintCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() throws -> ExitCode {
        let rate = try request.rate()
        let overrides = try request.overrides()
        var end = ExitCode.done
        for path in request.operands {
            let seen =
                request.has("--template")
                ? FlowReader.examine(
                    template: path, workingDirectory: Files.workingDirectory, rate: rate,
                    readFile: Files.read)
                : FlowReader.examine(
                    path: path, overrides: overrides, workingDirectory: Files.workingDirectory,
                    rate: rate, readFile: Files.read, programs: Files.program)
            let findings = LintLines.findings(in: seen)
            for finding in findings {
                Terminal.say(
                    request.wantsJSON
                        ? JSONWriter.text(of: finding.tree)
                        : finding.lines(seen, isTinted: Tint.areWanted(request)))
            }
            let isBad = findings.contains { $0.isError || request.has("--strict") }
            if isBad { end = .refused }
            if !request.wantsJSON {
                Terminal.say(LintLines.summary(of: findings, path, hasRate: rate != nil))
                for line in Self.waits(seen.flow, rate) { Terminal.say(line) }
            } else if let flow = seen.flow, let rate {
                Terminal.say(JSONWriter.text(of: Self.waits(flow, rate, path)))
            }
        }
        return end
    }

    /// The same for machines, as `plan` has it.
    private static func waits(_ flow: Flow, _ rate: Double, _ path: String) -> JSONTree {
        let lines = WaitLines(
            flow,
            WaitLines.Load(
                figure: UsersLoad.Figure(perSecond: rate),
                source: "as --rps says, and as is usual"))
        return ["file": .string(path), "load": lines.loadTree, "gates": lines.tree]
    }

    /// How long each gate will need, where somebody says how many users there are.
    private static func waits(_ flow: Flow?, _ rate: Double?) -> [String] {
        guard let flow, let rate else { return [] }
        return flow.waits(under: UsersLoad.Figure(perSecond: rate)).map { wait in
            let step = flow.plan.steps[wait.step]
            return
                "  \(wait.step + 1) \(step.name) at \(wait.weight.percent)%: \(WaitLines.line(wait))"
        }
    }
}

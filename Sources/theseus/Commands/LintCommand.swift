internal import FlowFiles
internal import JSONTree

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
            }
        }
        return end
    }
}

internal import Chronicle
internal import Retelling
internal import Voyage

/// The files that tell of one run, where the command line asks for them: `--junit` and `--report`.
///
/// Written when the command's part in the run ends, from what the journal remembers; never more than
/// a file: what cannot be written is said, and changes neither the run nor the exit code.
struct ReportFiles: Sendable {
    private let request: CommandRequest
    private let junit: String?
    private let page: String?

    init(_ request: CommandRequest) {
        self.request = request
        junit = request.value("--junit")
        page = request.value("--report")
    }

    private var paths: [(option: String, path: String)] {
        (junit.map { [("--junit", $0)] } ?? []) + (page.map { [("--report", $0)] } ?? [])
    }

    var areWanted: Bool { !paths.isEmpty }

    /// Refuses what makes no sense, and files that could not be written, before anything is done.
    func check() throws {
        for (option, path) in paths {
            for other in ["--all", "--dry-run"] where request.has(other) {
                throw UsageError(.apart(option, other), command: request.command)
            }
            guard !path.isEmpty else {
                throw UsageError(
                    .malformed(option, path, "the path of a file"), command: request.command)
            }
            try Files.expectRoom(for: path)
        }
        if let junit, junit == page {
            throw UsageError(
                .malformed("--report", junit, "another file than --junit"),
                command: request.command)
        }
    }

    /// Writes them, as the run stands now.
    func write(_ log: RunLog) async throws {
        guard areWanted else { return }
        let facts = try await log.facts()
        guard !facts.isEmpty,
            let account = RunAccount(try await Charters.read(log), facts)
        else { throw VoyageError(.nothingPlanned, place: "run \(log.run)") }
        if let junit { try Files.write(JUnitText(account).text, to: junit, mode: 0o644) }
        if let page { try Files.write(RunPage(account).text, to: page, mode: 0o644) }
    }

    /// Writes them at the end of a drive; what cannot be is only said.
    func keep(_ log: RunLog) async {
        do {
            try await write(log)
        } catch {
            Terminal.complain(Wording.text(of: error))
            leaveOut(log.run, "of that")
        }
    }

    /// Says that there is no report, where one was asked for.
    func leaveOut(_ run: String, _ why: String) {
        guard areWanted else { return }
        Terminal.complain(
            """
            report: none is written, because \(why)
              where: run \(run)
              do:    write it later: theseus show \(run)\(options)
            """)
    }

    private var options: String { paths.map { " \($0.option) \($0.path)" }.joined() }
}

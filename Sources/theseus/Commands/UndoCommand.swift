internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import JSONTree
internal import Journal
internal import Voyage
internal import Workloads
internal import YAML

/// `theseus undo SERVICE`: the version that the newest promotion retired, back by the same flow.
///
/// A release like any other: with tests, gates and a way home.
struct UndoCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        let logbook = try await Logbook.open(request, .writes)
        let ground = try await logbook.ground()
        let (log, last) = try await promotion(logbook, ground)
        let charter = try await Charters.read(log)
        let backup = try await backup(log, last)
        guard !backup.revival.isEmpty else {
            throw VoyageError(
                .nothingToUndo("run \(log.run) was the first release"), place: charter.target)
        }
        let source = charter.source.returning(
            to: YAMLWriter.text(ofDocuments: backup.revival), of: log.run,
            from: charter.candidate.deployment)
        let flow = try FlowReader.read(source)
        return try await DeployCommand(request).deploy(flow, source, ground)
    }

    /// The newest promotion of that service, or the run of that name, if it was promoted.
    private func promotion(_ logbook: Logbook, _ ground: Ground) async throws
        -> (RunLog, LoggedFact)
    {
        let name = request.operand ?? ""
        let cards = try await RunChoice(request, logbook).cards().filter {
            ($0.service == name || $0.run == name) && logbook.holds($0, on: ground)
        }
        for card in cards.reversed() {
            let log = RunLog(run: card.run, store: logbook.store)
            if let last = try await log.last(), last.state.course == .promoted,
                try await Charters.read(log).removal == nil
            {
                return (log, last)
            }
        }
        throw VoyageError(
            .nothingToUndo("no run of it was promoted"), place: logbook.place(name))
    }

    private func backup(_ log: RunLog, _ last: LoggedFact) async throws -> WorkloadBackup {
        guard let digest = last.state.backup?.digest, let bytes = try await log.store.blob(digest),
            let backup = try JSONReader.tree(of: bytes)["workloads"].flatMap(
                WorkloadBackup.init(tree:))
        else {
            throw VoyageError(
                .nothingToUndo("the backup of run \(log.run) is gone"), place: "run \(log.run)")
        }
        return backup
    }
}

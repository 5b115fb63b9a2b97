internal import FlowFiles
internal import IstioRoutes
internal import Journal
internal import KubernetesAPI
internal import Voyage
internal import Workloads

/// What errors of the rooms below are called here, and which exit they lead to.
enum Wording {
    static func text(of error: any Error) -> String {
        switch error {
        case let error as any CustomStringConvertible: "\(error)"
        default: "theseus: \(error)"
        }
    }

    /// What was to be said, and could not be written.
    static func lost(_ why: String) -> String {
        """
        output: not all of it could be written: \(why)
          where: standard output
          do:    make room there, or send it elsewhere
        """
    }

    /// `begins`: the command would have begun something, and has changed nothing.
    static func exit(for error: any Error, begins: Bool) -> ExitCode {
        switch error {
        case let error as VoyageError:
            switch error.code {
            case .held, .shared: .held
            case .damaged, .endedElsewhere: .personNeeded
            case .notTaken, .takenInVain: .interrupted
            case .guardWithoutJournal, .otherCluster, .charter, .unknownRun, .unremembered,
                .severalRuns,
                .nothingPlanned, .lacking, .source, .nothingToUndo, .otherKind,
                .otherFlow:
                .refused
            }
        case let error as JournalError where error.code == .damaged:
            begins ? .refused : .personNeeded
        case is CancellationError: .interrupted
        default: .refused
        }
    }
}

internal import CanaryEngine
internal import FlowFiles
internal import Journal
internal import Voyage

/// What to do next, in three lines.
enum Advice {
    /// An abort that somebody was quicker than.
    static func tooLate(_ charter: RunCharter) -> String {
        let service = charter.flow.target.service
        let (end, remedy) =
            charter.removal == nil
            ? ("it is promoted", "`theseus undo \(service)` brings the old version back")
            : ("the version is removed", "deploy it again to have it back")
        return """
            run: the abort came too late: \(end)
              where: run \(charter.run)
              do:    \(remedy)
            """
    }

    static func followedNoMore(_ run: String) -> String {
        """
        run: followed no more; another process drives it on
          where: run \(run)
          do:    see `theseus status`, or `theseus abort \(run)` to bring traffic home
        """
    }

    static func interrupted(_ run: String) -> String {
        """
        run: stopped, resumable
          where: run \(run)
          do:    `theseus resume \(run)`, or `theseus abort \(run)` to bring traffic home
        """
    }

    /// `isInCluster`: where the journal is kept.
    static func unwritable(
        _ run: String, _ error: JournalError?, _ home: String, _ isInCluster: Bool
    ) -> String {
        let code = error?.code ?? .damaged
        // What is gone cannot be resumed.
        if code == .unknownRun {
            return """
                run: nothing can be remembered any more; \(home)
                  where: run \(run)
                  do:    `theseus abort \(run)`: it needs no journal, and takes away what the run left
                """
        }
        let remedy =
            switch code {
            case .busy: "end the process that keeps the journal locked"
            case .damaged where isInCluster: "put its ConfigMaps back as they were"
            case .damaged: "give --journal a copy that is whole"
            case .denied: (error?.denial ?? .right).remedy
            case .unreachable: "see that the API server answers"
            case .exists, .unknownRun, .displaced, .unwritable, .unreadable, .tooLarge:
                isInCluster
                    ? "see that the API server takes the journal's ConfigMaps"
                    : "free the journal's disk"
            }
        return """
            run: nothing can be remembered any more; \(home)
              where: run \(run)
              do:    \(remedy), then `theseus resume \(run)`
            """
    }

    /// A journal that an abort goes on without, in one line.
    static func passedOver(_ error: any Error) -> String {
        let lines = Wording.text(of: error).split(separator: "\n")
        let place = lines.dropFirst().first?.drop { $0 == " " } ?? ""
        return "\(lines.first ?? ""), \(place.dropFirst("where: ".count));"
            + " going by the marks on the routes"
    }

    /// What brings back a journal that is of no use as it is.
    static func mending(_ error: any Error, _ isInCluster: Bool) -> String {
        if isInCluster { return "put the journal's ConfigMaps back as they were" }
        return switch (error as? JournalError)?.code {
        case .busy: "end the process that keeps the journal locked"
        case .unwritable: "make the journal's file and folder writable"
        case .unreadable, .denied: "give --journal its file where you may read it"
        case .damaged, nil: "give --journal a copy that is whole"
        case .exists, .unknownRun, .displaced, .unreachable, .tooLarge:
            "give --journal one that can be read and written"
        }
    }

    static func unreadable(_ service: String, _ home: String) -> String {
        """
        run: the journal cannot be read; \(home)
          where: service \(service)
          do:    give --journal a copy that is whole, then `theseus resume \(service)`
        """
    }

    static func personNeeded(_ charter: RunCharter, _ trouble: Trouble, _ state: RunState) -> String
    {
        let run = charter.run
        let decided = charter.removal == nil ? "promotion" : "removal"
        let where_ =
            switch trouble.stop {
            case .returning: "on the way home"
            case .closing: "after the \(decided) was decided"
            }
        return """
            run: a person is needed: \(trouble.setback.reason)
              where: run \(run), \(where_); the candidate's weight is \(state.weight.percent)%
              do:    mend that, then `theseus resume \(run)`
            """
    }
}

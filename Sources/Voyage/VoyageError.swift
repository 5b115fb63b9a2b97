package import KubernetesAPI
package import MetricsSources

/// Why a run cannot be begun or taken: what, where, what to do.
package struct VoyageError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The plan in the journal cannot be read.
        case charter
        /// Another run holds the target, or an object of it; nil: it may be driven, its lease is not known.
        case held(by: String, isAlive: Bool?)
        /// A run of this journal, of another target, moves what this one would: they share an object.
        case shared(run: String, target: String, weight: Int, isDriven: Bool)
        /// The journal is behind what the cluster's objects carry.
        case damaged(String)
        /// Nothing in the cluster carries a mark of the run any more, and its way home would lead to what is
        /// gone, or away from what serves now.
        case endedElsewhere(String)
        case unknownRun
        /// The cluster carries marks of a run that this journal does not know, left at that record.
        case unremembered(run: String, record: Int)
        case severalRuns([String])
        case nothingPlanned
        /// No version is known that could come back.
        case nothingToUndo(String)
        /// A run of that name is there, and it is a removal where a release was meant, or the reverse.
        case otherKind(isRemoval: Bool)
        /// A run of that name is there, of another flow or another manifest.
        case otherFlow
        /// The run belongs to another cluster than this one.
        case otherCluster(String)
        /// A guard finds no run that is remembered in a file.
        case guardWithoutJournal
        /// A gate asks a source that is away, or that will never answer that question.
        case source(gate: String, MetricsError)
        /// The account may not do all that the run takes.
        case lacking([AccessRight])
        /// The objects could not be sealed in time.
        case notTaken
        /// The lease is ours, the old holder perhaps displaced, and then something failed.
        case takenInVain(run: String, why: String)
    }

    package let code: Code
    package let place: String

    package init(_ code: Code, place: String) {
        self.code = code
        self.place = place
    }

    /// Whether the cluster knows of records that the journal has lost.
    package var isOfLostRecords: Bool { if case .damaged = code { true } else { false } }

    private var what: String {
        switch code {
        case .charter: "the plan of this run cannot be read"
        case .held(let run, true): "run \(run) holds this target"
        case .held(let run, false): "run \(run) holds this target, and nobody drives it"
        case .held(let run, nil): "run \(run), of another target perhaps, holds this"
        case .shared(let run, let target, let weight, let isDriven):
            "run \(run) of \(target) moves this object too: at \(weight)%, and "
                + (isDriven ? "under way" : "nobody drives it")
        case .damaged(let what): "the journal has lost records: \(what)"
        case .endedElsewhere(let why):
            "the run was ended without this journal: nothing carries a mark of it any more, and \(why)"
        case .unknownRun: "no such run"
        case .unremembered(let run, let record):
            "the cluster carries marks of run \(run) at record \(record), and this journal has none of it"
        case .severalRuns(let runs): "several runs fit: \(runs.joined(separator: ", "))"
        case .nothingPlanned: "this run was opened, but nothing was planned or changed"
        case .nothingToUndo(let why): "there is nothing to undo: \(why)"
        case .otherKind(true): "this run takes a version away; it is no release"
        case .otherKind(false): "this run is a release; it takes no version away"
        case .otherFlow: "this run is there already, and is to do something else"
        case .otherCluster(let here): "this run belongs to another cluster, not to \(here)"
        case .guardWithoutJournal:
            "spec.guard asks for a guard in the cluster, who would find no run in this journal"
        case .source(let gate, let error):
            "gate \(gate) could not be judged: \(error.reason)"
        case .lacking(let rights):
            "this account may not \(rights.map { "\($0.verb) \($0.resource)" }.joined(separator: ", "))"
        case .takenInVain(_, let why): "nobody drives this run: it was taken, and then: \(why)"
        case .notTaken: "the API server did not let us seal the run's objects in time"
        }
    }

    private var remedy: String {
        switch code {
        case .charter: "use the version of theseus that wrote it"
        case .held(_, true): "wait for it, or end it with `theseus abort`"
        case .held(let run, false):
            "`theseus abort \(run)` brings its traffic home; `theseus resume \(run)` goes on by its journal"
        case .held(let run, nil):
            "wait for it; `theseus status \(run)`, with its journal, says whether somebody drives it"
        case .shared(let run, _, _, true): "wait for it, or end it with `theseus abort \(run)`"
        case .shared(let run, _, _, false): "`theseus resume \(run)`, or `theseus abort \(run)`"
        case .damaged: "give --journal the newest copy; weights can go home with `theseus abort`"
        case .endedElsewhere:
            "leave it: nothing of it is left to undo, and users stay where they are;"
                + " give --journal the one that goes on, and put this one away"
        case .unknownRun: "see `theseus history` for the runs in this journal"
        case .unremembered(let run, _):
            "give --journal the one that has it; where that is lost, `theseus abort \(run)`"
        case .severalRuns: "name one of them"
        case .nothingPlanned: "deploy again"
        case .nothingToUndo: "see `theseus history`, or deploy the version that you want"
        case .otherKind, .otherFlow:
            "give --run-id another name, or go on with it by `theseus resume`"
        case .otherCluster: "give --cluster or --kubeconfig the one that stands here"
        case .guardWithoutJournal: "give --journal cluster, or leave spec.guard out"
        case .source(_, let error): error.remedy
        case .lacking(let rights):
            "add to its Role: \(rights.map(\.description).joined(separator: "\n         "))"
        case .takenInVain(let run, _): "mend that, then `theseus resume \(run)`"
        case .notTaken: "see that it answers, then `theseus resume` or `theseus abort`"
        }
    }

    package var description: String {
        """
        run: \(what)
          where: \(place)
          do:    \(remedy)
        """
    }
}

package import CanaryEngine
package import FlowFiles
package import HTTPMessages
package import Lab
package import Timekeeping
package import Voyage

/// One story: a flow in a world, what happens meanwhile, and which ends are right.
package struct Scenario: Sendable {
    /// Something that happens once, from outside of any process.
    package struct Event: Sendable {
        package enum Deed: Sendable {
            /// Left in the journal's inbox.
            case wish(Wish.Kind)
            /// Reaches whoever drives at once, as a signal does.
            case signal(Wish.Kind)
            /// Somebody changes the world by hand.
            case world(@Sendable (inout LabState) -> Void)
        }

        package enum Moment: Sendable {
            /// By the world's clock, from the play's beginning.
            case at(Duration)
            /// So long after the run first stands somewhere.
            case upon(after: Duration, @Sendable (Standing) -> Bool)
        }

        package var moment: Moment
        package var deed: Deed

        package init(_ moment: Moment, _ deed: Deed) {
            self.moment = moment
            self.deed = deed
        }
    }

    /// How a version is taken away.
    package enum Removal: Hashable, Sendable {
        case unused
        case forced
    }

    package enum End: String, Hashable, Sendable {
        case promoted
        case rolledBack
        case personNeeded
        case refused
    }

    package var name: String
    package var flow: String
    package var manifest: String
    /// Somebody's own flow with its files, in place of `flow`, `manifest` and `files`.
    package var given: FlowSource?
    /// What the world is like before anything is played.
    package var setUp: @Sendable (inout LabState) -> Void = { _ in }
    /// Where what leaves the cluster arrives; nil: at the demo's people.
    package var outside: (@Sendable (Outside) -> any HTTPTransport)?
    /// Who stands in front of the crew of a process; nil: nobody.
    package var understudy: (@Sendable (any Crew, Outside) -> any Crew)?
    /// Variables of the processes' environment, each with some value.
    ///
    /// Of somebody's own flow any file can be read, too: what it would show to a source means nothing in
    /// the Lab.
    package var variables: [String] = []
    /// Further files that the flow names, by their paths.
    package var files: [String: String] = [:]
    /// The candidate's version label.
    package var version: String
    package var world: LabWorldFile
    package var events: [Event]
    /// How commands of tests end; nil: well.
    package var commands: @Sendable (_ arguments: [String], _ at: Duration) -> ScriptedSpawner.End
    /// The run is remembered in the world itself: each append is a write like any other.
    package var keepsJournalInCluster = false
    /// The flow's version stands already, and is to go.
    package var removal: Removal?
    /// Any of these is right.
    package var ends: [End]
    /// With a crash these are right too.
    package var endsAfterCrash: [End] = []
    /// Users' requests may be lost: what breaks is out of any run's hands.
    package var mayLoseRequests = false
    /// Users know another Service's way to every pod, on which no route of the run decides.
    package var hasSideDoor = false
    /// Pods of others bear the candidate's labels: while the run keeps nobody from them, users meet them.
    package var hasStrangers = false
    /// Somebody else edits what the run owns.
    package var hasForeignHands = false
    /// The release mends an unhealthy stable.
    package var acceptsUnfitStable = false
    /// What the auditor may find here, word for word: it is not the run's doing.
    package var excuses: [String] = []
    /// The run may take so long by the world's clock.
    package var longest = Duration.seconds(7200)
    /// The candidate's greatest share that any record may show.
    package var highestWeight = TrafficWeight.all
    /// Stands in a record of the run, or is why it turned or did not begin, where nobody dies.
    package var saying = ""

    /// A lease that could not be given back runs out: it keeps nobody away for longer.
    static let leftLease = ["S9 rolled back", "S6 promoted"].map {
        "\($0), and Lease demo/theseus-demo-app is left"
    }

    package init(
        _ name: String, flow: String = DemoFlow.text(), version: String = "v2",
        manifest: String? = nil, world: LabWorldFile = DemoWorld.file, events: [Event] = [],
        commands:
            @escaping @Sendable (_ arguments: [String], _ at: Duration) ->
            ScriptedSpawner
            .End = { _, _ in .code(0) },
        ends: End...
    ) {
        self.name = name
        self.flow = flow
        self.version = version
        self.manifest = manifest ?? DemoFlow.manifest(version: version)
        self.world = world
        self.events = events
        self.commands = commands
        self.ends = ends
    }

    /// The same story with a few things said otherwise.
    package func with(_ change: (inout Scenario) -> Void) -> Scenario {
        var scenario = self
        change(&scenario)
        return scenario
    }

    /// What a process of a play has to do with.
    package struct Outside: Sendable {
        package let world: LabWorld
        package let time: any Timekeeper
        package let life: Lifeline
    }

    /// The scenario's files as a reader of flows gets them.
    package var source: FlowSource {
        if let given { return given }
        return FlowSource(
            files: [
                FlowSource.File(path: "flow.yaml", bytes: Array(flow.utf8)),
                FlowSource.File(path: "manifest.yaml", bytes: Array(manifest.utf8)),
            ]
                + files.sorted { $0.key < $1.key }.map {
                    FlowSource.File(path: $0.key, bytes: Array($0.value.utf8))
                }, folder: "/rehearsal", overrides: FlowOverrides())
    }
}

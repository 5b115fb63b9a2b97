package import CanaryEngine
internal import FlowFiles
package import Lab

/// One story: a flow in a world, what happens meanwhile, and which end is right.
package struct Scenario: Sendable {
    /// Something that happens at a moment of the run, from outside.
    package struct Event: Sendable {
        package enum Deed: Sendable {
            case wish(Wish.Kind)
            /// Somebody changes the world by hand.
            case world(@Sendable (inout LabState) -> Void)
        }

        package var at: Duration
        package var deed: Deed

        package init(at: Duration, _ deed: Deed) {
            self.at = at
            self.deed = deed
        }
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
    package var world: LabWorldFile
    package var events: [Event]
    /// How commands of tests end; nil: well.
    package var commands: @Sendable (_ arguments: [String], _ at: Duration) -> ScriptedSpawner.End
    package var end: End

    package init(
        _ name: String, flow: String = DemoFlow.text(), manifest: String = DemoFlow.good,
        world: LabWorldFile = DemoWorld.file, events: [Event] = [],
        commands: @escaping @Sendable (_ arguments: [String], _ at: Duration) -> ScriptedSpawner
            .End = { _, _ in .code(0) },
        ends end: End
    ) {
        self.name = name
        self.flow = flow
        self.manifest = manifest
        self.world = world
        self.events = events
        self.commands = commands
        self.end = end
    }

    /// The scenario's files as a reader of flows gets them.
    var source: FlowSource {
        FlowSource(
            files: [
                FlowSource.File(path: "flow.yaml", bytes: Array(flow.utf8)),
                FlowSource.File(path: "manifest.yaml", bytes: Array(manifest.utf8)),
            ], folder: "/rehearsal", overrides: FlowOverrides())
    }
}

import FlowFiles
import IstioRoutes
import JSONTree
import MetricsGate
import Rehearsal
import Testing

@testable import Voyage

/// What a run stands on, as a blob.
@Suite struct CharterTests {
    private static func charter(_ hosts: VersionHosts?, removes: Bool) throws -> RunCharter {
        let source = FlowSource(
            files: [
                FlowSource.File(path: "flow.yaml", bytes: Array(DemoFlow.bare.utf8)),
                FlowSource.File(path: "manifest.yaml", bytes: Array(DemoFlow.good.utf8)),
            ], folder: "/rehearsal", overrides: FlowOverrides())
        return RunCharter(
            run: "r1", cluster: "https://cluster.test", source: source,
            flow: try FlowReader.read(source),
            stable: RunCharter.Version(deployment: "demo-app-v1", label: "v1"),
            candidate: RunCharter.Version(deployment: "demo-app-v2", label: "v2"), routes: [],
            removal: removes ? RunCharter.Removal(isForced: true) : nil, hosts: hosts)
    }

    @Test(
        arguments: [nil, VersionHosts(stable: "demo-app-v1", candidate: "demo-app-v2")],
        [true, false])
    func isReadAgain(_ hosts: VersionHosts?, removes: Bool) throws {
        let charter = try Self.charter(hosts, removes: removes)
        let again = try RunCharter(tree: charter.tree)
        #expect(again.hosts == hosts)
        #expect(again.routeScope == charter.routeScope)
        #expect(again.removal == charter.removal)
        #expect(
            again.gateScope.versionServices == (hosts == nil ? [] : ["demo-app-v1", "demo-app-v2"]))
        #expect(again.tree == charter.tree)
    }

    /// An older theseus, which would look for subsets, finds no candidate in it, and refuses.
    @Test(arguments: [true, false]) func isNotTakenForSubsets(removes: Bool) throws {
        let hosts = VersionHosts(stable: "demo-app-v1", candidate: "demo-app-v2")
        let tree = try Self.charter(hosts, removes: removes).tree
        #expect(tree["candidate"] == nil)
        #expect(tree["removes"] == nil)
    }
}

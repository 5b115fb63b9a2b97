import JSONTree
import Testing

/// Bad input, and what is said to it.
///
/// In `said`, API, GATEWAY and FOLDER stand for the lab's addresses and the test's folder.
struct Refused: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var code = 3
    var said: String
    /// Edits of the world's file.
    var world: [(String, String)] = []
    /// Edits of the flow's text.
    var flow: [(String, String)] = []
    /// Edits of the candidate's manifest.
    var manifest: [(String, String)] = []
    /// Done to the lab before the command.
    var before: @Sendable (ServedLab) async throws -> Void = { _ in }
    var words: @Sendable (ServedLab) -> [String] = {
        ["deploy", $0.folder.file("flow.yaml"), "--run-id", "r1"]
    }
}

/// Runs it, and holds the words, the exit code and the cluster to what was expected.
func expectRefusal(_ refused: Refused, _ location: SourceLocation = #_sourceLocation) async throws {
    try await ServedLab.serving(world: refused.world) { lab in
        let path = try ShortFlow(lab).write()
        try lab.folder.change("flow.yaml", refused.flow)
        try lab.folder.change("demo-app-v2.yaml", refused.manifest)
        try await refused.before(lab)
        let words = refused.words(lab)
        let ending = try await Program.run(lab.words(words), in: lab.folder.path)
        let said = ending.complaint.replacing(lab.api, with: "API")
            .replacing(lab.gateway, with: "GATEWAY").replacing(lab.folder.path, with: "FOLDER")
        #expect(said == refused.said + "\n", "\(path)", sourceLocation: location)
        #expect(ending.code == refused.code, sourceLocation: location)
        #expect(ending.output == "", sourceLocation: location)
        let writes = try await lab.ourWrites()
        #expect(writes == [], sourceLocation: location)
    }
}

extension ServedLab {
    /// A Service besides the flow's, of stable's pods alone.
    func serveStableAlone() async throws {
        try await post(
            "/api/v1/namespaces/demo/services",
            [
                "apiVersion": "v1", "kind": "Service",
                "metadata": ["name": "direct", "namespace": "demo"],
                "spec": [
                    "ports": [["name": "http", "port": 80, "targetPort": 8080]],
                    "selector": ["app": "demo-app", "version": "v1"],
                ],
            ])
    }
}

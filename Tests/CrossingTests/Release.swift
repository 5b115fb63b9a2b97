import Crossing
import FlowFiles
import Foundation
import Testing
import YAML

/// A file of Resources, as somebody would give it.
struct Release: Sendable, CustomTestStringConvertible {
    var name: String
    var testDescription: String { name }

    static let argo = [
        "argo-hosts", "argo-subsets", "argo-connections", "argo-headers", "argo-bluegreen",
        "argo-workload-ref", "argo-providers", "argo-arguments", "argo-replicas",
        "argo-other-routers",
    ].map(Release.init)

    static let flagger = [
        "flagger-steps", "flagger-step-weights", "flagger-ab", "flagger-bluegreen",
        "flagger-mirror", "flagger-sticky", "flagger-service", "flagger-webhooks",
        "flagger-providers", "flagger-connections",
    ].map(Release.init)

    init(_ name: String) { self.name = name }

    var bytes: [UInt8] {
        get throws {
            let folder = URL(filePath: #filePath).deletingLastPathComponent()
            return Array(try Data(contentsOf: folder.appending(path: "Resources/\(name).yaml")))
        }
    }

    var translation: FlowTranslation {
        get throws {
            try FlowTranslation.of([ForeignFile(name: "\(name).yaml", bytes: try bytes)])
        }
    }

    /// Resources of the file, out of their List.
    var objects: [YAMLNode] {
        get throws {
            try YAMLReader.documents(of: try bytes).flatMap { node in
                node["kind"]?.scalar?.text == "List" ? node["items"]?.items ?? [] : [node]
            }
        }
    }
}

extension FlowTranslation {
    /// The notes, a line or two each.
    var told: String {
        notes.map { note in
            let place = note.line.map { "\($0)" } ?? "-"
            return "\(note.kind.rawValue) | \(note.object) | \(note.path) | line \(place)\n"
                + "    \(note.why)\n    do: \(note.remedy)\n"
        }.joined()
    }

    /// Reads the flow as `lint` would; where a person must bring the manifest, with one of ours.
    func examined() -> FlowExamination {
        var texts = ["flow.yaml": flow]
        for file in files { texts[file.path] = file.text }
        if texts[manifest] == nil { texts[manifest] = Self.deployment }
        return FlowReader.examine(
            path: "flow.yaml",
            readFile: { path in
                guard let text = texts[path] else { throw Missing(path: path) }
                return Array(text.utf8)
            })
    }

    struct Missing: Error { let path: String }

    private static let deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: app}
        spec:
          selector: {matchLabels: {app: app, version: "1"}}
          template:
            metadata: {labels: {app: app, version: "1"}}
            spec: {containers: [{name: app, image: "example/app:1"}]}
        """
}

// FuzzTargets — what reads bytes of others, each as one function that must come back from any bytes.
//
//   FuzzTarget     the readers, and what must hold of what they say
//   FuzzResults    what programs write of their tests
//   FuzzMetrics    Prometheus's answers: to every question of every judge
//   FuzzEntry      where libFuzzer comes in; scripts/fuzz builds it in
//
// FuzzTests turns the same functions some seconds long, with dice of its own.

import ClusterAccess
import Crossing
import FlowFiles
import Foundation
import Processes
import Timekeeping

/// A reader of bytes that somebody else wrote.
package enum FuzzTarget: String, CaseIterable, Sendable {
    case flow, manifest, crossing, kubeconfig, plugin, results, prometheus, record, fact, state,
        journal

    /// Reads; a sentence where it broke a promise, nil where all is well.
    ///
    /// Comes back from anything: a trap or a hang is what is looked for.
    package func read(_ bytes: [UInt8]) -> String? {
        switch self {
        case .flow: Self.readFlow(flow: bytes, manifest: Array(Self.goodManifest.utf8))
        case .manifest: Self.readFlow(flow: Array(Self.goodFlow.utf8), manifest: bytes)
        case .crossing: Self.readCrossing(bytes)
        case .kubeconfig: Self.readKubeconfig(bytes)
        case .plugin: Self.readPlugin(bytes)
        case .results: FuzzResults.read(bytes)
        case .prometheus: FuzzMetrics.read(bytes)
        case .record: FuzzJournal.readRecord(bytes)
        case .fact: FuzzJournal.readFact(bytes)
        case .state: FuzzJournal.readState(bytes)
        case .journal: FuzzJournal.readFile(bytes)
        }
    }

    // MARK: Flows

    private struct Missing: Error {}

    private static func readFlow(flow: [UInt8], manifest: [UInt8]) -> String? {
        do throws(FlowError) {
            let (flow, source) = try FlowReader.load(
                path: "reviews.yaml", workingDirectory: "/repo",
                readFile: { path in
                    if path == "reviews.yaml" { return flow }
                    guard path.hasSuffix("reviews-v2.yaml") else { throw Missing() }
                    return manifest
                })
            return try FlowReader.read(source) == flow ? nil : "read again it is another flow"
        } catch {
            return threeLines(error.description)
        }
    }

    /// Another tool's resources: what comes of them is read as any flow.
    private static func readCrossing(_ bytes: [UInt8]) -> String? {
        let translation: FlowTranslation
        do throws(CrossingError) {
            translation = try FlowTranslation.of([ForeignFile(name: "rollout.yaml", bytes: bytes)])
        } catch {
            return threeLines(error.description)
        }
        var files = [translation.manifest: goodManifest, "reviews.yaml": translation.flow]
        for file in translation.files { files[file.path] = file.text }
        let seen = FlowReader.examine(
            path: "reviews.yaml", workingDirectory: "/repo",
            readFile: { path in
                guard let text = files[path] else { throw Missing() }
                return Array(text.utf8)
            })
        return seen.faults.first { $0.code == .syntax }.map {
            "it made a flow that is no YAML: \($0.description)"
        }
    }

    private static let goodFlow = """
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: reviews}
        spec:
          target: {namespace: bookinfo, service: reviews, manifest: reviews-v2.yaml}
          steps: [{bake: {for: 1m}}]
        """

    private static let goodManifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: reviews-v2}
        spec:
          selector: {matchLabels: {app: reviews, version: v2}}
          template:
            metadata: {labels: {app: reviews, version: v2}}
            spec: {containers: [{name: reviews, image: "example/reviews:v2"}]}
        """

    /// Errors are told in three lines, whatever they quote.
    static func threeLines(_ error: String) -> String? {
        let lines = error.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 3, lines[1].hasPrefix("  where: "), lines[2].hasPrefix("  do:    ")
        else { return "not three lines: \(error)" }
        return nil
    }

    // MARK: Clusters

    private static func readKubeconfig(_ bytes: [UInt8]) -> String? {
        let doors = AccessDoors(
            environment: [], workingDirectory: "/here",
            read: { path in
                guard path == "/here/config" else { throw Missing() }
                return bytes
            },
            exists: { $0 == "/here/config" }, mode: { _ in 0o600 }, isExecutable: { _ in false },
            spawner: NoPrograms(), time: RealTime())
        var choice = AccessFinding.Choice()
        choice.kubeconfig = "config"
        do throws(AccessError) {
            _ = try AccessFinding(doors).plan(choice)
            return nil
        } catch {
            return threeLines(error.description)
        }
    }

    private struct NoPrograms: ProcessSpawner {
        func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
            throw ProcessFailure(.notFound, place: job.place)
        }
    }

    private static func readPlugin(_ bytes: [UInt8]) -> String? {
        for version in [ExecPlugin.Version.first, .beta] {
            _ = try? ExecAnswer.read(bytes, version: version)
        }
        return nil
    }
}

internal import CanaryEngine
package import FlowFiles
package import JSONTree
package import KubernetesAPI
internal import Manifests
package import Voyage

/// A plan that was kept, and what it takes to carry out exactly that.
///
/// It holds the flow's files as they were, the manifest's Secrets included.
package struct PlanFile: Sendable {
    package static let kind = "Plan"

    /// Which theseus made it.
    package let version: String
    package let charter: RunCharter
    package let footing: [Footing]
    /// Who accepted a stable without ready pods.
    package let unfitStable: String?
    /// Where relative paths of the command line started.
    package let workingDirectory: String

    package init(tree: JSONTree, place: String) throws {
        guard tree["kind"]?.text == Self.kind else {
            throw ForesightError(.noPlan("it is no Plan"), place: place)
        }
        guard tree["apiVersion"]?.text == "theseus.dev/v1" else {
            throw ForesightError(.noPlan("its apiVersion is another"), place: place)
        }
        guard let version = tree["theseus"]?.text, let charter = tree["charter"],
            let footing = tree["standsOn"]?.items,
            let folder = tree["workingDirectory"]?.text
        else { throw ForesightError(.noPlan("parts of it are missing"), place: place) }
        self.version = version
        do {
            self.charter = try RunCharter(tree: charter)
        } catch {
            throw ForesightError(.noPlan("its charter cannot be read"), place: place)
        }
        self.footing = footing.compactMap { one in
            one["path"]?.text.map { Footing(path: $0, digest: one["digest"]?.text) }
        }
        unfitStable = tree["acceptsUnfitStable"]?.text
        workingDirectory = folder
    }

    // MARK: Is it still so?

    /// Throws where another theseus made it, or for another cluster.
    package func check(version here: String, server: String, place: String)
        throws(ForesightError)
    {
        guard version == here else {
            throw ForesightError(.otherVersion(made: version, here: here), place: place)
        }
        guard charter.cluster == server else {
            throw ForesightError(.otherCluster(charter.cluster), place: server)
        }
    }

    /// The names of the flow's files that say something else by now.
    ///
    /// Where the flow is not at hand at all, on another machine, the plan's own copy is what counts.
    package func changedFiles(
        readFile: (String) throws -> [UInt8], programs: (String) -> ProgramFile
    ) throws(FlowError) -> [String] {
        let kept = charter.source
        guard let first = kept.files.first else { return [] }
        let name = first.path.split(separator: "/").last.map(String.init) ?? first.path
        let path = "\(kept.folder)/\(name)"
        guard programs(path) != .missing else { return [] }
        var overrides = kept.overrides
        overrides.manifest = overrides.manifest.map {
            $0.hasPrefix("/") ? $0 : "\(workingDirectory)/\($0)"
        }
        let (_, now) = try FlowReader.load(
            path: path, overrides: overrides, workingDirectory: workingDirectory,
            readFile: readFile, programs: programs)
        var changed: [String] = []
        for (index, file) in kept.files.enumerated() {
            guard now.files.indices.contains(index), now.files[index].bytes == file.bytes else {
                changed.append("file \(file.path)")
                continue
            }
        }
        return changed + now.files.dropFirst(kept.files.count).map { "file \($0.path)" }
    }

    /// The objects of the cluster that are not what they were.
    package func changedObjects(in client: KubernetesClient) async throws -> [String] {
        var found: [(footing: Footing, tree: JSONTree?)] = []
        for one in footing {
            let tree = try await client.patiently { try await $0.look(at: one.path) }
            found.append((one, tree))
        }
        let scaled = Footing.scaled(found.compactMap(\.tree).map(KubernetesObject.init))
        return found.filter { one in
            one.footing.digest != one.tree.map { Footing.digest(of: $0, scaled) }
        }.map { "\($0.footing.name)\($0.tree == nil ? " (gone)" : "")" }
    }

    /// What a new survey finds otherwise.
    package func changes(in now: RunCharter) -> [String] {
        var changes: [String] = []
        if now.stable != charter.stable { changes.append("which version is stable") }
        if now.candidate != charter.candidate { changes.append("which version is the candidate") }
        if now.routes != charter.routes { changes.append("which routes lead to the service") }
        if now.hosts != charter.hosts { changes.append("which Services the versions have") }
        if now.istio != charter.istio { changes.append("the version of Istio's API") }
        return changes
    }
}

extension DeliveryPlan {
    /// As a file that `PlanFile` reads, and for machines; `names`: what the steps are called.
    package func tree(
        version: String, workingDirectory: String, names: [String], tests: [TestsNow.Finding]
    ) -> JSONTree {
        var chapters: [JSONTree] = names.enumerated().map { index, name in
            [
                "step": .integer(index + 1), "name": .string(name),
                "writes": Self.trees(writes(in: .step(index))),
            ]
        }
        chapters.append([
            "step": .null, "name": "closing", "writes": Self.trees(writes(in: .closing)),
        ])
        var tree: JSONTree = [
            "apiVersion": "theseus.dev/v1", "kind": .string(PlanFile.kind),
            "theseus": .string(version), "cluster": .string(charter.cluster),
            "namespace": .string(charter.flow.target.namespace),
            "service": .string(charter.flow.target.service),
            "stable": charter.stable.map { .string($0.deployment) } ?? .null,
            "stableReady": .integer(readyPods),
            "candidate": .string(charter.candidate.deployment),
            "warnings": .array(charter.warnings.map(JSONTree.string)),
            "steps": .array(chapters),
            "files": .array(day.files.map { .string($0.path) }),
            "writes": .integer(day.writes.count), "bookkeeping": .integer(day.bookkeeping),
            "calls": .integer(day.calls),
            "seconds": [
                "earliest": .integer(Int(earliest.components.seconds)),
                "latest": .integer(Int(latest.components.seconds)),
                "wayHome": .integer(Int(wayHome.components.seconds)),
            ],
            "permissions": .array(rights.map(Self.tree)),
            "tests": .array(
                tests.map { test in
                    [
                        "subject": .string(test.subject), "sentence": .string(test.sentence),
                        "isThere": test.isThere.map(JSONTree.bool) ?? .null,
                    ]
                }),
            "standsOn": .array(
                footing.map { one in
                    [
                        "path": .string(one.path),
                        "digest": one.digest.map(JSONTree.string) ?? .null,
                    ]
                }),
            "workingDirectory": .string(workingDirectory), "charter": charter.tree,
        ]
        tree["acceptsUnfitStable"] = terms.unfitStable.map(JSONTree.string)
        return tree
    }

    private static func trees(_ writes: [PlannedWrite]) -> JSONTree {
        .array(
            writes.map { write in
                [
                    "verb": .string(write.verb.rawValue),
                    "apiVersion": .string(write.reference.kind.apiVersion),
                    "kind": .string(write.reference.kind.kind),
                    "namespace": .string(write.reference.namespace),
                    "name": .string(write.reference.name),
                    "before": write.before.map { Blanks.blanked($0, run: "").tree } ?? .null,
                    "after": write.after.map { Blanks.blanked($0, run: "").tree } ?? .null,
                ]
            })
    }

    private static func tree(_ right: Right) -> JSONTree {
        [
            "verb": .string(right.right.verb), "group": .string(right.right.group),
            "resource": .string(right.right.resource),
            "namespace": .string(right.right.namespace),
            "name": right.right.name.map(JSONTree.string) ?? .null,
            "granted": right.isGranted.map(JSONTree.bool) ?? .null,
        ]
    }
}

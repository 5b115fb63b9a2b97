internal import Auditor
internal import JSONTree
internal import KubernetesAPI
internal import Manifests

/// A plan is made and kept, the Role that it needs is printed and given, and it is carried out.
struct PlannedTale: Sendable {
    let namespace: String

    private var run: String { namespace }

    func tell(on rig: Rig, _ report: inout StoryReport) async throws {
        let stage = try await StoryStage.set(rig, namespace)
        try stage.write(Stories.v2)
        let plan = try await stage.theseus("plan", "flow.yaml", "--out", "plan.json")
        report.expect(plan.code == 0, "plan: exit \(plan.code ?? -9)\n\(plan.output.suffix(900))")
        report.expect(try await stage.written().isEmpty, "planning wrote to the cluster")
        let planned = try writes(
            JSONReader.tree(of: RigFolder.read(stage.folder.file("plan.json"))))
        try await givePrintedRole(stage, &report)
        let run = run
        let ending = try await stage.under(40, &report) {
            try await stage.theseus("deploy", "--plan", "plan.json", "--run-id", run)
        }
        report.expect(
            ending.code == 0, "exit \(ending.code ?? -9):\n\(ending.output.suffix(1500))")
        compare(planned, try await stage.written(), &report)
        try await stage.check(
            .promoted, run: run, stable: Stories.v1, candidate: Stories.v2, &report)
    }

    /// From now on the account may do what `theseus rbac` says, and nothing else.
    private func givePrintedRole(_ stage: StoryStage, _ report: inout StoryReport) async throws {
        let sheet = try await stage.theseus(
            "rbac", "flow.yaml", "--user", stage.person.name, "--output", "json")
        let items = try JSONReader.tree(of: Array(sheet.output.utf8))["items"]?.items ?? []
        let role = items.first { $0["kind"] == "Role" }
        guard items.count == 2, let rules = role?["rules"]?.items, !rules.isEmpty else {
            report.complaints.append("rbac: exit \(sheet.code ?? -9)\n\(sheet.output.suffix(900))")
            return
        }
        try await stage.rig.cluster.insist(
            "PATCH", ResourceKind.role.path(namespace: namespace, name: "deployer"),
            ["rules": .array(rules)], type: "application/merge-patch+json")
        try await LeastPrivilege(namespace: namespace).awaitRole(stage, "watch", "pods")
        report.numbers.append("\(rules.count) printed rules")
    }

    // MARK: Planned, and stored

    private struct Write {
        /// As `VirtualService kept-plan/shop`, or with `goes` behind it.
        let name: String
        /// nil where it goes.
        let after: JSONTree?
    }

    private func writes(_ plan: JSONTree) -> [Write] {
        (plan["steps"]?.items ?? []).flatMap { step in
            (step["writes"]?.items ?? []).map { write in
                func text(_ key: String) -> String { write[key]?.text ?? "" }
                // What the API server answers to a removal may still stand for a moment.
                let after = text("verb") == "delete" ? nil : write["after"]
                return Write(
                    name: "\(text("kind")) \(text("namespace"))/\(text("name"))"
                        + (after == nil ? " goes" : ""),
                    after: after)
            }
        }
    }

    private func compare(
        _ planned: [Write], _ stored: [StoredObject], _ report: inout StoryReport
    ) {
        let names = stored.map { "\($0.reference)" + ($0.object == nil ? " goes" : "") }
        report.numbers.append("\(planned.count) writes planned, \(names.count) made")
        report.expect(
            planned.map(\.name) == names,
            "planned:\n\(planned.map(\.name).joined(separator: "\n"))\nmade:\n"
                + names.joined(separator: "\n"))
        for (write, version) in zip(planned, stored) {
            guard let after = write.after, let object = version.object else { continue }
            let lacking = lacking(of: after, in: object)
            report.expect(
                lacking.isEmpty,
                "\(write.name) lacks \(lacking.prefix(4).joined(separator: ", "))")
        }
    }

    /// What was planned and does not stand there; the API server adds its own defaults.
    private func lacking(of after: JSONTree, in object: KubernetesObject) -> [String] {
        let planned = KubernetesObject(after)
        var lacking: [String] = []
        if planned.apiVersion == object.apiVersion {
            lacking += Self.lacking(planned.spec, object.spec, at: "spec", run)
        }
        let labels = Self.lacking(
            after.at("metadata", "labels") ?? [:], object.tree.at("metadata", "labels") ?? [:],
            at: "labels", run)
        let marks = (after.at("metadata", "annotations")?.members ?? [:]).filter {
            $0.key.hasPrefix(WriteSeal.prefix)
        }
        for mark in marks
        where mark.value.text?.replacing("planned", with: run) != object.annotation(mark.key) {
            lacking.append("annotation \(mark.key)")
        }
        return lacking + labels
    }

    private static func lacking(
        _ planned: JSONTree, _ stored: JSONTree, at path: String, _ run: String
    ) -> [String] {
        switch (planned, stored) {
        case (.object(let mine), .object(let theirs)):
            return mine.flatMap { member in
                lacking(
                    member.value, theirs[member.key] ?? .null, at: "\(path).\(member.key)", run)
            }
        case (.array(let mine), .array(let theirs)) where mine.count == theirs.count:
            return mine.indices.flatMap {
                lacking(mine[$0], theirs[$0], at: "\(path)[\($0)]", run)
            }
        case (.string(let text), .string(let other)):
            return text.replacing("planned", with: run) == other ? [] : [path]
        case (.array([]), .null):
            return []  // the API server drops an empty list
        default:
            return planned.isSame(as: stored) ? [] : [path]
        }
    }
}

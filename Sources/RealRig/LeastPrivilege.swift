internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// With one verb fewer than the Role has, the binary must refuse before anything changes.
struct LeastPrivilege: Sendable {
    let namespace: String

    func tell(on rig: Rig, _ report: inout StoryReport) async throws {
        let stage = try await StoryStage.set(rig, namespace)
        try stage.write(Stories.v2)
        let role = ResourceKind.role.path(namespace: namespace, name: "deployer")
        var refused = 0
        for (number, lacking) in DeployerRole.lackingOne.enumerated() {
            let right = "\(lacking.verb) \(lacking.resource)"
            // A Role whose rule has no verb is no Role.
            let rules = lacking.rules.filter { $0["verbs"]?.items?.isEmpty == false }
            try await rig.cluster.insist(
                "PATCH", role, ["rules": .array(rules)], type: "application/merge-patch+json")
            try await awaitRole(stage, lacking.verb, lacking.resource)
            let end = try await stage.theseus(
                "deploy", "flow.yaml", "--run-id", "\(namespace)-\(number)",
                within: .seconds(60))
            report.expect(
                end.code == 3,
                "without '\(right)': exit \(end.code ?? -9)\n\(end.output.suffix(500))")
            // The journal is opened before rights are asked for, and says what the API server said.
            let names =
                [
                    "resources: [\(lacking.resource)], verbs: [\(lacking.verb)]",
                    "cannot \(lacking.verb) resource \"\(lacking.resource)\"",
                ].contains { end.output.contains($0) }
            report.expect(names, "without '\(right)' that is not named:\n\(end.output.suffix(500))")
            if end.code == 3, names { refused += 1 }
        }
        let writes = await rig.trail.entries(of: stage.person.name).filter {
            ["create", "update", "patch", "delete"].contains($0.verb)
                && !$0.resource.hasPrefix("selfsubject") && (200..<300).contains($0.code)
        }
        report.expect(
            writes.isEmpty,
            "something was written: \(writes.prefix(3).map { "\($0.verb) \($0.resource)" })")
        report.numbers.append(
            "\(refused) times one verb fewer, refused by name; \(writes.count) writes")
    }

    /// The API server hears of a changed Role by a watch.
    func awaitRole(_ stage: StoryStage, _ verb: String, _ resource: String) async throws {
        let person = stage.caller
        let group = DeployerRole.group(of: resource)
        try await RigPatience(time: stage.rig.time).until(
            "the API server forgets '\(verb) \(resource)'", within: .seconds(20)
        ) {
            let answer = try await person.send(
                "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                [
                    "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                    "spec": [
                        "resourceAttributes": [
                            "namespace": .string(namespace), "verb": .string(verb),
                            "group": .string(group), "resource": .string(resource),
                        ]
                    ],
                ])
            return answer.tree.at("status", "allowed")?.flag == false
        }
    }
}

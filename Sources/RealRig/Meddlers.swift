internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// People who take away, amid a run, what it stands on, or put beside it what it must not meet.
enum Meddlers {
    static let stories =
        [
            meddled("the rule is deleted at 10%", "rule-deleted-10", .ruleDeleted, at: 10),
            meddled(
                "a rule of the team's own is deleted", "rule-deleted-own", .ruleDeleted,
                isRuled: true),
            meddled("the rule is led to another host", "rule-elsewhere", .ruleElsewhere),
            meddled("both subsets mean the candidate's pods", "subset-turned", .subsetTurned),
            meddled(
                "both subsets of the team's own rule mean the candidate's pods",
                "subset-turned-own",
                .subsetTurned, isRuled: true),
            meddled("the VirtualService is deleted", "routes-deleted", .routesDeleted),
            meddled("stable is scaled to nothing, then an abort", "stable-emptied", .stableEmptied),
            meddled("another's pods have the candidate's labels", "stranger", .stranger),
            meddled(
                "another VirtualService leads to stable", "other-route", .otherRoute, isRuled: true,
                bake: 5),
        ] + [refused]

    private static func meddled(
        _ what: String, _ namespace: String, _ deed: MeddledTale.Deed, at weight: Int = 50,
        isRuled: Bool = false, bake seconds: Int = 60
    ) -> Story {
        Story("amid a bake \(what): brought home") { rig, report in
            var tale = MeddledTale(namespace: namespace, deed: deed)
            tale.flow.steps = StageFlow.oneBake(at: weight, seconds: seconds)
            tale.setting.isRuled = isRuled
            try await tale.tell(on: rig, &report)
        }
    }

    /// What the end of stable would take from others, or the mesh would take for the candidate.
    private static let refused = Story(
        "a Service that stable alone answers, a route to it, another's pods: refused"
    ) { rig, report in
        let stage = try await StoryStage.set(rig, "stranded")
        try stage.write(Stories.v2)
        let refusals: [(there: JSONTree, says: String)] = [
            (stage.objects.onlyStables, "(stranded-service)"),
            (stage.objects.route("legacy", to: ["host": "shop-old"]), "(stranded-route)"),
            (stage.objects.twin(Stories.v2), "shop-v2-old"),
        ]
        try await stage.under(20, &report) {
            for (number, refusal) in refusals.enumerated() {
                // Each stands beside those before it, and is the first to be named.
                try await rig.cluster.create([refusal.there])
                let end = try await stage.theseus(
                    "deploy", "flow.yaml", "--run-id", "stranded-\(number)")
                guard end.code == 3, end.output.contains(refusal.says) else {
                    throw RigError(
                        "not refused with '\(refusal.says)' but ended with \(end.code ?? -9):\n"
                            + "\(end.output.suffix(900))", place: stage.namespace,
                        remedy: "it must end with 3, and say so")
                }
            }
            for refusal in refusals { try await stage.remove(KubernetesObject(refusal.there)) }
        }
        let writes = await rig.trail.entries(of: stage.person.name).filter {
            $0.makesVersion || $0.removes
        }
        report.expect(writes.isEmpty, "something was written: \(writes.map(\.name))")
        report.numbers.append("\(refusals.count) refused by name, \(writes.count) writes")
    }
}

extension StageObjects {
    /// A Service with an address of its own, which nobody but stable's pods answers.
    fileprivate var onlyStables: JSONTree {
        [
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": "shop-old", "namespace": .string(namespace)],
            "spec": [
                "ports": [["name": "http", "port": 80, "targetPort": 8080]],
                "selector": ["app": .string(service), "version": "v1"],
            ],
        ]
    }

    /// A way for users of another host.
    func route(_ name: String, to destination: JSONTree) -> JSONTree {
        [
            "apiVersion": "networking.istio.io/v1beta1", "kind": "VirtualService",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "spec": [
                "hosts": [.string("\(name).\(namespace).example.test")],
                "gateways": ["shop-gateway"],
                "http": [["name": "aside", "route": [["destination": destination]]]],
            ],
        ]
    }

    /// A Deployment of another name, and its pods have the version's labels.
    func twin(_ version: Version) -> JSONTree {
        var tree = deployment(version)
        tree.set(.string("\(service)-\(version.name)-old"), at: "metadata", "name")
        tree.set(1, at: "spec", "replicas")
        return tree
    }
}

extension StoryStage {
    /// Takes an object of this stage away, as somebody with kubectl would.
    func remove(_ object: KubernetesObject) async throws {
        guard let kind = RigKinds.played.first(where: { $0.kind == object.kind }) else {
            throw RigError(
                "a kind that no stage is made of: \(object.kind)", place: object.name,
                remedy: "name it in RigKinds")
        }
        try await rig.cluster.insist("DELETE", kind.path(namespace: namespace, name: object.name))
    }
}

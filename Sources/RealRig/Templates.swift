internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// Each template once, with users who meet the candidate often enough for its gates: bakes of some
/// seconds, and tolerances for a machine on which much else goes on.
enum Templates {
    static let stories =
        [
            story("canary", canary), story("canary-stepped", common + stepped),
            story("mirror-then-canary", canary + ["  mirrorFor: 5s", "  mirror: 20"]),
            story("blue-green", common), story("ab-test", divided, approvedAt: 11),
            story("dark-only", common + ["  time: 5s"], approvedAt: 8),
        ] + [bootstrap, caught]

    /// Values of parameters; what templates have in common.
    private static let common = [
        "parameters:", "  bake: 3s", "  patience: 4m", "  deadline: 3m", "  requests: 40",
        "  tolerance: 2000%",
    ]

    private static let noWorse = ["  noWorseThan: 25%"]

    private static let stepped = noWorse + ["adjust:", "  - {drop: bake-at-1}"]

    /// One of a hundred users is too few for a story of some minutes.
    private static let first = "  - {replace: weight-1, with: {weight: 20}}"

    /// With gates of our own beside the template's: what takes how long, and what stable does meanwhile.
    private static let canary =
        ["gates:", "  slow: {latency: p90, max: 30, minimumSamples: 20, every: 1s}"]
        + [
            "  slower: {latency: p50, compare: {relative: 3000%}, minimumSamples: 20, every: 1s}",
            "  budget: {errorRatio: {}, burnRate: {objective: 95%}, every: 1s}", "adjust:", first,
            "  - replace: bake-at-50",
            "    with:",
            "      bake: {for: 5s, maxFor: 4m, gates: [errors, regression, slow, slower, budget]}",
        ] + common + ["  longBake: 3s"] + noWorse

    private static let divided = [
        "parameters:", "  bake: 3s", "  patience: 4m", "  deadline: 3m", "  time: 5s", "adjust:",
        first,
    ]

    private static func story(_ name: String, _ lines: [String], approvedAt step: Int? = nil)
        -> Story
    {
        Story("the template \(name)") { rig, report in
            var tale = Tale("template-\(name)", Stories.v2, to: .promoted)
            tale.flow.template = (name, lines)
            tale.perSecond = 60
            if let step {
                tale.meanwhile = { stage, run in
                    try await stage.awaitStep(step, of: run)
                    _ = try await stage.theseus("approve", run)
                }
            }
            try await tale.tell(on: rig, &report)
            report.expect(
                try await StoryStage.found(rig, "template-\(name)").facts(of: "template-\(name)")
                    .count > 30, "hardly anything happened")
        }
    }

    /// What the default template is for: a candidate that fails some users is brought home.
    private static let caught = Story("the template canary catches a bad release") { rig, report in
        var tale = Tale("template-caught", Stories.bad, to: .rolledBack)
        // Its tests and its fixed bound look away: what is left is the comparison with stable.
        tale.flow.template = (
            "canary",
            common + ["  longBake: 3s", "  noWorseThan: 2%", "  errors: 0.99", "adjust:", first]
                + [1, 50, 100].map { "  - {drop: performance-at-\($0)}" }
        )
        tale.perSecond = 60
        tale.says = ["gate regression"]
        try await tale.tell(on: rig, &report)
    }

    /// The first release of a service: there are its Service and its route, and no pods.
    private static let bootstrap = Story("the template bootstrap") { rig, report in
        let name = "template-bootstrap"
        let stage = try await StoryStage.set(rig, name)
        let old = "\(stage.objects.service)-\(Stories.v1.name)"
        for kind in [ResourceKind.deployment, RigKinds.autoscaler] {
            _ = try await rig.cluster.send(
                "DELETE", kind.path(namespace: stage.namespace, name: old))
        }
        var flow = StageFlow()
        flow.template = ("bootstrap", ["parameters:", "  bake: 3s", "  deadline: 3m"])
        try stage.write(Stories.v2, flow)
        let end = try await stage.theseus("deploy", "flow.yaml", "--run-id", name)
        report.expect(end.code == 0, "exit \(end.code ?? -9):\n\(end.output.suffix(1500))")
        try await stage.check(
            .promoted, run: name, stable: Stories.v1, candidate: Stories.v2, &report)
    }
}

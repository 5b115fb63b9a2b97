internal import CanaryEngine
internal import Digests
internal import FlowFiles
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// The CronJob that ends a run whose holders are all lost: `resume SERVICE --all --stale`, in the
/// cluster.
///
/// It carries the run's seal and lasts as long as the run. What it has started outlives it: one of
/// its pods may be the very process that takes it away.
struct RunGuard: Sendable {
    private let charter: RunCharter
    private let writer: SealedWriter

    /// How long a run is silent before a guard takes it.
    static let patience = "2m"

    init(_ charter: RunCharter, _ writer: SealedWriter) {
        self.charter = charter
        self.writer = writer
    }

    /// A guard that an earlier run left, whose late answer came behind its end, gives way: we hold
    /// the target.
    func post() async throws -> String {
        guard let spec = charter.flow.guardian else { return "" }
        let kind = try await kind()
        let object = object(spec, kind)
        let reference = object.reference(as: kind)
        let there = try await writer.client.patiently { try await $0.get(reference) }
        if let ended = there?.seal?.run, ended != charter.run {
            try await writer.remove(reference, over: [ended]) { $0.seal?.run == ended }
        }
        _ = try await writer.create(object, as: kind)
        return "\(object.reference(as: kind)) looks on at \(spec.schedule)"
    }

    /// On the way home the call that posts it may still be under way, called off and unanswered:
    /// `pauses` have the times after which it is looked for again.
    func dismiss(lookingAgainAfter pauses: [Duration] = []) async throws {
        let kind = try await kind()
        let reference = ObjectReference(
            kind, namespace: charter.flow.target.namespace, name: Self.name(charter.flow.target))
        let run = charter.run
        try await writer.remove(reference) { $0.seal?.run == run }
        for pause in pauses {
            try await writer.client.time.sleep(for: pause)
            try await writer.remove(reference) { $0.seal?.run == run }
        }
    }

    /// Old servers have it as v1beta1 only.
    private func kind() async throws -> ResourceKind {
        let found = try await writer.client.patiently {
            try await $0.served(.cronJob, as: ["v1", "v1beta1"])
        }
        guard let found else {
            throw Setback(.denied, "this cluster serves no CronJobs; leave spec.guard out")
        }
        return found
    }

    /// A CronJob's name has at most 52 letters.
    static func name(_ target: FlowTarget) -> String {
        let whole = "theseus-guard-\(target.service)"
        guard whole.utf8.count > 52 else { return whole }
        return "\(whole.prefix(43))-\(SHA256.hex(of: target.service).prefix(8))"
    }

    private func object(_ spec: FlowGuard, _ kind: ResourceKind) -> KubernetesObject {
        let target = charter.flow.target
        let labels: JSONTree = [
            "app.kubernetes.io/managed-by": "theseus", "app.kubernetes.io/name": "theseus-guard",
        ]
        var podLabels = labels
        podLabels["sidecar.istio.io/inject"] = "false"
        var pod: JSONTree = [
            "restartPolicy": "Never",
            "containers": [
                [
                    "name": "theseus", "image": .string(spec.image),
                    "command": [
                        "theseus", "resume", .string(target.service), "--all",
                        "--stale", .string(Self.patience),
                        "--journal", "cluster", "--namespace", .string(target.namespace),
                    ],
                    "securityContext": [
                        "allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]],
                    ],
                ]
            ],
        ]
        pod["serviceAccountName"] = spec.serviceAccount.map(JSONTree.string)
        return KubernetesObject([
            "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind),
            "metadata": [
                "name": .string(Self.name(target)), "namespace": .string(target.namespace),
                "labels": labels,
            ],
            "spec": [
                "schedule": .string(spec.schedule), "concurrencyPolicy": "Forbid",
                "startingDeadlineSeconds": 300, "successfulJobsHistoryLimit": 1,
                "failedJobsHistoryLimit": 1,
                "jobTemplate": [
                    "metadata": ["labels": labels],
                    "spec": [
                        "backoffLimit": 0, "ttlSecondsAfterFinished": 600,
                        "template": ["metadata": ["labels": podLabels], "spec": pod],
                    ],
                ],
            ],
        ])
    }
}

internal import CanaryEngine
internal import Digests
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import TestHooks
internal import Timekeeping

/// Runs Jobs of tests in the run's own cluster and namespace.
///
/// They carry the run's seal and its id as a label. Whoever is called off leaves the Job to `clear`,
/// which the run's end does; after a crash the time to live of the Job itself is the last net.
struct JobRunner: TestJobs {
    private let run: String
    private let namespace: String
    private let writer: SealedWriter
    private let time: any Timekeeper
    private let poll: Duration

    init(
        run: String, namespace: String, writer: SealedWriter, time: any Timekeeper, poll: Duration
    ) {
        self.run = run
        self.namespace = namespace
        self.writer = writer
        self.time = time
        self.poll = poll
    }

    private static let runLabel = "theseus.dev/test-run"
    private static let jobLabel = "theseus.dev/test-job"
    /// Lines of the log that are read.
    private static let lines = 100

    func run(_ job: TestJob) async throws -> TestJobEnd {
        let object = object(for: job)
        _ = try await writer.create(object, as: .job)
        let end = try await awaitEnd(of: object, job)
        // The verdict does not hang on this: what cannot be removed now is left to `clear`.
        try? await remove(object.reference(as: .job))
        return end
    }

    /// Takes away what is left of all its Jobs.
    func clear() async throws {
        let selector = [(Self.runLabel, label(run))]
        let left = try await writer.client.patiently {
            try await $0.list(.job, namespace: namespace, selector: selector)
        }
        for job in left.items { try await remove(job.reference(as: .job)) }
    }

    private func remove(_ reference: ObjectReference) async throws {
        let run = run
        try await writer.remove(reference) { $0.seal?.run == run }
    }

    // MARK: The object

    /// A label holds at most 63 letters; a longer id is told by its digest.
    private func label(_ id: String) -> String {
        id.utf8.count <= 63 ? id : String(SHA256.hex(of: id).prefix(32))
    }

    private func name(_ job: TestJob) -> String {
        let base = job.manifest.at("metadata", "name")?.text ?? "test"
        return "\(base.prefix(50))-\(SHA256.hex(of: job.key).prefix(10))"
    }

    func object(for job: TestJob) -> KubernetesObject {
        var tree = job.manifest
        let name = name(job)
        tree.set(.string(name), at: "metadata", "name")
        tree.set(.string(namespace), at: "metadata", "namespace")
        for path in [["metadata"], ["spec", "template", "metadata"]] {
            var labels = at(path + ["labels"], in: tree) ?? [:]
            labels[Self.runLabel] = .string(label(run))
            labels[Self.jobLabel] = .string(name)
            tree.set(labels, along: path + ["labels"])
        }
        // One try: whether there is another one the flow says.
        tree.set(0, at: "spec", "backoffLimit")
        tree.set("Never", at: "spec", "template", "spec", "restartPolicy")
        let seconds = Int(job.timeLimit.components.seconds) + 60
        tree.set(.integer(seconds), at: "spec", "activeDeadlineSeconds")
        tree.set(3600, at: "spec", "ttlSecondsAfterFinished")
        let containers = tree.at("spec", "template", "spec", "containers")?.items ?? []
        tree.set(
            .array(containers.map { Self.told(job.variables, $0) }), at: "spec", "template",
            "spec", "containers")
        return KubernetesObject(tree)
    }

    private func at(_ path: [String], in tree: JSONTree) -> JSONTree? {
        path.reduce(Optional(tree)) { $0?[$1] }
    }

    private static func told(_ variables: [TestJob.Variable], _ container: JSONTree) -> JSONTree {
        var container = container
        let own = container["env"]?.items ?? []
        let names = own.compactMap { $0["name"]?.text }
        let ours: [JSONTree] = variables.filter { !names.contains($0.name) }.map {
            ["name": .string($0.name), "value": .string($0.value)]
        }
        container["env"] = .array(own + ours)
        return container
    }

    // MARK: Its end

    private func awaitEnd(of object: KubernetesObject, _ job: TestJob) async throws -> TestJobEnd {
        let containers = object.spec.at("template", "spec", "containers")?.items ?? []
        let wanted = job.container ?? containers.first?["name"]?.text ?? ""
        let end = time.now + job.timeLimit
        var obstacle = "it has no pod"
        while true {
            let pods = try await pods(of: object)
            for pod in pods {
                let status = pod.status["containerStatuses"]?.items?
                    .first { $0["name"]?.text == wanted }
                if let code = status?.at("state", "terminated", "exitCode")?.whole {
                    return TestJobEnd(.exit(code), log: await log(pod, wanted))
                }
                let waiting = status?.at("state", "waiting", "reason")?.text
                obstacle = waiting.map { "container \(wanted): \($0)" } ?? "it still runs"
                if pod.status["phase"]?.text == "Failed" {
                    let why = pod.status["reason"]?.text ?? "Failed"
                    return TestJobEnd(.failed("its pod ended: \(why)"))
                }
            }
            if let refused = try await failure(of: object), pods.isEmpty {
                return TestJobEnd(.failed("the Job failed: \(refused)"))
            }
            guard time.now < end else {
                let limit = RunState.seconds(job.timeLimit)
                let log = pods.isEmpty ? [] : await log(pods[0], wanted)
                return TestJobEnd(.failed("no end within \(limit): \(obstacle)"), log: log)
            }
            try await time.sleep(for: poll)
        }
    }

    private func pods(of job: KubernetesObject) async throws -> [KubernetesObject] {
        let selector = [(Self.jobLabel, job.name)]
        return try await writer.client.patiently {
            try await $0.list(.pod, namespace: namespace, selector: selector)
        }.items
    }

    private func failure(of job: KubernetesObject) async throws -> String? {
        let reference = job.reference(as: .job)
        guard let there = try await writer.client.patiently({ try await $0.get(reference) }) else {
            return "somebody removed it"
        }
        let conditions = there.status["conditions"]?.items ?? []
        let failed = conditions.first { $0["type"] == "Failed" && $0["status"] == "True" }
        return failed.map { $0["message"]?.text ?? $0["reason"]?.text ?? "Failed" }
    }

    /// Without the right to read logs there is none.
    private func log(_ pod: KubernetesObject, _ container: String) async -> [UInt8] {
        let log = try? await writer.client.log(
            of: pod.reference(as: .pod), container: container, previous: false,
            lines: Self.lines)
        return log ?? []
    }
}

extension JSONTree {
    fileprivate mutating func set(_ value: JSONTree, along path: [String]) {
        guard let first = path.first else {
            self = value
            return
        }
        var inner = self[first] ?? [:]
        inner.set(value, along: Array(path.dropFirst()))
        self[first] = inner
    }
}

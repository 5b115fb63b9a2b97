internal import JSONTree
package import Manifests

/// What one look at a Deployment and its pods says.
package struct Readiness: Hashable, Sendable {
    /// Pods that are ready and not on their way out.
    package let ready: Int
    package let wanted: Int
    /// The Deployment's controller has seen the newest spec and says the same as the pods.
    package let isReady: Bool
    /// Why these pods will not come up by waiting; nil while they may.
    package let breakage: String?
    /// What keeps a pod from being ready, where something is said of it; it may pass.
    package let obstacle: String?
    /// The container whose log may tell why.
    package let culprit: Culprit?

    /// A container that ran, and does not serve.
    package struct Culprit: Hashable, Sendable {
        package let pod: String
        package let container: String
        package let hasRestarted: Bool
    }

    /// Looks; `atLeast` nil means as many as the Deployment asks for, and 0 of 0 is never ready.
    package init(of deployment: KubernetesObject, pods: [KubernetesObject], atLeast: Int? = nil) {
        wanted = max(1, atLeast ?? deployment.replicas)
        ready = pods.count(where: \.isReadyPod)
        let status = deployment.status
        let isSeen = (status["observedGeneration"]?.whole ?? 0) >= deployment.generation
        let counts = ["updatedReplicas", "readyReplicas", "availableReplicas"].map {
            status[$0]?.whole ?? 0
        }
        let wanted = wanted
        isReady = isSeen && ready >= wanted && counts.allSatisfy { $0 >= wanted }
        breakage =
            pods.lazy.compactMap(Self.breakage(of:)).first
            ?? (isSeen ? Self.breakage(ofDeployment: deployment) : nil)
        let late = pods.filter { !$0.isBeingDeleted && !$0.isReadyPod }
        obstacle =
            late.lazy.compactMap(Self.obstacle(of:)).first ?? Self.failure(of: deployment)
        culprit =
            late.lazy.filter { Self.breakage(of: $0) != nil }.compactMap(Self.culprit(in:)).first
            ?? late.lazy.compactMap(Self.culprit(in:)).first
    }

    /// What every container goes through, and so tells nothing.
    private static let passing: Set<String> = ["ContainerCreating", "PodInitializing"]

    private static func obstacle(of pod: KubernetesObject) -> String? {
        for condition in pod.status["conditions"]?.items ?? [] {
            if condition["type"]?.text == "PodScheduled", condition["status"]?.text == "False" {
                return "pod \(pod.name): \(said(condition))"
            }
        }
        for status in statuses(of: pod) {
            let container = "pod \(pod.name), container \(status["name"]?.text ?? "?")"
            if let waiting = status.at("state", "waiting"),
                !passing.contains(waiting["reason"]?.text ?? "")
            {
                return "\(container): \(said(waiting))"
            }
            if let ended = status.at("lastState", "terminated") {
                let code = ended["exitCode"]?.whole.map { ", exit code \($0)" } ?? ""
                return "\(container): \(said(ended))\(code)"
            }
        }
        return nil
    }

    /// Why a Deployment cannot even make its pods: a quota, a policy.
    private static func failure(of deployment: KubernetesObject) -> String? {
        let conditions = deployment.status["conditions"]?.items ?? []
        return conditions.first {
            $0["type"]?.text == "ReplicaFailure" && $0["status"]?.text == "True"
        }.map { "Deployment \(deployment.name): \(said($0))" }
    }

    private static func said(_ tree: JSONTree) -> String {
        let reason = tree["reason"]?.text ?? "no reason"
        guard let message = tree["message"]?.text, !message.isEmpty else { return reason }
        let line = LogLines.shown(Array(message.utf8)).joined(separator: " ")
        return "\(reason) (\(line))"
    }

    private static func culprit(in pod: KubernetesObject) -> Culprit? {
        for status in statuses(of: pod) where status["ready"]?.flag != true {
            let restarts = status["restartCount"]?.whole ?? 0
            guard restarts > 0 || status.at("state", "running") != nil,
                let container = status["name"]?.text
            else { continue }
            return Culprit(pod: pod.name, container: container, hasRestarted: restarts > 0)
        }
        return nil
    }

    private static func statuses(of pod: KubernetesObject) -> [JSONTree] {
        (pod.status["initContainerStatuses"]?.items ?? [])
            + (pod.status["containerStatuses"]?.items ?? [])
    }

    /// Waits that never end by themselves.
    private static let hopeless: Set<String> = [
        "InvalidImageName", "ErrImageNeverPull", "ImagePullBackOff", "CreateContainerConfigError",
    ]

    private static func breakage(of pod: KubernetesObject) -> String? {
        guard !pod.isBeingDeleted, !pod.isReadyPod else { return nil }
        if pod.status["phase"]?.text == "Failed" {
            let reason = pod.status["reason"]?.text ?? "it failed"
            // An evicted pod is replaced; it says nothing about the version.
            if ["Evicted", "NodeLost", "Shutdown", "Terminated"].contains(reason) { return nil }
            return "pod \(pod.name): \(reason)"
        }
        for status in statuses(of: pod) {
            let container = status["name"]?.text ?? "?"
            let reason = status.at("state", "waiting", "reason")?.text ?? ""
            let restarts = status["restartCount"]?.whole ?? 0
            if hopeless.contains(reason) {
                return "pod \(pod.name), container \(container): \(reason)"
            }
            if restarts >= 2, reason == "CrashLoopBackOff" || restarts >= 4 {
                return "pod \(pod.name), container \(container): restarted \(restarts) times"
            }
        }
        return nil
    }

    private static func breakage(ofDeployment deployment: KubernetesObject) -> String? {
        for condition in deployment.status["conditions"]?.items ?? [] {
            let type = condition["type"]?.text
            let status = condition["status"]?.text
            if type == "Progressing", status == "False" {
                let reason = condition["reason"]?.text ?? "no progress"
                return "Deployment \(deployment.name): \(reason)"
            }
        }
        return nil
    }
}

/// Counts looks: three in a row must be good, and after each relapse twice as many.
///
/// So what flaps does not count, however long it is looked at; 48 looks are enough for anything.
struct Steadiness {
    private var needed = 3
    private var streak = 0

    /// Whether it has held for long enough now.
    mutating func hears(_ holds: Bool) -> Bool {
        if !holds, streak > 0 { needed = min(needed * 2, 48) }
        streak = holds ? streak + 1 : 0
        return streak >= needed
    }
}

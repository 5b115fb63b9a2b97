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
        let statuses =
            (pod.status["initContainerStatuses"]?.items ?? [])
            + (pod.status["containerStatuses"]?.items ?? [])
        for status in statuses {
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

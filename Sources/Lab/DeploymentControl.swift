internal import JSONTree
internal import Manifests

/// The Deployment controller: a ReplicaSet per pod template, and pods moved between them.
extension LabCluster {
    /// How far a Deployment had come, and when it last got further.
    struct Progress: Sendable {
        var updated = 0
        var ready = 0
        var available = 0
        var outdated = 0
        var since: Duration
        var isComplete = false
        var hash = ""
    }

    mutating func syncDeployment(_ key: Key) {
        guard let deployment = shelves[LabCatalog.deployments][key], !deployment.isBeingDeleted
        else { return }
        let template = deployment.spec["template"] ?? [:]
        let hash = knownHash(of: template, deployment.uid)
        let mine = replicaSets(of: deployment, in: key.namespace)
        let current = mine.first { $0.label("pod-template-hash") == hash }
        let former = mine.filter { $0.label("pod-template-hash") != hash }
        let wanted = deployment.spec["replicas"]?.whole ?? 1
        if let current {
            shift(deployment, to: current, from: former, wanted: wanted)
        } else if canStart(deployment, besides: former) {
            let present = former.map { $0.spec["replicas"]?.whole ?? 0 }.reduce(0, +)
            let room = present == 0 ? wanted : min(wanted, wanted + surge(deployment) - present)
            makeReplicaSet(for: deployment, template, hash, replicas: max(0, room), mine.count + 1)
        } else {
            for set in former { resize(set, to: 0) }
        }
        report(deployment, key, hash)
    }

    private func replicaSets(of deployment: KubernetesObject, in namespace: String)
        -> [KubernetesObject]
    {
        let uid = deployment.uid
        return shelves[LabCatalog.replicaSets].objects(in: namespace).filter {
            isOwned($0, by: uid)
        }
    }

    /// The template's hash, reckoned once for each template that a Deployment has.
    private mutating func knownHash(of template: JSONTree, _ uid: String) -> String {
        if let known = hashes[uid], known.template == template { return known.hash }
        let hash = templateHash(template)
        hashes[uid] = (template, hash)
        return hash
    }

    /// Recreate waits until every former pod is gone.
    private func canStart(_ deployment: KubernetesObject, besides former: [KubernetesObject])
        -> Bool
    {
        guard deployment.spec.at("strategy", "type") == "Recreate" else { return true }
        return !shelves[LabCatalog.pods].objects.contains { pod in
            former.contains { isOwned(pod, by: $0.uid) }
        }
    }

    private func surge(_ deployment: KubernetesObject) -> Int {
        allowance(deployment, "maxSurge", roundsUp: true)
    }

    private func allowance(_ deployment: KubernetesObject, _ field: String, roundsUp: Bool) -> Int {
        guard deployment.spec.at("strategy", "type") != "Recreate" else { return 0 }
        let wanted = deployment.spec["replicas"]?.whole ?? 1
        switch deployment.spec.at("strategy", "rollingUpdate", field) {
        case .integer(let count)?: return count
        case .string(let share)?:
            let percent = Int(share.prefix { $0 != "%" }) ?? 25
            return (wanted * percent + (roundsUp ? 99 : 0)) / 100
        default: return 0
        }
    }

    private mutating func shift(
        _ deployment: KubernetesObject, to current: KubernetesObject,
        from former: [KubernetesObject], wanted: Int
    ) {
        let size = current.spec["replicas"]?.whole ?? 0
        let others = former.map { $0.spec["replicas"]?.whole ?? 0 }.reduce(0, +)
        if others == 0 {
            resize(current, to: wanted)
            return
        }
        let room = max(0, wanted + surge(deployment) - size - others)
        let grown = max(min(size, wanted), min(wanted, size + room))
        resize(current, to: grown)
        var unavailable = allowance(deployment, "maxUnavailable", roundsUp: false)
        if unavailable == 0, surge(deployment) == 0 { unavailable = 1 }
        let available = ([current] + former).map { $0.status["availableReplicas"]?.whole ?? 0 }
            .reduce(0, +)
        var spare = available - (wanted - unavailable)
        for set in former {
            let replicas = set.spec["replicas"]?.whole ?? 0
            let broken = max(0, replicas - (set.status["availableReplicas"]?.whole ?? 0))
            let dropped = min(replicas, broken + max(0, spare))
            spare -= max(0, dropped - broken)
            resize(set, to: replicas - dropped)
        }
    }

    private mutating func resize(_ set: KubernetesObject, to replicas: Int) {
        if set.spec["replicas"]?.whole == replicas { return }
        let key = Key(namespace: set.namespace, name: set.name)
        amend(LabCatalog.replicaSets, key, by: Controller.deployment) {
            $0.set(.integer(replicas), at: "spec", "replicas")
        }
    }

    private mutating func makeReplicaSet(
        for deployment: KubernetesObject, _ template: JSONTree, _ hash: String, replicas: Int,
        _ revision: Int
    ) {
        let name = "\(deployment.name)-\(hash)"
        let key = Key(namespace: deployment.namespace, name: name)
        var marked = template
        marked.set(.string(hash), at: "metadata", "labels", "pod-template-hash")
        var selector = deployment.spec["selector"] ?? [:]
        selector.set(.string(hash), at: "matchLabels", "pod-template-hash")
        let tree: JSONTree = [
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": [
                "annotations": ["deployment.kubernetes.io/revision": .string(String(revision))],
                "creationTimestamp": .string(timestamp), "generation": 1,
                "labels": marked.at("metadata", "labels") ?? [:], "name": .string(name),
                "namespace": .string(deployment.namespace),
                "ownerReferences": [Self.ownerReference(deployment)],
                "uid": .string(issueUID()),
            ],
            "spec": [
                "minReadySeconds": deployment.spec["minReadySeconds"] ?? 0,
                "replicas": .integer(replicas), "selector": selector, "template": marked,
            ],
            "status": ["replicas": 0],
        ]
        store(tree, in: LabCatalog.replicaSets, at: key, by: Controller.deployment)
        let home = Key(namespace: deployment.namespace, name: deployment.name)
        amend(LabCatalog.deployments, home, by: Controller.deployment) {
            $0.set(
                .string(String(revision)), at: "metadata", "annotations",
                "deployment.kubernetes.io/revision")
        }
    }

    // MARK: Status

    private mutating func report(_ deployment: KubernetesObject, _ key: Key, _ hash: String) {
        let wanted = deployment.spec["replicas"]?.whole ?? 1
        var (total, updated, available, ready) = (0, 0, 0, 0)
        for set in replicaSets(of: deployment, in: key.namespace) {
            let status = set.status
            let replicas = status["replicas"]?.whole ?? 0
            total += replicas
            if set.label("pod-template-hash") == hash { updated += replicas }
            available += status["availableReplicas"]?.whole ?? 0
            ready += status["readyReplicas"]?.whole ?? 0
        }
        let progress = follow(
            deployment, hash,
            Progress(
                updated: updated, ready: ready, available: available, outdated: total - updated,
                since: now, isComplete: updated == wanted && total == wanted && available >= wanted,
                hash: hash))
        var status: JSONTree = ["observedGeneration": .integer(deployment.generation)]
        for (field, count) in [
            ("replicas", total), ("updatedReplicas", updated), ("readyReplicas", ready),
            ("availableReplicas", available), ("unavailableReplicas", max(0, wanted - available)),
        ] where count > 0 {
            status[field] = .integer(count)
        }
        let floor = wanted - allowance(deployment, "maxUnavailable", roundsUp: false)
        let isAvailable = available >= floor
        status["conditions"] = [
            condition(
                "Available", isAvailable, deployment,
                isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                isAvailable
                    ? "Deployment has minimum availability."
                    : "Deployment does not have minimum availability."),
            progressing(deployment, progress, "\(key.name)-\(hash)"),
        ]
        amend(LabCatalog.deployments, key, by: Controller.deployment) { $0["status"] = status }
    }

    /// Notes progress, and arranges for the deadline to be looked at.
    private mutating func follow(_ deployment: KubernetesObject, _ hash: String, _ seen: Progress)
        -> Progress
    {
        var next = seen
        if let before = progress[deployment.uid], before.hash == hash {
            let isFurther =
                seen.updated > before.updated || seen.outdated < before.outdated
                || seen.ready > before.ready || seen.available > before.available
            next.since = isFurther || (before.isComplete && !seen.isComplete) ? now : before.since
            // Once complete it stays so until the template or the size changes.
            if before.isComplete, seen.updated == before.updated, seen.outdated == 0 {
                next.isComplete = true
            }
        }
        progress[deployment.uid] = next
        if !next.isComplete {
            let deadline = next.since + deadline(deployment)
            if deadline > now {
                agenda.add(
                    .syncDeployment(Key(namespace: deployment.namespace, name: deployment.name)),
                    at: deadline)
            }
        }
        return next
    }

    private func deadline(_ deployment: KubernetesObject) -> Duration {
        .seconds(deployment.spec["progressDeadlineSeconds"]?.whole ?? 600)
    }

    private func progressing(_ deployment: KubernetesObject, _ progress: Progress, _ set: String)
        -> JSONTree
    {
        if progress.isComplete {
            return condition(
                "Progressing", true, deployment, "NewReplicaSetAvailable",
                "ReplicaSet \"\(set)\" has successfully progressed.")
        }
        if now >= progress.since + deadline(deployment) {
            return condition(
                "Progressing", false, deployment, "ProgressDeadlineExceeded",
                "ReplicaSet \"\(set)\" has timed out progressing.")
        }
        return condition(
            "Progressing", true, deployment, "ReplicaSetUpdated",
            "ReplicaSet \"\(set)\" is progressing.")
    }

    private func condition(
        _ type: String, _ holds: Bool, _ deployment: KubernetesObject, _ reason: String,
        _ message: String
    ) -> JSONTree {
        let status = holds ? "True" : "False"
        let before = deployment.status["conditions"]?.items?.first { $0["type"]?.text == type }
        if let before, before["status"]?.text == status, before["reason"]?.text == reason,
            before["message"]?.text == message
        {
            return before
        }
        let turned =
            before?["status"]?.text == status
            ? before?["lastTransitionTime"]?.text ?? timestamp : timestamp
        return [
            "type": .string(type), "status": .string(status),
            "lastUpdateTime": .string(timestamp), "lastTransitionTime": .string(turned),
            "reason": .string(reason), "message": .string(message),
        ]
    }

    /// Ten letters that stand for a pod template; equal templates have equal ones.
    func templateHash(_ template: JSONTree) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in JSONWriter.bytes(of: template.canonical) {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        let letters = Array("bcdfghjklmnpqrstvwxz2456789")
        var word = ""
        for _ in 0..<10 {
            word.append(letters[Int(hash % UInt64(letters.count))])
            hash /= UInt64(letters.count)
        }
        return word
    }
}

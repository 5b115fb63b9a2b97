internal import JSONTree
internal import Manifests

/// How the pods of a workload behave.
package enum PodBehaviour: String, CaseIterable, Hashable, Sendable {
    /// Ready after a while, and then for ever.
    case steady
    /// Starts, dies, waits longer each time.
    case crash
    /// Ready for a while, not ready for a while.
    case flap
    /// Runs, and its readiness probe never holds.
    case neverReady = "never-ready"
    /// Its image cannot be pulled.
    case unpullable
}

/// Pods, as their nodes see to them: from being created to being gone.
extension LabCluster {
    /// What a node remembers of a pod.
    struct PodLife: Sendable {
        let born: Duration
        var step = 0
        var restarts = 0
        var readySince: Duration?
    }

    static let readyAfterAnnotation = "lab.theseus.dev/ready-after"
    static let behaviourAnnotation = "lab.theseus.dev/behaviour"

    static func isReady(_ pod: KubernetesObject) -> Bool {
        pod.status["conditions"]?.items?
            .contains { $0["type"] == "Ready" && $0["status"] == "True" } ?? false
    }

    /// Makes all pods of a Deployment behave so from now on, those to come included.
    ///
    /// nil: as their annotations say again.
    package mutating func setBehaviour(
        _ behaviour: PodBehaviour?, namespace: String, deployment: String
    ) {
        behaviours[Key(namespace: namespace, name: deployment)] = behaviour
        for pod in shelves[LabCatalog.pods].objects
        where pod.namespace == namespace && deploymentName(of: pod) == deployment {
            lives[pod.uid]?.step = 1
            agenda.add(.live(Key(namespace: namespace, name: pod.name), uid: pod.uid), at: now)
        }
    }

    /// Removes a pod as an eviction or a lost node does; its controller makes another.
    package mutating func evict(namespace: String, pod name: String) {
        let key = Key(namespace: namespace, name: name)
        guard let pod = shelves[LabCatalog.pods][key] else { return }
        terminate(key, pod, grace: nil, by: Controller.node)
    }

    /// Lets a tag mean another image: pods that start from now on run that one.
    ///
    /// `digest` is `sha256:…`.
    package mutating func moveTag(_ image: String, to digest: String) { tags[image] = digest }

    private func deploymentName(of pod: KubernetesObject) -> String? {
        guard let set = owner(of: pod) else { return nil }
        return owner(
            of: shelves[LabCatalog.replicaSets][Key(namespace: pod.namespace, name: set)])
    }

    private func behaviour(of pod: KubernetesObject) -> PodBehaviour {
        if let name = deploymentName(of: pod),
            let set = behaviours[Key(namespace: pod.namespace, name: name)]
        {
            return set
        }
        return pod.annotation(Self.behaviourAnnotation).flatMap(PodBehaviour.init) ?? .steady
    }

    private func readyAfter(_ pod: KubernetesObject) -> Duration {
        pod.annotation(Self.readyAfterAnnotation).flatMap(LabTime.duration) ?? pace.readyAfter
    }

    // MARK: The steps of a life

    /// Takes a pod to its next step, and arranges for the one after it.
    mutating func live(_ key: Key, _ uid: String) {
        guard let pod = shelves[LabCatalog.pods][key], pod.uid == uid, !pod.isBeingDeleted else {
            return
        }
        guard var life = lives[uid] else {
            beBorn(key, pod)
            return
        }
        if isOfJob(pod) { return finish(key, pod) }
        life.step += 1
        let wasReady = Self.isReady(pod)
        var isReady = false
        var waiting: String?
        var next: Duration?
        switch behaviour(of: pod) {
        case .steady: isReady = true
        case .neverReady: break
        case .unpullable: waiting = "ImagePullBackOff"
        case .flap:
            isReady = !wasReady
            next = .seconds(5)
        case .crash:
            life.restarts += 1
            waiting = "CrashLoopBackOff"
            next = min(.seconds(300), .seconds(10) * (1 << min(life.restarts - 1, 5)))
        }
        life.readySince = isReady ? (wasReady ? life.readySince : now) : nil
        lives[uid] = life
        show(key, isReady: isReady, waiting: waiting, life)
        if let next { agenda.add(.live(key, uid: uid), at: now + next) }
    }

    private mutating func beBorn(_ key: Key, _ pod: KubernetesObject) {
        let life = PodLife(born: now)
        lives[pod.uid] = life
        let number = issueNumber()
        let stamp = timestamp
        amend(LabCatalog.pods, key, by: Controller.node) { tree in
            tree.set("lab-node", at: "spec", "nodeName")
            tree.set("Pending", at: "status", "phase")
            tree.set(.string(stamp), at: "status", "startTime")
            tree.set("10.10.0.1", at: "status", "hostIP")
            tree.set(
                .string("10.244.\(number / 250 % 250).\(number % 250 + 1)"), at: "status", "podIP")
        }
        show(key, isReady: false, waiting: "ContainerCreating", life)
        agenda.add(.live(key, uid: pod.uid), at: now + readyAfter(pod))
    }

    private mutating func show(_ key: Key, isReady: Bool, waiting: String?, _ life: PodLife) {
        let stamp = timestamp
        let started = timestamp(at: life.born)
        let tags = tags
        amend(LabCatalog.pods, key, by: Controller.node) { tree in
            let isPending = waiting == "ContainerCreating" || waiting == "ImagePullBackOff"
            tree.set(isPending ? "Pending" : "Running", at: "status", "phase")
            let before = tree.at("status", "conditions")?.items ?? []
            tree.set(
                .array(
                    [
                        ("Initialized", true), ("Ready", isReady), ("ContainersReady", isReady),
                        ("PodScheduled", true),
                    ].map { Self.podCondition($0, $1, before, stamp) }), at: "status", "conditions")
            let former = tree.at("status", "containerStatuses")?.items ?? []
            tree.set(
                .array(
                    (tree.at("spec", "containers")?.items ?? []).map { container in
                        let known = former.first { $0["name"] == container["name"] }
                        return Self.containerStatus(
                            container, Self.imageID(container, known, tags), isReady, waiting,
                            life.restarts, started)
                    }), at: "status", "containerStatuses")
        }
    }

    private static func podCondition(
        _ type: String, _ holds: Bool, _ before: [JSONTree], _ stamp: String
    ) -> JSONTree {
        let status: JSONTree = holds ? "True" : "False"
        if let same = before.first(where: { $0["type"]?.text == type && $0["status"] == status }) {
            return same
        }
        var tree: JSONTree = [
            "type": .string(type), "status": status, "lastProbeTime": .null,
            "lastTransitionTime": .string(stamp),
        ]
        if !holds {
            tree["reason"] = "ContainersNotReady"
            tree["message"] = "containers with unready status"
        }
        return tree
    }

    private static func containerStatus(
        _ container: JSONTree, _ imageID: String, _ isReady: Bool, _ waiting: String?,
        _ restarts: Int,
        _ started: String
    ) -> JSONTree {
        let image = container["image"]?.text ?? ""
        let state: JSONTree =
            waiting.map { ["waiting": ["reason": .string($0)]] }
            ?? ["running": ["startedAt": .string(started)]]
        let isKnown = waiting == nil || waiting == "CrashLoopBackOff"
        return [
            "name": container["name"] ?? "", "image": .string(image),
            "imageID": .string(isKnown ? imageID : ""), "ready": .bool(isReady),
            "restartCount": .integer(restarts), "started": .bool(waiting == nil),
            "state": state, "lastState": [:],
        ]
    }

    /// The image that the node pulled when the pod came, whatever its tag means by now.
    private static func imageID(
        _ container: JSONTree, _ known: JSONTree?, _ tags: [String: String]
    ) -> String {
        if let pulled = known?["imageID"]?.text, !pulled.isEmpty { return pulled }
        let image = container["image"]?.text ?? ""
        if image.utf8.contains(UInt8(ascii: "@")), image.contains("@sha256:") { return image }
        return untagged(image) + "@" + (tags[image] ?? digest(image))
    }

    /// The image's name without its tag.
    private static func untagged(_ image: String) -> String {
        let last = image.utf8.lastIndex(of: UInt8(ascii: "/")) ?? image.startIndex
        let tag = image.utf8[last...].firstIndex(of: UInt8(ascii: ":"))
        return String(image[..<(tag ?? image.endIndex)])
    }

    /// What a tag means where nobody moved it: a digest made from the name.
    private static func digest(_ image: String) -> String {
        var generator = SeededGenerator(
            seed: image.utf8.reduce(0xcbf2_9ce4_8422_2325) {
                ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
            })
        let digest = (0..<4).map { _ in
            let part = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - part.count) + part
        }.joined()
        return "sha256:" + digest
    }

    // MARK: The end

    /// Asks a pod to go: no endpoint of it from now on, gone a little later.
    mutating func terminate(
        _ key: Key, _ pod: KubernetesObject, grace: Int?, by manager: String
    ) {
        let patience = grace ?? pod.spec["terminationGracePeriodSeconds"]?.whole ?? 30
        guard patience > 0 else {
            erase(LabCatalog.pods, key, by: manager)
            return
        }
        guard !pod.isBeingDeleted else { return }
        let end = timestamp(at: now + .seconds(patience))
        amend(LabCatalog.pods, key, by: manager) { tree in
            tree.set(.string(end), at: "metadata", "deletionTimestamp")
            tree.set(.integer(patience), at: "metadata", "deletionGracePeriodSeconds")
        }
        agenda.add(
            .bury(key, uid: pod.uid), at: now + min(pace.goneAfter, .seconds(patience)))
    }
}

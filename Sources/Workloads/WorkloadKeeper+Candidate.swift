internal import CanaryEngine
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

extension WorkloadKeeper {
    /// Makes the candidate's objects, but for its autoscaler; what is there already stays as it is.
    ///
    /// `spec.replicas` is said once, when the Deployment is made, and never again.
    package func applyCandidate() async throws {
        for (object, kind) in ordered where !WorkloadScope.scalers.contains(kind) {
            try await make(object, kind)
        }
    }

    /// Gives the candidate an autoscaler: the manifest's own, else one like stable's, else none.
    ///
    /// It starts with the candidate's present number of pods as its minimum.
    package func giveAutoscaler() async throws {
        guard let candidate = try await get(.deployment, scope.candidateName) else {
            throw Setback(.candidateBroken, "the candidate's Deployment is gone")
        }
        var autoscaler: KubernetesObject
        if let own = scope.ownAutoscaler {
            autoscaler = own
        } else if let stable = try await stableName(),
            let model = try await self.autoscaler(of: stable)
        {
            autoscaler = twin(of: model)
        } else {
            return
        }
        let floor = max(autoscaler.minReplicas, candidate.replicas)
        let place = autoscaler.isScaledObject ? "minReplicaCount" : "minReplicas"
        let minimum = min(floor, autoscaler.maxReplicas)
        autoscaler.spec[place] = .integer(minimum)
        autoscaler.annotate(Self.floorAnnotation, "\(minimum)")
        autoscaler.annotate(Self.ceilingAnnotation, "\(autoscaler.maxReplicas)")
        try await make(autoscaler, autoscaler.isScaledObject ? .scaledObject : .autoscaler)
    }

    /// What an autoscaler of `autoscaling/v1` says in annotations, since it has no fields for it.
    private static let annotations = ["metrics", "behavior"].map {
        "autoscaling.alpha.kubernetes.io/\($0)"
    }

    /// An autoscaler as `model` is, for the candidate.
    ///
    /// Labels and annotations stay behind: by them a GitOps tool would take it for its own, and
    /// remove it.
    private func twin(of model: KubernetesObject) -> KubernetesObject {
        var spec = model.spec
        spec.set(.string(scope.candidateName), at: "scaleTargetRef", "name")
        // By its name KEDA would take stable's autoscaler for the candidate's.
        if spec.at("advanced", "horizontalPodAutoscalerConfig", "name") != nil {
            spec.set(nil, at: "advanced", "horizontalPodAutoscalerConfig", "name")
        }
        var twin = KubernetesObject([
            "apiVersion": .string(model.apiVersion),
            "kind": .string(model.kind),
            "metadata": [
                "name": .string(scope.candidateName), "namespace": .string(scope.namespace),
            ],
            "spec": spec,
        ])
        for name in Self.annotations { twin.annotate(name, model.annotation(name)) }
        return twin
    }

    /// Takes the autoscaler's minimum, once the run is over, back from what a weight needed to what
    /// the manifest or, in its absence, stable had.
    ///
    /// Where stable's ScaledObject was paused before the run, and the candidate's was made like it, so is
    /// that from now on: whoever paused KEDA finds it paused.
    package func releaseFloor(_ backup: WorkloadBackup) async throws {
        guard let autoscaler = try await autoscaler(of: scope.candidateName) else { return }
        let run = scope.run
        let original = (scope.ownAutoscaler ?? backup.autoscaler)?.minReplicas
        guard let original else { return }
        let place = autoscaler.isScaledObject ? "minReplicaCount" : "minReplicas"
        let model = scope.ownAutoscaler == nil ? backup.autoscaler : nil
        _ = try await writer.change(autoscaler.reference(like: .autoscaler)) { object in
            guard object.seal?.run == run else { return object }
            var object = object
            // One that somebody else set is theirs.
            let isOurs = object.annotation(Self.floorAnnotation) == "\(object.minReplicas)"
            if object.minReplicas > original, isOurs {
                object.spec[place] = .integer(original)
                object.annotate(Self.floorAnnotation, nil)
            }
            if let model, object.isScaledObject {
                Floor.pause(&object, like: model, atLeast: backup.stableReady)
            }
            return object
        }
    }

    /// Waits for requests in flight: `grace`, or until no pod is left that could have any.
    ///
    /// How many pods were still there at the end.
    @discardableResult
    package func drainCandidate(_ deployment: String, grace: Duration) async throws -> Int {
        let begin = time.now
        return try await watchingPods(of: try await known(deployment)) { bell in
            while true {
                let pods = try await allPods(deployment)
                let left = grace - (time.now - begin)
                if pods == 0 || left <= .zero { return pods }
                try await rest(bell, pods: true, atMost: left)
            }
        }
    }

    /// Whether the Deployment stands and has pods, ready or not.
    package func hasPods(ofDeployment name: String) async throws -> Bool {
        try await allPods(name) > 0
    }

    private func allPods(_ deployment: String) async throws -> Int {
        guard let deployment = try await get(.deployment, deployment) else { return 0 }
        return try await pods(of: deployment).count
    }

    /// Removes what this run made, and nothing else: autoscaler, Deployment, the rest; then waits
    /// until the pods are gone, for so long at most.
    ///
    /// How many pods were still ending then; no endpoint is theirs any more.
    @discardableResult
    package func removeCandidate(patience: Duration? = nil) async throws -> Int {
        let run = scope.run
        for (object, kind) in removable {
            let kind = try await served(kind)
            try await writer.remove(object.reference(as: kind)) { $0.seal?.run == run }
        }
        return try await awaitGone(scope.candidate, patience: patience)
    }

    /// Looks until a removed Deployment's pods are gone, or are those of one made anew.
    ///
    /// One look that finds none is not enough: a ReplicaSet outlives its Deployment for a moment, and
    /// may only then make the pods that it was meant for.
    func awaitGone(_ deployment: KubernetesObject, patience: Duration?) async throws -> Int {
        try await watchingPods(of: deployment) { bell in
            try await awaitGone(deployment, patience, bell)
        }
    }

    private func awaitGone(
        _ deployment: KubernetesObject, _ patience: Duration?, _ bell: Doorbell
    ) async throws -> Int {
        let begin = time.now
        var wasEmpty = false
        while true {
            guard try await get(.deployment, deployment.name) == nil else { return 0 }
            let left = try await pods(of: deployment)
            if left.isEmpty, wasEmpty { return 0 }
            wasEmpty = left.isEmpty
            let isEnding = !left.isEmpty && left.allSatisfy(\.isBeingDeleted)
            let rest = patience.map { $0 - (time.now - begin) }
            if let rest, isEnding, rest <= .zero { return left.count }
            // A rest that is over bounds nothing: pods are still to end, and are looked after.
            let isBounded = rest.map { $0 > .zero } ?? false
            try await self.rest(bell, pods: !left.isEmpty, atMost: isBounded ? rest : nil)
        }
    }

    /// What of this run's making is still there.
    func leftovers() async throws -> [(KubernetesObject, ResourceKind)] {
        var found: [(KubernetesObject, ResourceKind)] = []
        for (object, kind) in removable {
            let kind = try await served(kind)
            if let there = try await get(kind, object.name), there.seal?.run == scope.run {
                found.append((there, kind))
            }
        }
        return found
    }

    /// The manifest's objects in the order in which they are made.
    var ordered: [(KubernetesObject, ResourceKind)] {
        WorkloadScope.kinds.flatMap { kind in
            scope.candidateObjects.filter { $0.kind == kind.kind }.map { ($0, kind) }
        }
    }

    /// Everything that a run can have made, in the order in which it is removed.
    ///
    /// Of a removal nothing: what it removes stood before, and goes by its uid.
    var removable: [(KubernetesObject, ResourceKind)] {
        if scope.isRemoval { return [] }
        var all = ordered
        if scope.ownAutoscaler == nil {
            let twin = KubernetesObject([
                "metadata": [
                    "name": .string(scope.candidateName),
                    "namespace": .string(scope.namespace),
                ]
            ])
            all.append((twin, .autoscaler))
            if scope.isScaledByKEDA { all.append((twin, .scaledObject)) }
        }
        let first = WorkloadScope.scalers + [.deployment]
        return first.flatMap { kind in all.filter { $0.1 == kind } }
            + all.filter { !first.contains($0.1) }.reversed()
    }

    private func make(_ object: KubernetesObject, _ kind: ResourceKind) async throws {
        let kind = try await served(kind)
        let place = "\(object.reference(as: kind))"
        guard let object = object.inVersion(of: kind) else {
            let why = "this cluster serves \(kind.apiVersion), not \(object.apiVersion)"
            throw Setback(.denied, "\(place): \(why)")
        }
        do {
            _ = try await writer.create(object, as: kind)
        } catch let error as KubernetesError where error.code == .conflict {
            let there = try await get(kind, object.name)
            if !WorkloadScope.ownOnly.contains(kind.kind), let there, there.seal == nil,
                Sameness.firstDifference(object, there) == nil
            {
                return  // somebody else's, and just what is wanted
            }
            throw Setback(.foreignEdit, "\(place) is in the way: \(error.detail)")
        }
    }
}

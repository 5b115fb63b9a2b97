internal import JSONTree
internal import Manifests

/// Where it stands that a Deployment may not have fewer pods: what a run raises, lowers and puts back.
enum Floor: Hashable, Sendable {
    /// An autoscaler's minimum or, without one, the Deployment's replicas.
    case field(String)
    /// KEDA is paused at so many pods: it has its triggers from elsewhere, and a minimum alone would
    /// neither keep it from going to zero nor let stable become small.
    case pause

    /// KEDA's annotations; the number is stronger than the switch.
    static let pausedReplicas = "autoscaling.keda.sh/paused-replicas"
    static let paused = "autoscaling.keda.sh/paused"

    /// The candidate's own ScaledObject is never paused: it grows with its share.
    static func of(_ object: KubernetesObject, candidate: String) -> Floor {
        switch object.kind {
        case ResourceKind.scaledObject.kind:
            object.scales(candidate) ? .field("minReplicaCount") : .pause
        case ResourceKind.autoscaler.kind: .field("minReplicas")
        default: .field("replicas")
        }
    }

    /// As people know it.
    var name: String {
        switch self {
        case .field(let name): name
        case .pause: Self.pausedReplicas
        }
    }

    /// The member of the spec in which it stands; nil where it is an annotation.
    var member: String? { if case .field(let name) = self { name } else { nil } }

    /// nil where it is not said.
    func value(in object: KubernetesObject) -> Int? {
        switch self {
        case .field(let name): object.spec[name]?.whole
        case .pause: object.annotation(Self.pausedReplicas).flatMap { Int($0) }
        }
    }

    /// Noted in place of a number: somebody paused it meanwhile, and it stays paused, however far we had to
    /// raise it.
    private static let foreign = "somebody's"

    /// Whether somebody paused it otherwise than we noted; who takes a pause off wants none.
    func isForeign(in object: KubernetesObject) -> Bool {
        guard self == .pause, let value = object.annotation(Self.pausedReplicas),
            let note = object.annotation(WorkloadKeeper.floorAnnotation)
        else { return false }
        return note != value
    }

    /// Notes beside a pause that was there, so that another one can be told from it.
    func noted(on object: KubernetesObject) -> KubernetesObject {
        guard self == .pause, let value = value(in: object),
            object.annotation(WorkloadKeeper.floorAnnotation) == nil
        else { return object }
        var object = object
        object.annotate(WorkloadKeeper.floorAnnotation, "\(value)")
        return object
    }

    /// Sets it, and notes beside it that it is ours.
    func set(_ count: Int, on object: KubernetesObject) -> KubernetesObject {
        let note = isForeign(in: object) ? Self.foreign : "\(count)"
        var object = object
        switch self {
        case .field(let name): object.spec[name] = .integer(count)
        case .pause: object.annotate(Self.pausedReplicas, "\(count)")
        }
        object.annotate(WorkloadKeeper.floorAnnotation, note)
        return object
    }

    /// As `original` has it, if nobody moved it since we did.
    func putBack(_ original: KubernetesObject, on object: KubernetesObject) -> KubernetesObject {
        guard let ours = object.annotation(WorkloadKeeper.floorAnnotation) else { return object }
        var object = object
        if ours == value(in: object).map(String.init) {
            switch self {
            case .field(let name): object.spec[name] = Self.kept(original.spec[name], under: object)
            case .pause:
                object.annotate(Self.pausedReplicas, original.annotation(Self.pausedReplicas))
            }
        }
        object.annotate(WorkloadKeeper.floorAnnotation, nil)
        return object
    }

    /// An autoscaler whose maximum somebody lowered meanwhile takes no minimum above it.
    private static func kept(_ value: JSONTree?, under object: KubernetesObject) -> JSONTree? {
        guard let count = value?.whole, object.kind != ResourceKind.deployment.kind else {
            return value
        }
        return .integer(min(count, object.maxReplicas))
    }

    /// Pauses what is not paused as `model` was, at no fewer pods than users had.
    static func pause(
        _ object: inout KubernetesObject, like model: KubernetesObject, atLeast count: Int
    ) {
        let isPaused = [pausedReplicas, paused].contains { object.annotation($0) != nil }
        guard !isPaused else { return }
        object.annotate(paused, model.annotation(paused))
        if let number = Floor.pause.value(in: model) {
            object.annotate(pausedReplicas, "\(max(number, count))")
        }
    }

    /// The annotations of KEDA that are not as they were, a sentence each.
    static func differences(_ before: KubernetesObject, _ now: KubernetesObject) -> [String] {
        [pausedReplicas, paused].compactMap { name -> String? in
            let (was, stands) = (before.annotation(name), now.annotation(name))
            if was == stands { return nil }
            return "annotation \(name) was \(was ?? "not there"), is \(stands ?? "gone")"
        }
    }
}

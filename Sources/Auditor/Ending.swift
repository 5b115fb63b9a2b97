internal import JSONTree
internal import Manifests

/// What the cluster's objects were at the beginning, and what they are at the end.
struct Ending {
    /// When the last version was stored.
    let date: Int
    /// Specs that are not as they were, a sentence each.
    private(set) var differences: [String] = []
    /// Marks of the run that are left, a sentence each.
    private(set) var marks: [String] = []
    /// Objects that the run made and that are left, a sentence each.
    private(set) var made: [String] = []
    /// The names of the Deployments that are there.
    private(set) var standing: [String] = []

    /// One object's life.
    private struct Life {
        let reference: ObjectReference
        /// nil where it was not there at the beginning.
        let first: KubernetesObject?
        var last: KubernetesObject?
        var isOfRun: Bool
        /// The run wrote it once.
        var isTouched: Bool
        /// Somebody who is neither the run nor a controller of the cluster changed its spec, or paused it.
        var isForeign: Bool
    }

    private static let kinds = [
        "VirtualService", "DestinationRule", "Deployment", "HorizontalPodAutoscaler", "Service",
        "ScaledObject",
    ]

    init(_ evidence: Evidence, _ cast: Cast) {
        date = evidence.history.last?.date ?? 0
        var lives: [Life] = []
        var places: [ObjectReference: Int] = [:]
        for stored in evidence.history where Self.counts(stored, evidence) {
            let isOfRun = stored.object?.annotation(Cast.runAnnotation) == evidence.run
            let isOurs = Audit.isOurs(stored)
            guard let place = places[stored.reference] else {
                places[stored.reference] = lives.count
                lives.append(
                    Life(
                        reference: stored.reference, first: isOfRun ? nil : stored.object,
                        last: stored.object, isOfRun: isOfRun, isTouched: isOurs,
                        isForeign: false))
                continue
            }
            lives[place].isOfRun = lives[place].isOfRun || isOfRun
            lives[place].isTouched = lives[place].isTouched || isOurs
            if evidence.hasForeignHands, !isOurs,
                Self.differs(lives[place].last, stored.object)
            {
                lives[place].isForeign = true
            }
            lives[place].last = stored.object
        }
        judge(lives, evidence, cast)
    }

    /// What KEDA is paused by: as much a part of a ScaledObject as its spec.
    private static let pauses = ["", "-replicas"].map { "autoscaling.keda.sh/paused\($0)" }

    private static func differs(_ old: KubernetesObject?, _ new: KubernetesObject?) -> Bool {
        old?.spec != new?.spec
            || pauses.contains { old?.annotation($0) != new?.annotation($0) }
    }

    /// Pods and what controllers keep are nobody's copies; the journal's own objects may stay.
    private static func counts(_ stored: StoredObject, _ evidence: Evidence) -> Bool {
        let kind = stored.reference.kind.kind
        if kinds.contains(kind) { return true }
        return !["Pod", "ReplicaSet", "Endpoints", "EndpointSlice", "Event", "Node"].contains(kind)
            && (stored.object == nil || Audit.isOurs(stored))
            && !(kind == "ConfigMap" && stored.reference.name.hasPrefix("theseus-"))
    }

    private mutating func judge(_ lives: [Life], _ evidence: Evidence, _ cast: Cast) {
        let scaled = lives.compactMap { life -> String? in
            guard
                ["HorizontalPodAutoscaler", "ScaledObject"].contains(life.reference.kind.kind)
            else { return nil }
            return life.first?.spec.at("scaleTargetRef", "name")?.text
        }
        for life in lives {
            if let last = life.last {
                if life.reference.kind.kind == "Deployment",
                    life.reference.namespace == cast.namespace, !last.isBeingDeleted
                {
                    standing.append(last.name)
                }
                judgeMarks(life, last, evidence)
                if life.first == nil, life.isOfRun, life.reference.kind.kind != "Lease" {
                    made.append("\(life.reference), which the run made, is left")
                }
            }
            // Without it users do not find the service at all, whoever took it away.
            if life.isForeign, life.isTouched, life.first != nil, life.last == nil,
                life.reference.kind.kind == "VirtualService"
            {
                differences.append("\(life.reference) is gone")
            }
            guard let first = life.first, life.isTouched, !life.isForeign,
                Self.kinds.contains(life.reference.kind.kind)
            else { continue }
            guard let last = life.last else {
                differences.append("\(life.reference) is gone")
                continue
            }
            let isScaled =
                life.reference.kind.kind == "Deployment" && scaled.contains(life.reference.name)
            for name in Self.pauses where first.annotation(name) != last.annotation(name) {
                differences.append("\(life.reference) is not as before: \(name)")
            }
            if first.spec != last.spec, Self.spec(first, isScaled) != Self.spec(last, isScaled) {
                differences.append("\(life.reference) is not as before: \(Self.place(first, last))")
            }
        }
    }

    private mutating func judgeMarks(
        _ life: Life, _ last: KubernetesObject, _ evidence: Evidence
    ) {
        if life.reference.kind.kind == "Lease" {
            if last.annotation(Cast.runAnnotation) == evidence.run {
                marks.append("\(life.reference) is left")
            }
            return
        }
        let keys = last.tree.at("metadata", "annotations")?.members?.keys ?? []
        for key in keys
        where key.hasPrefix(Cast.prefix) && life.first?.annotation(key) == nil {
            marks.append("\(life.reference) still carries \(key)")
        }
    }

    private static func spec(_ object: KubernetesObject, _ isScaled: Bool) -> JSONTree {
        var spec = object.spec
        if isScaled { spec["replicas"] = nil }
        return spec.canonical
    }

    private static func place(_ first: KubernetesObject, _ last: KubernetesObject) -> String {
        TreeDifference.between(first.spec, last.spec, at: "spec").prefix(3)
            .map { "\($0)" }.joined(separator: "; ")
    }
}

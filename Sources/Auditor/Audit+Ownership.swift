internal import JSONTree
internal import Manifests

/// S10: what is not ours stays as it stands, whoever wrote it.
///
/// We own the parts that the two versions have of their routes, the routes beside them, the copies
/// that go to the candidate, the two subsets, the number of pods, and our annotations.
extension Audit {
    mutating func checkOwnership(_ stored: StoredObject) {
        let kind = stored.reference.kind.kind
        guard Self.isEdited(kind), let before = objects[stored.reference],
            let after = stored.object, before.uid == after.uid
        else { return }
        if before.spec != after.spec {
            var old = foreignPart(of: before.spec, kind, stored.reference)
            if isLedBack(before, to: after, kind) { old["host"] = after.spec["host"] }
            let new = foreignPart(of: after.spec, kind, stored.reference)
            reportForeign(old, new, "spec", stored)
        }
        for part in ["labels", "annotations"] {
            let old = before.tree.at("metadata", part)
            let new = after.tree.at("metadata", part)
            if old == new { continue }
            reportForeign(
                Self.foreignEntries(old), Self.foreignEntries(new), "metadata.\(part)", stored)
        }
    }

    /// A rule of the run that somebody turned to another host is for the service again.
    private func isLedBack(
        _ before: KubernetesObject, to after: KubernetesObject, _ kind: String
    ) -> Bool {
        kind == "DestinationRule" && before.annotation(Cast.runAnnotation) == evidence.run
            && cast.isService(after.spec["host"]?.text ?? "", from: after.namespace)
    }

    private mutating func reportForeign(
        _ old: JSONTree, _ new: JSONTree, _ place: String, _ stored: StoredObject
    ) {
        guard old != new else { return }
        for difference in TreeDifference.between(old, new, at: place).prefix(3) {
            report("S10", "we changed what is not ours: \(difference)", stored)
        }
    }

    /// Remembers how the objects stand that a run edits.
    mutating func remember(_ stored: StoredObject) {
        if Self.isEdited(stored.reference.kind.kind) { objects[stored.reference] = stored.object }
    }

    private static func isEdited(_ kind: String) -> Bool {
        switch kind {
        case "VirtualService", "DestinationRule", "Deployment", "HorizontalPodAutoscaler",
            "Service":
            true
        default: false
        }
    }

    private static func foreignEntries(_ map: JSONTree?) -> JSONTree {
        .object(
            JSONObject(
                (map?.members?.ordered ?? []).filter { !$0.key.hasPrefix(Cast.prefix) }
                    .map { ($0.key, $0.value) }))
    }

    private func foreignPart(
        of spec: JSONTree, _ kind: String, _ reference: ObjectReference
    ) -> JSONTree {
        var rest = spec
        switch kind {
        case "VirtualService":
            for list in ["http", "tls", "tcp"] {
                rest[list] = .array(
                    (spec[list]?.items ?? []).compactMap { foreignPart(of: $0, reference) })
            }
        case "DestinationRule":
            let kept = (spec["subsets"]?.items ?? []).filter {
                switch cast.side(ofSubset: $0["labels"]) {
                case .stable, .candidate: false
                case .both, .neither:
                    !isStandIn($0) && !($0["name"]?.text.map(world.isOfVersion) ?? false)
                }
            }
            rest["subsets"] = .array(kept)
        case "Deployment":
            rest["replicas"] = nil
        case "Service":
            break
        default:
            rest["minReplicas"] = nil
        }
        return rest
    }

    /// A first release pins its routes to a subset that means nobody.
    private func isStandIn(_ subset: JSONTree) -> Bool {
        cast.stable == nil && cast.side(ofSubset: subset["labels"]) == .neither
    }

    /// nil for a route that this run put there.
    private func foreignPart(of route: JSONTree, _ reference: ObjectReference) -> JSONTree? {
        let mark = route.at("headers", "response", "set", "theseus-run")?.text
        if mark == evidence.run || RouteTable.isKept(route) { return nil }
        func isOurs(_ target: JSONTree?) -> Bool {
            cast.isService(target?["host"]?.text ?? "", from: reference.namespace)
        }
        var route = route
        if isOurs(route["mirror"]) {
            route["mirror"] = nil
            route["mirrorPercentage"] = nil
        }
        if let list = route["mirrors"]?.items {
            route["mirrors"] = .array(list.filter { !isOurs($0["destination"]) })
        }
        let list = route["route"]?.items ?? []
        let foreign = list.filter {
            let host = $0.at("destination", "host")?.text ?? ""
            return !cast.isService(host, from: reference.namespace)
        }
        guard foreign.count != list.count else { return route }
        var rest = route
        rest["route"] = .array(foreign)
        return rest
    }
}

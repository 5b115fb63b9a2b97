import Auditor
import JSONTree
import Manifests

extension Evidence {
    /// The same history where each version has a Service: routes lead to these, and no rule is there.
    ///
    /// Stable's stood before; the candidate's comes and goes when its subset does.
    var byHosts: Evidence {
        var told = self
        told.history = []
        var hasCandidates = false
        for stored in history {
            switch stored.reference.kind.kind {
            case "Service":
                told.history += [stored, stored.service("v1", from: stored.object)]
            case "DestinationRule":
                let names = (stored.object?.spec["subsets"]?.items ?? []).map { $0["name"]?.text }
                if names.contains("v2") {
                    told.history.append(stored.service("v2", from: stored.object))
                } else if hasCandidates {
                    told.history.append(stored.service("v2", from: nil))
                }
                hasCandidates = names.contains("v2")
            case "VirtualService":
                told.history.append(stored.leadingToHosts)
            default:
                told.history.append(stored)
            }
        }
        // One that no chapter tells of comes too late.
        let comes = told.history.contains { $0.reference == StoredObject.place("v2") }
        if !comes, let last = history.last {
            let service = KubernetesObject(["spec": ["selector": Tale.labels("v2")]])
            told.history.append(
                StoredObject(
                    revision: last.revision, date: last.date, reference: StoredObject.place("v2"),
                    object: service, manager: "kubectl"))
        }
        return told
    }
}

extension StoredObject {
    private func with(_ object: KubernetesObject?, at reference: ObjectReference) -> StoredObject {
        StoredObject(
            revision: revision, date: date, reference: reference, object: object, manager: manager)
    }

    fileprivate static func place(_ version: String) -> ObjectReference {
        ObjectReference(.service, namespace: "demo", name: "shop-\(version)")
    }

    /// A version's Service, written by whom and with what marks this object was; nil: gone.
    fileprivate func service(_ version: String, from object: KubernetesObject?) -> StoredObject {
        let name = "shop-\(version)"
        var service = object
        service?.tree["kind"] = "Service"
        service?.tree.set(.string(name), at: "metadata", "name")
        service?.tree.set(.string("uid-Service-\(name)"), at: "metadata", "uid")
        service?.tree["spec"] = ["selector": Tale.labels(version)]
        return with(service, at: Self.place(version))
    }

    fileprivate var leadingToHosts: StoredObject {
        var object = object
        for list in ["http", "tls", "tcp"] {
            guard let routes = object?.spec[list]?.items else { continue }
            object?.tree.set(.array(routes.map(Self.byHosts)), at: "spec", list)
        }
        return with(object, at: reference)
    }

    private static func byHosts(_ route: JSONTree) -> JSONTree {
        var route = route
        if let list = route["route"]?.items {
            route["route"] = .array(
                list.map { entry in
                    var entry = entry
                    entry["destination"] = entry["destination"].map(host)
                    return entry
                })
        }
        if let target = route["mirror"] { route["mirror"] = host(target) }
        return route
    }

    private static func host(_ target: JSONTree) -> JSONTree {
        guard let subset = target["subset"]?.text, target["host"] == "shop" else { return target }
        return ["host": .string("shop-\(subset)")]
    }
}

package import CanaryEngine
internal import JSONTree
package import Manifests

/// Copies of users' requests, whose answers nobody waits for.
extension RouteEdit {
    /// Everything by which an http route says where copies go, newest and oldest spellings.
    static let mirrorFields = [
        "mirror", "mirrors", "mirrorPercent", "mirrorPercentage", "mirror_percent",
    ]

    /// Whether a route has room for copies of ours: Istio takes one `mirror`, or a list of them.
    static func canMirror(_ route: JSONTree) -> Bool {
        if let list = route["mirrors"] { return list.items != nil && route["mirror"] == nil }
        return mirrorFields.allSatisfy { route[$0] == nil }
    }

    /// Copies so much of the requests of every http route of the run to the candidate.
    ///
    /// What the route copies already, as a list, goes on.
    package func mirrored(_ object: KubernetesObject, _ part: TrafficWeight)
        throws(RouteRefusal) -> KubernetesObject
    {
        let clean = unmirrored(object)
        guard part > .none else { return clean }
        let reading = reading(clean)
        var http = reading.http
        for case (_, let place?) in places(in: clean) where place.list == .http {
            let route = http[place.index]
            let list = route["route"]?.items ?? []
            guard let home = list.first(where: { side(of: $0, in: reading) == .stable }) else {
                continue
            }
            guard Self.canMirror(route) else {
                let key = reading.key(at: place, leadingTo: record.hosts)
                throw RouteRefusal(.mirrorTaken, at: "\(reading.place), \(key.words)")
            }
            var target = home["destination"] ?? .object([:])
            record.candidate.lead(&target, in: reading)
            let percentage: JSONTree = ["value": .integer(part.percent)]
            if let others = route["mirrors"]?.items {
                let ours: JSONTree = ["destination": target, "percentage": percentage]
                http[place.index]["mirrors"] = .array(others + [ours])
            } else {
                http[place.index]["mirror"] = target
                http[place.index]["mirrorPercentage"] = percentage
            }
        }
        return withRoutes(http, in: clean)
    }

    /// No copies go to the candidate; those to others stay.
    package func unmirrored(_ object: KubernetesObject) -> KubernetesObject {
        let reading = reading(object)
        func isOurs(_ target: JSONTree?) -> Bool {
            side(ofTarget: target, in: reading) == .candidate
        }
        let http = reading.http.map { route in
            var route = route
            if isOurs(route["mirror"]) {
                route["mirror"] = nil
                route["mirrorPercentage"] = nil
            }
            if let list = route["mirrors"]?.items {
                let others = list.filter { !isOurs($0["destination"]) }
                if others.count != list.count { route["mirrors"] = .array(others) }
            }
            return route
        }
        return withRoutes(http, in: object)
    }

    /// The object with these http routes; as it is, where they are the same.
    func withRoutes(_ http: [JSONTree], in object: KubernetesObject) -> KubernetesObject {
        guard object.spec["http"]?.items ?? [] != http else { return object }
        var object = object
        object.tree.set(.array(http), at: "spec", "http")
        return object
    }
}

package import CanaryEngine
package import JSONTree
package import Manifests

/// What stands on a VirtualService while a run moves its routes: enough to bring everything home
/// from the object itself, without journal, backup or survey.
package struct RouteRecord: Hashable, Sendable {
    /// One route that the run moves.
    package struct Route: Hashable, Sendable {
        package var key: RouteKey
        /// Its `route` list as it was before the run.
        package var was: [JSONTree]

        package init(key: RouteKey, was: [JSONTree]) {
            self.key = key
            self.was = was
        }
    }

    package var run: String
    /// The service's whole host name.
    package let service: String
    /// The domain that short names of this cluster end in.
    let domain: String
    package var stableSubset: String
    package var candidateSubset: String
    /// The weight that we wrote last.
    package var weight: TrafficWeight
    /// The run made this VirtualService.
    package var isOurObject: Bool
    package var routes: [Route]
    /// From the first weight on users stay with the version that they met.
    package var stickiness: Stickiness?

    package static let annotation = "theseus.dev/original"

    package init(
        run: String, service: String, stableSubset: String, candidateSubset: String,
        weight: TrafficWeight = .none, isOurObject: Bool = false, routes: [Route]
    ) {
        self.run = run
        self.service = service
        domain = Self.domain(of: service)
        self.stableSubset = stableSubset
        self.candidateSubset = candidateSubset
        self.weight = weight
        self.isOurObject = isOurObject
        self.routes = routes
    }

    private static func domain(of service: String) -> String {
        service.split(separator: ".").drop { $0 != "svc" }.dropFirst().joined(separator: ".")
    }

    /// Of the whole service's name: also right for another namespace's short names.
    var host: MeshHost { MeshHost(service, from: "") }
}

extension RouteRecord {
    /// The record on an object; nil where there is none, or one that cannot be read.
    package init?(on object: KubernetesObject) {
        guard let text = object.annotation(Self.annotation),
            let tree = try? JSONReader.tree(of: Array(text.utf8))
        else { return nil }
        self.init(tree)
    }

    private init?(_ tree: JSONTree) {
        guard let run = tree["run"]?.text, let service = tree["service"]?.text,
            let stable = tree["stable"]?.text, let candidate = tree["candidate"]?.text,
            let weight = tree["weight"]?.whole.flatMap(TrafficWeight.init(percent:)),
            let routes = tree["routes"]?.items
        else { return nil }
        var read: [Route] = []
        for route in routes {
            guard let was = route["was"]?.items, let key = RouteKey(members: route) else {
                return nil
            }
            read.append(Route(key: key, was: was))
        }
        self.init(
            run: run, service: service, stableSubset: stable, candidateSubset: candidate,
            weight: weight, isOurObject: tree["created"]?.flag ?? false, routes: read)
        if let cookie = tree["cookie"]?.text, let seconds = tree["ttl"]?.whole {
            stickiness = Stickiness(cookie: cookie, ttl: .seconds(seconds))
        }
    }

    package var text: String {
        var tree: JSONTree = [
            "run": .string(run), "service": .string(service), "stable": .string(stableSubset),
            "candidate": .string(candidateSubset), "weight": .integer(weight.percent),
        ]
        if isOurObject { tree["created"] = true }
        if let stickiness {
            tree["cookie"] = .string(stickiness.cookie)
            tree["ttl"] = .integer(Int(stickiness.ttl.components.seconds))
        }
        tree["routes"] = .array(
            routes.map { route in
                var members = route.key.members
                members["was"] = .array(route.was)
                return .object(members)
            })
        return JSONWriter.text(of: tree)
    }

    /// The object with this record on it.
    func written(on object: KubernetesObject) -> KubernetesObject {
        var object = object
        object.annotate(Self.annotation, text)
        return object
    }
}

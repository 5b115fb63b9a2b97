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
    package var stable: VersionDestination
    package var candidate: VersionDestination
    /// Which pods their subsets mean; nil where the versions have hosts, or whoever wrote it did not say.
    package var labels: SubsetLabels?
    /// The weight that we wrote last.
    package var weight: TrafficWeight
    /// The run made this VirtualService.
    package var isOurObject: Bool
    package var routes: [Route]
    /// From the first weight on users stay with the version that they met.
    package var stickiness: Stickiness?

    /// The labels of the two subsets, as they stood when the routes were pinned.
    package struct SubsetLabels: Hashable, Sendable {
        package var stable: JSONTree
        package var candidate: JSONTree
    }

    package static let annotation = "theseus.dev/original"

    package init(
        run: String, service: String, stable: VersionDestination, candidate: VersionDestination,
        weight: TrafficWeight = .none, isOurObject: Bool = false, routes: [Route]
    ) {
        self.run = run
        self.service = service
        domain = Self.domain(of: service)
        self.stable = stable
        self.candidate = candidate
        self.weight = weight
        self.isOurObject = isOurObject
        self.routes = routes
    }

    /// Where both versions are subsets of the service's host.
    package init(
        run: String, service: String, stableSubset: String, candidateSubset: String,
        weight: TrafficWeight = .none, isOurObject: Bool = false, routes: [Route]
    ) {
        let host = MeshHost(service, from: "")
        self.init(
            run: run, service: service,
            stable: VersionDestination(host: host, subset: stableSubset),
            candidate: VersionDestination(host: host, subset: candidateSubset), weight: weight,
            isOurObject: isOurObject, routes: routes)
    }

    private static func domain(of service: String) -> String {
        var rest = service.utf8[...]
        while let dot = rest.firstIndex(of: UInt8(ascii: ".")) {
            let part = rest[..<dot]
            rest = rest[rest.index(after: dot)...]
            if part.elementsEqual("svc".utf8) { return String(Substring(rest)) }
        }
        return ""
    }

    /// Of the whole service's name: also right for another namespace's short names.
    var host: MeshHost { MeshHost(service, from: "") }

    package var hosts: ServiceHosts {
        ServiceHosts(service: host, stable: stable.host, candidate: candidate.host)
    }

    /// Whose a destination is.
    func side(of host: MeshHost, _ subset: String?) -> RouteEdit.Side {
        guard hosts.contains(host) else { return .foreign }
        if stable.means(host, subset) { return .stable }
        return candidate.means(host, subset) ? .candidate : .stray
    }
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
            let stable = Self.destination("stable", of: service, tree),
            let candidate = Self.destination("candidate", of: service, tree),
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
            run: run, service: service, stable: stable, candidate: candidate, weight: weight,
            isOurObject: tree["created"]?.flag ?? false, routes: read)
        if let stable = tree["stableLabels"], let candidate = tree["candidateLabels"] {
            labels = SubsetLabels(stable: stable, candidate: candidate)
        }
        if let cookie = tree["cookie"]?.text, let seconds = tree["ttl"]?.whole {
            stickiness = Stickiness(cookie: cookie, ttl: .seconds(seconds))
        }
    }

    /// A version is known by its subset's name or, where it has a host of its own, by that.
    private static func destination(_ version: String, of service: String, _ tree: JSONTree)
        -> VersionDestination?
    {
        if let host = tree["\(version)Host"]?.text {
            return VersionDestination(host: MeshHost(host, from: ""))
        }
        return tree[version]?.text.map {
            VersionDestination(host: MeshHost(service, from: ""), subset: $0)
        }
    }

    package var text: String {
        var tree: JSONTree = ["run": .string(run), "service": .string(service)]
        for (version, destination) in [("stable", stable), ("candidate", candidate)] {
            if let subset = destination.subset {
                tree[version] = .string(subset)
            } else {
                tree["\(version)Host"] = .string(destination.host.name)
            }
        }
        if let labels {
            tree["stableLabels"] = labels.stable
            tree["candidateLabels"] = labels.candidate
        }
        tree["weight"] = .integer(weight.percent)
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

internal import CanaryEngine
internal import JSONTree
package import Manifests

/// The edits of one VirtualService: each gives the object with only our places changed, and an
/// object that is as wanted already comes back equal.
///
/// Which routes are ours, and how they were, stands in the object's own record.
package struct RouteEdit: Sendable {
    package let record: RouteRecord

    package init(_ record: RouteRecord) { self.record = record }

    /// The edit that the object's own record asks for; nil where there is none of this run.
    package init?(of object: KubernetesObject, run: String) {
        guard let record = RouteRecord(on: object), record.run == run else { return nil }
        self.init(record)
    }

    func reading(_ object: KubernetesObject) -> RouteReading {
        RouteReading(object, domain: record.domain)
    }

    /// The places of the record's routes among the object's; nil for one that is gone.
    func places(in object: KubernetesObject) -> [(route: RouteRecord.Route, place: RoutePlace?)] {
        let reading = reading(object)
        var unnamed = reading.unnamedPlaces(leadingTo: record.hosts)
        let ours = record.routes.count {
            if case .unnamed = $0.key { true } else { false }
        }
        if unnamed.count > ours {
            // Somebody added one. Ours are those that we pinned.
            let pinned = unnamed.filter { isPinned(reading.http[$0], in: reading) }
            if pinned.count == ours { unnamed = pinned }
        }
        return record.routes.map { route in
            (route, reading.place(of: route.key, among: unnamed, leadingTo: record.hosts))
        }
    }

    private func isPinned(_ route: JSONTree, in reading: RouteReading) -> Bool {
        !(route["route"]?.items ?? []).contains { side(of: $0, in: reading) == .stray }
    }

    /// How each route stands; nil for one that is gone or illegible.
    package func states(in object: KubernetesObject) -> [(route: RouteRecord.Route, OwnedState?)] {
        let reading = reading(object)
        return places(in: object).map { route, place in
            let state = place.flatMap {
                OwnedState(of: reading[$0], in: reading, record: record)
            }
            return (route, state)
        }
    }

    /// Whether stable has left every route, and the candidate has what was its part.
    func isWithoutStable(_ object: KubernetesObject) -> Bool {
        let states = states(in: object).compactMap(\.1)
        return !states.isEmpty
            && states.allSatisfy { $0.stable == nil && $0.strays == 0 && ($0.candidate ?? 0) > 0 }
    }

    /// The routes of the record that are there, and besides them every other one but the dark ones
    /// that gives the candidate traffic: somebody copied or renamed what was ours.
    func placesToLower(in object: KubernetesObject)
        -> [(route: RouteRecord.Route, place: RoutePlace)]
    {
        let reading = reading(object)
        var found: [(route: RouteRecord.Route, place: RoutePlace)] = []
        for case (let route, let place?) in places(in: object) { found.append((route, place)) }
        for place in reading.places where !isAside(reading[place]) {
            let list = reading[place]["route"]?.items ?? []
            guard !found.contains(where: { $0.place == place }),
                list.contains(where: { side(of: $0, in: reading) == .candidate })
            else { continue }
            let key = reading.key(at: place, leadingTo: record.hosts)
            found.append((RouteRecord.Route(key: key, was: list), place))
        }
        return found
    }

    /// The share that the candidate can have at most, by all routes that give it any; nil: one of them is
    /// illegible.
    func share(in object: KubernetesObject) -> TrafficWeight? {
        let reading = reading(object)
        var share = TrafficWeight.none
        for (_, place) in placesToLower(in: object) {
            guard let state = OwnedState(of: reading[place], in: reading, record: record) else {
                return nil
            }
            share = max(share, state.share)
        }
        return share
    }

    /// Whether a route of the record leads to the service, and to neither version as we know them.
    func isUnpinned(_ object: KubernetesObject) -> Bool {
        let reading = reading(object)
        return places(in: object).contains { _, place in
            place.map { !isPinned(reading[$0], in: reading) } ?? false
        }
    }

    /// Changes the `route` list of every route of the record; a route that is gone is left out.
    func changingLists(
        of object: KubernetesObject, _ change: (RouteRecord.Route, inout [JSONTree]) -> Void
    ) -> KubernetesObject {
        let present = places(in: object).compactMap { route, place in
            place.map { (route: route, place: $0) }
        }
        return changingLists(of: object, at: present, change)
    }

    func changingLists(
        of object: KubernetesObject, at places: [(route: RouteRecord.Route, place: RoutePlace)],
        _ change: (RouteRecord.Route, inout [JSONTree]) -> Void
    ) -> KubernetesObject {
        var object = object
        for kind in RouteProtocol.allCases {
            var routes = reading(object).routes(kind)
            for (route, place) in places where place.list == kind {
                var list = routes[place.index]["route"]?.items ?? []
                change(route, &list)
                guard routes[place.index]["route"]?.items != list else { continue }
                routes[place.index]["route"] = .array(list)
            }
            guard object.spec[kind.rawValue]?.items ?? [] != routes else { continue }
            object.tree.set(.array(routes), at: "spec", kind.rawValue)
        }
        return object
    }

    enum Side { case stable, candidate, stray, foreign }

    /// Whose a destination is.
    func side(of destination: JSONTree, in reading: RouteReading) -> Side {
        side(ofTarget: destination["destination"], in: reading)
    }

    func side(ofTarget target: JSONTree?, in reading: RouteReading) -> Side {
        guard let host = target?["host"]?.text.map(reading.host) else { return .foreign }
        return record.side(of: host, target?["subset"]?.text)
    }

    /// What the foreign destinations of a list have together.
    func foreignSum(_ list: [JSONTree], in reading: RouteReading) -> Int {
        list.filter { side(of: $0, in: reading) == .foreign }
            .reduce(0) { $0 + weight(of: $1, in: list) }
    }

    /// A lone destination without a weight has 100, one of several has 0.
    func weight(of destination: JSONTree, in list: [JSONTree]) -> Int {
        let written = destination["weight"]?.decimal.flatMap { Int(exactly: $0) }
        return written ?? (list.count == 1 ? 100 : 0)
    }
}

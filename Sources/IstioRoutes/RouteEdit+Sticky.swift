package import CanaryEngine
internal import JSONTree
package import Manifests

extension RouteEdit {
    /// Notes that users shall stay with what they meet; where the candidate has a weight already,
    /// that begins at once.
    package func sticky(_ object: KubernetesObject, _ stickiness: Stickiness)
        throws(RouteRefusal) -> KubernetesObject
    {
        guard var own = RouteRecord(on: object), own.run == record.run else { return object }
        own.stickiness = stickiness
        return sticking(own.written(on: loose(object)), at: own.weight)
    }

    /// Puts the cookies on every route's destinations, and before it the routes that heed them.
    func sticking(_ object: KubernetesObject, at weight: TrafficWeight) -> KubernetesObject {
        let own = RouteRecord(on: object)
        guard let stickiness = own?.stickiness, weight > .none else { return object }
        let run = record.run
        let newcomer = KeptRoute.cookie(stickiness, KeptRoute.candidateValue(run))
        let loyal = KeptRoute.cookie(stickiness, KeptRoute.stableValue(run, at: weight))
        let marked = changingLists(of: object, at: httpPlaces(in: object)) { _, list in
            let reading = reading(object)
            for place in list.indices {
                switch side(of: list[place], in: reading) {
                case .candidate: Self.set(newcomer, on: &list[place])
                case .stable where weight < .all: Self.set(loyal, on: &list[place])
                case .stable, .stray, .foreign: continue
                }
            }
        }
        return keeping(marked, stickiness, isDivided: weight < .all)
    }

    private func httpPlaces(in object: KubernetesObject)
        -> [(route: RouteRecord.Route, place: RoutePlace)]
    {
        places(in: object).compactMap { route, place in
            guard let place, place.list == .http else { return nil }
            return (route, place)
        }
    }

    private func keeping(
        _ object: KubernetesObject, _ stickiness: Stickiness, isDivided: Bool
    ) -> KubernetesObject {
        let reading = reading(object)
        var added: [(place: Int, route: JSONTree)] = []
        for (number, found) in httpPlaces(in: object).enumerated() {
            let base = reading[found.place]
            let value = KeptRoute.candidateValue(record.run)
            if let route = kept(.candidate, base, number, stickiness, value, in: reading) {
                added.append((found.place.index, route))
            }
            guard isDivided, let weight = RouteRecord(on: object)?.weight else { continue }
            let stays = KeptRoute.stableValue(record.run, at: weight)
            if let route = kept(.stable, base, number, stickiness, stays, in: reading) {
                added.append((found.place.index, route))
            }
        }
        var http = reading.http
        for (_, new) in added.enumerated().sorted(by: {
            ($0.element.place, $0.offset) > ($1.element.place, $1.offset)
        }) {
            http.insert(new.route, at: new.place)
        }
        return withRoutes(http, in: object)
    }

    /// The base route for those with the cookie: the other version's part is this one's too.
    private func kept(
        _ side: Side, _ base: JSONTree, _ number: Int, _ stickiness: Stickiness, _ value: String,
        in reading: RouteReading
    ) -> JSONTree? {
        let list = base["route"]?.items ?? []
        let pool = 100 - foreignSum(list, in: reading)
        let matches = try? MatchProduct.of(
            base["match"]?.items ?? [], [KeptRoute.match(stickiness, value)], at: "")
        guard let matches, list.contains(where: { self.side(of: $0, in: reading) == side }) else {
            return nil
        }
        let beginning = side == .candidate ? KeptRoute.candidateName : KeptRoute.stableName
        var members = JSONObject([
            ("name", .string(KeptRoute.name(beginning, record.run, number)))
        ])
        for member in base.members ?? [:] where member.key != "name" {
            members[member.key] = member.value
        }
        var route = JSONTree.object(members)
        route["match"] = .array(matches)
        route["route"] = .array(
            list.compactMap { destination in
                switch self.side(of: destination, in: reading) {
                case .foreign: return destination
                case side:
                    var destination = destination
                    destination["weight"] = .integer(pool)
                    return destination
                case .stable, .candidate, .stray: return nil
                }
            })
        return route
    }

    /// Nobody is kept with any version: no cookies of ours, and no routes that heed them.
    package func loose(_ object: KubernetesObject) -> KubernetesObject {
        guard let stickiness = RouteRecord(on: object)?.stickiness else { return object }
        let all = reading(object).http
        let kept = all.filter {
            !KeptRoute.isOurs($0, of: record.run, among: record.routes.count)
        }
        let clean = withRoutes(kept, in: object)
        let reading = reading(clean)
        return changingLists(of: clean, at: placesToLower(in: clean)) { route, list in
            let home = route.was.first {
                [.stable, .stray].contains(side(of: $0, in: reading))
            }
            for place in list.indices {
                unset(stickiness, on: &list[place], as: home?["headers"])
            }
        }
    }

    private static func set(_ cookie: String, on destination: inout JSONTree) {
        destination.set(.string(cookie), at: "headers", "response", "add", KeptRoute.header)
    }

    /// Takes our cookie off; what our header's way there had made goes too, and no more than that.
    private func unset(
        _ stickiness: Stickiness, on destination: inout JSONTree, as before: JSONTree?
    ) {
        let cookie = destination.at("headers", "response", "add", KeptRoute.header)?.text
        guard let cookie, KeptRoute.isOurs(cookie, stickiness, of: record.run) else { return }
        destination.set(nil, at: "headers", "response", "add", KeptRoute.header)
        if Self.pruned(destination["headers"]) == Self.pruned(before) {
            destination["headers"] = before
        } else {
            destination["headers"] = Self.pruned(destination["headers"])
        }
    }

    /// Without maps on the way to our header that hold nothing.
    private static func pruned(_ headers: JSONTree?) -> JSONTree? {
        guard var tree = headers else { return Optional.none }
        if tree.at("response", "add")?.members?.isEmpty == true {
            tree.set(nil, at: "response", "add")
        }
        if tree["response"]?.members?.isEmpty == true { tree["response"] = nil }
        if tree.members?.isEmpty == true { return Optional.none }
        return tree
    }
}

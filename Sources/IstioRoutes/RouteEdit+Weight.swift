package import CanaryEngine
internal import JSONTree
package import Manifests

extension RouteEdit {
    /// Gives the candidate its part of every route's pool, and writes the weight into the record.
    ///
    /// At 0 the candidate's destination goes away and the route is as pinned. At 100 stable's
    /// stays, with 0: the way home then names nothing that is not there already. Copies to the
    /// candidate end with any weight.
    package func weighted(_ object: KubernetesObject, _ weight: TrafficWeight) -> KubernetesObject {
        let object = loose(unmirrored(object))
        let reading = reading(object)
        let weighted = changingLists(of: object) { route, list in
            guard let pool = WeightPool(foreign: foreignSum(list, in: reading)) else { return }
            setParts(
                &list, stable: pool.stable(at: weight), candidate: pool.candidate(at: weight),
                route, in: reading)
        }
        return sticking(recording(weight, on: weighted), at: weight)
    }

    /// The way home: the candidate's part falls to what `weight` gives, and never rises.
    ///
    /// Unlike on the way forward nobody is asked first: a weight that somebody else wrote, a
    /// destination that somebody unpinned or took away, go home too. Nobody is kept with the
    /// candidate any more, and no copies go there.
    package func lowered(_ object: KubernetesObject, to weight: TrafficWeight) -> KubernetesObject {
        let object = loose(unmirrored(object))
        let reading = reading(object)
        let places = placesToLower(in: object)
        let lowered = changingLists(of: object, at: places) { route, list in
            gather(&list, in: reading)
            let free = max(0, 100 - foreignSum(list, in: reading))
            let allowed =
                WeightPool(foreign: 100 - free).map { $0.candidate(at: weight) } ?? 0
            let present = list.first { side(of: $0, in: reading) == .candidate }
            let part = min(allowed, present.map { self.weight(of: $0, in: list) } ?? 0)
            setParts(&list, stable: free - part, candidate: part, route, in: reading)
        }
        let noted = RouteRecord(on: object)?.weight ?? .all
        return recording(min(weight, noted), on: lowered)
    }

    /// Whether an edit names stable's destination in an object that did not: it must be seen that it is
    /// there.
    func pinsAnew(_ edited: KubernetesObject, from object: KubernetesObject) -> Bool {
        names(.stable, in: edited) && !names(.stable, in: object)
    }

    /// Whether any route leads to that version, be it with a weight of 0.
    func names(_ version: Side, in object: KubernetesObject) -> Bool {
        let reading = reading(object)
        return reading.places.contains { place in
            (reading[place]["route"]?.items ?? []).contains {
                side(of: $0, in: reading) == version
            }
        }
    }

    private func setParts(
        _ list: inout [JSONTree], stable: Int, candidate: Int, _ route: RouteRecord.Route,
        in reading: RouteReading
    ) {
        guard let home = list.firstIndex(where: { side(of: $0, in: reading) == .stable }) else {
            return
        }
        let away = list.firstIndex { side(of: $0, in: reading) == .candidate }
        list[home]["weight"] = .integer(stable)
        switch (away, candidate) {
        case (let away?, 0):
            list.remove(at: away)
        case (let away?, _):
            list[away]["weight"] = .integer(candidate)
        case (nil, 0):
            break
        case (nil, _):
            var twin = list[home]
            record.candidate.take(&twin, in: reading)
            twin["weight"] = .integer(candidate)
            list.insert(twin, at: home + 1)
        }
        if list.count == 1, route.wasUnweighted { list[0]["weight"] = nil }
    }

    /// Leaves one destination of stable, and at most one of the candidate, whatever somebody made
    /// of them: unpinned ones become stable's, and a missing one of stable is put back.
    private func gather(_ list: inout [JSONTree], in reading: RouteReading) {
        for place in list.indices where side(of: list[place], in: reading) == .stray {
            record.stable.take(&list[place], in: reading)
        }
        var seen: [Side] = []
        list.removeAll { destination in
            let side = side(of: destination, in: reading)
            guard side != .foreign else { return false }
            defer { seen.append(side) }
            return seen.contains(side)
        }
        guard !seen.contains(.stable),
            let place = list.firstIndex(where: { side(of: $0, in: reading) == .candidate })
        else { return }
        var twin = list[place]
        record.stable.take(&twin, in: reading)
        if twin["weight"] == nil { list[place]["weight"] = 100 }
        twin["weight"] = 0
        list.insert(twin, at: place)
    }

    /// Promotion: stable's destination goes, the candidate's is the only one of the service.
    ///
    /// A destination that stood alone and without a weight stands so again.
    package func withoutStable(_ object: KubernetesObject) -> KubernetesObject {
        let reading = reading(object)
        return changingLists(of: object) { route, list in
            guard list.contains(where: { side(of: $0, in: reading) == .candidate }) else { return }
            list.removeAll { side(of: $0, in: reading) == .stable }
            if list.count == 1, route.wasUnweighted { list[0]["weight"] = nil }
        }
    }

    func recording(_ weight: TrafficWeight, on object: KubernetesObject)
        -> KubernetesObject
    {
        guard var own = RouteRecord(on: object), own.run == record.run, own.weight != weight else {
            return object
        }
        own.weight = weight
        return own.written(on: object)
    }
}

extension RouteRecord.Route {
    /// A lone destination that had no weight written on it.
    var wasUnweighted: Bool { was.count == 1 && was[0]["weight"] == nil }
}

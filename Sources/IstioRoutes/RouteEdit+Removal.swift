internal import CanaryEngine
internal import JSONTree
package import Manifests

extension RouteEdit {
    /// Gives everything that the candidate has on the run's routes to stable, pinned, and puts the
    /// record on the object: all in one write.
    ///
    /// What the record calls the old lists are those without the candidate: `unpinned` leads there.
    package func handedOver(_ object: KubernetesObject) -> KubernetesObject {
        if RouteRecord(on: object)?.run == record.run { return object }
        let reading = reading(object)
        var own = record
        own.weight = .all
        own.routes = record.routes.map { route in
            RouteRecord.Route(key: route.key, was: withoutCandidate(route.was, in: reading))
        }
        return RouteEdit(own).lowered(own.written(on: object), to: .none)
    }

    /// A list as it is to be once the candidate is gone: stable's destination, or one that named no
    /// version, with all that foreign destinations leave.
    private func withoutCandidate(_ was: [JSONTree], in reading: RouteReading) -> [JSONTree] {
        var list = was
        if !list.contains(where: { isHome($0, in: reading) }),
            let place = list.firstIndex(where: { side(of: $0, in: reading) == .candidate })
        {
            record.stable.take(&list[place], in: reading)
            // Without a stable version the next one that comes is to be found.
            if record.stable.subset == Surveying.nobody {
                list[place].set(nil, at: "destination", "subset")
            }
        }
        list.removeAll { side(of: $0, in: reading) == .candidate }
        guard let home = list.firstIndex(where: { isHome($0, in: reading) }) else { return was }
        if was.count > 1 || was[0]["weight"] != nil {
            list[home]["weight"] = .integer(max(0, 100 - foreignSum(was, in: reading)))
        }
        return list
    }
}

/// A route that an ended run put beside the user's own and that nobody took away.
enum LeftRoute {
    static func isOne(_ route: JSONTree) -> Bool {
        route["name"]?.text?.hasPrefix(DarkRoute.beginning) == true
    }
}

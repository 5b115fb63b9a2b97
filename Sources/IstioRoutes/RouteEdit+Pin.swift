internal import JSONTree
package import Manifests

extension RouteEdit {
    /// Leads the service's traffic to stable alone, and puts the record on the object.
    ///
    /// A destination that named no version leads to stable's; one of the candidate with weight
    /// 0 is left out, until `unpinned`. All in one write: no version of the object is pinned
    /// without the record that tells the way back.
    package func pinned(_ object: KubernetesObject) -> KubernetesObject {
        if RouteRecord(on: object)?.run == record.run { return object }
        let reading = reading(object)
        let pinned = changingLists(of: object) { _, list in
            list.removeAll { side(of: $0, in: reading) == .candidate }
            for place in list.indices where side(of: list[place], in: reading) == .stray {
                record.stable.take(&list[place], in: reading)
            }
        }
        return record.written(on: pinned)
    }

    /// The routes as they were before the run; the record stays until `forgotten`.
    ///
    /// A list that stands as we left it gets its old text back. In one that somebody edited
    /// meanwhile only our part goes back, and theirs stays.
    package func unpinned(_ object: KubernetesObject) -> KubernetesObject {
        let reading = reading(object)
        return changingLists(of: object) { route, list in
            let ours = pinnedList(route.was, in: reading)
            if list == ours {
                list = route.was
            } else if list != route.was {
                list = mixed(list, route.was, in: reading)
            }
        }
    }

    /// Takes the record off: nothing on the object says any more that we were here.
    package static func forgotten(_ object: KubernetesObject) -> KubernetesObject {
        guard object.annotation(RouteRecord.annotation) != nil else { return object }
        var object = object
        object.annotate(RouteRecord.annotation, nil)
        return object
    }

    /// A list as `pinned` leaves it.
    func pinnedList(_ was: [JSONTree], in reading: RouteReading) -> [JSONTree] {
        var list = was.filter { side(of: $0, in: reading) != .candidate }
        for place in list.indices where side(of: list[place], in: reading) == .stray {
            record.stable.take(&list[place], in: reading)
        }
        return list
    }

    /// Our destinations as they were, among foreign ones as they are now.
    private func mixed(
        _ list: [JSONTree], _ was: [JSONTree], in reading: RouteReading
    ) -> [JSONTree] {
        guard var home = was.first(where: { isHome($0, in: reading) }) else { return list }
        let foreign = foreignSum(list, in: reading)
        var result: [JSONTree] = []
        var isPlaced = false
        for destination in list {
            if side(of: destination, in: reading) == .foreign {
                result.append(destination)
            } else if !isPlaced {
                isPlaced = true
                if foreign > 0 || home["weight"] != nil
                    || list.contains(where: {
                        side(of: $0, in: reading) == .foreign
                    })
                {
                    home["weight"] = .integer(max(0, 100 - foreign))
                }
                result.append(home)
            }
        }
        return result
    }

    /// Whether an original destination is the one that stable's traffic came by.
    func isHome(_ destination: JSONTree, in reading: RouteReading) -> Bool {
        switch side(of: destination, in: reading) {
        case .stable, .stray: true
        case .candidate, .foreign: false
        }
    }
}

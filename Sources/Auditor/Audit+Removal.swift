internal import JSONTree
internal import Manifests

/// A run that takes a version away: who gets its users, and what is left of it.
extension Audit {
    /// S4: the version that stays gets everybody only where its ready pods carry as many.
    mutating func checkHandOver(
        _ before: RouteTable?, _ after: RouteTable, _ stored: StoredObject
    ) {
        guard cast.stable != nil else { return }
        let ready = world.readyPods(.stable, at: stored.date)
        let carried = Self.carry(ready: ready, ofStableReady: log.stableReady)
        for route in after.routes where !route.isAside {
            let had = before?.route(route.key).map {
                world.part(of: .candidate, in: $0) + world.part(of: .both, in: $0)
            }
            let has = world.part(of: .candidate, in: route) + world.part(of: .both, in: route)
            guard let had, has < had, carried < 100, world.standingPods(.candidate) > 0 else {
                continue
            }
            report(
                "S4",
                "route \(route.key) gives the version that stays \(had - has)% more, and its"
                    + " \(ready) ready pods carry \(carried)%", stored)
        }
    }

    /// S6: no route, rule or Deployment is left of the version, and nothing of ours on the rest.
    mutating func checkRemoved(_ name: String, _ ending: Ending) {
        if ending.standing.contains(name) {
            report("S6", "removed, and the Deployment \(name) is left")
        }
        for table in world.tables {
            for route in table.routes {
                let isNamed = route.destinations.contains { destination in
                    destination.isOfService && world.side(of: destination) == .candidate
                }
                guard isNamed else { continue }
                report("S6", "removed, and route \(route.key) of \(table.reference) names it")
            }
        }
        for rule in world.rules where rule.subsets.contains(where: { $0.side == .candidate }) {
            report("S6", "removed, and \(rule.reference) has its subset")
        }
        for mark in ending.marks { report("S6", "removed, and \(mark)") }
        for made in ending.made where !made.hasPrefix("DestinationRule") {
            report("S6", "removed, and \(made)")
        }
    }
}

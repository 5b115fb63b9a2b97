internal import CanaryEngine
internal import Chronicle
internal import JSONTree
internal import Manifests

/// S1 to S4, S15 and S21: what our versions of the VirtualServices say.
extension Audit {
    mutating func checkRoutes(_ after: RouteTable, _ stored: StoredObject, _ mark: Mark?) {
        let before = world.table(stored.reference)
        checkWeights(after, stored)
        checkNames(before, after, stored)
        checkPods(before, after, stored)
        checkCapacity(before, after, stored)
        checkRise(before, after, stored, mark)
        checkMeant(before, after, stored, mark)
        checkPins(before, after, stored)
        checkAside(before, after, stored, mark)
    }

    /// S15, S21: what is put beside the routes takes nobody who was not meant, and goes on the way
    /// home.
    private mutating func checkAside(
        _ before: RouteTable?, _ after: RouteTable, _ stored: StoredObject, _ mark: Mark?
    ) {
        let share = world.candidateShare(in: after)
        for route in after.routes where route.isKept {
            if !route.asksForCookie {
                report("S21", "route \(route.key) takes users without a cookie", stored)
            }
            if share == 0 {
                report("S15", "route \(route.key) stands while the candidate has no weight", stored)
            }
        }
        let had = before.map { copies(in: $0) } ?? 0
        let turned = log.turned.map {
            wasMeant(stored, mark, after: $0.sequence, $0.date)
        }
        if turned == true, copies(in: after) > had {
            report("S15", "requests are copied to the candidate after the turn", stored)
        }
    }

    private func copies(in table: RouteTable) -> Int {
        table.routes.flatMap(\.copies).count {
            $0.isOfService && world.side(of: $0) == .candidate
        }
    }

    /// S1: whole numbers from 0 to 100 that sum to exactly 100.
    private mutating func checkWeights(_ table: RouteTable, _ stored: StoredObject) {
        for route in table.routes {
            let list = route.destinations
            let strange = list.compactMap(\.written).filter {
                !($0.whole.map { (0...100).contains($0) } ?? false)
            }
            for weight in strange {
                report("S1", "route \(route.key) has the weight \(Self.words(weight))", stored)
            }
            guard strange.isEmpty else { continue }
            let sum = list.reduce(0) { $0 + $1.weight }
            if sum != 100 {
                report("S1", "the weights of route \(route.key) sum to \(sum)", stored)
            }
        }
    }

    private static func words(_ weight: JSONTree) -> String {
        weight.whole.map(String.init) ?? weight.decimal.map { "\($0)" } ?? "that is no number"
    }

    /// S3: a subset stands in the rule, and a version's own Service is there, before a route leads to
    /// it.
    ///
    /// One that the route named already was taken away by somebody.
    private mutating func checkNames(
        _ before: RouteTable?, _ table: RouteTable, _ stored: StoredObject
    ) {
        for route in table.routes {
            for destination in route.destinations + route.copies where destination.isOfService {
                if let host = destination.host, !world.hasService(host),
                    table.leads(toHost: host), before?.leads(toHost: host) != true
                {
                    report(
                        "S3", "route \(route.key) leads to the Service \(host), which is not there",
                        stored)
                }
                guard destination.host == nil, let subset = destination.subset,
                    !world.hasSubset(subset),
                    before?.naming(of: subset).isNamed != true
                else { continue }
                report(
                    "S3", "route \(route.key) names the subset \(subset), which is not there",
                    stored)
            }
        }
    }

    /// S2: weight is given only to a version with a ready pod.
    ///
    /// What an unpinned destination had belongs to whom it is pinned to: that gives nobody anything.
    private mutating func checkPods(
        _ before: RouteTable?, _ after: RouteTable, _ stored: StoredObject
    ) {
        for route in after.routes where !route.isAside {
            let old = before?.route(route.key)
            let unpinned = old.map { world.part(of: .both, in: $0) } ?? 0
            for side in [Side.stable, .candidate] {
                let had = old.map { world.part(of: side, in: $0) } ?? 0
                let rise = world.part(of: side, in: route) - had
                let free = side == .stable ? unpinned : 0
                guard old != nil || side == .candidate, rise > free,
                    world.readyPods(side, at: stored.date) == 0
                else { continue }
                report(
                    "S2",
                    "route \(route.key) gives the \(side) version \(had + rise)%, and it has no"
                        + " ready pod", stored)
            }
        }
    }

    /// S4: the candidate gets no more than its ready pods carry.
    private mutating func checkCapacity(
        _ before: RouteTable?, _ after: RouteTable, _ stored: StoredObject
    ) {
        if evidence.removes != nil { return checkHandOver(before, after, stored) }
        let ready = world.readyPods(.candidate, at: stored.date)
        guard ready > 0 else { return }  // S2 has said it
        let carried = Self.carry(ready: ready, ofStableReady: log.stableReady)
        for route in after.routes where !route.isAside {
            let part = world.part(of: .candidate, in: route)
            let had = before?.route(route.key).map { world.part(of: .candidate, in: $0) } ?? 0
            let most = carried == 0 ? 0 : max(1, (carried * route.pool + 50) / 100)
            guard part > had, part > most else { continue }
            report(
                "S4",
                "route \(route.key) gives the candidate \(part)%, and its \(ready) ready pods"
                    + " carry \(carried)%", stored)
        }
    }

    /// The share, in percent, that so many ready pods may have.
    static func carry(ready: Int, ofStableReady stableReady: Int) -> Int {
        guard stableReady > 0 else { return ready > 0 ? 100 : 0 }
        return min(100, 100 * ready / stableReady)
    }

    /// S15: never up after the turn; before it, only after something was looked at.
    private mutating func checkRise(
        _ before: RouteTable?, _ after: RouteTable, _ stored: StoredObject, _ mark: Mark?
    ) {
        let old = world.candidateShare(in: before)
        let new = world.candidateShare(in: after)
        if new < old, evidence.removes == nil, let decided = log.promotionDecided,
            wasMeant(stored, mark, after: decided.sequence, decided.date)
        {
            report(
                "S6",
                "the candidate's share falls from \(old)% to \(new)% after promotion was decided",
                stored)
        }
        guard new > old else { return }
        noteJudged()
        if let turned = log.turned, wasMeant(stored, mark, after: turned.sequence, turned.date) {
            let why = log.aborted.map { $0.sequence <= turned.sequence } ?? false
            report(
                "S15",
                "the candidate's share rises from \(old)% to \(new)% after"
                    + " \(why ? "the abort" : "the turn") of record \(turned.sequence)", stored)
        }
        guard let now = mark?.sequence else { return }
        let last = rises[stored.reference]
        // What was brought home meanwhile, because nothing could be remembered, may be given again.
        if let last, new <= last.share { return }
        rises[stored.reference] = (now, new)
        if let last = last?.record, !hasLooked(after: last, upTo: now) {
            report(
                "S15",
                "the candidate's share rises from \(old)% to \(new)%, and between records \(last)"
                    + " and \(now) nobody looked", stored)
        }
    }

    /// Whether a write was meant when that record was there already; one without a mark is judged
    /// by its date.
    func wasMeant(
        _ stored: StoredObject, _ mark: Mark?, after sequence: Int, _ date: Int
    ) -> Bool {
        if let meant = mark?.sequence { return meant >= sequence }
        return stored.date > date
    }

    /// Whether any record after `first`, up to `last`, is of a look at the run.
    private func hasLooked(after first: Int, upTo last: Int) -> Bool {
        guard first < last else { return false }
        return (first + 1...last).contains { sequence in
            switch log.fact(sequence)?.fact {
            case .judged?, .tested?, .observed?, .deadlinePassed?: true
            default: false
            }
        }
    }

    /// S7: the journal had meant as much when the version was written.
    private mutating func checkMeant(
        _ before: RouteTable?, _ after: RouteTable, _ stored: StoredObject, _ mark: Mark?
    ) {
        let old = world.candidateShare(in: before)
        let new = world.candidateShare(in: after)
        guard new > old, let sequence = mark?.sequence,
            let meant = log.fact(sequence)?.state.weight.percent, new > max(meant, 1)
        else { return }
        // A pool below 100 rounds: a route cannot give less than 1 of it.
        let isRounding = after.routes.allSatisfy { route in
            let most = meant == 0 ? 0 : max(1, (meant * route.pool + 50) / 100)
            return route.isAside || world.part(of: .candidate, in: route) <= most
        }
        guard !isRounding else { return }
        let promise = meant == 0 ? "S21" : "S7"
        report(
            promise,
            "the candidate gets \(new)%, where the journal had \(meant)% at record \(sequence)",
            stored)
    }

    // MARK: S3, on the way out

    /// S3: no subset goes while a route names it.
    mutating func checkRule(_ stored: StoredObject) {
        guard let old = world.rules.first(where: { $0.reference == stored.reference }) else {
            return
        }
        let kept = (stored.object?.spec["subsets"]?.items ?? []).compactMap { $0["name"]?.text }
        for subset in old.subsets where !kept.contains(subset.name) {
            for table in world.tables where table.naming(of: subset.name).isNamed {
                report(
                    "S3", "the subset \(subset.name) goes while \(table.reference) names it",
                    stored)
            }
        }
    }

    /// S3: no Service of a version goes while a route leads to it.
    mutating func checkService(_ stored: StoredObject) {
        guard stored.object?.isBeingDeleted ?? true,
            stored.reference.namespace == cast.namespace
        else { return }
        let name = stored.reference.name
        for table in world.tables where table.leads(toHost: name) {
            report("S3", "the Service \(name) goes while \(table.reference) leads to it", stored)
        }
    }

    /// S3: no version goes while a route leads to it.
    mutating func checkRemoval(_ stored: StoredObject) {
        let name = stored.reference.name
        guard stored.object?.isBeingDeleted ?? true else { return }
        let side: Side
        if name == cast.candidate?.name {
            side = .candidate
        } else if name == cast.stable?.name {
            side = .stable
        } else {
            return
        }
        for table in world.tables {
            for route in table.routes {
                let named = route.destinations.contains {
                    $0.isOfService && world.side(of: $0) == side
                }
                if evidence.removes != nil, side == .candidate, cast.stable != nil, isOpen(route) {
                    report(
                        "S3",
                        "the candidate version goes while route \(route.key) of"
                            + " \(table.reference) leads to both", stored)
                }
                let part = world.part(of: side, in: route)
                guard named, part > 0 else { continue }
                let kind = route.isDark ? "the dark route" : "route"
                report(
                    "S3",
                    "the \(side) version goes while \(kind) \(route.key) of \(table.reference)"
                        + " gives it \(part)%", stored)
            }
        }
    }

    // MARK: S21, dark

    /// S21: our version of a route leaves no way to a candidate that stands.
    ///
    /// A route that was open before is somebody else's doing.
    private mutating func checkPins(
        _ before: RouteTable?, _ table: RouteTable, _ stored: StoredObject
    ) {
        for route in table.routes where route.isDark {
            let isElsewhere = route.destinations.contains {
                !$0.isOfService || (world.side(of: $0) ?? .candidate) != .candidate
            }
            if isElsewhere {
                report("S21", "the dark route \(route.key) leads elsewhere too", stored)
            }
        }
        guard world.standingPods(.candidate) > 0 else { return }
        reportUnpinned(table, stored, before: before)
    }

    /// S21: when a pod of the candidate appears every route is pinned already.
    mutating func checkDark(_ stored: StoredObject) {
        guard !isDarkChecked, evidence.removes == nil, !evidence.hasForeignHands,
            stored.reference.namespace == cast.namespace, let object = stored.object,
            !object.isBeingDeleted, cast.isPod(object, of: cast.candidate)
        else { return }
        isDarkChecked = true
        if world.tables.isEmpty {
            report("S21", "the candidate has a pod, and no route keeps users from it", stored)
        }
        for table in world.tables { reportUnpinned(table, stored) }
    }

    private mutating func reportUnpinned(
        _ table: RouteTable, _ stored: StoredObject, before: RouteTable? = nil
    ) {
        for route in table.routes where !route.isDark {
            let wasOpen = before?.route(route.key).map(isOpen) ?? false
            guard isOpen(route), !wasOpen else { continue }
            report(
                "S21",
                "route \(route.key) of \(table.reference) is not pinned, and the candidate has"
                    + " pods", stored)
        }
    }

    private func isOpen(_ route: RouteTable.Route) -> Bool {
        route.destinations.contains { $0.isOfService && world.side(of: $0) == .both }
    }
}

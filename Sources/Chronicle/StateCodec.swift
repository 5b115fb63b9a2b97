package import CanaryEngine
package import JSONTree

/// The machine's state to a tree and back; the tree names the machine's version.
package enum StateCodec {
    package static func encode(_ state: RunState) -> JSONTree {
        var tree: JSONTree = [
            "machine": .integer(RunState.machine), "epoch": .integer(state.epoch),
            "holder": .string(state.holder), "clock": Parts.tree(state.clock),
            "course": encode(state.course), "begun": .integer(state.begun),
            "weight": .integer(state.weight.percent),
            "answeredWish": .integer(state.answeredWish),
        ]
        tree["backup"] = state.backup.map { Parts.tree($0) }
        tree["likeness"] = state.likeness.map { Parts.tree($0) }
        tree["weightSince"] = state.weightSince.map { Parts.tree($0) }
        tree["startedOnce"] = state.startedOnce.map { .string(OrderText.text(of: $0)) }
        tree["pauseWish"] = state.pauseWish.map { .string($0) }
        if state.troubles > 0 { tree["troubles"] = .integer(state.troubles) }
        if !state.ownRuns.isEmpty {
            tree["ownRuns"] = .array(
                state.ownRuns.map {
                    [Parts.tree($0.start), Parts.tree($0.end), Parts.tree($0.traffic)]
                })
        }
        if !state.baselines.isEmpty {
            tree["baselines"] = .array(
                state.baselines.map { [.string($0.test), Parts.tree($0.measures)] })
        }
        return tree
    }

    /// Throws by name what this version cannot read.
    package static func decode(_ tree: JSONTree, place: String) throws(ChronicleError) -> RunState {
        let machine = tree["machine"]?.whole ?? 0
        guard machine == RunState.machine else {
            throw ChronicleError("state of the unknown machine \(machine)", place: place)
        }
        guard let state = decode(tree) else {
            throw ChronicleError("a state that cannot be read", place: place)
        }
        return state
    }

    private static func decode(_ tree: JSONTree) -> RunState? {
        guard let epoch = tree["epoch"]?.whole, let holder = tree["holder"]?.text,
            let clock = Parts.duration(tree["clock"]), let course = course(tree["course"]),
            let begun = tree["begun"]?.whole,
            let weight = (tree["weight"]?.whole).flatMap(TrafficWeight.init(percent:)),
            let answered = tree["answeredWish"]?.whole
        else { return nil }
        var state = RunState()
        state.epoch = epoch
        state.holder = holder
        state.clock = clock
        state.course = course
        state.begun = begun
        state.weight = weight
        state.answeredWish = answered
        state.backup = Parts.backup(tree["backup"])
        if let likeness = tree["likeness"] {
            guard let likeness = Parts.likeness(likeness) else { return nil }
            state.likeness = likeness
        }
        state.weightSince = Parts.duration(tree["weightSince"])
        state.startedOnce = (tree["startedOnce"]?.text).flatMap(OrderText.id(of:))
        state.pauseWish = tree["pauseWish"]?.text
        state.troubles = tree["troubles"]?.whole ?? 0
        for item in tree["ownRuns"]?.items ?? [] {
            guard let parts = item.items, parts.count == 3, let start = Parts.duration(parts[0]),
                let end = Parts.duration(parts[1]), let traffic = Parts.traffic(parts[2])
            else { return nil }
            state.ownRuns.append(OwnRun(start: start, end: end, traffic: traffic))
        }
        for item in tree["baselines"]?.items ?? [] {
            guard let parts = item.items, parts.count == 2, let test = parts[0].text,
                let measures = Parts.measures(parts[1])
            else { return nil }
            state.baselines.append(Baseline(test: test, measures: measures))
        }
        return state
    }

    // MARK: Courses

    private static func encode(_ course: Course) -> JSONTree {
        switch course {
        case .advancing(let place): ["name": "advancing", "place": encode(place)]
        case .asking(let place): ["name": "asking", "place": encode(place)]
        case .paused(let place, let by):
            ["name": "paused", "place": encode(place), "by": .string(by)]
        case .returning(let way): encode(way)
        case .closing(let place): ["name": "closing", "place": encode(place)]
        case .promoted: ["name": "promoted"]
        case .rolledBack(let why): ["name": "rolled-back", "why": Parts.tree(why)]
        case .personNeeded(let trouble):
            encode(trouble)
        }
    }

    private static func encode(_ trouble: Trouble) -> JSONTree {
        var tree: JSONTree = [
            "name": "person-needed", "setback": Parts.tree(trouble.setback),
            "stop": encode(trouble.stop),
        ]
        if let place = trouble.calling { tree["place"] = encode(place) }
        return tree
    }

    private static func encode(_ way: Return) -> JSONTree {
        ["name": "returning", "place": encode(way.place), "why": Parts.tree(way.why)]
    }

    private static func encode(_ stop: Trouble.Stop) -> JSONTree {
        switch stop {
        case .returning(let way): encode(way)
        case .closing(let place): ["name": "closing", "place": encode(place)]
        }
    }

    private static func course(_ tree: JSONTree?) -> Course? {
        guard let tree else { return nil }
        switch tree["name"]?.text {
        case "advancing": return place(tree).map { .advancing($0) }
        case "asking": return place(tree).map { .asking($0) }
        case "paused":
            guard let place = place(tree), let by = tree["by"]?.text else { return nil }
            return .paused(place, by: by)
        case "returning": return way(tree).map { .returning($0) }
        case "closing": return place(tree).map { .closing($0) }
        case "promoted": return .promoted
        case "rolled-back": return Parts.setback(tree["why"]).map { .rolledBack($0) }
        case "person-needed":
            return trouble(tree).map { .personNeeded($0) }
        default: return nil
        }
    }

    private static func trouble(_ tree: JSONTree) -> Trouble? {
        guard let setback = Parts.setback(tree["setback"]), let stop = tree["stop"] else {
            return nil
        }
        let calling = place(tree)
        // A place that cannot be read is not one where nobody is called any more.
        guard calling != nil || tree["place"] == nil else { return nil }
        if let way = way(stop) {
            return Trouble(setback: setback, stop: .returning(way), calling: calling)
        }
        return place(stop).map { Trouble(setback: setback, stop: .closing($0), calling: calling) }
    }

    private static func way(_ tree: JSONTree) -> Return? {
        guard tree["name"]?.text == "returning", let place = place(tree),
            let why = Parts.setback(tree["why"])
        else { return nil }
        return Return(why: why, place: place)
    }
}

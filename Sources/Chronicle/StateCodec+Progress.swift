import CanaryEngine
import JSONTree

extension StateCodec {
    static func encode(_ place: Progress) -> JSONTree {
        var tree: JSONTree = [
            "step": .integer(place.step), "leg": .integer(place.leg),
            "attempt": .integer(place.attempt), "entered": Parts.tree(place.entered),
        ]
        if let first = place.firstTry { tree["firstTry"] = Parts.tree(first) }
        if place.tally != BakeTally() { tree["tally"] = encode(place.tally) }
        return tree
    }

    private static func encode(_ tally: BakeTally) -> JSONTree {
        let verdicts = tally.verdicts.sorted { $0.key < $1.key }
        let rounds = tally.rounds.sorted { $0.key < $1.key }
        return [
            "long": .bool(tally.hasLastedLongEnough),
            "verdicts": .array(verdicts.map { [.integer($0.key), .integer(code($0.value))] }),
            "rounds": .array(
                rounds.map {
                    [
                        .integer($0.key), .integer($0.value.finished), .integer($0.value.passed),
                        .integer($0.value.failedInARow),
                    ]
                }),
        ]
    }

    static func place(_ tree: JSONTree) -> Progress? {
        guard let place = tree["place"], let step = place["step"]?.whole,
            let leg = place["leg"]?.whole, let attempt = place["attempt"]?.whole,
            let entered = Parts.duration(place["entered"])
        else { return nil }
        var progress = Progress(step: step, leg: leg, entered: entered)
        progress.attempt = attempt
        progress.firstTry = Parts.duration(place["firstTry"])
        guard let tally = place["tally"] else { return progress }
        progress.tally.hasLastedLongEnough = tally["long"]?.flag ?? false
        for item in tally["verdicts"]?.items ?? [] {
            guard let pair = item.items?.compactMap(\.whole), pair.count == 2,
                let ruling = ruling(pair[1])
            else { return nil }
            progress.tally.verdicts[pair[0]] = ruling
        }
        for item in tally["rounds"]?.items ?? [] {
            guard let parts = item.items?.compactMap(\.whole), parts.count == 4 else {
                return nil
            }
            var rounds = BakeTally.Rounds()
            rounds.finished = parts[1]
            rounds.passed = parts[2]
            rounds.failedInARow = parts[3]
            progress.tally.rounds[parts[0]] = rounds
        }
        return progress
    }

    private static func code(_ ruling: Verdict.Ruling) -> Int {
        switch ruling {
        case .pass: 0
        case .fail: 1
        case .notEnough: 2
        }
    }

    private static func ruling(_ code: Int) -> Verdict.Ruling? {
        switch code {
        case 0: .pass
        case 1: .fail
        case 2: .notEnough
        default: nil
        }
    }
}

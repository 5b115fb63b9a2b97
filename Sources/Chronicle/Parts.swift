import CanaryEngine
import JSONTree

/// The values that facts and states are made of, as trees.
enum Parts {
    /// Durations are whole microseconds.
    static func tree(_ duration: Duration) -> JSONTree {
        let (seconds, attoseconds) = duration.components
        return .integer(Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000))
    }

    static func duration(_ tree: JSONTree?) -> Duration? {
        tree?.whole.map { .microseconds($0) }
    }

    static func tree(_ backup: Backup) -> JSONTree {
        ["digest": .string(backup.digest), "stableReady": .integer(backup.stableReady)]
    }

    static func backup(_ tree: JSONTree?) -> Backup? {
        guard let digest = tree?["digest"]?.text, let ready = tree?["stableReady"]?.whole else {
            return nil
        }
        return Backup(digest: digest, stableReady: ready)
    }

    static func tree(_ likeness: Likeness) -> JSONTree {
        .array(likeness.parts.map { [.string($0.name), .array($0.prints.map(JSONTree.string))] })
    }

    static func likeness(_ tree: JSONTree?) -> Likeness? {
        guard let items = tree?.items else { return nil }
        var parts: [Likeness.Part] = []
        for item in items {
            guard let pair = item.items, pair.count == 2, let name = pair[0].text,
                let prints = pair[1].items
            else { return nil }
            parts.append(Likeness.Part(name, prints.compactMap(\.text)))
        }
        return Likeness(parts)
    }

    static func tree(_ measures: [Measure]) -> JSONTree {
        .array(measures.map { [.string($0.name), .number($0.value)] })
    }

    static func measures(_ tree: JSONTree?) -> [Measure]? {
        guard let items = tree?.items else { return nil }
        var measures: [Measure] = []
        for item in items {
            guard let pair = item.items, pair.count == 2, let name = pair[0].text else {
                return nil
            }
            // A number that is none travels as null.
            measures.append(Measure(name, pair[1].decimal ?? .nan))
        }
        return measures
    }

    static func tree(_ verdict: Verdict) -> JSONTree {
        let ruling =
            switch verdict.ruling {
            case .pass: "pass"
            case .fail: "fail"
            case .notEnough: "not-enough"
            }
        return [
            "ruling": .string(ruling), "sentence": .string(verdict.sentence),
            "measures": tree(verdict.measures),
        ]
    }

    static func verdict(_ tree: JSONTree?) -> Verdict? {
        guard let sentence = tree?["sentence"]?.text, let measures = measures(tree?["measures"])
        else { return nil }
        switch tree?["ruling"]?.text {
        case "pass": return Verdict(.pass, sentence, measures: measures)
        case "fail": return Verdict(.fail, sentence, measures: measures)
        case "not-enough": return Verdict(.notEnough, sentence, measures: measures)
        default: return nil
        }
    }

    static func tree(_ traffic: OwnTraffic) -> JSONTree {
        switch traffic {
        case .none: "none"
        case .unknown: "unknown"
        case .counted(let candidate, let candidateErrors, let stable, let stableErrors):
            [
                .integer(candidate), .integer(candidateErrors), .integer(stable),
                .integer(stableErrors),
            ]
        }
    }

    static func traffic(_ tree: JSONTree?) -> OwnTraffic? {
        switch tree {
        case "none": return OwnTraffic.none
        case "unknown": return .unknown
        default:
            guard let counts = tree?.items?.compactMap(\.whole), counts.count == 4 else {
                return nil
            }
            return .counted(
                candidate: counts[0], candidateErrors: counts[1], stable: counts[2],
                stableErrors: counts[3])
        }
    }

    static func tree(_ wish: Wish) -> JSONTree {
        [
            "kind": .string(wish.kind.rawValue), "by": .string(wish.by),
            "number": .integer(wish.number),
        ]
    }

    static func wish(_ tree: JSONTree?) -> Wish? {
        guard let kind = (tree?["kind"]?.text).flatMap(Wish.Kind.init(rawValue:)),
            let by = tree?["by"]?.text, let number = tree?["number"]?.whole
        else { return nil }
        return Wish(kind, by: by, number: number)
    }

    static func tree(_ setback: Setback) -> JSONTree {
        ["kind": .string(name(setback.kind)), "reason": .string(setback.reason)]
    }

    static func setback(_ tree: JSONTree?) -> Setback? {
        guard let name = tree?["kind"]?.text, let reason = tree?["reason"]?.text,
            let kind = setbackKinds.first(where: { self.name($0) == name })
        else { return nil }
        return Setback(kind, reason)
    }

    private static let setbackKinds: [Setback.Kind] = [
        .testFailed, .gateFailed, .notEnoughEvidence, .deadline, .foreignEdit, .denied,
        .candidateBroken, .unreachable, .aborted, .rejected, .cutOff, .stableUnfit, .fault,
    ]

    private static func name(_ kind: Setback.Kind) -> String {
        switch kind {
        case .testFailed: "test-failed"
        case .gateFailed: "gate-failed"
        case .notEnoughEvidence: "not-enough-evidence"
        case .deadline: "deadline"
        case .foreignEdit: "foreign-edit"
        case .denied: "denied"
        case .candidateBroken: "candidate-broken"
        case .unreachable: "unreachable"
        case .aborted: "aborted"
        case .rejected: "rejected"
        case .cutOff: "cut-off"
        case .stableUnfit: "stable-unfit"
        case .fault: "fault"
        }
    }
}

package import CanaryEngine
package import JSONTree

/// Facts to (kind number, tree) and back.
///
/// A number, once used, means the same for ever.
package enum FactCodec {
    package static func encode(_ fact: Fact) -> (kind: Int, payload: JSONTree) {
        switch fact {
        case .planned(let digest):
            (1, ["plan": .string(digest)])
        case .held(let holding):
            (
                2,
                [
                    "epoch": .integer(holding.epoch), "holder": .string(holding.holder),
                    "version": .string(holding.version), "absence": Parts.tree(holding.absence),
                ]
            )
        case .stepBegun(let id):
            (3, ["order": order(id)])
        case .promotionDecided(let id):
            (4, ["order": order(id)])
        case .started(let id):
            (5, ["order": order(id)])
        case .done(let id, let note):
            (6, ["order": order(id), "note": .string(note)])
        case .backedUp(let id, let backup):
            (7, ["order": order(id), "backup": Parts.tree(backup)])
        case .tested(let id, let report):
            (8, ["order": order(id), "report": Parts.tree(report)])
        case .judged(let id, let gate, let verdict):
            (9, ["order": order(id), "gate": .string(gate), "verdict": Parts.tree(verdict)])
        case .observed(let id, let seen, let note):
            (10, ["order": order(id), "seen": .bool(seen), "note": .string(note)])
        case .failed(let id, let setback):
            (11, ["order": order(id), "setback": Parts.tree(setback)])
        case .deadlinePassed(let id):
            (12, ["order": order(id)])
        case .wished(let wish):
            (13, ["wish": Parts.tree(wish)])
        case .refused(let wish, let why):
            (14, ["wish": Parts.tree(wish), "why": .string(why)])
        case .noticed(let note):
            (15, ["note": .string(note)])
        case .lowered(let id, let share):
            (17, ["order": order(id), "weight": .integer(share.percent)])
        case .recognised(let id, let likeness, let note):
            (
                16,
                [
                    "order": order(id), "likeness": Parts.tree(likeness),
                    "note": .string(note),
                ]
            )
        }
    }

    /// nil for a number or a payload that this version does not know.
    package static func decode(kind: Int, _ tree: JSONTree) -> Fact? {
        if let id = tree["order"]?.text.flatMap(OrderText.id(of:)) {
            return decode(kind: kind, order: id, tree)
        }
        switch kind {
        case 1:
            return tree["plan"]?.text.map { .planned(digest: $0) }
        case 2:
            guard let epoch = tree["epoch"]?.whole, let holder = tree["holder"]?.text,
                let version = tree["version"]?.text, let absence = Parts.duration(tree["absence"])
            else { return nil }
            return .held(
                Holding(epoch: epoch, holder: holder, version: version, absence: absence))
        case 13:
            return Parts.wish(tree["wish"]).map { .wished($0) }
        case 14:
            guard let wish = Parts.wish(tree["wish"]), let why = tree["why"]?.text else {
                return nil
            }
            return .refused(wish, why: why)
        case 15:
            return tree["note"]?.text.map { .noticed($0) }
        default:
            return nil
        }
    }

    private static func decode(kind: Int, order id: OrderID, _ tree: JSONTree) -> Fact? {
        switch kind {
        case 3: return .stepBegun(id)
        case 4: return .promotionDecided(id)
        case 5: return .started(id)
        case 6: return tree["note"]?.text.map { .done(id, note: $0) }
        case 7: return Parts.backup(tree["backup"]).map { .backedUp(id, $0) }
        case 8: return Parts.report(tree["report"]).map { .tested(id, $0) }
        case 9:
            guard let gate = tree["gate"]?.text, let verdict = Parts.verdict(tree["verdict"])
            else { return nil }
            return .judged(id, gate: gate, verdict)
        case 10:
            guard let seen = tree["seen"]?.flag, let note = tree["note"]?.text else { return nil }
            return .observed(id, seen: seen, note: note)
        case 11: return Parts.setback(tree["setback"]).map { .failed(id, $0) }
        case 12: return .deadlinePassed(id)
        case 16:
            guard let likeness = Parts.likeness(tree["likeness"]), let note = tree["note"]?.text
            else { return nil }
            return .recognised(id, likeness, note: note)
        case 17:
            return (tree["weight"]?.whole).flatMap(TrafficWeight.init(percent:))
                .map { .lowered(id, $0) }
        default: return nil
        }
    }

    private static func order(_ id: OrderID) -> JSONTree { .string(OrderText.text(of: id)) }
}

internal import CanaryEngine
internal import Chronicle
internal import Journal
internal import Manifests

/// S7, S8, S12 and S18: the journal, and what the cluster's objects carry of it.
extension Audit {
    mutating func checkJournal() {
        checkChain()
        checkOnce()
        checkDeadlines()
    }

    /// S18: numbered without gaps, epochs never down, no hash twice.
    private mutating func checkChain() {
        var last: LoggedFact?
        var hashes: Set<String> = []
        for logged in log.facts {
            let wanted = (last?.sequence ?? 0) + 1
            if logged.sequence != wanted {
                report("S18", "record \(wanted) is missing: \(logged.sequence) is in its place")
            }
            if logged.head.sequence != logged.sequence || logged.head.epoch != logged.epoch {
                report(
                    "S18",
                    "record \(logged.sequence) of epoch \(logged.epoch) has the head"
                        + " \(logged.head.sequence) of epoch \(logged.head.epoch)")
            }
            if let last, logged.epoch < last.epoch {
                report(
                    "S18",
                    "record \(logged.sequence) is of epoch \(logged.epoch), after one of epoch"
                        + " \(last.epoch)")
            }
            if !hashes.insert(logged.head.hash).inserted {
                report("S18", "record \(logged.sequence) has the hash of an earlier one")
            }
            last = logged
        }
    }

    /// S8: what may run only once was started once, and has no result once it was cut off.
    private mutating func checkOnce() {
        var started: [OrderID] = []
        var cutOff: [OrderID] = []
        var open: OrderID?
        for logged in log.facts {
            switch logged.fact {
            case .started(let id):
                if started.contains(id) {
                    report("S8", "record \(logged.sequence) starts \(OrderText.text(of: id)) again")
                }
                started.append(id)
                open = id
            case .held:
                if let open { cutOff.append(open) }
                open = nil
            case .tested(let id, _):
                if cutOff.contains(id) {
                    report(
                        "S8",
                        "record \(logged.sequence) is a result of \(OrderText.text(of: id)), which"
                            + " was cut off")
                }
                if open == id { open = nil }
            case .done(let id, _), .failed(let id, _), .deadlinePassed(let id):
                if open == id { open = nil }
            default:
                break
            }
        }
    }

    /// S12: no epoch stamps an object after a later one has.
    mutating func checkStamp(_ stored: StoredObject, _ mark: Mark?) {
        guard let object = stored.object, let mark, mark.run == evidence.run,
            let epoch = mark.epoch
        else { return }
        let known = stamps[stored.reference].flatMap { $0.uid == object.uid ? $0 : nil }
        if let known, known.epoch > epoch {
            report("S12", "epoch \(epoch) wrote it after epoch \(known.epoch) had", stored)
        }
        stamps[stored.reference] = (object.uid, max(epoch, known?.epoch ?? epoch))
    }

    /// S7: what we write names a record that was there before, and never one before the backup.
    ///
    /// The record's hash is the proof: nobody can know it earlier. Dates prove nothing, since
    /// clocks jump.
    mutating func checkMark(_ stored: StoredObject, _ mark: Mark?) {
        guard stored.reference.kind.kind != ResourceKind.lease.kind, let mark,
            mark.run == evidence.run, mark.epoch != nil
        else { return }
        guard let sequence = mark.sequence else {
            report("S7", "our version names no record of the journal", stored)
            return
        }
        guard let logged = log.fact(sequence) else {
            report("S7", "it names record \(sequence), which the journal does not have", stored)
            return
        }
        if logged.head.hash != mark.hash {
            report("S7", "it names another record \(sequence) than the journal's", stored)
        }
        if let epoch = mark.epoch, epoch != logged.epoch {
            report(
                "S12", "it is of epoch \(epoch), and its record \(sequence) of \(logged.epoch)",
                stored)
        }
        if sequence < (log.backup?.sequence ?? .max) {
            report("S7", "it was meant at record \(sequence), before the backup", stored)
        }
    }
}

internal import Chronicle
internal import JSONTree
internal import Manifests

/// The promises, held against what the cluster stored and the journal says.
///
/// One pass over the history; what it finds is a sentence each, in the order of the history, and
/// begins with the promise's number in INVARIANTS.md.
package struct Audit {
    let evidence: Evidence
    let cast: Cast
    let log: LogIndex
    var world: AuditedWorld
    var found: [String] = []
    /// By object: the highest epoch that stamped it, and the object's uid.
    var stamps: [ObjectReference: (uid: String, epoch: Int)] = [:]
    /// By VirtualService: the newest record when its candidate's share last rose, and to what.
    var rises: [ObjectReference: (record: Int, share: Int)] = [:]
    /// How the objects stand that a run edits.
    var objects: [ObjectReference: KubernetesObject] = [:]
    /// Since when the candidate has weight and no ready pod.
    var emptySince: Int?
    /// Since when the candidate has more than stable leaves to it on the way home, by the run's clock.
    var overloadedSince: (clock: Duration, share: Int)?
    /// Since when the VirtualServices give the candidate different shares, by the run's clock.
    var differingSince: Duration?
    /// Since when users are led to what is not there, by the run's clock, and where.
    var astraySince: (clock: Duration, words: String)?
    /// Since when users meet the candidate that should be home, by the run's clock, and where.
    var awaySince: (clock: Duration, words: String)?
    /// So many records were looked at for what they say.
    var said = 0
    /// What the candidate had when promotion was decided was held against its pods.
    var isDecisionChecked = false
    /// Our first version that was meant after promotion was decided is reached.
    var isPromoting = false
    /// The candidate's pod template when it first got weight.
    var judgedTemplate: JSONTree?
    /// What its pods consisted of then, and what they do now.
    var judgedMakeup: Makeup?
    var makeup: Makeup
    /// The candidate's first pod was looked at.
    var isDarkChecked = false

    /// What is broken, a sentence each; empty is right.
    package static func violations(in evidence: Evidence) -> [String] {
        var audit = Audit(evidence)
        audit.checkJournal()
        for stored in evidence.history {
            audit.checkDecision(before: stored.date)
            let table = audit.world.table(of: stored)
            audit.check(stored, table)
            audit.checkHome(at: stored.date)
            audit.checkFooting(at: stored.date)
            audit.checkKept(at: stored.date)
            audit.checkSaid(before: stored.date)
            audit.world.take(stored, table)
            audit.makeup.take(stored)
            audit.checkAfter(stored)
        }
        let end = evidence.history.last?.date ?? 0
        audit.checkDecision(before: .max)
        if audit.log.promotionDecided != nil { audit.checkPromotion(at: end) }
        audit.checkEmpty(at: end, isLast: true)
        audit.checkHome(at: end)
        audit.checkFooting(at: end)
        audit.checkKept(at: end)
        audit.checkSaid(before: .max)
        audit.checkTogether(at: end)
        if evidence.isOver {
            audit.checkLength()
            audit.checkEnd()
        }
        return audit.found
    }

    private init(_ evidence: Evidence) {
        self.evidence = evidence
        cast = Cast(evidence)
        log = LogIndex(evidence.facts)
        world = AuditedWorld(cast, run: evidence.run)
        makeup = Makeup(cast)
    }

    /// The checks of one version, the world as it was just before.
    private mutating func check(_ stored: StoredObject, _ table: RouteTable?) {
        let mark = stored.object.flatMap(Mark.init(on:))
        checkStamp(stored, mark)
        guard Self.isOurs(stored) else { return }
        checkMark(stored, mark)
        if isAfterPromotion(mark) { checkPromotion(at: stored.date) }
        checkOwnership(stored)
        checkLettingGo(stored)
        switch stored.reference.kind.kind {
        case "VirtualService":
            if let table { checkRoutes(table, stored, mark) }
        case "DestinationRule": checkRule(stored)
        case "Deployment": checkRemoval(stored)
        case "Service": checkService(stored)
        default: break
        }
    }

    /// The checks of one version, the world as it is with it.
    private mutating func checkAfter(_ stored: StoredObject) {
        remember(stored)
        if stored.reference.kind.kind == "Pod" { checkDark(stored) }
        checkTogether(at: stored.date)
        checkEmpty(at: stored.date)
    }

    private func isAfterPromotion(_ mark: Mark?) -> Bool {
        guard let decided = log.promotionDecided?.sequence, let meant = mark?.sequence else {
            return false
        }
        return meant >= decided
    }

    mutating func report(_ promise: String, _ sentence: String, _ stored: StoredObject) {
        found.append("\(promise) \(stored.reference), revision \(stored.revision): \(sentence)")
    }

    mutating func report(_ promise: String, _ sentence: String) {
        found.append("\(promise) \(sentence)")
    }

    /// Whether the run's own hand wrote this version.
    static func isOurs(_ stored: StoredObject) -> Bool {
        stored.manager == "theseus" || stored.manager.hasPrefix("theseus/")
    }
}

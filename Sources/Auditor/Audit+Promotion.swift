internal import CanaryEngine
internal import Chronicle
internal import JSONTree
internal import Manifests

/// S4 and S16 at the moment at which promotion is decided.
extension Audit {
    /// What is about to be judged: what stands at the first weight.
    mutating func noteJudged() {
        guard judgedTemplate == nil else { return }
        judgedTemplate = candidateTemplate
        judgedMakeup = makeup
    }

    private var candidateTemplate: JSONTree? {
        guard let name = cast.candidate?.name else { return nil }
        let place = ObjectReference(.deployment, namespace: cast.namespace, name: name)
        return objects[place]?.spec["template"]
    }

    /// What stands when promotion was just decided.
    mutating func checkPromotion(at date: Int) {
        guard !isPromoting, evidence.removes == nil, let decided = log.promotionDecided else {
            return
        }
        isPromoting = true
        if let judgedTemplate, let template = candidateTemplate {
            for difference in TreeDifference.between(judgedTemplate, template, at: "template")
                .prefix(3)
            {
                report(
                    "S16",
                    "promotion was decided at record \(decided.sequence), and the candidate is not"
                        + " what was judged: \(difference)")
            }
            checkMakeup(template, decided)
        }
    }

    /// As things stood at that moment: pods that go later are the next look's.
    mutating func checkDecision(before date: Int) {
        guard !isDecisionChecked, evidence.removes == nil, let decided = log.promotionDecided,
            date > decided.date
        else { return }
        isDecisionChecked = true
        checkCarried(decided, decided.date)
    }

    private mutating func checkMakeup(_ template: JSONTree, _ decided: LoggedFact) {
        guard let judgedMakeup else { return }
        let seen = decided.date - AuditedWorld.lookAge
        for stranger in makeup.strangers(to: judgedMakeup, template: template, before: seen)
            .prefix(3)
        {
            report(
                "S16",
                "promotion was decided at record \(decided.sequence), and the candidate is not what"
                    + " was judged: \(stranger)")
        }
    }

    /// S4: the candidate has no more than its ready pods carry.
    private mutating func checkCarried(_ decided: LoggedFact, _ date: Int) {
        let ready = world.readyPods(.candidate, at: date)
        let carried = Self.carry(ready: ready, ofStableReady: log.stableReady)
        for table in world.tables {
            let share = world.candidateShare(in: table)
            guard share > carried else { continue }
            report(
                "S4",
                "promotion was decided at record \(decided.sequence), \(table.reference) gave the"
                    + " candidate \(share)%, and its \(ready) ready pods carry \(carried)%")
        }
    }

    /// S4: nothing of stable's goes that users may still need.
    ///
    /// Its destination and its pods are all that is left to them where the candidate's pods go.
    mutating func checkLettingGo(_ stored: StoredObject) {
        guard evidence.removes == nil, let stable = cast.stable,
            let decided = log.promotionDecided, stored.date >= decided.date
        else { return }
        let what: String
        switch stored.reference.kind.kind {
        case "Deployment" where stored.reference.name == stable.name:
            let isGoing = stored.object?.isBeingDeleted ?? true
            guard isGoing, objects[stored.reference]?.isBeingDeleted == false else { return }
            what = "the stable version goes"
        case "VirtualService":
            guard let before = world.table(stored.reference), let object = stored.object,
                names(.stable, before),
                !names(
                    .stable, RouteTable(object, at: stored.reference, cast: cast, run: evidence.run)
                )
            else { return }
            what = "stable's destination goes"
        default: return
        }
        let ready = world.readyPods(.candidate, at: stored.date)
        let carried = Self.carry(ready: ready, ofStableReady: log.stableReady)
        guard carried < 100 else { return }
        report("S4", "\(what), and the candidate's \(ready) ready pods carry \(carried)%", stored)
    }

    private func names(_ side: Side, _ table: RouteTable) -> Bool {
        table.routes.contains { route in
            !route.isAside
                && route.destinations.contains { $0.isOfService && world.side(of: $0) == side }
        }
    }
}

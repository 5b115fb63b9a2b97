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
        checkCarried(decided, date)
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
}

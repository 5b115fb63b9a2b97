internal import Auditor
internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import Lab
internal import Manifests

extension Playbill {
    /// Fills in what the world tells, and audits.
    mutating func look(
        at world: LabState, as scenario: Scenario, of target: FlowTarget, plan: RunPlan
    ) {
        history = world.cluster.history
        lostRequests = world.mesh.lost()
        candidateRequests = world.mesh.requests(to: scenario.version)
        candidateErrors = world.mesh.errors(of: scenario.version)
        let epoch = world.cluster.epoch
        if !scenario.hasForeignHands, scenario.removal == nil {
            let first = facts.first { $0.state.weight > .none }
            let until = first.map { Duration.milliseconds($0.date - epoch) }
            leakedRequests = world.mesh.leaks(to: scenario.version, to: until)
                .reduce(0) { $0 + $1.requests }
        }
        guard !facts.isEmpty else { return }
        var evidence = Evidence(
            namespace: target.namespace, service: target.service, run: Theatre.run,
            history: history.map {
                StoredObject(
                    revision: $0.revision, date: epoch + $0.at.wholeMilliseconds,
                    reference: $0.reference, object: $0.object, manager: $0.manager)
            },
            facts: facts, isOver: end != nil && end != .refused,
            hasForeignHands: scenario.hasForeignHands, plan: plan)
        if scenario.removal != nil {
            evidence.removes = target.manifest.first { $0.kind == "Deployment" }?.name
        }
        violations += Audit.violations(in: evidence)
    }
}

extension Duration {
    var wholeMilliseconds: Int {
        let parts = components
        return Int(parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000)
    }
}

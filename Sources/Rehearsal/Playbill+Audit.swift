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
            let kept = scenario.hasStrangers ? keeping(plan, epoch) : Kept(from: nil, to: nil)
            leakedRequests =
                kept.map { kept in
                    leaks(world.mesh, scenario, target, from: kept.from, to: [until, kept.to])
                } ?? 0
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

    /// While the run had promised that nobody unasked meets its candidate.
    private struct Kept {
        var from: Duration?
        var to: Duration?
    }

    /// From when its candidate is made until its routes name a version no more; nil: it made none.
    ///
    /// Before and after, the plain Service leads users to whatever bears those labels.
    private func keeping(_ plan: RunPlan, _ epoch: Int) -> Kept? {
        func first(_ leg: Leg) -> Duration? {
            facts.first { Standing($0.state, plan).leg == leg }
                .map { Duration.milliseconds($0.date - epoch) }
        }
        return first(.applyCandidate).map { Kept(from: $0, to: first(.unpin)) }
    }

    private func leaks(
        _ mesh: LabMesh, _ scenario: Scenario, _ target: FlowTarget, from start: Duration?,
        to ends: [Duration?]
    ) -> Double {
        mesh.leaks(to: scenario.version, from: start, to: ends.compactMap(\.self).min())
            .filter { !scenario.hasSideDoor || $0.service.hasPrefix("\(target.service).") }
            .reduce(0) { $0 + $1.requests }
    }
}

extension Duration {
    var wholeMilliseconds: Int {
        let parts = components
        return Int(parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000)
    }
}

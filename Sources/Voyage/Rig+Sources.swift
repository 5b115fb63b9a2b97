internal import CanaryEngine
package import FlowFiles
internal import IstioRoutes
package import MetricsGate
package import MetricsSources
internal import Timekeeping

/// The sources of a flow, as they are reached from here.
extension Rig {
    package func prometheus(of flow: Flow) -> PrometheusSource? {
        flow.prometheus?.prometheus(sources)
    }

    /// `asOf`: what counts as now, in seconds since 1970; nil for now.
    func otherSources(of flow: Flow, asOf: Double? = nil) -> OtherSources {
        var named: [String: any MetricsSource] = [:]
        for spec in flow.sources { named[spec.name] = spec.source(sources) }
        let time = time
        return OtherSources(named) { asOf ?? Double(time.date) / 1000 }
    }
}

extension RunCharter {
    package var gateScope: GateScope {
        let stable = stable ?? RunCharter.Version(deployment: "", label: "")
        return GateScope(
            namespace: flow.target.namespace, service: flow.target.service,
            versionServices: hosts?.names ?? [],
            stable: GateScope.Version(label: stable.label, workload: stable.deployment),
            candidate: GateScope.Version(label: candidate.label, workload: candidate.deployment),
            mark: flow.target.versionLabel == "version" ? .version : .workload,
            scrape: flow.scrape)
    }

    /// Before anything is touched, each source of the gates that the steps name is asked once.
    func requireSources(of rig: Rig) async throws {
        let used = flow.plan.steps.flatMap(\.gates)
        let gates = flow.gates.filter { used.contains($0.name) }
        let check = SourceCheck(
            prometheus: rig.prometheus(of: flow), others: rig.otherSources(of: flow),
            scope: gateScope)
        if let trouble = await check.firstTrouble(of: gates) {
            throw VoyageError(
                .source(gate: trouble.gate, trouble.error), place: trouble.error.place)
        }
    }
}

extension Step {
    /// The gates that it names.
    var gates: [String] {
        if case .bake(let bake) = self { return bake.gates + bake.watched }
        if case .gate(let name) = self { return [name] }
        return []
    }
}

package import CanaryEngine
package import FlowFiles
internal import IstioRoutes
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
package import MetricsGate
internal import MetricsSources
internal import Timekeeping
internal import Workloads

/// Judges what was, without a run: a stretch of the past, or stable's own history.
package struct Hindsight: Sendable {
    private let rig: Rig
    private let flow: Flow
    package let scope: GateScope

    /// What one gate says of a stretch.
    package struct Answer: Sendable {
        package let gate: GateSpec
        package let verdict: Verdict
    }

    /// What became of one gate, played on stable's own past.
    package struct Trial: Sendable {
        package let gate: GateSpec
        package let window: Duration
        package let share: Double
        /// nil for a gate that cannot be played.
        package let outcome: Calibration.Outcome?
        /// The mildest of some settings under which it errs seldom, and what then becomes of it.
        package var better: (setting: String, outcome: Calibration.Outcome)?
    }

    /// How often a gate may be wrong about stable.
    package static let tolerable = 0.05

    /// Versions are those of the flow and the cluster, but for the labels that are said.
    package init(_ flow: Flow, on rig: Rig, stable: String?, candidate: String?) async throws {
        self.rig = rig
        self.flow = flow
        let target = flow.target
        let scope = try WorkloadScope(
            namespace: target.namespace, service: target.service,
            versionLabel: target.versionLabel, stable: target.stable,
            candidateObjects: target.manifest, run: "judge")
        let writer = SealedWriter(
            client: rig.cluster.patient(for: rig.pace.patience), time: rig.time,
            seal: { WriteSeal(run: "", epoch: 0, head: "") })
        let keeper = WorkloadKeeper(
            scope: scope, writer: writer, time: rig.time, poll: rig.pace.poll)
        let survey = try await keeper.survey()
        let found = survey.stable
        let label = found?.templateLabels?[target.versionLabel]?.text
        self.scope = GateScope(
            namespace: target.namespace, service: target.service,
            versionServices: await Self.services(flow, rig, survey, scope, writer),
            stable: .init(
                label: stable ?? label ?? "", workload: found?.name ?? target.stable ?? ""),
            candidate: .init(
                label: candidate ?? scope.candidateVersion ?? "", workload: scope.candidateName),
            mark: target.versionLabel == "version" ? .version : .workload, scrape: flow.scrape)
    }

    /// The versions' Services, where a deploy would divide users by hosts; none where that cannot be
    /// told.
    private static func services(
        _ flow: Flow, _ rig: Rig, _ survey: WorkloadSurvey, _ scope: WorkloadScope,
        _ writer: SealedWriter
    ) async -> [String] {
        guard let stable = survey.stable, !survey.selections.isEmpty else { return [] }
        let label = flow.target.versionLabel
        let draft = RunCharter(
            run: scope.run, cluster: rig.cluster.server,
            source: FlowSource(files: [], folder: "", overrides: FlowOverrides()), flow: flow,
            stable: RunCharter.Version(
                deployment: stable.name, label: stable.templateLabels?[label]?.text ?? ""),
            candidate: RunCharter.Version(
                deployment: scope.candidateName, label: scope.candidateVersion ?? ""), routes: [])
        do {
            return try await Departure(rig: rig, run: scope.run)
                .hosts(of: draft, survey.selections, writer)?.names ?? []
        } catch {
            return []  // a deploy would refuse, and say why; judging needs no more than metrics
        }
    }

    /// The gates that the steps name, or of them those that are wanted.
    package func gates(_ wanted: [String]) -> [GateSpec] {
        let used = flow.plan.steps.flatMap(\.gates)
        return flow.gates.filter {
            wanted.isEmpty ? used.contains($0.name) : wanted.contains($0.name)
        }
    }

    /// Milliseconds since 1970.
    package var now: Int { rig.time.date }

    /// Both ends in milliseconds since 1970; the stretch is looked at once, as a whole.
    package func judge(_ gates: [GateSpec], from: Int, to: Int) async -> [Answer] {
        let end = Double(to) / 1000
        let judge = MetricsJudge(
            source: rig.prometheus(of: flow), others: rig.otherSources(of: flow, asOf: end),
            scope: scope, asOf: end)
        let window = GateWindow(past: .milliseconds(max(0, to - from)))
        var answers: [Answer] = []
        for gate in gates {
            answers.append(Answer(gate: gate, verdict: await judge.judge(gate, window: window)))
        }
        return answers
    }

    /// Plays each gate on so long a stretch of stable's own requests.
    package func calibrate(
        _ gates: [GateSpec], over length: Duration, _ dice: inout some RandomNumberGenerator
    ) async throws -> [Trial] {
        guard let source = rig.prometheus(of: flow) else {
            throw MetricsError(
                .missing, place: "spec.prometheus", detail: "the flow names no Prometheus")
        }
        var trials: [Trial] = []
        for gate in gates {
            let (window, share) = bake(of: gate)
            let history = try await StableHistory(
                of: scope, codes: gate.codes, length: length, endingAt: Double(now) / 1000,
                from: source)
            let answers = try await PastAnswers(
                to: gate, about: scope, over: length, windows: window, step: history.step,
                endingAt: Double(now) / 1000, from: source)
            let calibration = Calibration(
                history, answers: answers, share: share, window: window)
            var trial = Trial(
                gate: gate, window: window, share: share,
                outcome: calibration.outcome(of: gate, &dice))
            if let outcome = trial.outcome, outcome.mistakes > Self.tolerable {
                for factor in [1.25, 1.5, 2, 3, 4, 6, 10, 20, 50] {
                    let (milder, setting) = gate.patient(factor)
                    guard let next = calibration.outcome(of: milder, &dice) else { break }
                    guard next.mistakes <= Self.tolerable else { continue }
                    trial.better = (setting, next)
                    break
                }
            }
            trials.append(trial)
        }
        return trials
    }

    /// How long, and at which share, the first step looks that names the gate.
    private func bake(of gate: GateSpec) -> (Duration, Double) {
        var weight = TrafficWeight.none
        for step in flow.plan.steps {
            if case .weight(let next) = step { weight = next }
            guard step.gates.contains(gate.name) else { continue }
            let share = Double(weight.percent) / 100
            if case .bake(let bake) = step { return (bake.duration, share) }
            return (.seconds(600), share)
        }
        return (.seconds(600), 0.1)
    }
}

internal import CanaryEngine
internal import FlowFiles
internal import JSONTree
internal import KubernetesAPI
internal import Lab
internal import MetricsGate
internal import Voyage

/// `theseus judge FLOW`: what its gates say of a stretch of the past, or of stable's own history.
///
/// Changes nothing, and needs no run.
struct JudgeCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        var overrides = FlowOverrides()
        overrides.namespace = request.value("--namespace")
        overrides.manifest = request.value("--manifest")
        let (flow, _) = try FlowReader.load(
            path: request.operand ?? "", overrides: overrides,
            workingDirectory: Files.workingDirectory, readFile: Files.read, programs: Files.program)
        if request.has("--calibrate"), request.has("--from") || request.has("--to") {
            throw UsageError(
                .malformed("--calibrate", "--from", "one of the two: a stretch, or a calibration"),
                command: request.command)
        }
        guard request.value("--cluster") != "lab" else {
            throw UsageError(
                .malformed("--cluster", "lab", "a cluster with a past: the embedded lab has none"),
                command: request.command)
        }
        let ground = try await Ground.cluster(request)
        let hindsight = try await Hindsight(
            flow, on: ground.rig, stable: request.value("--stable"),
            candidate: request.value("--candidate"))
        let gates = hindsight.gates(request.values("--gate"))
        for name in request.values("--gate") where !gates.contains(where: { $0.name == name }) {
            throw UsageError(
                .malformed("--gate", name, "a gate of the flow"), command: request.command)
        }
        if let length = request.value("--calibrate") {
            return try await calibrate(gates, length, hindsight)
        }
        return try await judge(gates, hindsight)
    }

    // MARK: A stretch

    private func judge(_ gates: [GateSpec], _ hindsight: Hindsight) async throws -> ExitCode {
        let now = hindsight.now
        let to = try date("--to", now: now) ?? now
        let from = try date("--from", now: now) ?? to - 600_000
        guard from < to else {
            throw UsageError(
                .malformed("--from", request.value("--from") ?? "", "a moment before --to"),
                command: request.command)
        }
        var isGood = true
        for answer in await hindsight.judge(gates, from: from, to: to) {
            let (gate, verdict) = (answer.gate, answer.verdict)
            isGood = isGood && (gate.isWatchOnly || verdict.ruling == .pass)
            if request.wantsJSON {
                Terminal.say(
                    JSONWriter.text(of: [
                        "gate": .string(gate.name), "ruling": .string(verdict.ruling.word),
                        "sentence": .string(verdict.sentence),
                        "measures": MeasurementLines.tree(verdict.measures),
                    ]))
            } else {
                Terminal.say("\(verdict.ruling.word)  \(verdict.sentence)")
            }
        }
        return isGood ? .done : .rolledBack
    }

    /// A date, or so long ago.
    private func date(_ option: String, now: Int) throws(UsageError) -> Int? {
        guard let text = request.value(option) else { return nil }
        if let date = APIDate.milliseconds(text) { return date }
        if let ago = DurationText.duration(text) {
            return now - Int(ago.components.seconds) * 1000
        }
        throw UsageError(
            .malformed(option, text, "a date as 2026-11-29T03:00:00Z, or how long ago, as 30m"),
            command: request.command)
    }

    // MARK: Calibration

    private func calibrate(_ gates: [GateSpec], _ text: String, _ hindsight: Hindsight)
        async throws -> ExitCode
    {
        guard let days = CalibrationLength.duration(text) else {
            throw UsageError(
                .malformed("--calibrate", text, "how far back, as 7d or 12h"),
                command: request.command)
        }
        // The same history gives the same answer.
        var dice = SeededGenerator(seed: 1)
        var isGood = true
        for trial in try await hindsight.calibrate(gates, over: days, &dice) {
            isGood = isGood && (trial.outcome?.mistakes ?? 0) <= Hindsight.tolerable
            Terminal.say(
                request.wantsJSON
                    ? JSONWriter.text(of: CalibrationLines.tree(trial))
                    : CalibrationLines.line(trial))
        }
        return isGood ? .done : .rolledBack
    }
}

extension Verdict.Ruling {
    var word: String {
        switch self {
        case .pass: "pass"
        case .fail: "fail"
        case .notEnough: "not-enough"
        }
    }
}

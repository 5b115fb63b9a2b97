internal import FlowFiles
internal import Foresight
internal import Lab
package import Rehearsal

/// A flow and a world in, what it does on its worst day out.
package struct FlowRehearsal: Sendable {
    package let ground: Playground
    /// Every call to the API with every outcome, every effect of bakes that repeat.
    package let isWhole: Bool
    private let trials: TrialList
    private var seed: UInt64 { ground.seed }

    package init(on ground: Playground, isWhole: Bool = false) {
        self.ground = ground
        self.isWhole = isWhole
        trials = TrialList(ground)
    }

    /// Plays everything, side by side; the same seed gives the same report.
    ///
    /// - Parameter progress: called now and then from any thread, with how many plays are done.
    package func play(
        on lanes: Lanes,
        progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) async throws(RehearsalError) -> RehearsalReport {
        let bill = TrialList.goodDay.play(on: ground)
        let good = TrialResult(TrialList.goodDay, bill, ground.flow.plan)
        if good.end == .refused {
            throw RehearsalError(.refused(good.why), place: ground.flow.name)
        }
        guard good.end == .promoted else {
            return RehearsalReport(ground: ground, results: [good], isWhole: isWhole)
        }
        let list = everything(isWhole: isWhole)
        let done = Counter()
        let results = await lanes.map(list) { trial in
            let result = result(of: trial)
            progress(done.next(), list.count)
            return result
        }.compactMap { $0 }
        var report = RehearsalReport(ground: ground, results: [good] + results, isWhole: isWhole)
        report.outlook = await Outlook.of(ground, bill, results, on: lanes)
        return report
    }

    private func result(of trial: Trial) -> TrialResult {
        TrialResult(trial, trial.play(on: ground), ground.flow.plan)
    }

    /// Of moments not more than a day of that length lets us play, unless all are wanted.
    private func everything(isWhole: Bool) -> [Trial] {
        let day = trials.day()
        let moments =
            trials.deaths(of: day, isWhole: isWhole) + trials.aborts(of: day, isWhole: isWhole)
            + trials.calls(of: day, isWhole: isWhole, seed: seed)
        if isWhole { return trials.mishaps + moments }
        let effects = max(1, day.bill.effects.first?.count ?? 1)
        let stride = Self.stride(of: moments.count, effects: effects)
        return trials.mishaps
            + moments.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
    }

    /// One play of a day takes as long as it has effects; all of a long one would take hours.
    ///
    /// Odd, so that deaths before an effect are met as well as those after one.
    static func stride(of moments: Int, effects: Int) -> Int {
        let most = max(60, 800_000 / effects)
        let stride = (moments + most - 1) / most
        return stride <= 1 ? 1 : stride | 1
    }

    /// One play once more, with every fact of it.
    package func replay(_ id: String) throws(RehearsalError) -> (
        result: TrialResult, telling: [String]
    ) {
        let known = [TrialList.goodDay, TrialList.briskDay]
        let trial =
            known.first { $0.id == id } ?? everything(isWhole: true).first { $0.id == id }
        guard let trial else { throw RehearsalError(.noTrial(id), place: ground.flow.name) }
        let bill = trial.play(on: ground)
        return (TrialResult(trial, bill, ground.flow.plan), bill.telling)
    }
}

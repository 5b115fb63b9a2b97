internal import FlowFiles
internal import Foresight
internal import Lab
package import Rehearsal

/// A flow and a world in, what it does on its worst day out.
package struct FlowRehearsal: Sendable {
    package let ground: Playground
    /// Every call to the API with every outcome, every effect of bakes that repeat.
    package let isWhole: Bool
    package let seed: UInt64
    private let trials: TrialList

    package init(on ground: Playground, isWhole: Bool = false, seed: UInt64) {
        self.ground = ground
        self.isWhole = isWhole
        self.seed = seed
        trials = TrialList(ground)
    }

    /// Plays everything, side by side; the same seed gives the same report.
    ///
    /// - Parameter progress: called now and then from any thread, with how many plays are done.
    package func play(
        on lanes: Lanes,
        progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) async throws(RehearsalError) -> RehearsalReport {
        let good = result(of: TrialList.goodDay)
        if good.end == .refused {
            throw RehearsalError(.refused(good.why), place: ground.flow.name)
        }
        guard good.end == .promoted else { return report([good]) }
        let list = everything(isWhole: isWhole)
        let done = Counter()
        let results = await lanes.map(list) { trial in
            let result = result(of: trial)
            progress(done.next(), list.count)
            return result
        }
        return report([good] + results.compactMap { $0 })
    }

    private func report(_ results: [TrialResult]) -> RehearsalReport {
        RehearsalReport(ground: ground, results: results, seed: seed, isWhole: isWhole)
    }

    private func result(of trial: Trial) -> TrialResult {
        TrialResult(trial, trial.play(on: ground), ground.flow.plan)
    }

    private func everything(isWhole: Bool) -> [Trial] {
        let day = trials.day()
        return trials.mishaps + trials.deaths(of: day, isWhole: isWhole)
            + trials.aborts(of: day, isWhole: isWhole)
            + trials.calls(of: day, isWhole: isWhole, seed: seed)
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

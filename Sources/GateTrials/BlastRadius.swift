internal import MetricsGate

/// Whom a candidate hurts before it is noticed, by how often it fails.
package struct BlastRadius: Hashable, Sendable {
    /// Many deliveries of one candidate.
    package struct Point: Hashable, Sendable {
        /// The part of the candidate's requests that fails.
        package let failing: Double
        package let runs: Int
        /// A gate said no.
        package let caught: Int
        /// A bake ran out of time without enough evidence.
        package let undecided: Int
        /// Requests hurt until users were home, or the run was over: sorted.
        package let hurt: [Double]
        /// From the first user at the candidate until a gate said no: sorted, of those caught.
        package let detect: [Duration]
        /// From the first user to the end, of those that were promoted: sorted.
        package let promoted: [Duration]
        /// The part of all hurt requests that fell into each stage.
        package let stages: [Double]
        /// Who noticed most often.
        package let noticer: ThinRun.Noticed?

        package var rolledBack: Double { Double(caught + undecided) / Double(max(1, runs)) }

        package init(_ plan: ThinPlan, _ load: ThinRun.Load, runs: Int, seed: UInt64) {
            failing = load.candidate
            self.runs = runs
            var (caught, undecided) = (0, 0)
            var hurt: [Double] = []
            var (detect, promoted): ([Duration], [Duration]) = ([], [])
            var stages = [Double](repeating: 0, count: plan.stages.count)
            var noticers: [(who: ThinRun.Noticed, count: Int)] = []
            for number in 0..<UInt64(runs) {
                let run = ThinRun(plan, load, seed: seed &* 1_000_003 &+ number)
                hurt.append(run.hurt)
                for stage in stages.indices { stages[stage] += run.hurtByStage[stage] }
                switch run.noticed {
                case .gate: caught += 1
                case .silence: undecided += 1
                case nil: promoted.append(run.lasted)
                }
                guard let who = run.noticed else { continue }
                if case .gate = who { detect.append(run.lasted) }
                if let place = noticers.firstIndex(where: { $0.who == who }) {
                    noticers[place].count += 1
                } else {
                    noticers.append((who, 1))
                }
            }
            let all = max(stages.reduce(0, +), 1e-9)
            self.caught = caught
            self.undecided = undecided
            self.hurt = hurt.sorted()
            self.detect = detect.sorted()
            self.promoted = promoted.sorted()
            self.stages = stages.map { $0 / all }
            noticer = noticers.max { $0.count < $1.count }?.who
        }

        package func hurt(at part: Double) -> Double {
            hurt.isEmpty ? 0 : hurt[min(hurt.count - 1, Int(part * Double(hurt.count)))]
        }

        package var meanHurt: Double { hurt.reduce(0, +) / Double(max(1, hurt.count)) }

        package var medianDetect: Duration? {
            detect.isEmpty ? nil : detect[detect.count / 2]
        }

        package var medianPromoted: Duration? {
            promoted.isEmpty ? nil : promoted[promoted.count / 2]
        }
    }

    package let requestsPerSecond: Double
    /// How often stable fails, and so a good candidate.
    package let usual: Double
    package let good: Point
    package let points: [Point]

    /// How often candidates fail that are tried.
    package static let failing = [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1]
    /// How often stable fails where nobody says.
    package static let usual = UsersLoad.usuallyFailing

    package init(requestsPerSecond: Double, usual: Double, good: Point, points: [Point]) {
        self.requestsPerSecond = requestsPerSecond
        self.usual = usual
        self.good = good
        self.points = points
    }
}

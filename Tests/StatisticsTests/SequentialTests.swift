import Testing

@testable import Statistics

/// Two versions behind one route, request by request.
struct TwoStreams {
    var dice: SplitMix
    let share: Double
    let candidateRate: Double
    let stableRate: Double
    private(set) var candidate = RateCount(failures: 0, of: 0)
    private(set) var stable = RateCount(failures: 0, of: 0)

    init(seed: UInt64, share: Double, candidate: Double, stable: Double) {
        dice = SplitMix(state: seed)
        self.share = share
        candidateRate = candidate
        stableRate = stable
    }

    mutating func next(_ requests: Int, times: Double = 1) {
        for _ in 0..<requests {
            let isCandidate = Double.random(in: 0..<1, using: &dice) < share
            let rate = (isCandidate ? candidateRate : stableRate) * times
            let failed = Double.random(in: 0..<1, using: &dice) < rate ? 1.0 : 0
            if isCandidate {
                candidate = RateCount(
                    failures: candidate.failures + failed, of: candidate.total + 1)
            } else {
                stable = RateCount(failures: stable.failures + failed, of: stable.total + 1)
            }
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

@Suite struct SequentialTests {
    /// Looks after every 20 requests, and errs in at most so many runs: chance would have to be
    /// three deviations off to make more of them of a sound test.
    private static func mistakes(
        runs: Int, share: Double, candidate: Double, stable: Double, burst: Double = 1,
        _ isMistake: (TwoStreams) -> Bool
    ) -> Int {
        var mistakes = 0
        for seed in 0..<UInt64(runs) {
            var streams = TwoStreams(
                seed: seed &* 77 &+ 1, share: share, candidate: candidate, stable: stable)
            for look in 0..<100 {
                streams.next(20, times: look % 20 < 2 ? burst : 1)
                if isMistake(streams) {
                    mistakes += 1
                    break
                }
            }
        }
        return mistakes
    }

    /// Equal versions are called worse in at most 5% of the runs, whatever the share; and so where
    /// the rate that both share jumps up now and then.
    @Test(arguments: [
        (0.01, 0.05, 1.0), (0.1, 0.02, 1), (0.5, 0.3, 1), (0.05, 0.02, 20), (0.9, 0.05, 5),
    ])
    func equalVersionsAreSeldomCalledWorse(share: Double, rate: Double, burst: Double) {
        let mistakes = Self.mistakes(
            runs: 300, share: share, candidate: rate, stable: rate, burst: burst
        ) {
            WorseRateTest(candidate: $0.candidate, stable: $0.stable, share: share)
                .shows(falseAlarms: 0.05)
        }
        #expect(mistakes <= 26)
    }

    @Test(arguments: [0.01, 0.5]) func andSoWhereTheShareIsOnlySeen(share: Double) {
        let mistakes = Self.mistakes(runs: 300, share: share, candidate: 0.05, stable: 0.05) {
            WorseRateTest(candidate: $0.candidate, stable: $0.stable).shows(falseAlarms: 0.05)
        }
        #expect(mistakes <= 26)
    }

    @Test(arguments: [(0.1, 0.02, 0.05), (0.5, 0.1, 0.05), (0.5, 0, 0.03)])
    func oneThatIsWorseByTheMarginIsSeldomLetPass(share: Double, rate: Double, margin: Double) {
        let mistakes = Self.mistakes(
            runs: 300, share: share, candidate: rate + margin, stable: rate
        ) {
            NoWorseRateTest(candidate: $0.candidate, stable: $0.stable, margin: margin)
                .shows(confidence: 0.95)
        }
        #expect(mistakes <= 26)
    }

    @Test(arguments: [(0.1, 0.05, 0.02), (0.5, 0.02, 0.02)])
    func theDifferenceIsInItsIntervalAtEveryLook(share: Double, one: Double, other: Double) {
        let mistakes = Self.mistakes(runs: 60, share: share, candidate: one, stable: other) {
            guard Int($0.candidate.total + $0.stable.total) % 100 == 0 else { return false }
            let interval = DifferenceSequence($0.candidate, less: $0.stable, confidence: 0.95)
            return !(interval.lower...interval.upper).contains(one - other)
        }
        #expect(mistakes <= 8)
    }

    /// A test that never said anything would make no mistakes.
    @Test func badAndGoodAreFoundSoon() {
        let bad = Self.mistakes(runs: 50, share: 0.5, candidate: 0.1, stable: 0.02) {
            WorseRateTest(candidate: $0.candidate, stable: $0.stable, share: 0.5)
                .shows(falseAlarms: 0.02)
        }
        #expect(bad == 50)
        let good = Self.mistakes(runs: 50, share: 0.5, candidate: 0.01, stable: 0.01) {
            NoWorseRateTest(candidate: $0.candidate, stable: $0.stable, margin: 0.05)
                .shows(confidence: 0.95)
        }
        #expect(good == 50)
    }
}

@Suite struct OddNumbersTests {
    static let odd: [Double] = [
        .nan, .infinity, -.infinity, -5, 0, 0.3, 1, 17, 1e9, 1e18, 1e300,
    ]

    /// No trap and no NaN, whatever a server says.
    @Test func nothingTraps() {
        for failures in Self.odd {
            for total in Self.odd {
                let one = RateCount(failures: failures, of: total)
                let other = RateCount(failures: total, of: failures)
                let worse = WorseRateTest(candidate: one, stable: other, share: failures)
                #expect(worse.evidence >= 0)
                let fine = NoWorseRateTest(candidate: one, stable: other, margin: 0.01)
                #expect(fine.evidence >= 0)
                let difference = DifferenceSequence(one, less: other, confidence: 0.95)
                #expect(difference.lower <= difference.upper)
                for interval in [
                    ProportionInterval.wilson(one, confidence: 0.95),
                    ProportionInterval.exact(one, confidence: 0.95),
                    RateMixture(one).interval(confidence: 0.95),
                ] {
                    #expect(interval.contains(one.rate) || one.total == 0)
                }
            }
        }
        #expect(MannWhitneyTest([], [1]) == nil)
        #expect(MannWhitneyTest([.nan], [1]) == nil)
        #expect(ShiftInterval([.infinity], above: [1], confidence: 0.9) == nil)
        #expect(ShiftInterval([1], above: [1], confidence: 1) == nil)
        #expect(SampleEffects([1], over: [0])?.meanRatio == nil)
        #expect(BetaDistribution(0, 1) == nil)
        #expect(NormalDistribution.quantile(2) == nil)
    }

    /// Where one side was tried a hundred times as often the interval is nearly that of the other.
    @Test func aHundredTimesAsManyCostNearlyNothing() {
        let few = RateCount(failures: 10, of: 1000)
        let many = DifferenceSequence(
            few, less: RateCount(failures: 1000, of: 100_000), confidence: 0.95)
        let alone = RateMixture(few).interval(confidence: 0.95)
        #expect(many.upper - many.lower < 1.6 * (alone.upper - alone.lower))
    }

    @Test func largeSamplesAreThinned() throws {
        let x = (0..<1500).map { Double($0) }
        let shift = try #require(ShiftInterval(x.map { $0 + 30 }, above: x, confidence: 0.95))
        #expect(abs(shift.estimate - 30) < 1)
    }

    @Test func tellsBeforehandHowManyItTakes() throws {
        let needed = try #require(
            NoWorseRateTest.requests(rate: 0.01, margin: 0.01, confidence: 0.95))
        #expect((1000...1400).contains(needed))
        let enough = NoWorseRateTest(
            candidate: RateCount(failures: needed * 0.01, of: needed),
            stable: RateCount(failures: 10_000, of: 1_000_000), margin: 0.01)
        #expect(enough.evidence > 20 * 0.5)
    }
}

/// Is one of two versions surely worse? However often one looks.
///
/// Of requests that are dealt at random, as a mesh deals them, a share w goes to the candidate. Where
/// both versions fail alike, a request that failed was the candidate's with probability w, whatever
/// the rate at which they fail, and however that changes in time: what strikes both is no evidence.
/// So the failures, each marked with its version, are tosses of a coin of known bias. The likelihood
/// of the tosses where the candidate's odds are ρ times as large, over their likelihood where they
/// are not, is a martingale that begins at 1; for odds that are smaller than they should be it falls
/// (the ratio is monotone); and a mixture over ρ is one, too. If the candidate is no worse it
/// *ever* reaches 1/α with probability at most α (Ville 1939). This is the mixture sequential
/// probability ratio test (Robbins 1970), one-sided, on a binomial that is conditioned on its total;
/// sample sizes may differ as they like.
///
/// The share is the one that the routes say, or the one that was seen, whichever is larger: a share
/// that is too large makes the evidence smaller. Where nothing is said, the share that was seen alone
/// counts; of a fixed number of requests fewer failures than a coin's would vary, so that the test is
/// cautious where the rates are not small.
package struct WorseRateTest: Hashable, Sendable {
    /// The evidence, as a factor: 1 is none, 20 is what chance brings once in 20 times.
    package let evidence: Double
    package let share: Double

    /// How many times as large the candidate's odds are, each with its weight.
    ///
    /// Most weight lies on two and more times: what a release is rolled back for. None lies below 1.1:
    /// it would need millions of requests, and take from what is seen after hundreds.
    private static let factors: [(log: Double, logWeight: Double)] = {
        let steps = (0...44).map { index -> (Double, Double) in
            let log = 0.1 + Double(index) * 0.15
            let off = (log - 1.2) / 1.1
            return (log, -off * off / 2)
        }
        let sum = SpecialFunctions.logOfSum(steps.map(\.1))
        return steps.map { ($0.0, $0.1 - sum) }
    }()

    /// `share`: what part of the requests of both goes to the candidate by rights.
    package init(candidate: RateCount, stable: RateCount, share said: Double? = nil) {
        let total = candidate.total + stable.total
        let seen = total > 0 ? candidate.total / total : 0
        share = min(1, max(seen, said ?? 0))
        let failures = candidate.failures + stable.failures
        guard share > 0, share < 1, failures > 0 else {
            evidence = 1
            return
        }
        let share = share
        let logs = Self.factors.map { factor in
            // A failure is the candidate's w e^l / (1 + w (e^l − 1)) of the time.
            let shift = share * (SpecialFunctions.exponential(factor.log) - 1)
            return factor.logWeight + candidate.failures * factor.log
                - failures * SpecialFunctions.logOnePlus(shift)
        }
        evidence = SpecialFunctions.exponential(min(690, SpecialFunctions.logOfSum(logs)))
    }

    /// Whether the evidence is enough, with so many false alarms allowed over all looks together.
    package func shows(falseAlarms: Double) -> Bool { evidence * falseAlarms >= 1 }
}

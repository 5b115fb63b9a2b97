/// Is the candidate surely worse by less than a margin? However often one looks.
///
/// Supposed that stable fails at the rate q and the candidate at q + d or more, two martingales that
/// begin at 1 are known. The one is the likelihood of the candidate's requests at q, and to a smaller part
/// at a quarter and a half of the way to q + d, over that at q + d: Wald's sequential probability
/// ratio of *like stable, or hardly worse* against *worse by d*, which falls the more the worse the
/// candidate is. The other is half of 1 and half of the evidence of stable's
/// requests against q (`RateMixture`); that half of 1 stands still keeps it from ever costing more
/// than a factor of 2. Their product is a martingale in whatever order and number requests come. The
/// least of it over all q is then at most what it is at the true q, and so if the candidate is worse
/// by d it *ever* reaches 1/α with probability at most α (Ville 1939; universal inference:
/// Wasserman, Ramdas and Balakrishnan 2020). Rates that change in time count by their averages.
package struct NoWorseRateTest: Hashable, Sendable {
    /// The evidence, as a factor: 1 is none.
    package let evidence: Double

    /// How much worse than stable one that passes may be, as a part of the margin, each with its weight.
    private static let alternatives = [
        (part: 0.0, weight: 0.8), (part: 0.25, weight: 0.1), (part: 0.5, weight: 0.1),
    ]

    package init(candidate: RateCount, stable: RateCount, margin: Double) {
        guard margin > 0, margin < 1, candidate.total > 0, stable.total > 0 else {
            evidence = margin >= 1 ? .infinity : 1
            return
        }
        let mixture = RateMixture(stable)
        func logEvidence(_ q: Double) -> Double {
            let other = mixture.logEvidence(against: q)
            // What stable shows to be impossible is not the least.
            guard other.isFinite else { return .infinity }
            let calm = SpecialFunctions.logarithm(0.5)
            let better = Self.alternatives.map { alternative in
                SpecialFunctions.logarithm(alternative.weight)
                    + RateMixture.logLikelihood(candidate, q + alternative.part * margin)
            }
            return SpecialFunctions.logOfSum(better)
                - RateMixture.logLikelihood(candidate, q + margin)
                + SpecialFunctions.logOfSum([calm, calm + other])
        }
        // The ratio grows with q, and above the rate that was seen so does stable's evidence: the
        // least lies at or below it.
        let least = Self.least(upTo: min(stable.rate, 1 - margin), of: logEvidence)
        evidence = SpecialFunctions.exponential(min(690, max(-690, least)))
    }

    package func shows(confidence: Double) -> Bool { evidence * (1 - confidence) >= 1 }

    /// A grid that is fine near both ends, then ever finer around the least point of it.
    private static func least(upTo end: Double, of evidence: (Double) -> Double) -> Double {
        var points = [0, end]
        for index in 1...24 {
            points.append(end * Double(index) / 25)
            points.append(end * SpecialFunctions.exponential(-Double(index) / 2))
            points.append(end * (1 - SpecialFunctions.exponential(-Double(index) / 2)))
        }
        points.sort()
        var values = points.map(evidence)
        for _ in 0..<30 {
            guard let place = values.indices.min(by: { values[$0] < values[$1] }) else { break }
            let (before, behind) = (max(0, place - 1), min(points.count - 1, place + 1))
            let (low, middle, high) = (points[before], points[place], points[behind])
            guard high - low > 1e-9 * high else { break }
            points = [low, low / 2 + middle / 2, middle, middle / 2 + high / 2, high]
            // Three of the five are known.
            values = [
                values[before], evidence(points[1]), values[place], evidence(points[3]),
                values[behind],
            ]
        }
        return values.min() ?? 0
    }

    /// How many of the candidate's requests it takes where both versions fail at this rate, and
    /// stable's rate is known well.
    package static func requests(rate: Double, margin: Double, confidence: Double) -> Double? {
        guard margin > 0, rate >= 0, rate + margin < 1, confidence < 1 else { return nil }
        let worse = rate + margin
        let each =
            (1 - rate)
            * (SpecialFunctions.logOnePlus(-rate) - SpecialFunctions.logOnePlus(-worse))
            + (rate > 0 ? rate * SpecialFunctions.logarithm(rate / worse) : 0)
        return SpecialFunctions.logarithm(2 / (1 - confidence) / alternatives[0].weight) / each
    }

    /// The same where stable's rate is to be learnt from the same minutes: of the requests of both so
    /// large a share is the candidate's.
    package static func requests(
        rate: Double, margin: Double, confidence: Double, share: Double
    ) -> Double? {
        guard share > 0, share < 1,
            let known = requests(rate: rate, margin: margin, confidence: confidence)
        else { return nil }
        func isEnough(_ count: Double) -> Bool {
            let other = count * (1 - share) / share
            return NoWorseRateTest(
                candidate: RateCount(failures: rate * count, of: count),
                stable: RateCount(failures: rate * other, of: other), margin: margin
            ).shows(confidence: confidence)
        }
        var (low, high) = (0.0, known)
        while !isEnough(high) {
            (low, high) = (high, high * 2)
            guard high < 1e12 else { return nil }
        }
        while high - low > high * 0.01 {
            let middle = low / 2 + high / 2
            if isEnough(middle) { high = middle } else { low = middle }
        }
        return high
    }
}

internal import Statistics

/// How long a gate needs at least until it can pass, told before anybody waits for it.
package struct GateOutlook: Hashable, Sendable {
    /// What it waits for longest.
    package enum Need: Hashable, Sendable {
        /// Two scrapes: what began between them has been counted.
        case scrapes
        /// Users' requests at the candidate.
        case candidateRequests(Int)
        /// Users' requests at stable, which it is compared with.
        case stableRequests(Int)
        /// Points of a metric over time.
        case points(Int, every: Duration)
    }

    package let gate: String
    package let need: Need
    /// nil: it never gets that at such a share.
    package let time: Duration?
    /// Beside that it waits for samples that its own query counts: nobody knows how fast they come.
    package let countsItsOwn: Bool

    /// At a share of users' requests, of whom both versions fail as many as stable does now.
    package init(_ gate: GateSpec, share: Double, under load: UsersLoad.Figure, scrape: Duration) {
        self.gate = gate.name
        countsItsOwn = gate.samplesQuery != nil
        var longest = (need: Need.scrapes, time: Optional(scrape * 2))
        func wait(for need: Need, _ time: Duration?) {
            guard let now = longest.time else { return }
            if time == nil || (time ?? .zero) > now { longest = (need, time) }
        }
        func requests(_ count: Int, _ share: Double, _ need: (Int) -> Need) {
            let rate = load.perSecond * share
            // What is whole but for the last bit is whole.
            let seconds = rate > 0 ? (Double(count) / rate - 1e-6).rounded(.up) : .infinity
            wait(for: need(count), seconds < 1e9 ? .seconds(seconds) : nil)
        }
        if !countsItsOwn {
            let needed = gate.requests(share: share, failing: load.failing)
            requests(needed, share, Need.candidateRequests)
            if case .compare = gate.rule {
                requests(gate.minimumSamples, 1 - share, Need.stableRequests)
            }
        }
        if case .distributions(let rule) = gate.rule {
            wait(
                for: .points(rule.minimumPoints, every: rule.step), rule.step * rule.minimumPoints)
        }
        (need, time) = longest
    }
}

extension GateSpec {
    /// Requests of users at the candidate until it can pass, where both versions fail so often.
    fileprivate func requests(share: Double, failing: Double) -> Int {
        guard case .sequential(let rule) = rule else { return minimumSamples }
        let needed = NoWorseRateTest.requests(
            rate: failing, margin: rule.margin, confidence: rule.confidence, share: share)
        guard let needed, needed < 1e12 else { return Int(1e12) }
        return max(minimumSamples, Int(needed.rounded(.up)))
    }
}

/// Faults that theseus must never have, put back on purpose: the net must catch each.
package enum Sabotage: String, CaseIterable, Hashable, Sendable {
    /// Weights of −25 and 125 in place of what was meant.
    case wildWeights = "wild-weights"
    /// Weights that do not sum to a hundred.
    case shortWeights = "short-weights"
    /// Weight goes to a subset that no rule has yet.
    case lateSubset = "late-subset"
    /// The candidate starts before any route is pinned.
    case neverPinned = "never-pinned"
    /// Pods that are not ready count as ready.
    case zeroOfZero = "zero-of-zero"
    /// The way home is believed, and never taken.
    case deafHome = "deaf-home"
    /// A metric without an answer counts as good.
    case flatteringMetrics = "flattering-metrics"
    /// Whoever else has a destination in our route loses it.
    case greedyRoute = "greedy-route"
    /// The whole spec is written anew; what we do not understand is lost.
    case wholeSpec = "whole-spec"
    /// Marks are never taken away.
    case forgottenMarks = "forgotten-marks"
    /// Writes name no version: an old holder's late write lands.
    case unfenced = "unfenced"
    /// The first weight is all.
    case impatient = "impatient"
    /// The way home waits until all of stable is ready.
    case waitForAll = "wait-for-all"
    /// After `promote` an abort is not heard any more.
    case deafAfterPromote = "deaf-after-promote"
    /// Flapping readiness puts a deadline off.
    case flappingDeadline = "flapping-deadline"
    /// No deadline is looked at while writes of routes fail.
    case skippedDeadline = "skipped-deadline"
    /// A gate without any sample counts as good.
    case hastyGate = "hasty-gate"
    /// NaN is not above the maximum, so it passes.
    case harmlessNaN = "harmless-nan"
    /// Of several series the last is taken.
    case lastSeries = "last-series"
    /// A TCP route that is nobody's business breaks every write.
    case strangeRoute = "strange-route"
    /// Whatever goes wrong, all go to the candidate.
    case homeToBroken = "home-to-broken"
    /// The candidate's pods go as soon as their weight does.
    case hastyRemoval = "hasty-removal"
    /// Who is to be told of the promotion stands in memory alone: a crash loses it.
    case lostHook = "lost-hook"
}

import CanaryEngine

/// How long traffic on its way home waits for stable's pods, and who hears what it waits for.
struct HomeWait: Sendable {
    /// The order that brings it home.
    let id: OrderID
    /// By the run's clock: a look after this is the last one.
    let end: Duration
    let tell: @Sendable (Fact) -> Void

    /// So often somebody hears what is waited for.
    static let pause = Duration.seconds(15)
    /// So long before the machine's own deadline it ends, so that the reason can be told: a leg that
    /// failed on the way home is tried twice more, after rests of 2 and 4 seconds.
    static let reserve = Duration.seconds(10)
}

/// What one look on the way home found lacking.
struct HomeLack: Sendable {
    let stable: String
    let ready: Int
    let wanted: Int
    /// The share that is left with the candidate.
    let kept: TrafficWeight
    /// What keeps stable's pods, where something is known.
    let obstacle: String?

    var sentence: String {
        let why = obstacle.map { " (\($0))" } ?? ""
        let rest = ready == 0 && kept < .all ? ", and the rest finds nobody" : ""
        return "stable \(stable) has \(ready) of \(max(1, wanted)) ready pods\(why);"
            + " the candidate keeps \(kept.percent)%\(rest)"
    }
}

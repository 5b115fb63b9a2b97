/// How often a run looks: at its inbox, at the cluster, at its lease.
package struct Pace: Hashable, Sendable {
    /// How soon a wish in the inbox is heard.
    package var inbox = Duration.milliseconds(200)
    /// How soon a change in the cluster is seen.
    package var poll = Duration.seconds(1)
    /// How often the candidate is looked after while it has users.
    package var watch = Duration.seconds(5)
    /// How long the lease on a target lasts without being renewed; renewed after a third of it.
    package var lease = Duration.seconds(15)
    /// How long a bake's test rests between two rounds.
    package var testRest = Duration.seconds(30)
    /// How long an API server that does not answer is asked before a run is begun or taken; nil:
    /// until called off.
    package var patience: Duration?

    package init() {}
}

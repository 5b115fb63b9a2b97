/// Whether somebody drives a run, for those who look on: by renewals of its lease, and by what is
/// remembered of it.
///
/// By our own clock only: the times that stand in a lease are for people.
package struct Pulse: Sendable {
    private var beat: String?
    private var sequence: Int
    private var since: Duration

    package init(sequence: Int, now: Duration) {
        self.sequence = sequence
        since = now
    }

    /// How long nothing has moved.
    ///
    /// `beat` as the lease has it now, nil where nobody holds it; `sequence` of the newest record.
    package mutating func silence(beat: String?, sequence: Int, now: Duration) -> Duration {
        if (beat != nil && beat != self.beat) || sequence != self.sequence { since = now }
        self.beat = beat
        self.sequence = sequence
        return now - since
    }
}

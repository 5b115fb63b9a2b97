/// What the cluster's own controllers and nodes have yet to do, and when.
struct LabAgenda: Sendable {
    enum Chore: Hashable, Sendable {
        case syncDeployment(LabCluster.Key)
        case syncReplicaSet(LabCluster.Key)
        case syncJob(LabCluster.Key)
        case syncEndpoints(LabCluster.Key)
        case syncAutoscaler(LabCluster.Key)
        case syncScaledObject(LabCluster.Key)
        /// A pod of this uid gets to the next point of its life.
        case live(LabCluster.Key, uid: String)
        case bury(LabCluster.Key, uid: String)
        case collectGarbage
        case putBack(Int, LabCluster.Key)
    }

    private struct Entry: Sendable {
        let at: Duration
        let number: Int
        let chore: Chore
    }

    /// Sorted, the latest first: few enough for that.
    private var entries: [Entry] = []
    private var number = 0

    var next: Duration? { entries.last?.at }

    /// Adds a chore; one that is already due as early stays as it is.
    mutating func add(_ chore: Chore, at time: Duration) {
        if let index = entries.firstIndex(where: { $0.chore == chore }) {
            if entries[index].at <= time { return }
            entries.remove(at: index)
        }
        number += 1
        var index = entries.count
        while index > 0, entries[index - 1].at <= time { index -= 1 }
        entries.insert(Entry(at: time, number: number, chore: chore), at: index)
    }

    /// The earliest chore, when it is due.
    mutating func take(until now: Duration) -> (chore: Chore, at: Duration)? {
        guard let entry = entries.last, entry.at <= now else { return nil }
        entries.removeLast()
        return (entry.chore, entry.at)
    }
}

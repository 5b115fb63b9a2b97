internal import Manifests

extension LabCluster {
    /// Does what is due until `now`, in order.
    mutating func performChores(until now: Duration) {
        while let (chore, at) = agenda.take(until: now) {
            self.now = max(self.now, at)
            perform(chore)
        }
        self.now = max(self.now, now)
    }

    private mutating func perform(_ chore: LabAgenda.Chore) {
    }

    /// Tells the controllers of a change.
    mutating func stir(
        _ kind: Int, _ key: Key, from old: KubernetesObject?, to new: KubernetesObject?
    ) {
    }
}

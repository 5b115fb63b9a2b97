internal import JSONTree

/// The whole world as a value: copy it to keep it, copy it back to return.
package struct LabState: Sendable {
    package var cluster: LabCluster
    package var mesh: LabMesh
    var trouble = LabTrouble()
    /// By how much this world's clock is quicker than the machine's; told under `/lab`.
    package var speed = 1
    private var noticed = 0

    package init(cluster: LabCluster, mesh: LabMesh) {
        self.cluster = cluster
        self.mesh = mesh
    }

    package var now: Duration { cluster.now }

    /// When something next changes by itself; nil: never.
    package var nextChange: Duration? {
        switch (cluster.agenda.next, mesh.nextChange) {
        case (let chore?, let change?): min(chore, change)
        case (let either, nil), (nil, let either): either
        }
    }

    /// Lets everything happen that is due until `now`, in order.
    package mutating func advance(to now: Duration) {
        noticeChanges()
        while let due = cluster.agenda.next, due <= now {
            mesh.advance(to: due)
            cluster.performChores(until: due)
            noticeChanges()
        }
        cluster.now = max(cluster.now, now)
        mesh.advance(to: cluster.now)
    }

    /// Shows the cluster to the mesh, if it is another than the mesh last saw.
    package mutating func noticeChanges() {
        guard cluster.revision != noticed else { return }
        noticed = cluster.revision
        mesh.notice(cluster, at: cluster.now)
    }
}

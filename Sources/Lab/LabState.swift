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
        self.cluster.versionLabel = mesh.settings.versionLabel
    }

    package var now: Duration { cluster.now }

    /// When something next changes by itself; nil: never.
    @inline(__always)  // else all of it is copied to be asked
    package var nextChange: Duration? {
        LabTime.earlier(cluster.agenda.next, mesh.nextChange)
    }

    /// Whether something changes by itself earlier than was thought.
    func isDue(earlierThan due: Duration?) -> Bool {
        guard let next = nextChange else { return false }
        return due.map { next < $0 } ?? true
    }

    /// Lets everything happen that is due until `now`, in order.
    package mutating func advance(to now: Duration) {
        noticeChanges()
        while let due = nextChange, due <= now {
            mesh.advance(to: due)
            cluster.now = max(cluster.now, due)
            cluster.bear(mesh.podLoads)
            cluster.performChores(until: due)
            noticeChanges()
        }
        cluster.now = max(cluster.now, now)
        mesh.advance(to: cluster.now)
    }

    /// Shows the cluster to the mesh, if it is another than the mesh last saw, and the mesh's load
    /// to the cluster.
    package mutating func noticeChanges() {
        if cluster.revision != noticed {
            noticed = cluster.revision
            mesh.notice(cluster, at: cluster.now)
        }
        cluster.bear(mesh.podLoads)
    }
}

package import JSONTree
package import Manifests

/// Copies of what a run may touch, made before its first write: going home is measured by them.
package struct WorkloadBackup: Hashable, Sendable {
    /// nil on a first release.
    package let stable: KubernetesObject?
    package let autoscaler: KubernetesObject?
    /// Never written by a run; kept so that a change of them can be named.
    package let services: [KubernetesObject]
    /// Stable's ready pods: what every capacity is measured by.
    package let stableReady: Int
    /// What a removal takes away, in the order in which it goes.
    package let removed: [KubernetesObject]

    package init(
        stable: KubernetesObject?, autoscaler: KubernetesObject?, services: [KubernetesObject],
        stableReady: Int, removed: [KubernetesObject] = []
    ) {
        self.stable = stable
        self.autoscaler = autoscaler
        self.services = services
        self.stableReady = stableReady
        self.removed = removed
    }

    /// Everything that was copied.
    package var objects: [KubernetesObject] {
        [stable, autoscaler].compactMap(\.self) + services + removed
    }

    /// The backup as a tree, to be kept as a blob.
    package var tree: JSONTree {
        var tree: JSONTree = [
            "stable": stable?.tree ?? .null, "autoscaler": autoscaler?.tree ?? .null,
            "services": .array(services.map(\.tree)), "stableReady": .integer(stableReady),
        ]
        if !removed.isEmpty { tree["removed"] = .array(removed.map(\.tree)) }
        return tree
    }

    /// nil for what is no backup.
    package init?(tree: JSONTree) {
        guard let services = tree["services"]?.items,
            let stableReady = tree["stableReady"]?.whole, let stable = tree["stable"],
            let autoscaler = tree["autoscaler"]
        else { return nil }
        self.init(
            stable: stable == .null ? nil : KubernetesObject(stable),
            autoscaler: autoscaler == .null ? nil : KubernetesObject(autoscaler),
            services: services.map(KubernetesObject.init), stableReady: stableReady,
            removed: (tree["removed"]?.items ?? []).map(KubernetesObject.init))
    }
}

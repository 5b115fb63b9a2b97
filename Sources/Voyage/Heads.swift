internal import FlowFiles
package import Journal
package import KubernetesAPI
internal import Manifests

/// Compares the heads that the cluster's objects carry with the journal: a tail that was lost
/// shows here and nowhere else.
package struct Heads: Sendable {
    private let cluster: KubernetesClient
    private let store: any JournalStore

    package init(cluster: KubernetesClient, store: any JournalStore) {
        self.cluster = cluster
        self.store = store
    }

    /// The objects are read before the journal: what a living holder writes between the two looks is
    /// in the journal by then, and no loss.
    package func check(_ charter: RunCharter) async throws {
        var carried: [(reference: ObjectReference, sequence: Int, hash: Substring)] = []
        for reference in charter.routes {
            let object = try await cluster.patiently { try await $0.get(reference) }
            guard let seal = object?.seal, seal.run == charter.run else { continue }
            let parts = seal.head.split(separator: ":")
            guard parts.count == 2, let sequence = Int(parts[0]) else { continue }
            carried.append((reference, sequence, parts[1]))
        }
        let last = try await store.last(of: charter.run)?.sequence ?? 0
        for (reference, sequence, hash) in carried {
            let place = "\(reference) carries record \(sequence)"
            if sequence > last {
                throw VoyageError(.damaged("it ends at record \(last)"), place: place)
            }
            let known = try await store.records(of: charter.run, from: max(1, sequence)).first
            if sequence > 0, let known, known.hash != hash {
                throw VoyageError(.damaged("record \(sequence) is another one"), place: place)
            }
        }
    }
}

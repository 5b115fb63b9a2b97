internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
package import Journal
package import KubernetesAPI
internal import Manifests

/// Compares the heads that the cluster's objects carry with the journal: a tail that was lost
/// shows here and nowhere else.
///
/// Where a run has ended no object carries a head any more. That its end was lost shows once a newer
/// run of the target has begun: as long as marks of the older one stood, it would have been refused.
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
        if carried.isEmpty, let newer = try await successor(of: charter) {
            throw VoyageError(
                .damaged("it ends at record \(last), before its end; then run \(newer) began"),
                place: "run \(charter.run)")
        }
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

    /// Throws where the objects that a run is going to write carry its name already: it has been here, by
    /// a journal that is not this one.
    ///
    /// For a run that the journal has no record of; writes nothing.
    package func requireNone(of charter: RunCharter) async throws {
        for reference in charter.routes {
            let object = try await cluster.patiently { try await $0.get(reference) }
            if let seal = object?.seal, seal.run == charter.run {
                throw VoyageError(Self.unremembered(seal), place: "\(reference)")
            }
        }
    }

    static func unremembered(_ seal: WriteSeal) -> VoyageError.Code {
        .unremembered(run: seal.run, record: Int(seal.head.prefix { $0 != ":" }) ?? 0)
    }

    /// A run of the target that began behind our last record, by which our marks still stood.
    private func successor(of charter: RunCharter) async throws -> String? {
        let last = try await RunLog(run: charter.run, store: store).last()
        guard let last, last.state.isMarked(charter.flow.plan) else { return nil }
        for card in try await store.runs()
        where card.target == charter.target && card.opened > last.date
            && card.run != charter.run
        {
            if try await store.last(of: card.run) != nil { return card.run }
        }
        return nil
    }
}

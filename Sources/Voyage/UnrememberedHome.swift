internal import CanaryEngine
internal import IstioRoutes
internal import JSONTree
package import KubernetesAPI
internal import Manifests
internal import Workloads

/// The way home for somebody who cannot read the journal: by what stands on the cluster's objects
/// alone.
///
/// How many pods stable had at the backup is not to be seen there. What it can carry is judged by
/// the pods that it has, and once the candidate had everything, by the candidate's.
package struct UnrememberedHome: Sendable {
    let client: KubernetesClient
    let namespace: String
    let service: String

    package init(client: KubernetesClient, namespace: String, service: String) {
        self.client = client
        self.namespace = namespace
        self.service = service
    }

    /// The service that a run moves and its namespace, by what stands on the routes; nil where none
    /// names that run.
    package static func target(
        ofRun run: String, client: KubernetesClient, namespace: String
    ) async throws -> (namespace: String, service: String)? {
        let version = try await IstioRouter.servedVersion(client)
        let kind = ResourceKind.virtualService.inVersion(version)
        for object in try await everywhere(kind, client, orIn: namespace) {
            guard let record = RouteRecord(on: object), record.run == run else { continue }
            let parts = record.service.split(separator: ".")
            if parts.count > 1 { return (String(parts[1]), String(parts[0])) }
        }
        return nil
    }

    /// Of all namespaces, or of one where the account may not see the others.
    private static func everywhere(
        _ kind: ResourceKind, _ client: KubernetesClient, orIn namespace: String
    ) async throws -> [KubernetesObject] {
        try await client.patiently { client in
            do {
                return try await client.list(kind, namespace: nil).items
            } catch let error as KubernetesError where error.code == .forbidden {
                return try await client.list(kind, namespace: namespace).items
            }
        }
    }

    /// Lowers weights as far as stable's ready pods carry; a sentence for each object.
    package func bring(run: String?) async throws -> [String] {
        try await IstioRouter.emergencyHome(
            client: client, namespace: namespace, service: service, run: run,
            staying: { try await staying($0) })
    }

    /// The share that has to stay where it is.
    private func staying(_ record: RouteRecord) async throws -> TrafficWeight {
        let rules = try await rules(of: record)
        let stable = try await pods(of: record.stable, rules)
        let candidate =
            record.weight == .all ? try await pods(of: record.candidate, rules) : []
        return Self.staying(
            stable: stable.count, ready: stable.count(where: \.isReadyPod),
            candidate: candidate.count(where: \.isReadyPod))
    }

    /// Of stable's pods so many are ready; `candidate` pods carry what stable may have to.
    static func staying(stable: Int, ready: Int, candidate: Int) -> TrafficWeight {
        guard ready > 0 else { return .all }
        let carried = Capacity.carry(ready: ready, ofStableReady: max(stable, candidate))
        return TrafficWeight(percent: 100 - carried) ?? .none
    }

    func rules(of record: RouteRecord) async throws -> [KubernetesObject] {
        let version = try await IstioRouter.servedVersion(client)
        let kind = ResourceKind.destinationRule.inVersion(version)
        let all = try await Self.everywhere(kind, client, orIn: namespace)
        return all.filter { rule in
            let host = MeshHost(rule.spec["host"]?.text ?? "", from: rule.namespace)
            return host.name == record.service
        }
    }

    /// The pods of a version, those that are going left out.
    private func pods(of version: VersionDestination, _ rules: [KubernetesObject]) async throws
        -> [KubernetesObject]
    {
        let wanted = try await labels(of: version, rules)
        if wanted.isEmpty { return [] }
        return try await pods(labelled: wanted).filter { !$0.isBeingDeleted }
    }

    func pods(labelled labels: [(String, String)]) async throws -> [KubernetesObject] {
        try await client.patiently {
            try await $0.list(.pod, namespace: namespace, selector: labels).items
        }
    }

    /// By which labels the mesh finds a version's pods; none where nothing says it any more.
    ///
    /// `noted`: those of its subset, as the run's record has them.
    func labels(
        of version: VersionDestination, _ rules: [KubernetesObject], noted: JSONTree? = nil
    ) async throws -> [(String, String)] {
        var labels: JSONTree = [:]
        if let subset = version.subset {
            let entries = rules.flatMap { $0.spec["subsets"]?.items ?? [] }
            let entry = entries.first { $0["name"]?.text == subset }
            guard let found = noted ?? entry?["labels"] else { return [] }
            labels = found
        }
        let host = String(version.host.name.prefix { $0 != "." })
        let reference = ObjectReference(.service, namespace: namespace, name: host)
        let mine = try await client.patiently { try await $0.get(reference) }
        let selector = mine.flatMap(LabelSelector.init(service:))?.equalities ?? []
        return selector + (labels.members ?? [:]).map { ($0.key, $0.value.text ?? "") }
    }
}

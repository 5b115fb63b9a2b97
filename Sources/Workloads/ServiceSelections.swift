internal import JSONTree
internal import Manifests

/// Whose pods each Service of the namespace selects, by their names; the flow's own service left
/// out.
///
/// Those that the candidate's manifest brings count as if they were there.
package struct ServiceSelections: Sendable {
    /// Stable's pods, and no other Deployment's.
    package private(set) var stable: [String] = []
    package private(set) var candidate: [String] = []
    /// Pods of several Deployments.
    package private(set) var shared: [String] = []
    /// Pods of some other Deployment alone.
    package private(set) var foreign: [String] = []

    private let services: [KubernetesObject]

    /// No Service but the flow's selects anybody's pods.
    package var isEmpty: Bool { (stable + candidate + shared + foreign).isEmpty }

    init(_ scope: WorkloadScope, _ listing: WorkloadListing, stable: KubernetesObject?) {
        let brought = scope.candidateObjects.filter { $0.kind == ResourceKind.service.kind }
        services =
            brought
            + listing.services.filter { there in !brought.contains { $0.name == there.name } }
        let others = listing.deployments.filter {
            $0.name != stable?.name && $0.name != scope.candidateName
        }
        for service in services where service.name != scope.service {
            guard let selector = LabelSelector(service: service) else { continue }
            let meant = (
                selector.matches(stable?.templateLabels),
                selector.matches(scope.candidate.templateLabels),
                others.contains { selector.matches($0.templateLabels) }
            )
            switch meant {
            case (true, false, false): self.stable.append(service.name)
            case (false, true, false): candidate.append(service.name)
            case (false, false, true): foreign.append(service.name)
            case (false, false, false): continue
            default: shared.append(service.name)
            }
        }
    }

    /// Refuses where users of stable's Service come by a port that the candidate's does not have.
    package func requirePorts(of stable: String, on candidate: String) throws(WorkloadRefusal) {
        func ports(_ name: String) -> [Int] {
            (services.first { $0.name == name }?.spec["ports"]?.items ?? [])
                .compactMap { $0["port"]?.whole }
        }
        let there = ports(candidate)
        guard let missing = ports(stable).first(where: { !there.contains($0) }) else { return }
        throw WorkloadRefusal(.portMissing(missing, of: stable), place: "Service \(candidate)")
    }
}

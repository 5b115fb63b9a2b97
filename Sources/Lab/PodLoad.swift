internal import JSONTree
internal import Manifests

/// How busy each pod of one version is with one service's users: what autoscalers go by.
struct PodLoad: Hashable, Sendable {
    /// The service's full host name.
    let service: String
    let version: String
    /// Requests a second, as a share of the version's `capacityPerPod`.
    let share: Double
}

extension LabCluster {
    /// Takes in what the mesh says of its pods' loads, and tells the autoscalers.
    mutating func bear(_ loads: [PodLoad]) {
        guard loads != podLoads else { return }
        podLoads = loads
        for scaler in shelves[LabCatalog.autoscalers].objects {
            let key = Key(namespace: scaler.namespace, name: scaler.name)
            agenda.add(.syncAutoscaler(key), at: now + pace.autoscalers)
        }
    }

    /// How busy a Deployment's pods are, 1 being all that they can bear; nil: nobody knows.
    ///
    /// Pods that serve more than one service have the sum.
    func share(of deployment: KubernetesObject) -> Double? {
        let labels = deployment.spec.at("template", "metadata", "labels")
        let version = labels?[versionLabel]?.text ?? ""
        var share: Double?
        for load in podLoads where load.version == version {
            let serves = shelves[LabCatalog.services].objects.contains { service in
                guard service.namespace == deployment.namespace,
                    MeshNames.fullHost(service.name, service.namespace) == load.service,
                    let selector = service.spec["selector"], selector.members?.isEmpty == false
                else { return false }
                return LabSelector(equal: selector).matches(labels: labels)
            }
            if serves { share = (share ?? 0) + load.share }
        }
        return share
    }

    /// How many of a Deployment's pods are ready and shall stay.
    func readyPods(of deployment: KubernetesObject) -> Int {
        let selector = LabSelector(deployment.spec["selector"])
        return shelves[LabCatalog.pods].objects.count {
            $0.namespace == deployment.namespace && !$0.isBeingDeleted && Self.isReady($0)
                && selector.matches($0)
        }
    }
}

internal import JSONTree
package import Manifests
internal import Workloads

/// What was found of one service.
package struct ServiceFinding: Sendable {
    /// Routes of one VirtualService that lead to it.
    package struct Route: Hashable, Sendable {
        package var virtualService: String
        package var namespace: String
        /// Their names; empty for one that has none.
        package var http: [String]

        package init(virtualService: String, namespace: String, http: [String]) {
            self.virtualService = virtualService
            self.namespace = namespace
            self.http = http
        }
    }

    package let namespace: String
    package let service: String
    /// Those whose pods it selects; the one with the most ready pods first.
    package var deployments: [KubernetesObject] = []
    package var routes: [Route] = []
    package var isBehindGateway = false
    /// By which users call it from outside.
    package var host: String?
    /// Where tests can knock.
    package var gateway: String?
    package var prometheus: String?
    /// Stable's own Service, where the routes lead to such: users are divided by hosts.
    package var stableService: KubernetesObject?
    /// The Services that stand, by their names.
    package var services: [String] = []

    package init(namespace: String, service: String) {
        self.namespace = namespace
        self.service = service
    }

    package var stable: KubernetesObject? { deployments.first }

    /// The pods' label that tells versions apart; nil where none does.
    package var versionLabel: String? {
        ["version", "app.kubernetes.io/version", "release"].first {
            stable?.templateLabels?[$0]?.text != nil
        }
    }

    package var version: String? { versionLabel.flatMap { stable?.templateLabels?[$0]?.text } }
}

package import KubernetesAPI
internal import Manifests

extension IstioRouter {
    /// Versions of `networking.istio.io`, the newest first; all say the same of what we edit.
    static let versions = ["v1", "v1beta1", "v1alpha3"]

    /// The newest version in which the cluster serves VirtualServices.
    package static func servedVersion(_ client: KubernetesClient) async throws -> String {
        let served = try await client.patiently {
            try await $0.served(.virtualService, as: versions)
        }
        guard let served else { throw RouteRefusal(.noIstio, at: client.server) }
        return served.version
    }
}

extension KubernetesObject {
    /// `v1beta1` of `networking.istio.io/v1beta1`; nil where the object says nothing.
    var version: String? {
        let version = apiVersion
        guard let slash = version.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            return version.isEmpty ? nil : version
        }
        return String(version[version.index(after: slash)...])
    }
}

package import KubernetesAPI
internal import Manifests

extension IstioRouter {
    /// Versions of `networking.istio.io`, the newest first; all say the same of what we edit.
    static let versions = ["v1", "v1beta1", "v1alpha3"]

    /// The newest version in which the cluster serves VirtualServices.
    ///
    /// Asked by reading them in the one namespace where that is allowed in any case: it needs no
    /// right of its own.
    package static func servedVersion(_ client: KubernetesClient, namespace: String) async throws
        -> String
    {
        for version in versions {
            let kind = ResourceKind.virtualService.inVersion(version)
            do {
                _ = try await client.patiently { try await $0.list(kind, namespace: namespace) }
                return version
            } catch let error as KubernetesError where error.code == .notFound {
                continue  // a version that is not served; an empty list is no 404
            }
        }
        throw RouteRefusal(.noIstio, at: client.server)
    }
}

extension KubernetesObject {
    /// `v1beta1` of `networking.istio.io/v1beta1`; nil where the object says nothing.
    var version: String? {
        let parts = apiVersion.split(separator: "/")
        return parts.last.map(String.init)
    }
}

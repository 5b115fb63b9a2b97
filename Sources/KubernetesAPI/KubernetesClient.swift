package import HTTPMessages
package import JSONTree
package import Manifests
package import Timekeeping

/// One API server, over any transport. A value: copies share the transport.
package struct KubernetesClient: Sendable {
    package let server: String
    private let token: String?
    private let transport: any HTTPTransport
    private let time: any Timekeeper

    /// `server` is the base address, without a slash at its end.
    package init(
        server: String, token: String? = nil, transport: any HTTPTransport, time: any Timekeeper
    ) {
        self.server = server
        self.token = token
        self.transport = transport
        self.time = time
    }

    /// nil where there is no such object.
    package func get(_ reference: ObjectReference) async throws(KubernetesError)
        -> KubernetesObject?
    {
        throw KubernetesError(.invalid, place: "\(reference)", detail: "not built yet")
    }

    /// `namespace` nil: all of them. `selector`: labels that must be equal.
    package func list(
        _ kind: ResourceKind, namespace: String?, selector: [(String, String)] = []
    ) async throws(KubernetesError) -> ObjectList {
        throw KubernetesError(.invalid, place: kind.plural, detail: "not built yet")
    }

    package func create(_ object: KubernetesObject, as kind: ResourceKind)
        async throws(KubernetesError) -> KubernetesObject
    {
        throw KubernetesError(.invalid, place: kind.plural, detail: "not built yet")
    }

    /// Replaces, under the resourceVersion that `object` carries.
    package func update(_ object: KubernetesObject, as kind: ResourceKind)
        async throws(KubernetesError) -> KubernetesObject
    {
        throw KubernetesError(.invalid, place: kind.plural, detail: "not built yet")
    }

    /// Deletes exactly this object in exactly this version (uid and resourceVersion as preconditions).
    package func delete(_ object: KubernetesObject, as kind: ResourceKind)
        async throws(KubernetesError)
    {
        throw KubernetesError(.invalid, place: kind.plural, detail: "not built yet")
    }
}

package struct ObjectList: Sendable {
    package let items: [KubernetesObject]
    package let resourceVersion: String
}

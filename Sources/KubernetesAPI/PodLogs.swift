internal import HTTPMessages
package import Manifests

extension KubernetesClient {
    /// The last lines that a container of a pod wrote; with `previous` those of the container before
    /// its last restart.
    ///
    /// What a program writes may hold anything: nothing of it may go on unlooked at.
    package func log(
        of pod: ObjectReference, container: String, previous: Bool, lines: Int
    ) async throws(KubernetesError) -> [UInt8] {
        var call = APICall("GET", pod)
        call.subresource = "log"
        call.accept = "*/*"
        call.timeout = .seconds(10)
        call.query = [
            ("container", container), ("tailLines", "\(lines)"), ("limitBytes", "16384"),
        ]
        if previous { call.query.append(("previous", "true")) }
        return try await exchange(call).body.bytes ?? []
    }
}

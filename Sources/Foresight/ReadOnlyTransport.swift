package import HTTPMessages
internal import JSONTree

/// Lets through what changes nothing: reading objects and logs, and the questions about our own
/// rights.
///
/// A wall and no promise: whoever stands behind it cannot write, whatever he tries.
package struct ReadOnlyTransport: HTTPTransport {
    private let inner: any HTTPTransport

    package init(_ inner: any HTTPTransport) { self.inner = inner }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        guard Self.changesNothing(request) else {
            return HTTPResponse(
                status: 405,
                body: .tree([
                    "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 405,
                    "message": .string("this command only looks: \(request.place) was not sent"),
                ]))
        }
        return try await inner.send(request)
    }

    static let reviews = "authorization.k8s.io"
    /// POSTs that ask and store nothing.
    private static let questions = ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]
    /// A GET of another part of an object may start something: `exec`, `proxy`.
    private static let harmlessParts = ["log", "status", "scale"]

    static func changesNothing(_ request: HTTPRequest) -> Bool {
        guard let path = APIPath(url: request.url) else { return request.method == "GET" }
        switch request.method {
        case "GET": return path.subresource.map(harmlessParts.contains) ?? true
        case "POST":
            return path.group == reviews && path.namespace == nil
                && path.name == nil && questions.contains(path.plural)
        default: return false
        }
    }
}

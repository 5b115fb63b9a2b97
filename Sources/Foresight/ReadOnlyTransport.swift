package import HTTPMessages
internal import JSONTree

/// Lets through what changes nothing: reading objects and logs, and the questions about our own
/// rights.
///
/// A wall and no promise: whoever stands behind it cannot write, whatever he tries.
package struct ReadOnlyTransport: HTTPTransport {
    private let inner: any HTTPTransport
    private let server: String

    /// `server`: the address of the API server; nothing goes anywhere else.
    package init(_ inner: any HTTPTransport, to server: String) {
        self.inner = inner
        self.server = server
    }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        guard changesNothing(request) else {
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

    /// A path that reads the same here and there: servers take `%2F` for a slash, and walk up by dots.
    private func isPlain(_ target: String) -> Bool {
        let path = APIPath.path(of: target).lowercased()
        return !path.contains("%2f")
            && !path.split(separator: "/").contains { $0 == "." || $0 == ".." }
    }

    private func changesNothing(_ request: HTTPRequest) -> Bool {
        guard let target = APIPath.target(of: request.url, below: server), isPlain(target) else {
            return false
        }
        guard let path = APIPath(target) else { return request.method == "GET" }
        switch request.method {
        case "GET": return path.subresource.map(Self.harmlessParts.contains) ?? true
        case "POST":
            return path.group == Self.reviews && path.namespace == nil
                && path.name == nil && Self.questions.contains(path.plural)
        default: return false
        }
    }
}

package import HTTPMessages

/// How a call to the API server ended badly: what happened, at which object, what to do.
package struct KubernetesError: Error, Hashable, Sendable {
    package enum Code: Hashable, Sendable {
        /// 401
        case unauthorized
        /// 403
        case forbidden
        /// 404
        case notFound
        /// 409: somebody wrote in between, or the object exists
        case conflict
        /// 410: the resourceVersion is too old to watch from
        case gone
        /// 400, 405, 406, 415, 422: this request will never do
        case invalid
        /// 429: try again, not before
        case tooMany(retryAfter: Duration)
        /// 5xx, or no answer; of a write nobody knows whether it was applied
        case unavailable(reached: HTTPFailure.Reached)
        /// The answer was no Kubernetes object
        case undecodable
        /// The object carries a newer epoch, or another run's seal: we are not its holder any more
        case fenced(by: String)
    }

    package let code: Code
    /// `PUT VirtualService demo/demo-app`
    package let place: String
    /// The server's own message, shortened.
    package let detail: String

    package init(_ code: Code, place: String, detail: String) {
        self.code = code
        self.place = place
        self.detail = detail
    }

    /// Whether the same call may go well a little later.
    package var isPassing: Bool {
        switch code {
        case .tooMany, .unavailable, .conflict: true
        case .unauthorized, .forbidden, .notFound, .gone, .invalid, .undecodable, .fenced: false
        }
    }
}

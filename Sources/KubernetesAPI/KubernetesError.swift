package import HTTPMessages

/// How a call to the API server ended badly: what happened, at which object, what to do.
package struct KubernetesError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// 401
        case unauthorized
        /// 403
        case forbidden
        /// 404 that names the object, or is of no single one
        case notFound
        /// 409: somebody wrote in between, or the object exists
        case conflict
        /// 410: the resourceVersion is too old to watch from
        case gone
        /// 400, 405, 406, 415, 422: this request will never do
        case invalid
        /// 429: try again, not before
        case tooMany(retryAfter: Duration)
        /// 5xx, a 404 that names nothing, or no answer; of a write nobody knows whether it was applied
        case unavailable(reached: HTTPFailure.Reached)
        /// The answer was no Kubernetes object
        case undecodable
        /// The object carries a newer epoch, or another run's seal: we are not its holder any more
        case fenced(by: String)
    }

    package let code: Code
    /// Which call, and to which object: `PUT VirtualService demo/demo-app`.
    package let place: String
    /// The server's own message, shortened.
    package let detail: String
    /// What the server asked us to wait, if it did.
    package let retryAfter: Duration?
    /// The right that a 403 says we have not.
    package let lacking: AccessRight?

    package init(
        _ code: Code, place: String, detail: String, retryAfter: Duration? = nil,
        lacking: AccessRight? = nil
    ) {
        self.code = code
        self.place = place
        self.detail = detail
        self.lacking = lacking
        if case .tooMany(let pause) = code {
            self.retryAfter = pause
        } else {
            self.retryAfter = retryAfter
        }
    }

    /// Whether the same call may go well a little later.
    package var isPassing: Bool {
        switch code {
        case .tooMany, .unavailable, .conflict: true
        case .unauthorized, .forbidden, .notFound, .gone, .invalid, .undecodable, .fenced: false
        }
    }

    /// Whether a write that ended so may have been applied, or may be yet.
    package var leavesInDoubt: Bool {
        switch code {
        case .unavailable(let reached): reached == .perhaps
        case .undecodable: true
        case .unauthorized, .forbidden, .notFound, .conflict, .gone, .invalid, .tooMany, .fenced:
            false
        }
    }

    package var description: String {
        """
        kubernetes: \(meaning)\(detail.isEmpty ? "" : ": \(detail)") (\(short))
          where: \(place)
          do:    \(remedy)
        """
    }

    private var meaning: String {
        switch code {
        case .unauthorized: "the API server does not know us"
        case .forbidden: "this account may not do that"
        case .notFound: "there is no such object or kind"
        case .conflict: "somebody wrote in between, or the object exists"
        case .gone: "that version is too old to go on from"
        case .invalid: "the API server will never take this request"
        case .tooMany: "the API server is too busy"
        case .unavailable(.never): "the API server cannot be reached"
        case .unavailable(.perhaps): "no answer that says what happened"
        case .undecodable: "the answer is no Kubernetes object"
        case .fenced(""): "our seal is gone from the object"
        case .fenced: "somebody else holds the object now"
        }
    }

    private var short: String {
        switch code {
        case .unauthorized: "401"
        case .forbidden: "403"
        case .notFound: "404"
        case .conflict: "409"
        case .gone: "410"
        case .invalid: "refused"
        case .tooMany(let retryAfter): "429, again in \(retryAfter.components.seconds) s"
        case .unavailable(.never): "not sent"
        case .unavailable(.perhaps): "unknown"
        case .undecodable: "undecodable"
        case .fenced(""): "fenced"
        case .fenced(let run): "fenced by run \(run)"
        }
    }

    private var remedy: String {
        switch code {
        case .unauthorized: "log in again, or give another --kubeconfig"
        case .forbidden: lacking?.remedy ?? "give this account the right, or another --kubeconfig"
        case .notFound: "check name and namespace, and that the kind is installed"
        case .conflict: "see who else writes there, then run again"
        case .gone: "nothing; list again and go on from there"
        case .invalid: "correct the object as the message says"
        case .tooMany: "wait; the API server names the time"
        case .unavailable(.never): "check the address in the kubeconfig, and the network"
        case .unavailable(.perhaps): "check the API server; read the object before writing again"
        case .undecodable: "check that the address is an API server's and not a proxy's"
        case .fenced(""): "see who removed its theseus.dev annotations, then `theseus status`"
        case .fenced: "leave it to that holder; `theseus status` shows it"
        }
    }
}

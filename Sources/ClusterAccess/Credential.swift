package import Secrets

/// Who we are to the API server.
package enum Credential: Hashable, Sendable {
    /// Nobody, or whom the client certificate names.
    case none
    case token(Secret)
    /// Read again every minute: somebody renews it. The token beside it counts while it cannot be read.
    case tokenFile(String, besides: Secret?)
    case password(user: String, Secret)
    case plugin(ExecPlugin, ExecClusterNote)
}

package import HTTPMessages
package import Secrets

/// What shows a source who asks; names places of secrets, and holds none.
package enum SourceCredential: Hashable, Sendable {
    /// `Authorization: Bearer …`, `Api-Key: …`: a header line with something before the secret.
    case header(name: String, before: String, SecretOrigin)
    case basic(user: String, SecretOrigin)
    /// Amazon's signature, version 4.
    case signature(
        region: String, service: String, accessKey: SecretOrigin, secretKey: SecretOrigin,
        sessionToken: SecretOrigin?)
}

extension SourceCredential {
    package var origins: [SecretOrigin] {
        switch self {
        case .header(_, _, let origin), .basic(_, let origin): [origin]
        case .signature(_, _, let access, let secret, let session):
            [access, secret] + (session.map { [$0] } ?? [])
        }
    }
}

/// Whom to trust, and a certificate to show; paths of PEM files.
package struct SourceTrust: Hashable, Sendable {
    /// Trusted instead of the system's authorities.
    package var authorities: String?
    package var certificate: String?
    package var key: String?
    /// The name that the server's certificate must bear, where it is not the address's.
    package var serverName: String?

    package init(
        authorities: String? = nil, certificate: String? = nil, key: String? = nil,
        serverName: String? = nil
    ) {
        self.authorities = authorities
        self.certificate = certificate
        self.key = key
        self.serverName = serverName
    }
}

/// What the files of a `SourceTrust` hold.
package struct TrustMaterial: Hashable, Sendable {
    package var authorities: [UInt8]?
    package var certificate: [UInt8]?
    package var key: Secret?
    package var serverName: String?
}

/// How a source is reached, beside its address.
package struct SourceAccess: Hashable, Sendable {
    package var credentials: [SourceCredential]
    /// Sent with every request.
    package var headers: HTTPHeaders
    package var trust: SourceTrust?

    package init(
        credentials: [SourceCredential] = [], headers: HTTPHeaders = [:], trust: SourceTrust? = nil
    ) {
        self.credentials = credentials
        self.headers = headers
        self.trust = trust
    }

    package var isPlain: Bool { credentials.isEmpty && headers.lines.isEmpty && trust == nil }
}

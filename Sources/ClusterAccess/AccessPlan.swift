package import HTTPClient
package import JSONTree
package import Secrets

/// Where the API server is, how it is trusted, and who we are.
package struct AccessPlan: Hashable, Sendable {
    /// How the server's certificate is judged.
    package enum Trust: Hashable, Sendable {
        case system
        /// By these, PEM, and no others.
        case authorities([UInt8])
        /// Whoever answers.
        case anybody
    }

    /// Without a slash at its end.
    package var server: String
    package var namespace: String?
    package var trust = Trust.system
    package var serverName: String?
    package var identity: CurlIdentity?
    package var credential = Credential.none
    package var impersonation = Impersonation()
    package var proxy: Secret?
    /// What the cluster's extension `theseus.dev/lab` says, if it has one.
    package var lab: JSONTree?
    /// What a person must be told, one line each; those that matter later are journaled.
    package var notices: [AccessNotice] = []

    package init(server: String) { self.server = server }

    package var isEncrypted: Bool { server.hasPrefix("https://") }

    /// What is true of every request; `identity` is the plugin's where it gave one.
    func options(identity: CurlIdentity?) -> CurlOptions {
        var options = CurlOptions(identity: identity, offersHTTP2: true)
        switch trust {
        case .system: break
        case .authorities(let bytes): options.authorities = bytes
        case .anybody: options.insecure = true
        }
        options.serverName = serverName
        options.proxy = proxy?.text
        return options
    }
}

/// Something that a person must be told before anything is done.
package struct AccessNotice: Hashable, Sendable {
    package let text: String
    /// It concerns what the run did, not only this terminal.
    package let isForJournal: Bool
}

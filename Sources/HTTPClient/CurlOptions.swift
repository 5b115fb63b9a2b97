/// What is true of every request that one transport carries.
package struct CurlOptions: Hashable, Sendable {
    /// A file of PEM certificates to trust instead of the system's.
    package var caFile: String?
    /// PEM certificates to trust instead of the system's, as a kubeconfig holds them.
    package var authorities: [UInt8]?
    /// Who we are, for servers that ask.
    package var identity: CurlIdentity?
    /// Trust whoever answers.
    ///
    /// For a person who says so, and for nobody else.
    package var insecure: Bool
    /// The name that the server's certificate must bear, and that the handshake asks for, instead of
    /// the URL's host.
    package var serverName: String?
    /// HTTP/2 where the server offers it by TLS; then one connection carries many requests, of those
    /// that have no body.
    package var offersHTTP2: Bool
    /// A proxy's URL; nil goes straight there, whatever the environment says.
    package var proxy: String?
    /// An answer with a larger body fails with `.tooLarge`; streams have no limit.
    package var bodyLimit: Int
    /// How many idle connections are kept for the next request.
    package var idleConnections: Int
    package var userAgent: String

    package init(
        caFile: String? = nil, authorities: [UInt8]? = nil, identity: CurlIdentity? = nil,
        insecure: Bool = false, serverName: String? = nil, offersHTTP2: Bool = false,
        proxy: String? = nil, bodyLimit: Int = 16 << 20,
        idleConnections: Int = 256, userAgent: String = "theseus"
    ) {
        self.caFile = caFile
        self.authorities = authorities
        self.identity = identity
        self.insecure = insecure
        self.serverName = serverName
        self.offersHTTP2 = offersHTTP2
        self.proxy = proxy
        self.bodyLimit = bodyLimit
        self.idleConnections = idleConnections
        self.userAgent = userAgent
    }
}

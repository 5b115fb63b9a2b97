internal import HTTPMessages

/// Where a request goes when the certificate must bear another name than the URL's host.
///
/// libcurl has no option for the name alone. So the URL gets the name as its host, the connection is
/// led to the real host and port, and the `Host` line says what it would have said.
struct CurlDestination: Equatable {
    /// The request's URL with `serverName` for a host.
    let url: String
    /// In libcurl's own notation: `name:port:host:port`.
    let detour: String
    /// What the `Host` line says.
    let authority: String

    /// nil for a URL that is not HTTPS: then there is no certificate, and no name either.
    init?(_ request: HTTPRequest, serverName: String) {
        let bytes = Array(request.url.utf8)
        let scheme = Array("https://".utf8)
        guard bytes.starts(with: scheme) else { return nil }
        let afterScheme = bytes[scheme.count...]
        let end = afterScheme.firstIndex { "/?#".utf8.contains($0) } ?? bytes.endIndex
        var authority = afterScheme[..<end]
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
            authority = authority[(at + 1)...]
        }
        let colon = authority.lastIndex(of: UInt8(ascii: ":"))
        let bracket = authority.lastIndex(of: UInt8(ascii: "]"))
        var host = authority
        var port = "443"
        if let colon, colon > bracket ?? authority.startIndex {
            host = authority[..<colon]
            port = String(decoding: authority[(colon + 1)...], as: UTF8.self)
        }
        let name = serverName.utf8.contains(UInt8(ascii: ":")) ? "[\(serverName)]" : serverName
        url = "https://\(name):\(port)" + String(decoding: bytes[end...], as: UTF8.self)
        detour = "\(name):\(port):\(String(decoding: host, as: UTF8.self)):\(port)"
        self.authority = String(decoding: authority, as: UTF8.self)
    }
}

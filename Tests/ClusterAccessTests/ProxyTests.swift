import ClusterAccess
import Testing

/// Which proxy leads to a server.
@Suite struct ProxyTests {
    struct Way: Sendable, CustomTestStringConvertible {
        var server: String
        var configured: String?
        var variables: [String: String] = [:]
        var proxy: String?
        var testDescription: String { "\(server) with \(variables)" }
    }

    private static let usual = ["HTTPS_PROXY": "proxy:3128"]

    private static func excepted(_ list: String, _ server: String, _ isExcepted: Bool) -> Way {
        Way(
            server: server, variables: ["https_proxy": "http://p", "NO_PROXY": list],
            proxy: isExcepted ? nil : "http://p")
    }

    static let ways = [
        Way(server: "https://api", proxy: nil),
        Way(server: "https://api", variables: usual, proxy: "http://proxy:3128"),
        Way(server: "http://api", variables: usual, proxy: nil),
        Way(server: "http://api", variables: ["http_proxy": "http://p"], proxy: "http://p"),
        Way(
            server: "http://api", variables: ["HTTP_PROXY": "http://p", "REQUEST_METHOD": "GET"],
            proxy: nil),
        Way(
            server: "https://api",
            variables: ["HTTPS_PROXY": "http://a", "https_proxy": "http://b"],
            proxy: "http://a"),
        Way(server: "https://127.0.0.1:6443", variables: usual, proxy: nil),
        Way(server: "https://localhost", variables: usual, proxy: nil),
        Way(server: "https://[::1]:6443", variables: usual, proxy: nil),
        Way(
            server: "https://127.0.0.1:6443", configured: "socks5://here:1080", variables: usual,
            proxy: "socks5h://here:1080"),
        Way(
            server: "https://api", configured: "https://mia:x@p:1",
            variables: ["NO_PROXY": "*"], proxy: "https://mia:x@p:1"),
        excepted("*", "https://api.example.com", true),
        excepted("example.com", "https://api.example.com", true),
        excepted("example.com", "https://example.com", true),
        excepted("example.com", "https://badexample.com", false),
        excepted(".example.com", "https://api.EXAMPLE.com", true),
        excepted(".example.com", "https://example.com", false),
        excepted("*.example.com", "https://api.example.com", true),
        excepted("other, example.com:6443", "https://api.example.com:6443", true),
        excepted("example.com:6443", "https://api.example.com", false),
        excepted("example.com:443", "https://api.example.com", true),
        excepted("10.0.0.0/8", "https://10.1.2.3:6443", true),
        excepted("10.0.0.0/8", "https://11.1.2.3:6443", false),
        excepted("10.1.2.3", "https://10.1.2.3:6443", true),
        excepted("fd00::/8", "https://[fd12::1]", true),
        excepted("fd00::/8", "https://[fe80::1]", false),
        excepted("10.0.0.0/99", "https://10.1.2.3", false),
    ]

    @Test(arguments: ways) func leads(_ way: Way) {
        let found = ProxyChoice.proxy(
            for: way.server, configured: way.configured, variable: { way.variables[$0] })
        #expect(found == way.proxy)
    }
}

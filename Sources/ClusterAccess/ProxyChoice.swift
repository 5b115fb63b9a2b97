/// Which proxy leads to a server: what the kubeconfig says, else what the environment says.
package enum ProxyChoice {
    /// As Go's programs read the variables: upper case first, and never for loopback.
    package static func proxy(
        for server: String, configured: String?, variable: (String) -> String?
    ) -> String? {
        if let configured { return usable(configured) }
        let isEncrypted = server.hasPrefix("https://")
        let names = isEncrypted ? ["HTTPS_PROXY", "https_proxy"] : ["HTTP_PROXY", "http_proxy"]
        guard let proxy = names.lazy.compactMap(variable).first else { return nil }
        // A CGI program's HTTP_PROXY comes from whoever asks it.
        if !isEncrypted, variable("REQUEST_METHOD") != nil { return nil }
        let place = HostPlace(server)
        if place.isLoopback { return nil }
        let exceptions = ["NO_PROXY", "no_proxy"].lazy.compactMap(variable).first ?? ""
        let isExcepted = exceptions.split { $0 == "," || $0 == " " }.contains {
            isMet(String($0).lowercased(), by: place)
        }
        return isExcepted ? nil : usable(proxy)
    }

    /// As libcurl takes it; a bare host speaks HTTP, and names are looked up behind a SOCKS proxy.
    private static func usable(_ proxy: String) -> String {
        guard let scheme = proxy.firstRange(of: "://") else { return "http://\(proxy)" }
        return proxy[..<scheme.lowerBound] == "socks5"
            ? "socks5h\(proxy[scheme.lowerBound...])" : proxy
    }

    private static func isMet(_ exception: String, by place: HostPlace) -> Bool {
        if exception == "*" { return true }
        if let slash = exception.firstIndex(of: "/") {
            guard let length = Int(exception[exception.index(after: slash)...]),
                let network = HostPlace.address(String(exception[..<slash])),
                let address = HostPlace.address(place.host), network.count == address.count,
                (0...network.count * 8).contains(length)
            else { return false }
            return bits(address, length) == bits(network, length)
        }
        let wanted = HostPlace("//\(exception)", port: nil)
        if let port = wanted.port, port != place.port { return false }
        if let address = HostPlace.address(wanted.host) {
            return address == HostPlace.address(place.host)
        }
        var name = wanted.host
        if name.hasPrefix("*.") { name.removeFirst() }
        if name.hasPrefix(".") { return place.host.hasSuffix(name) }
        return !name.isEmpty && (place.host == name || place.host.hasSuffix(".\(name)"))
    }

    private static func bits(_ address: [UInt8], _ length: Int) -> [Bool] {
        address.flatMap { byte in (0..<8).map { byte & (0x80 >> $0) != 0 } }.prefix(length).map {
            $0
        }
    }
}

/// Host and port of a server's address.
struct HostPlace: Equatable {
    /// In lower case, without brackets.
    let host: String
    let port: String?

    init(_ server: String) {
        self.init(server, port: server.hasPrefix("https://") ? "443" : "80")
    }

    init(_ server: String, port usual: String?) {
        var rest = server[...]
        if let scheme = server.firstRange(of: "//") { rest = server[scheme.upperBound...] }
        rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            host = rest[rest.index(after: rest.startIndex)..<end].lowercased()
            let after = rest[rest.index(after: end)...]
            port = after.hasPrefix(":") ? String(after.dropFirst()) : usual
        } else if let colon = rest.lastIndex(of: ":"), rest.firstIndex(of: ":") == colon {
            host = rest[..<colon].lowercased()
            port = String(rest[rest.index(after: colon)...])
        } else {
            host = rest.lowercased()
            port = usual
        }
    }

    var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        guard let address = Self.address(host) else { return false }
        return address.count == 4
            ? address[0] == 127 : address == Array(repeating: 0, count: 15) + [1]
    }

    /// The 4 or 16 bytes of an address; nil for a name.
    static func address(_ text: String) -> [UInt8]? {
        let fours = text.split(separator: ".", omittingEmptySubsequences: false)
        if fours.count == 4 {
            let bytes = fours.compactMap { $0.count <= 3 ? UInt8($0) : nil }
            return bytes.count == 4 ? bytes : nil
        }
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard text.contains(":"), halves.count <= 2 else { return nil }
        var sides: [[UInt8]] = []
        for half in halves {
            var side: [UInt8] = []
            for group in half.split(separator: ":", omittingEmptySubsequences: !half.isEmpty) {
                if group.isEmpty { continue }
                guard group.count <= 4, let number = UInt16(group, radix: 16) else { return nil }
                side += [UInt8(number >> 8), UInt8(number & 255)]
            }
            sides.append(side)
        }
        let count = sides.reduce(0) { $0 + $1.count }
        if halves.count == 1 { return count == 16 ? sides[0] : nil }
        guard count < 16 else { return nil }
        return sides[0] + Array(repeating: 0, count: 16 - count) + sides[1]
    }
}

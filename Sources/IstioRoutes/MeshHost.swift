/// One host of the mesh, however it was written.
///
/// `reviews`, `reviews.shop`, `reviews.shop.svc` and `reviews.shop.svc.cluster.local` are one host
/// when they stand in an object of the namespace `shop`. In another namespace `reviews` is another.
/// Istio itself completes only names without a dot; that we complete the others too can only make
/// us find more routes to a service, never fewer.
package struct MeshHost: Hashable, Sendable, CustomStringConvertible {
    /// The whole name; a wildcard begins with `*`.
    package let name: String

    package init(_ written: String, from namespace: String, domain: String = "cluster.local") {
        if Self.isWhole(written) {
            name = written
            return
        }
        var text = written.lowercased()
        if text.hasSuffix(".") { text.removeLast() }
        let dots = text.utf8.count { $0 == 0x2E }
        if text.hasPrefix("*") {
            name = text
        } else if dots == 0 {
            name = "\(text).\(namespace).svc.\(domain)"
        } else if dots == 1 {
            name = "\(text).svc.\(domain)"
        } else if dots == 2, text.hasSuffix(".svc") {
            name = "\(text).\(domain)"
        } else {
            name = text
        }
    }

    /// Whether nothing is left to do for a name, as most are written or were completed by us.
    private static func isWhole(_ name: String) -> Bool {
        var dots = 0
        let letters = name.utf8Span.span
        for place in letters.indices {
            switch letters[place] {
            case 0x2E: dots += 1
            case 0x61...0x7A, 0x30...0x39, 0x2D: break
            default: return false
            }
        }
        return dots > 2 && name.utf8.last != 0x2E
    }

    package var isWildcard: Bool { name.hasPrefix("*") }

    /// Whether what holds for this host holds for `other` too.
    package func covers(_ other: MeshHost) -> Bool {
        guard isWildcard else { return self == other }
        let ending = name.dropFirst()
        return other.name.count >= ending.count && other.name.hasSuffix(ending)
    }

    package var description: String { name }
}

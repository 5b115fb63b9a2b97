/// An IP address: four bytes, or sixteen.
package struct NetworkAddress: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// An address that only the machine or its cloud means, and no test of anybody's: link-local, or
    /// one where clouds keep metadata and credentials.
    ///
    /// An IPv4 address inside of an IPv6 one counts as what it is. Loopback and private networks are
    /// no matter of this: tests live there.
    package var isForbidden: Bool {
        switch bytes.count {
        case 4: Self.isForbidden(four: bytes[...])
        case 16: isForbiddenSix
        default: true
        }
    }

    private static func isForbidden(four: ArraySlice<UInt8>) -> Bool {
        let four = Array(four)
        return four.starts(with: [169, 254])
            // Alibaba's, Azure's, Oracle's.
            || [[100, 100, 100, 200], [168, 63, 129, 16], [192, 0, 0, 192]].contains(four)
    }

    private var isForbiddenSix: Bool {
        let zeros = [UInt8](repeating: 0, count: 10)
        // fe80::/10, and fec0::/10, which was for sites once.
        if bytes[0] == 0xFE, bytes[1] & 0x80 == 0x80 { return true }
        if Self.metadata.contains(bytes) { return true }
        // ::ffff:a.b.c.d, ::a.b.c.d, 64:ff9b::a.b.c.d and 2002:a.b.c.d::
        if bytes.starts(with: zeros + [0xFF, 0xFF]) || bytes.starts(with: zeros + [0, 0]) {
            return Self.isForbidden(four: bytes[12...])
        }
        if bytes.starts(with: [0, 0x64, 0xFF, 0x9B] + zeros.dropFirst(2)) {
            return Self.isForbidden(four: bytes[12...])
        }
        return bytes.starts(with: [0x20, 0x02]) && Self.isForbidden(four: bytes[2..<6])
    }

    /// fd00:ec2::254 (Amazon's) and fd20:ce::254 (Google's).
    private static let metadata: [[UInt8]] = [
        [0xFD, 0x00, 0x0E, 0xC2] + [UInt8](repeating: 0, count: 10) + [0x02, 0x54],
        [0xFD, 0x20, 0x00, 0xCE] + [UInt8](repeating: 0, count: 10) + [0x02, 0x54],
    ]
}

/// Percent-encoding, as URLs and forms have it.
package enum URLText {
    /// Everything but RFC 3986's unreserved letters is encoded, a space as `%20`.
    package static func encoded(_ text: String) -> String {
        let letters = text.utf8Span.span
        guard let first = letters.indices.first(where: { !isPlain(letters[$0]) }) else {
            return text
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(letters.count * 2)
        for place in letters.indices {
            let byte = letters[place]
            if place < first || isPlain(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digit(byte >> 4))
                bytes.append(digit(byte & 15))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The fields of a query or a form, as `a=1&b=2`.
    package static func encoded(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
    }

    /// A letter, a digit, or one of `-._~`, as one bit for each: every address passes here.
    private static func isPlain(_ byte: UInt8) -> Bool {
        let plain: UInt64 =
            switch byte {
            case 0..<64: 0x03FF_6000_0000_0000
            case 64..<128: 0x47FF_FFFE_87FF_FFFE
            default: 0
            }
        return plain >> (byte & 63) & 1 == 1
    }

    private static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
    }
}

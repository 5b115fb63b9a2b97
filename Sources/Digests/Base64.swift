internal import CCrypto

/// Bytes as text of 64 letters (RFC 4648), padded: what the API keeps bytes in.
package enum Base64 {
    package static func text(of bytes: [UInt8]) -> String {
        let room = (bytes.count + 2) / 3 * 4
        let letters = unsafe [UInt8](unsafeUninitializedCapacity: room + 1) { letters, count in
            count = unsafe bytes.withUnsafeBufferPointer { bytes in
                Int(
                    unsafe theseus_base64_encode(
                        letters.baseAddress, bytes.baseAddress, Int32(bytes.count)))
            }
        }
        return String(decoding: letters, as: UTF8.self)
    }

    /// nil for what is no base64; line breaks are passed over.
    package static func bytes(of text: String) -> [UInt8]? {
        let letters = text.utf8.filter { $0 != 0x0A && $0 != 0x0D }
        let padding = letters.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard letters.count.isMultiple(of: 4), letters.dropLast(padding).allSatisfy(isLetter) else {
            return nil
        }
        guard !letters.isEmpty else { return [] }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: letters.count / 4 * 3) {
            bytes, count in
            let length = unsafe letters.withUnsafeBufferPointer { letters in
                unsafe theseus_base64_decode(
                    bytes.baseAddress, letters.baseAddress, Int32(letters.count))
            }
            count = max(0, Int(length) - padding)
        }
        return bytes.count == letters.count / 4 * 3 - padding ? bytes : nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}

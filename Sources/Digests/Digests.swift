// Digests — SHA-256, HMAC-SHA-256 and base64, by libcrypto.
//
//   SHA256        names a sequence of bytes: the journal's chain, its blobs
//   HMACSHA256    signs one with a key: requests that the far side has to believe
//   Base64        bytes as text, where only text may stand
//
// Knows bytes and nothing of what they mean.

internal import CCrypto

/// The SHA-256 digest of bytes: 32 bytes, or 64 lower-case hexadecimal digits.
package enum SHA256 {
    package static func bytes(of message: [UInt8]) -> [UInt8] {
        unsafe digest { digest in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe theseus_sha256_digest(message.baseAddress, message.count, digest)
            }
        }
    }

    package static func hex(of message: [UInt8]) -> String { hexadecimal(bytes(of: message)) }

    package static func hex(of message: String) -> String { hex(of: Array(message.utf8)) }
}

/// The HMAC-SHA-256 of a message under a key (RFC 2104): 32 bytes, or 64 hexadecimal digits.
package enum HMACSHA256 {
    package static func bytes(key: [UInt8], message: [UInt8]) -> [UInt8] {
        // A null key would mean "the key of the last call" to libcrypto.
        let padded = key.isEmpty ? [0] : key
        return unsafe digest { digest in
            unsafe padded.withUnsafeBufferPointer { key in
                unsafe message.withUnsafeBufferPointer { message in
                    unsafe theseus_sha256_hmac(
                        key.baseAddress, Int32(key.count), message.baseAddress, message.count,
                        digest)
                }
            }
        }
    }

    package static func hex(key: [UInt8], message: [UInt8]) -> String {
        hexadecimal(bytes(key: key, message: message))
    }
}

/// The 32 bytes that `write` leaves behind.
///
/// It can only fail for want of memory or of SHA-256 itself; there is no going on without, since
/// an empty digest would look like an answer.
private func digest(_ write: (UnsafeMutablePointer<UInt8>?) -> Int32) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
        let written = unsafe write(digest.baseAddress)
        precondition(written == 1, "libcrypto could not compute SHA-256")
        count = 32
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    var digits: [UInt8] = []
    digits.reserveCapacity(2 * bytes.count)
    for byte in bytes {
        digits.append(hexadecimal(digit: byte >> 4))
        digits.append(hexadecimal(digit: byte & 0xF))
    }
    return String(decoding: digits, as: UTF8.self)
}

private func hexadecimal(digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x57 + digit }

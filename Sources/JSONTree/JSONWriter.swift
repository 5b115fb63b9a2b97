/// Writes JSON without spaces; the same tree always gives the same bytes.
///
/// Reading them back gives the same tree, but for numbers that JSON does not have: NaN and the
/// infinities are written as `null`.
package enum JSONWriter {
    package static func bytes(of tree: JSONTree) -> [UInt8] {
        var writing = JSONWriting()
        writing.bytes.reserveCapacity(512)
        writing.write(tree)
        return writing.bytes
    }

    package static func text(of tree: JSONTree) -> String {
        String(decoding: bytes(of: tree), as: UTF8.self)
    }

    /// The bytes with all keys sorted: what is digested and compared.
    package static func canonicalBytes(of tree: JSONTree) -> [UInt8] {
        bytes(of: tree.canonical)
    }
}

/// The bytes written so far.
private struct JSONWriting {
    var bytes: [UInt8] = []

    mutating func write(_ tree: JSONTree) {
        switch tree {
        case .null: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .integer(let whole): append(whole)
        case .number(let number): append(number.isFinite ? number.description : "null")
        case .string(let text): append(quoted: text)
        case .array(let items):
            bytes.append(0x5B)
            var isFirst = true
            for item in items {
                if !isFirst { bytes.append(0x2C) }
                isFirst = false
                write(item)
            }
            bytes.append(0x5D)
        case .object(let members):
            bytes.append(0x7B)
            var isFirst = true
            for member in members.ordered {
                if !isFirst { bytes.append(0x2C) }
                isFirst = false
                append(quoted: member.key)
                bytes.append(0x3A)
                write(member.value)
            }
            bytes.append(0x7D)
        }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(_ whole: Int) {
        if 0..<10 ~= whole {
            bytes.append(0x30 + UInt8(whole))
        } else {
            append(String(whole))
        }
    }

    private mutating func append(quoted text: String) {
        bytes.append(0x22)
        let letters = text.utf8Span.span
        if letters.indices.contains(where: { Self.isEscaped(letters[$0]) }) {
            for byte in text.utf8 { append(escaping: byte) }
        } else {
            bytes.append(contentsOf: text.utf8)
        }
        bytes.append(0x22)
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x22 || byte == 0x5C
    }

    private mutating func append(escaping byte: UInt8) {
        switch byte {
        case 0x22: append("\\\"")
        case 0x5C: append("\\\\")
        case 0x08: append("\\b")
        case 0x0C: append("\\f")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        case 0..<0x20: append("\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16))
        default: bytes.append(byte)
        }
    }
}

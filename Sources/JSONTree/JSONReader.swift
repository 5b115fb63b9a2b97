/// Reads JSON as RFC 8259 has it, and nothing else.
package enum JSONReader {
    package static func tree(of bytes: [UInt8]) throws(JSONError) -> JSONTree {
        throw JSONError(reason: "not built yet", line: 1, column: 1)
    }
}

/// What is wrong with a JSON text, and where.
package struct JSONError: Error, Hashable, Sendable {
    package let reason: String
    package let line: Int
    package let column: Int
}

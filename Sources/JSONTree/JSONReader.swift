/// Reads JSON as RFC 8259 has it, and nothing else.
///
/// What the RFC leaves open is refused where it could hide a mistake: a key twice in one object,
/// half a surrogate pair, a number beyond `Double`, a byte order mark. Whole numbers stay exact as
/// `Int`; those beyond it, and any with a point or an exponent, become `Double`. `-0` reads as 0.
package enum JSONReader {
    /// How many arrays and objects may stand inside each other.
    ///
    /// Reading, comparing, writing and freeing a tree all call themselves once a level: this many
    /// fit into the small stacks that threads have in a static binary. What Kubernetes stores is
    /// seldom deeper than 30.
    package static let depthLimit = 128

    package static func tree(of bytes: [UInt8]) throws(JSONError) -> JSONTree {
        var reading = JSONReading()
        do {
            return try reading.document(bytes.span)
        } catch let fault {
            throw JSONError(fault.code, at: fault.offset, of: bytes)
        }
    }

    package static func tree(of text: String) throws(JSONError) -> JSONTree {
        try tree(of: Array(text.utf8))
    }
}

/// What is wrong with a JSON text, and where; the words never repeat a value.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// There is nothing but white space.
        case empty
        /// The text ends inside a value.
        case endsEarly
        /// Something stands here that JSON does not have in this place.
        case unexpected(String)
        /// A whole value was read, and more follows.
        case trailing
        /// A number that JSON does not write so: `01`, `1.`, `+1`, `.5`.
        case malformedNumber
        /// A number larger than any `Double`.
        case hugeNumber
        /// A key of this object was there before.
        case duplicateKey(String)
        /// A backslash with something behind it that JSON does not know.
        case malformedEscape
        /// Half of a surrogate pair: no character.
        case loneSurrogate
        /// A control character that has to be escaped.
        case controlCharacter
        case malformedUTF8
        /// More arrays and objects inside each other than we read.
        case tooDeep(limit: Int)
    }

    package let code: Code
    /// Starts at 1.
    package let line: Int
    /// Starts at 1; counts characters (Unicode scalars), not bytes.
    package let column: Int

    package init(_ code: Code, line: Int, column: Int) {
        self.code = code
        self.line = line
        self.column = column
    }

    /// Finds line and column of an offset into the text.
    init(_ code: Code, at offset: Int, of bytes: [UInt8]) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.init(code, line: line, column: column)
    }

    /// What is wrong, in words.
    package var reason: String {
        switch code {
        case .empty: "there is no value"
        case .endsEarly: "the text ends too early"
        case .unexpected(let wanted): "expected \(wanted)"
        case .trailing: "more text after the value"
        case .malformedNumber: "this is no JSON number"
        case .hugeNumber: "this number is too large"
        case .duplicateKey(let key): "duplicate key \(Self.quoted(key))"
        case .malformedEscape: "unknown escape"
        case .loneSurrogate: "half of a surrogate pair"
        case .controlCharacter: "a control character in a string"
        case .malformedUTF8: "this is not UTF-8"
        case .tooDeep(let limit): "more than \(limit) arrays and objects inside each other"
        }
    }

    private static func quoted(_ key: String) -> String {
        let shown = key.count > 60 ? key.prefix(60) + "…" : key[...]
        return JSONWriter.text(of: .string(String(shown)))
    }

    private var remedy: String {
        switch code {
        case .empty: "give a JSON value"
        case .endsEarly: "check that the text was not cut off"
        case .unexpected: "look just before this place for a missing comma, quote or bracket"
        case .trailing: "give one value only"
        case .malformedNumber: "write it like 0, -12, 3.5 or 1e6"
        case .hugeNumber: "write a number below 1.8e308, or a string"
        case .duplicateKey: "remove one of the two"
        case .malformedEscape: "write \\\\ for a backslash"
        case .loneSurrogate: "write the character itself, or both halves of the pair"
        case .controlCharacter: "write it as \\n, \\t or \\u00XX"
        case .malformedUTF8: "save the text as UTF-8"
        case .tooDeep: "flatten it"
        }
    }

    package var description: String {
        """
        json: \(reason)
          where: line \(line), column \(column)
          do:    \(remedy)
        """
    }
}

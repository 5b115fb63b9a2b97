internal import JSONTree

/// What is wrong with a YAML text, and where.
///
/// The words never repeat a value: a password that begins with `!`, `*` or a digit is soon taken for
/// a tag, an alias or a number, and it must not get into a log by that.
package struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// libyaml could not make sense of it; in its words.
        case syntax(String)
        /// Not UTF-8, or a character that YAML does not allow.
        case malformedText(String)
        case duplicateKey(String)
        /// A number, a flag, null or a collection as a key.
        case keyIsNotText
        /// `<<`, which YAML 1.2 does not have.
        case mergeKey
        case unknownAlias
        /// An alias inside what it names.
        case endlessAlias
        case unknownTag
        /// A tag on a value that cannot be read so: `!!int x`.
        case tagDoesNotFit(String)
        /// Beyond any `Double`, or not a number at all: `1e999`, `.inf`, `.nan`.
        case unusableNumber
        case tooDeep(limit: Int)
        /// More values than we read, aliases counted as often as they are used.
        case tooManyNodes(limit: Int)
        case tooLarge(limit: Int)
        /// One document was wanted.
        case notOneDocument(count: Int)
    }

    package let code: Code
    /// The file's name, where there is one.
    package let file: String?
    package let place: YAMLPlace
    /// The whole line that the mistake is in, without its line break.
    ///
    /// It is the file's own text and may hold a secret: for the terminal of whoever wrote it, not
    /// for journals and reports.
    package let source: String

    package init(_ code: Code, file: String?, at place: YAMLPlace, source: String = "") {
        self.code = code
        self.file = file
        self.place = place
        self.source = source
    }

    package var line: Int { place.line }
    package var column: Int { place.column }

    /// What is wrong, in words.
    package var reason: String {
        switch code {
        case .syntax(let problem), .malformedText(let problem): problem
        case .duplicateKey(let key): "duplicate key \(Self.quoted(key))"
        case .keyIsNotText: "a key that is not text"
        case .mergeKey: "merge keys (<<) are not supported"
        case .unknownAlias: "an alias of an anchor that is not there"
        case .endlessAlias: "an alias inside what it names"
        case .unknownTag: "unknown tag"
        case .tagDoesNotFit(let tag): "this value is no \(tag)"
        case .unusableNumber: "a number that is too large, infinite or none"
        case .tooDeep(let limit): "more than \(limit) collections inside each other"
        case .tooManyNodes(let limit): "more than \(limit) values, aliases counted in full"
        case .tooLarge(let limit): "more than \(limit) bytes"
        case .notOneDocument(0): "there is nothing in it"
        case .notOneDocument(let count): "\(count) documents where one was expected"
        }
    }

    /// What to do about it.
    package var remedy: String {
        switch code {
        case .syntax: "check the indentation and the quotes here and on the line before"
        case .malformedText: "save the text as UTF-8, without control characters"
        case .duplicateKey: "remove one of the two"
        case .keyIsNotText: "write the key in quotes"
        case .mergeKey: "write the members out"
        case .unknownAlias: "define the anchor first, or quote a text that begins with *"
        case .endlessAlias: "write the value out"
        case .unknownTag: "remove the tag, or quote a text that begins with !"
        case .tagDoesNotFit: "remove the tag, or correct the value"
        case .unusableNumber: "write a smaller number, or put it in quotes if it is text"
        case .tooDeep: "flatten it"
        case .tooManyNodes: "write fewer aliases of aliases, or split the file"
        case .tooLarge: "split the file"
        case .notOneDocument(0): "check that it is the file you mean, and fill it"
        case .notOneDocument: "keep one document, and look for a --- too many"
        }
    }

    package var description: String {
        """
        yaml: \(reason)
          where: \(file.map { "\($0):\(place)" } ?? "line \(place.line), column \(place.column)")
          do:    \(remedy)
        """
    }

    /// The line with a caret under the place: two lines to show below the description.
    package var excerpt: String {
        let number = String(place.line)
        let margin = String(repeating: " ", count: number.count)
        // Tabs stay tabs, so that the caret stands under its character.
        let indent = source.unicodeScalars.prefix(place.column - 1).map { $0 == "\t" ? "\t" : " " }
        return "\(number) | \(source)\n\(margin) | \(indent.joined())^"
    }

    private static func quoted(_ key: String) -> String {
        let shown = key.count > 60 ? key.prefix(60) + "…" : key[...]
        return JSONWriter.text(of: .string(String(shown)))
    }
}

/// Reads YAML documents; see `YAMLSchema` for what words mean.
package enum YAMLReader {
    /// How many collections may stand inside each other; as many as in JSON.
    package static let depthLimit = 128
    /// How many values one text may have, with aliases counted as often as they are used.
    package static let nodeLimit = 200_000
    package static let byteLimit = 16 << 20

    /// All documents of a text, in order; empty ones are skipped.
    package static func documents(
        of bytes: [UInt8], file: String? = nil
    ) throws(YAMLError) -> [YAMLNode] {
        do throws(YAMLFault) {
            guard bytes.count <= byteLimit else {
                throw YAMLFault(.tooLarge(limit: byteLimit), at: YAMLPlace(line: 1, column: 1))
            }
            return try YAMLComposer(bytes).compose()
        } catch let fault {
            throw YAMLError(fault, file: file, in: bytes)
        }
    }

    package static func documents(
        of text: String, file: String? = nil
    ) throws(YAMLError) -> [YAMLNode] {
        try documents(of: Array(text.utf8), file: file)
    }

    /// The document of a text that must have exactly one.
    package static func document(
        of bytes: [UInt8], file: String? = nil
    ) throws(YAMLError) -> YAMLNode {
        let all = try documents(of: bytes, file: file)
        if all.count == 1, let only = all.first { return only }
        let place = all.dropFirst().first?.place ?? YAMLPlace(line: 1, column: 1)
        throw YAMLError(
            YAMLFault(.notOneDocument(count: all.count), at: place), file: file, in: bytes)
    }
}

extension YAMLError {
    /// Puts file, place and line to what the parser found.
    fileprivate init(_ fault: YAMLFault, file: String?, in bytes: [UInt8]) {
        let place =
            switch fault.position {
            case .place(let place): place
            case .offset(let offset): Self.end(of: bytes.prefix(offset))
            }
        let lines = Self.lines(of: bytes[...], atMost: place.line)
        let source = lines.count == place.line ? lines.last ?? "" : ""
        self.init(fault.code, file: file, at: place, source: source)
    }

    private static func end(of bytes: ArraySlice<UInt8>) -> YAMLPlace {
        let lines = lines(of: bytes, atMost: .max)
        return YAMLPlace(
            line: lines.count, column: (lines.last?.unicodeScalars.count ?? 0) + 1)
    }

    /// Cuts lines where libyaml does; the last one may be empty.
    private static func lines(of bytes: ArraySlice<UInt8>, atMost limit: Int) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            defer { isAfterReturn = scalar == "\r" }
            switch scalar {
            case "\n" where isAfterReturn: continue
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
                lines.append(String(line))
                if lines.count == limit { return lines }
                line = String.UnicodeScalarView()
            default: line.append(scalar)
            }
        }
        return lines + [String(line)]
    }
}

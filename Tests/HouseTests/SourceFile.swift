import Foundation

/// One file of the repository, as the house tests read it.
struct SourceFile: Sendable {
    /// From the top of the repository: `Sources/Journal/RecordChain.swift`.
    var path: String
    var text: String
    /// The text without what stands behind `//`; the lines keep their numbers.
    var code: String

    init(path: String, text: String) {
        self.path = path
        self.text = text
        // `http://` in a text begins no comment.
        code = text.replacingOccurrences(
            of: "(?m)(^|[ \\t])//.*$", with: "", options: .regularExpression)
    }

    var parts: [Substring] { path.split(separator: "/") }
    var name: String { String(parts.last ?? "") }
    /// The room, or the suite of tests, that the file belongs to.
    var room: String { parts.count > 2 ? String(parts[1]) : "" }

    /// The modules that the file imports, each with the words before `import`.
    var imports: [(module: String, access: String)] {
        Self.places(of: Self.imported, in: code).map { ($0.words[2], $0.words[1]) }
    }

    /// The names of the types that the file declares.
    var types: [String] { Self.places(of: Self.declared, in: code).map { $0.words[1] } }

    /// The types that the file declares as errors.
    var errors: [String] { Self.places(of: Self.thrown, in: code).map { $0.words[1] } }

    private static let imported = "(?m)^([a-z@ ]*)import (\\w+)"
    private static let declared =
        "(?m)^[a-z@ ]*\\b(?:struct|enum|class|actor|protocol|typealias) ([A-Z]\\w*)"

    private static let thrown = "\\b(?:struct|enum|class) ([A-Z]\\w*): [^{]*\\bError\\b"

    /// Where a pattern is found: the number of the line, and the words of its groups.
    static func places(of pattern: String, in text: String) -> [(line: Int, words: [String])] {
        guard let expression = try? NSRegularExpression(pattern: pattern) else {
            return [(0, ["\(pattern) is no pattern"])]
        }
        let whole = text as NSString
        return expression.matches(in: text, range: NSRange(location: 0, length: whole.length)).map {
            match in
            let before = whole.substring(to: match.range.location)
            let words = (0..<match.numberOfRanges).map { index in
                let range = match.range(at: index)
                return range.location == NSNotFound ? "" : whole.substring(with: range)
            }
            return (before.count { $0 == "\n" } + 1, words)
        }
    }
}

/// The repository's own files.
enum Repository {
    static let sources = swift(under: "Sources")
    static let tests = swift(under: "Tests")

    /// What people read beside the code.
    static let pages =
        ["docs", "examples", "flows", "scripts"].flatMap { files(under: $0) }
        + [
            "Package.swift", "README.md", "CHANGELOG.md", "Makefile", ".ci/run",
            "sequence-diagram.txt",
        ].compactMap { file(at: $0) }

    private static let top = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().resolvingSymlinksInPath().deletingLastPathComponent()

    private static func swift(under folder: String) -> [SourceFile] {
        files(under: folder) { $0.hasSuffix(".swift") }
    }

    private static func files(
        under folder: String, where isWanted: (String) -> Bool = { _ in true }
    ) -> [SourceFile] {
        let found = FileManager.default.enumerator(atPath: top.appending(path: folder).path)
        return (found?.compactMap { $0 as? String } ?? []).filter(isWanted).sorted()
            .compactMap { file(at: "\(folder)/\($0)") }
    }

    /// nil for a folder, and for what is not text.
    private static func file(at path: String) -> SourceFile? {
        guard let bytes = try? Data(contentsOf: top.appending(path: path)),
            let text = String(bytes: bytes, encoding: .utf8)
        else { return nil }
        return SourceFile(path: path, text: text)
    }
}

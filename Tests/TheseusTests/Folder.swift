import Foundation
import Synchronization

/// A folder of one test, gone after it.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "theseus-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file; gives its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: file(name)))
        return file(name)
    }

    /// Writes one of the demo's files, changed by `edits`.
    @discardableResult
    func demo(_ name: String, as other: String? = nil, _ edits: [(String, String)] = [])
        throws -> String
    {
        let source = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "examples/demo/\(name)")
        var text = try String(contentsOf: source, encoding: .utf8)
        for (old, new) in edits {
            guard text.contains(old) else { throw Missing(text: old, file: name) }
            text = text.replacingOccurrences(of: old, with: new)
        }
        return try write(text, to: other ?? name)
    }

    struct Missing: Error {
        var text: String
        var file: String
    }
}

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

    /// What stands in it.
    func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

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
        let text = try String(contentsOf: source, encoding: .utf8)
        return try write(try Self.edited(text, edits, of: name), to: other ?? name)
    }

    func read(_ name: String) throws -> String {
        try String(contentsOfFile: file(name), encoding: .utf8)
    }

    func append(_ text: String, to name: String) throws {
        try write(try read(name) + text, to: name)
    }

    /// Changes a file of ours.
    func change(_ name: String, _ edits: [(String, String)]) throws {
        try write(try Self.edited(try read(name), edits, of: name), to: name)
    }

    /// Turns one byte of a file into another.
    func flip(_ name: String, at place: (Data) -> Int?) throws {
        var bytes = try Data(contentsOf: URL(filePath: file(name)))
        guard let place = place(bytes) else { throw Missing(text: "the byte", file: name) }
        bytes[place] ^= 1
        try bytes.write(to: URL(filePath: file(name)))
    }

    private static func edited(_ text: String, _ edits: [(String, String)], of name: String)
        throws -> String
    {
        var text = text
        for (old, new) in edits {
            guard text.contains(old) else { throw Missing(text: old, file: name) }
            text = text.replacingOccurrences(of: old, with: new)
        }
        return text
    }

    struct Missing: Error {
        var text: String
        var file: String
    }
}

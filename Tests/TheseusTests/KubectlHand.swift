import Foundation
import Testing

/// A person at a terminal with the real kubectl, and the kubeconfig that a served lab wrote.
struct KubectlHand: Sendable {
    let lab: ServedLab

    /// Where kubectl is; without it these tests fail, for nothing else shows what it would say.
    static func place() throws -> String {
        let folders =
            (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/local/bin:/usr/bin"
        let found = folders.split(separator: ":").map { "\($0)/kubectl" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        return try #require(found, "kubectl is not on the PATH: install it, these tests need it")
    }

    func start(_ words: [String], within seconds: Int = 60) throws -> Program {
        // The shell's $0 is theseus, which nobody calls here.
        try Program(
            words, through: ["/bin/sh", "-c", "exec '\(try Self.place())' \"$@\""],
            environment: ["KUBECONFIG": lab.folder.file("kubeconfig")], in: lab.folder.path,
            within: seconds)
    }

    func run(_ words: String) async throws -> Program.Ending {
        try await start(words.split(separator: " ").map(String.init)).end()
    }

    /// Runs it and expects that it goes well; gives what it said.
    @discardableResult
    func tell(_ words: String, _ location: SourceLocation = #_sourceLocation) async throws -> String
    {
        let ending = try await run(words)
        #expect(
            ending.code == 0, "kubectl \(words): \(ending.complaint)", sourceLocation: location)
        return ending.output.trimmingCharacters(in: .newlines)
    }

    /// Runs it and expects that it is refused; gives the complaint.
    func refusal(_ words: String, _ location: SourceLocation = #_sourceLocation) async throws
        -> String
    {
        let ending = try await run(words)
        #expect(ending.code == 1, "kubectl \(words): \(ending.output)", sourceLocation: location)
        return ending.complaint.trimmingCharacters(in: .newlines)
    }

    /// The rows of a table, each cell by itself; columns are set apart by three blanks.
    func rows(_ words: String) async throws -> [[String]] {
        try await tell(words).components(separatedBy: "\n").map(Self.cells)
    }

    static func cells(_ line: String) -> [String] {
        line.components(separatedBy: "   ").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    /// Lets the lab's own kubectl work around `work`.
    static func serving(
        speed: Int = 20, world edits: [(String, String)] = [],
        _ work: (KubectlHand) async throws -> Void
    ) async throws {
        _ = try place()
        try await ServedLab.serving(speed: speed, world: edits) {
            try await work(KubectlHand(lab: $0))
        }
    }
}

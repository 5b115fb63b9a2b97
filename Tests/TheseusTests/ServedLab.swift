import Foundation
import HTTPClient
import HTTPMessages
import JSONTree
import Testing

/// A lab of one test, served by the real binary on ports of its own.
final class ServedLab: Sendable {
    let folder: Folder
    let api: String
    let gateway: String
    private let server: Program
    private let http = CurlTransport()

    /// Serves the demo's world, changed by `edits`, around `work`.
    static func serving<Value: Sendable>(
        speed: Int = 100, world edits: [(String, String)] = [],
        _ work: (ServedLab) async throws -> Value
    ) async throws -> Value {
        await Berths.enter()
        do {
            let lab = try await ServedLab(speed, edits)
            let value = try await work(lab)
            await lab.server.stop()
            await Berths.leave()
            return value
        } catch {
            await Berths.leave()
            throw error
        }
    }

    private init(_ speed: Int, _ edits: [(String, String)]) async throws {
        folder = try Folder()
        let world = try folder.demo("world.yaml", edits)
        server = try Program(
            [
                "lab", "serve", "--listen", "127.0.0.1:0", "--gateway", "127.0.0.1:0",
                "--kubeconfig", folder.file("kubeconfig"), "--speed", "\(speed)", "--world", world,
            ], in: folder.path, within: 120)
        try await server.line("knobs")
        let lines = server.lines
        func address(_ name: String) throws -> String {
            let line = try #require(lines.first { $0.hasPrefix(name) })
            return String(try #require(line.split(separator: " ").last))
        }
        api = try address("api")
        gateway = try address("gateway")
        for name in ["demo-app-v2.yaml", "demo-app-v3.yaml"] { try folder.demo(name) }
    }

    // MARK: Commands

    /// The command's words, with the options that lead to this lab.
    func words(_ command: [String], journal: String = "journal.sqlite") -> [String] {
        var options: [String] = []
        if !command.contains("--kubeconfig") {
            options += ["--kubeconfig", folder.file("kubeconfig")]
        }
        if !command.contains("--journal") {
            options += ["--journal", "sqlite:\(folder.file(journal))"]
        }
        return command + options
    }

    func start(
        _ command: String..., journal: String = "journal.sqlite", through wrapper: [String] = []
    ) throws -> Program {
        try Program(words(command, journal: journal), through: wrapper, in: folder.path)
    }

    func run(
        _ command: String..., journal: String = "journal.sqlite", through wrapper: [String] = []
    ) async throws -> Program.Ending {
        try await Program.run(
            words(command, journal: journal), through: wrapper, in: folder.path)
    }

    func turnKubeconfig(_ old: String, _ new: String) throws {
        try folder.change("kubeconfig", [(old, new)])
    }

    // MARK: The world

    /// The server answers nobody any more, until it goes on.
    func standStill() { server.signal(19) }
    func goOn() { server.signal(18) }

    func get(_ path: String) async throws -> JSONTree {
        let answer = try await http.send(HTTPRequest("GET", api + path))
        #expect(answer.status == 200, "GET \(path)")
        return try #require(try answer.body.tree())
    }

    /// Turns a knob, or sends an object to the API server.
    ///
    /// Gives the answer's status.
    @discardableResult
    func post(_ path: String, _ body: JSONTree) async throws -> Int {
        try await send("POST", path, body)
    }

    /// Sends as kubectl does.
    @discardableResult
    private func send(_ method: String, _ path: String, _ body: JSONTree? = nil) async throws
        -> Int
    {
        let answer = try await http.send(
            HTTPRequest(
                method, api + path, headers: ["User-Agent": "kubectl/v1"],
                body: body.map(HTTPBody.tree) ?? .empty))
        #expect((200..<300).contains(answer.status), "\(method) \(path)")
        return answer.status
    }

    /// Edits an object as `kubectl edit` does.
    func edit(_ path: String, _ change: (inout JSONTree) -> Void) async throws {
        var tree = try await get(path)
        change(&tree)
        try await send("PUT", path, tree)
    }

    func delete(_ path: String) async throws {
        try await send("DELETE", path)
    }

    /// Returns when the lab's clock has gone on by so many seconds.
    func isLater(by seconds: Int) async throws {
        func clock() async throws -> Double { try await get("/lab")["time"]?.decimal ?? 0 }
        let start = try await clock()
        while try await clock() < start + Double(seconds) {}
    }

    static let deployments = "/apis/apps/v1/namespaces/demo/deployments"
    static let virtualService =
        "/apis/networking.istio.io/v1/namespaces/demo/virtualservices/demo-app"

    /// Every version of a kind that was ever stored; nil for all kinds.
    func history(_ kind: String? = nil) async throws -> [JSONTree] {
        let tree = try await get("/lab/history" + (kind.map { "?kind=\($0)" } ?? ""))
        return tree["versions"]?.items ?? []
    }

    /// What theseus wrote, of everything that was ever stored.
    func ourWrites() async throws -> [String] {
        try await history().filter { $0["manager"]?.text == "theseus" }
            .map { "\($0["kind"]?.text ?? "") \($0["name"]?.text ?? "")" }
    }

    /// The candidate's share as the stored route has it.
    func share(of subset: String = "v2") async throws -> Int {
        Self.weights(try await get(Self.virtualService))
            .first { $0.subset == subset }?.weight ?? 0
    }

    static func weights(_ service: JSONTree) -> [(subset: String, weight: Int)] {
        let http = service.at("spec", "http")?.items ?? []
        let primary = http.first { $0["name"] == "primary" }
        let destinations = primary?["route"]?.items ?? []
        return destinations.map {
            (
                $0.at("destination", "subset")?.text ?? "",
                $0["weight"]?.whole ?? (destinations.count == 1 ? 100 : 0)
            )
        }
    }

    /// Every stored version of the VirtualService sums to 100 on each of its routes.
    func expectWholeWeights(_ location: SourceLocation = #_sourceLocation) async throws {
        let versions = try await history("VirtualService")
        #expect(!versions.isEmpty, sourceLocation: location)
        for version in versions {
            guard let object = version["object"], object != .null else { continue }
            let sum = Self.weights(object).reduce(0) { $0 + $1.weight }
            let revision = version["revision"]?.whole ?? 0
            #expect(sum == 100, "version \(revision)", sourceLocation: location)
        }
    }
}

/// So many labs at a time: a machine of two cores serves no more in time.
actor Berths {
    private static let all = Berths()
    private var free = 8
    private var waiting: [CheckedContinuation<Void, Never>] = []

    static func enter() async { await all.enter() }
    static func leave() async { await all.leave() }

    private func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

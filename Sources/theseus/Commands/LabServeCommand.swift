internal import HTTPMessages
internal import HTTPServer
internal import JSONTree
internal import Lab
internal import Processes
internal import Timekeeping
internal import YAML

/// `theseus lab serve`: the Lab's world over real HTTP, on loopback.
struct LabServeCommand: Sendable {
    let request: CommandRequest

    static let api = "127.0.0.1:7080"
    static let gateway = "127.0.0.1:7081"

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        let speed = Int(request.value("--speed") ?? "1") ?? 0
        guard (1...1000).contains(speed) else {
            throw UsageError(
                .malformed("--speed", request.value("--speed") ?? "", "a whole number, 1 to 1000"),
                command: request.command)
        }
        let listen = try address("--listen", Self.api)
        let gateway = try address("--gateway", Self.gateway)
        let time = RealTime(speed: speed)
        let file = try LabWorlds.world(request.value("--world"))
        let state = try file.begin(date: time.date)
        let world = LabWorld(state, time: time, gateway: Served.gateway)
        let api = try LoopbackServer(address: listen.host, port: listen.port) { request in
            await Served(world: world, authority: Served.api, speed: speed).answer(request)
        }
        let mesh = try LoopbackServer(address: gateway.host, port: gateway.port) { request in
            await Served(world: world, authority: Served.gateway, speed: speed).answer(request)
        }
        let server = "http://\(listen.host):\(api.port)"
        if let path = request.value("--kubeconfig") {
            // Where people's services are is where a command looks first.
            let home = file.tree["users"]?.items?.first?["namespace"]?.text ?? "default"
            try Files.write(Self.kubeconfig(server, speed, home), to: path)
        }
        Terminal.say("api        \(server)")
        Terminal.say("gateway    http://\(gateway.host):\(mesh.port)")
        Terminal.say("prometheus \(server)/prometheus")
        Terminal.say("knobs      \(server)/lab")
        SignalWatch.start { _ in
            api.stop()
            mesh.stop()
        }
        await withDiscardingTaskGroup { group in
            group.addTask { await api.serve() }
            group.addTask { await mesh.serve() }
        }
        return .done
    }

    private func address(_ option: String, _ usual: String) throws(UsageError) -> (
        host: String, port: Int
    ) {
        let text = request.value(option) ?? usual
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let port = Int(parts[1]), (0...65_535).contains(port),
            parts[0].hasPrefix("127.") || parts[0] == "localhost"
        else {
            throw UsageError(
                .malformed(option, text, "a loopback address and a port, such as \(usual)"),
                command: request.command)
        }
        return (parts[0] == "localhost" ? "127.0.0.1" : String(parts[0]), port)
    }

    static func kubeconfig(_ server: String, _ speed: Int, _ home: String) -> String {
        YAMLWriter.text(of: [
            "apiVersion": "v1", "kind": "Config", "current-context": "theseus-lab",
            "clusters": [
                [
                    "name": "theseus-lab",
                    "cluster": [
                        "server": .string(server),
                        "extensions": [
                            [
                                "name": "theseus.dev/lab",
                                "extension": ["speed": .integer(speed)],
                            ]
                        ],
                    ],
                ]
            ],
            "users": [["name": "lab", "user": ["token": "lab-token"]]],
            "contexts": [
                [
                    "name": "theseus-lab",
                    "context": [
                        "cluster": "theseus-lab", "user": "lab", "namespace": .string(home),
                    ],
                ]
            ],
        ])
    }
}

/// One socket of the served world.
private struct Served: Sendable {
    static let api = "lab.invalid:7080"
    static let gateway = "lab.invalid:7081"

    let world: LabWorld
    let authority: String
    let speed: Int

    func answer(_ request: HTTPServerRequest) async -> HTTPResponse {
        let query = request.query.map { "?\($0)" } ?? ""
        var inner = HTTPRequest(
            request.method, "http://\(authority)\(request.rawPath)\(query)",
            headers: request.headers, timeout: .seconds(24 * 3600))
        if !request.body.isEmpty { inner.body = .bytes(request.body) }
        inner.streams = true
        do {
            var response = try await world.send(inner)
            if request.rawPath == "/lab", request.method == "GET",
                case .tree(var tree) = response.body
            {
                tree["speed"] = .integer(speed)
                response.body = .tree(tree)
            }
            return response
        } catch {
            return HTTPResponse(status: 503, body: .text("\(error.reason)\n"))
        }
    }
}

/// Worlds by their files.
enum LabWorlds {
    /// The demo's where no file is named.
    static func world(_ path: String?) throws -> LabWorldFile {
        guard let path else { return DemoWorld.file }
        return try LabWorldFile(
            try YAMLReader.document(of: try Files.read(path), file: path).tree)
    }
}

internal import HTTPMessages
internal import HTTPServer

/// The programs of a rig: where they lie.
package struct RigParts: Sendable {
    package static let names = [
        "etcd", "kube-apiserver", "kube-controller-manager", "prometheus", "envoy",
    ]

    let folder: String
    /// The binary that is tried.
    let theseus: String

    /// `folder` is what `scripts/real-parts` printed.
    package init(folder: String, theseus: String) throws(RigError) {
        self.folder = folder
        self.theseus = theseus
        for path in Self.names.map({ "\(folder)/\($0)" }) + [theseus] {
            guard RigFolder.exists(path) else {
                throw RigError(
                    "a part is missing", place: path,
                    remedy: "run scripts/real-parts, and make build; or see --help")
            }
        }
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Where scripts/real-parts puts them.
    package static var usualFolder: String {
        let home = RigMachine.variable("HOME") ?? "."
        let cache = RigMachine.variable("XDG_CACHE_HOME") ?? "\(home)/.cache"
        return "\(cache)/theseus/real-parts/bin"
    }
}

/// Where the parts of one rig listen, all on 127.0.0.1.
struct RigPorts: Sendable {
    let etcd: Int
    let etcdPeers: Int
    let apiServer: Int
    let prometheus: Int
    let gateway: Int
    let mesh: Int
    let envoyAdmin: Int

    /// Ports that are free now, below those that the system gives to outgoing connections: none of
    /// these takes one before its part does.
    init() throws(ServerError) {
        var ports: [Int] = []
        var held: [LoopbackServer] = []
        for _ in 0..<200 where ports.count < 7 {
            let wanted = Int.random(in: 20_000..<30_000)
            guard !ports.contains(wanted),
                let server = try? LoopbackServer(
                    port: wanted, handler: { _ in HTTPResponse(status: 404) })
            else { continue }
            ports.append(wanted)
            held.append(server)
        }
        guard ports.count == 7 else {
            throw ServerError(.system(98), place: "127.0.0.1, ports 20000 to 29999")
        }
        for server in held { server.stop() }
        etcd = ports[0]
        etcdPeers = ports[1]
        apiServer = ports[2]
        prometheus = ports[3]
        gateway = ports[4]
        mesh = ports[5]
        envoyAdmin = ports[6]
    }
}

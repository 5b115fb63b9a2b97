internal import JSONTree
internal import YAML

/// What a kubeconfig says of one context: bearer token, and plain HTTP or HTTPS with public CAs.
struct ClusterEntry: Sendable {
    var server: String
    var token: String?
    var namespace: String?
    /// How fast a served lab's clock runs; nil for a real cluster.
    var labSpeed: Int?

    static func read(_ request: CommandRequest) throws -> ClusterEntry {
        let path =
            request.value("--kubeconfig") ?? firstOfList
            ?? "\(Environment.value("HOME") ?? ".")/.kube/config"
        guard let bytes = try? Files.read(path) else {
            throw GroundError(.noKubeconfig, place: path)
        }
        let tree: JSONTree
        do { tree = try YAMLReader.document(of: bytes, file: path).tree } catch {
            throw GroundError(.unreadable("it is not YAML"), place: path)
        }
        let name = request.value("--cluster") ?? tree["current-context"]?.text ?? ""
        guard let context = named(name, in: tree["contexts"])?["context"] else {
            throw GroundError(.noContext(name), place: path)
        }
        guard let cluster = named(context["cluster"]?.text ?? "", in: tree["clusters"])?["cluster"],
            let server = cluster["server"]?.text
        else { throw GroundError(.unreadable("context \(name) has no cluster"), place: path) }
        let user = named(context["user"]?.text ?? "", in: tree["users"])?["user"]
        let plain = ["token"]
        if let odd = user?.members?.keys.first(where: { !plain.contains($0) }) {
            throw GroundError(.notPlain, place: "\(path), users[].user.\(odd)")
        }
        let lab = cluster["extensions"]?.items?.first { $0["name"] == "theseus.dev/lab" }
        return ClusterEntry(
            server: server.hasSuffix("/") ? String(server.dropLast()) : server,
            token: user?["token"]?.text, namespace: context["namespace"]?.text,
            labSpeed: lab?.at("extension", "speed")?.whole)
    }

    /// The first file of `$KUBECONFIG` that is there; with none there, the list as it stands.
    ///
    /// kubectl would merge them.
    private static var firstOfList: String? {
        guard let list = Environment.value("KUBECONFIG") else { return nil }
        return list.split(separator: ":").map(String.init).first(where: Files.exists) ?? list
    }

    private static func named(_ name: String, in list: JSONTree?) -> JSONTree? {
        list?.items?.first { $0["name"]?.text == name }
    }
}

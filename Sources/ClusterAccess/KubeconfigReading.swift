internal import Digests
internal import JSONTree
internal import Secrets
internal import YAML

/// Reads one kubeconfig file; paths in it begin at its folder.
package struct KubeconfigReading {
    private let file: String
    private let folder: String

    /// `file` is what people read; `folder` is absolute.
    package static func read(
        _ bytes: [UInt8], file: String, folder: String
    ) throws(AccessError) -> Kubeconfig {
        let nodes: [YAMLNode]
        do {
            nodes = try YAMLReader.documents(of: bytes, file: file)
        } catch {
            throw AccessError(.unreadable(error.reason), place: "\(file):\(error.place)")
        }
        guard let node = nodes.first else { return Kubeconfig() }
        let reading = KubeconfigReading(file: file, folder: folder)
        if let second = nodes.dropFirst().first {
            throw reading.error("it has several documents", second)
        }
        return try reading.kubeconfig(node)
    }

    private func kubeconfig(_ node: YAMLNode) throws(AccessError) -> Kubeconfig {
        guard node.members != nil else { throw error("it is no kubeconfig", node) }
        var config = Kubeconfig()
        config.currentContext = try text(node, "current-context").flatMap { $0.isEmpty ? nil : $0 }
        for (name, node) in try named(node, "contexts", "context") {
            config.contexts.append(
                Kubeconfig.Context(
                    name: name, cluster: try text(node, "cluster") ?? "",
                    user: try text(node, "user") ?? "", namespace: try text(node, "namespace"),
                    place: place(node)))
        }
        for (name, node) in try named(node, "clusters", "cluster") {
            config.clusters.append(try cluster(name, node))
        }
        for (name, node) in try named(node, "users", "user") {
            config.users.append(try user(name, node))
        }
        return config
    }

    private func cluster(_ name: String, _ node: YAMLNode) throws(AccessError)
        -> Kubeconfig.Cluster
    {
        var cluster = Kubeconfig.Cluster(
            name: name, server: try text(node, "server") ?? "", place: place(node))
        cluster.authority = try material(node, "certificate-authority")
        cluster.isInsecure = try flag(node, "insecure-skip-tls-verify")
        cluster.serverName = try filled(node, "tls-server-name")
        cluster.proxy = try filled(node, "proxy-url")
        for item in try items(node, "extensions") {
            guard let name = try text(item, "name") else { continue }
            cluster.extensions.append(
                Kubeconfig.Extension(name: name, tree: item["extension"]?.tree ?? .null))
        }
        return cluster
    }

    private func user(_ name: String, _ node: YAMLNode) throws(AccessError) -> Kubeconfig.User {
        var user = Kubeconfig.User(name: name, place: place(node))
        user.certificate = try material(node, "client-certificate")
        user.key = try material(node, "client-key")
        user.token = try filled(node, "token").map(Secret.init)
        user.tokenFile = try filled(node, "tokenFile").map(absolute)
        user.username = try filled(node, "username")
        user.password = try filled(node, "password").map(Secret.init)
        if let provider = node["auth-provider"], !provider.isNull {
            user.authProvider = try text(provider, "name") ?? "(without a name)"
        }
        if let exec = node["exec"], !exec.isNull { user.plugin = try plugin(exec) }
        user.impersonation.user = try filled(node, "as")
        user.impersonation.identifier = try filled(node, "as-uid")
        user.impersonation.groups = try texts(node, "as-groups")
        for member in node["as-user-extra"]?.members ?? [] {
            user.impersonation.extra.append(
                Impersonation.Extra(
                    key: member.key, values: try texts(node["as-user-extra"] ?? node, member.key)))
        }
        return user
    }

    private func plugin(_ node: YAMLNode) throws(AccessError) -> ExecPlugin {
        guard let command = try filled(node, "command") else {
            throw error("an exec without a command", node)
        }
        let version = try text(node, "apiVersion") ?? ""
        guard let spoken = ExecPlugin.Version(rawValue: version) else {
            throw error(
                "exec speaks \"\(version.prefix(80))\", which is neither v1 nor v1beta1 of "
                    + "client.authentication.k8s.io", node["apiVersion"] ?? node)
        }
        var plugin = ExecPlugin(command: command, version: spoken, folder: folder)
        plugin.arguments = try texts(node, "args")
        for variable in try items(node, "env") {
            plugin.environment.append(
                ExecPlugin.Variable(
                    name: try text(variable, "name") ?? "",
                    value: Secret(try text(variable, "value") ?? "")))
        }
        plugin.wantsCluster = try flag(node, "provideClusterInfo")
        plugin.hint = try text(node, "installHint") ?? ""
        switch try filled(node, "interactiveMode") {
        case "Never"?, "IfAvailable"?: break
        case "Always"?: plugin.wantsPerson = true
        case nil where spoken == .beta: break
        case nil: throw error("exec of v1 without its interactiveMode", node)
        case .some:
            throw error(
                "interactiveMode is none of Never, IfAvailable, Always",
                node["interactiveMode"] ?? node)
        }
        return plugin
    }

    // MARK: Pieces

    /// The entries of a list of names, each with what it names.
    private func named(_ node: YAMLNode, _ list: String, _ key: String) throws(AccessError)
        -> [(String, YAMLNode)]
    {
        var found: [(String, YAMLNode)] = []
        for item in try items(node, list) {
            guard let name = try text(item, "name") else {
                throw error("one of the \(list) has no name", item)
            }
            // The first of two equal names, as between files.
            if found.contains(where: { $0.0 == name }) { continue }
            found.append((name, item[key] ?? YAMLNode(.mapping([]), at: item.place)))
        }
        return found
    }

    private func items(_ node: YAMLNode, _ key: String) throws(AccessError) -> [YAMLNode] {
        guard let list = node[key], !list.isNull else { return [] }
        guard let items = list.items else { throw error("\(key) must be a list", list) }
        return items
    }

    private func texts(_ node: YAMLNode, _ key: String) throws(AccessError) -> [String] {
        var texts: [String] = []
        for item in try items(node, key) {
            guard let text = item.scalar?.value.text else {
                throw error("\(key) must be a list of texts", item)
            }
            texts.append(text)
        }
        return texts
    }

    private func text(_ node: YAMLNode, _ key: String) throws(AccessError) -> String? {
        guard let value = node[key], !value.isNull else { return nil }
        guard let text = value.scalar?.value.text else {
            throw error("\(key) must be text; put it in quotes", value)
        }
        return text
    }

    /// An empty text says as much as none.
    private func filled(_ node: YAMLNode, _ key: String) throws(AccessError) -> String? {
        try text(node, key).flatMap { $0.isEmpty ? nil : $0 }
    }

    private func flag(_ node: YAMLNode, _ key: String) throws(AccessError) -> Bool {
        guard let value = node[key], !value.isNull else { return false }
        guard let flag = value.scalar?.value.flag else {
            throw error("\(key) must be true or false", value)
        }
        return flag
    }

    /// What is written out counts more than a path.
    private func material(_ node: YAMLNode, _ key: String) throws(AccessError)
        -> Kubeconfig.Material?
    {
        if let letters = try filled(node, "\(key)-data") {
            guard let bytes = Base64.bytes(of: letters), !bytes.isEmpty else {
                throw error("\(key)-data is no base64", node["\(key)-data"] ?? node)
            }
            return .written(SecretBytes(bytes))
        }
        return try filled(node, key).map { .file(absolute($0)) }
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }

    private func place(_ node: YAMLNode) -> String { "\(file):\(node.place)" }

    private func error(_ why: String, _ node: YAMLNode) -> AccessError {
        AccessError(.unreadable(why), place: place(node))
    }
}

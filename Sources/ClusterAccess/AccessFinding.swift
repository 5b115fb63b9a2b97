internal import HTTPClient
internal import JSONTree
internal import Secrets

/// Finds out how a cluster is reached: kubeconfig, context, or the pod's own account.
package struct AccessFinding {
    private let doors: AccessDoors

    /// What a person said on the command line.
    package struct Choice: Hashable, Sendable {
        package var kubeconfig: String?
        package var context: String?
        package var deniesPlugins = false

        package init() {}
    }

    package init(_ doors: AccessDoors) { self.doors = doors }

    /// Reads every file that is needed; asks no server and starts no program.
    package func plan(_ choice: Choice) throws(AccessError) -> AccessPlan {
        let paths = paths(choice)
        var notices: [AccessNotice] = []
        var config = Kubeconfig()
        for path in paths.present {
            let part = try read(path)
            notices += exposure(path, part)
            config.merge(part)
        }
        if paths.present.isEmpty {
            if choice.context == nil, choice.kubeconfig == nil, let plan = try ownAccount() {
                return plan
            }
            throw AccessError(.noKubeconfig, place: paths.shown)
        }
        var plan = try plan(config, choice, paths.shown)
        plan.notices = notices + plan.notices
        return plan
    }

    // MARK: Files

    /// As kubectl: the option alone, else the variable's list, else the file at home.
    private func paths(_ choice: Choice) -> (present: [String], shown: String) {
        let list: [String]
        if let path = choice.kubeconfig {
            list = [path]
        } else if let variable = doors.variable("KUBECONFIG") {
            list = variable.split(separator: ":").map(String.init)
        } else {
            list = ["\(doors.variable("HOME") ?? ".")/.kube/config"]
        }
        return (
            list.filter { doors.exists(doors.absolute($0)) }, list.joined(separator: ":")
        )
    }

    private func read(_ path: String) throws(AccessError) -> Kubeconfig {
        let absolute = doors.absolute(path)
        let folder = String(absolute[..<(absolute.lastIndex(of: "/") ?? absolute.startIndex)])
        let bytes: [UInt8]
        do { bytes = try doors.read(absolute) } catch {
            throw AccessError(.file("kubeconfig", "cannot be read"), place: path)
        }
        return try KubeconfigReading.read(bytes, file: path, folder: folder)
    }

    private func exposure(_ path: String, _ config: Kubeconfig) -> [AccessNotice] {
        let holdsSecret = config.users.contains { user in
            if case .written = user.key { return true }
            return user.token != nil || user.password != nil
        }
        guard holdsSecret, let mode = doors.mode(doors.absolute(path)), mode & 0o077 != 0 else {
            return []
        }
        return [
            AccessNotice(
                text: "\(path) holds secrets, and others may read it: chmod 600 \(path)",
                isForJournal: false)
        ]
    }

    /// The bytes of certificates or a key, wherever they are.
    private func bytes(
        _ material: Kubeconfig.Material?, _ what: String, _ place: String, isKey: Bool = false
    ) throws(AccessError) -> [UInt8]? {
        let bytes: [UInt8]
        var place = place
        switch material {
        case nil: return nil
        case .written(let written): bytes = written.bytes
        case .file(let path):
            bytes = try doors.material(path, what)
            place = path
        }
        guard isKey ? PEM.isKey(bytes) : PEM.isCertificate(bytes) else {
            throw AccessError(.file(what, "is no PEM"), place: place)
        }
        return bytes
    }

    // MARK: A context

    private func plan(_ config: Kubeconfig, _ choice: Choice, _ shown: String)
        throws(AccessError) -> AccessPlan
    {
        guard let name = choice.context ?? config.currentContext else {
            throw AccessError(.noCurrentContext, place: shown)
        }
        guard let context = config.contexts.first(where: { $0.name == name }) else {
            throw AccessError(.noContext(name), place: shown)
        }
        guard let cluster = config.clusters.first(where: { $0.name == context.cluster }) else {
            throw AccessError(.missing("cluster \"\(context.cluster)\""), place: context.place)
        }
        let user = config.users.first { $0.name == context.user }
        if user == nil, !context.user.isEmpty {
            throw AccessError(.missing("user \"\(context.user)\""), place: context.place)
        }
        var plan = try plan(cluster)
        plan.namespace = context.namespace.flatMap { $0.isEmpty ? nil : $0 }
        if let user { try signIn(&plan, user, cluster, choice) }
        return plan
    }

    private func plan(_ cluster: Kubeconfig.Cluster) throws(AccessError) -> AccessPlan {
        var plan = AccessPlan(server: try Self.server(cluster))
        if cluster.isInsecure {
            guard cluster.authority == nil else {
                throw AccessError(
                    .contradiction("insecure-skip-tls-verify beside a certificate-authority"),
                    place: cluster.place)
            }
            plan.trust = .anybody
            if plan.isEncrypted {
                plan.notices.append(
                    AccessNotice(
                        text: "the API server's certificate is not checked "
                            + "(insecure-skip-tls-verify): whoever is between may act as the server",
                        isForJournal: true))
            }
        } else if let authority = try bytes(
            cluster.authority, "certificate-authority", cluster.place)
        {
            plan.trust = .authorities(authority)
        }
        if let name = cluster.serverName {
            let isName = name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (48...58).contains(byte) || byte == 0x2D || byte == 0x2E
            }
            guard isName else {
                throw AccessError(
                    .unfit("tls-server-name is no host name", remedy: "mend it"),
                    place: cluster.place)
            }
            plan.serverName = name
        }
        plan.proxy = ProxyChoice.proxy(
            for: plan.server, configured: cluster.proxy, variable: doors.variable
        ).map(Secret.init)
        if let proxy = plan.proxy?.text,
            !["http://", "https://", "socks5h://"].contains(where: proxy.hasPrefix)
        {
            throw AccessError(
                .unfit(
                    "the proxy is neither http, https nor socks5",
                    remedy: "mend proxy-url, or the environment's HTTPS_PROXY"),
                place: cluster.place)
        }
        plan.lab = cluster.extensions.first { $0.name == "theseus.dev/lab" }?.tree
        return plan
    }

    private static func server(_ cluster: Kubeconfig.Cluster) throws(AccessError) -> String {
        var server = cluster.server
        while server.hasSuffix("/") { server.removeLast() }
        let isWeb = server.hasPrefix("https://") || server.hasPrefix("http://")
        let odd = server.contains { "@?# \\".contains($0) || !$0.isASCII }
        guard isWeb, !odd, !HostPlace(server).host.isEmpty else {
            throw AccessError(
                .unfit(
                    "the cluster's server is no address such as https://host:6443",
                    remedy: "mend it; who we are stands in the user, not in the address"),
                place: cluster.place)
        }
        return server
    }

    // MARK: A user

    private func signIn(
        _ plan: inout AccessPlan, _ user: Kubeconfig.User, _ cluster: Kubeconfig.Cluster,
        _ choice: Choice
    ) throws(AccessError) {
        if let provider = user.authProvider {
            throw AccessError(.authProvider(provider), place: user.place)
        }
        try impersonate(&plan, user)
        plan.identity = try identity(user)
        plan.credential = try credential(user, plan, cluster, choice)
        let showsSomething = plan.credential != .none || plan.identity != nil
        // A proxy hears what is sent through it, to loopback as well.
        let staysHere = HostPlace(plan.server).isLoopback && plan.proxy == nil
        if showsSomething, !plan.isEncrypted, !staysHere {
            // As kubectl: better unknown than overheard.
            plan.identity = nil
            plan.credential = .none
            plan.notices.append(
                AccessNotice(
                    text: "\(plan.server) is not encrypted: no credential is sent there",
                    isForJournal: false))
        }
    }

    private func identity(_ user: Kubeconfig.User) throws(AccessError) -> CurlIdentity? {
        let certificate = try bytes(user.certificate, "client-certificate", user.place)
        let key = try bytes(user.key, "client-key", user.place, isKey: true)
        switch (certificate, key) {
        case (let certificate?, let key?): return CurlIdentity(certificate: certificate, key: key)
        case (nil, nil): return nil
        case (_?, nil): throw AccessError(.missing("client-key"), place: user.place)
        case (nil, _?): throw AccessError(.missing("client-certificate"), place: user.place)
        }
    }

    private func credential(
        _ user: Kubeconfig.User, _ plan: AccessPlan, _ cluster: Kubeconfig.Cluster,
        _ choice: Choice
    ) throws(AccessError) -> Credential {
        let hasToken = user.token != nil || user.tokenFile != nil
        if hasToken, user.username != nil {
            throw AccessError(.contradiction("a token beside a username"), place: user.place)
        }
        for token in [user.token?.text, user.username, user.password?.text].compactMap({ $0 })
        where token.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw AccessError(
                .unfit(
                    "a token, name or password with a line break or the like in it",
                    remedy: "mend it"),
                place: user.place)
        }
        if let path = user.tokenFile { return .tokenFile(path, besides: user.token) }
        if let token = user.token { return .token(token) }
        if let name = user.username { return .password(user: name, user.password ?? Secret("")) }
        guard let plugin = user.plugin else { return .none }
        if choice.deniesPlugins {
            throw AccessError(.pluginDenied(plugin.command), place: user.place)
        }
        if plugin.wantsPerson {
            throw AccessError(.pluginWantsPerson(plugin.command), place: user.place)
        }
        var note = ExecClusterNote(server: plan.server, isInsecure: cluster.isInsecure)
        note.serverName = plan.serverName
        if case .authorities(let bytes) = plan.trust { note.authority = bytes }
        note.proxy = cluster.proxy.map(Secret.init)
        note.configuration =
            cluster.extensions.first { $0.name == "client.authentication.k8s.io/exec" }?.tree
        return .plugin(plugin, note)
    }

    private func impersonate(_ plan: inout AccessPlan, _ user: Kubeconfig.User)
        throws(AccessError)
    {
        let wanted = user.impersonation
        plan.impersonation = wanted
        let others =
            wanted.groups + wanted.extra.flatMap { [$0.key] + $0.values }
            + [wanted.identifier].compactMap { $0 }
        if wanted.user == nil, !others.isEmpty {
            throw AccessError(
                .contradiction("as-uid, as-groups or as-user-extra without `as`"),
                place: user.place)
        }
        let all = others + [wanted.user].compactMap { $0 }
        guard !all.contains(where: { $0.utf8.contains { $0 < 0x20 || $0 == 0x7F } }) else {
            throw AccessError(
                .unfit("an `as` that no header line can hold", remedy: "mend it"),
                place: user.place)
        }
    }

    // MARK: In a pod

    /// The account that Kubernetes gives a pod; nil where we are in none.
    private func ownAccount() throws(AccessError) -> AccessPlan? {
        guard let host = doors.variable("KUBERNETES_SERVICE_HOST") else { return nil }
        let port = doors.variable("KUBERNETES_SERVICE_PORT") ?? "443"
        let token = "\(doors.account)/token"
        guard doors.exists(token) else { return nil }
        let shown = host.contains(":") ? "[\(host)]" : host
        var plan = AccessPlan(server: "https://\(shown):\(port)")
        plan.credential = .tokenFile(token, besides: nil)
        let authority = "\(doors.account)/ca.crt"
        if doors.exists(authority),
            let bytes = try bytes(.file(authority), "cluster's CA", authority)
        {
            plan.trust = .authorities(bytes)
        }
        if let bytes = try? doors.read("\(doors.account)/namespace") {
            let name = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            plan.namespace = name.isEmpty ? nil : name
        }
        plan.proxy = ProxyChoice.proxy(
            for: plan.server, configured: nil, variable: doors.variable
        ).map(Secret.init)
        return plan
    }
}

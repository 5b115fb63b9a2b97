internal import HTTPClient
internal import HTTPMessages
internal import JSONTree
internal import KubernetesAPI
internal import Processes
internal import Timekeeping

/// etcd, kube-apiserver and kube-controller-manager, on loopback.
struct ControlPlane: Sendable {
    let parts: RigParts
    let ports: RigPorts
    let folder: RigFolder
    /// Knows everything, and may do everything.
    let administrator: String
    /// By user name; each a token of its own, and no right but what a Role gives.
    let people: [Person]

    /// Somebody who calls the API server with a token.
    struct Person: Hashable, Sendable {
        let name: String
        let token: String
    }

    init(parts: RigParts, ports: RigPorts, folder: RigFolder) throws(RigError) {
        self.parts = parts
        self.ports = ports
        self.folder = folder
        administrator = Self.token()
        people = (1...Self.crowd).map { Person(name: "deployer-\($0)", token: Self.token()) }
        var lines = ["\(administrator),administrator,administrator,system:masters"]
        lines += people.map { "\($0.token),\($0.name),\($0.name),deployers" }
        try folder.put(lines.joined(separator: "\n") + "\n", in: "tokens.csv")
        try folder.put(AuditTrail.policy, in: "audit.yaml")
    }

    /// How many accounts there are; stories take one each.
    private static let crowd = 400

    private static func token() -> String {
        (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }

    var server: String { "https://127.0.0.1:\(ports.apiServer)" }

    /// What signs the API server's own certificate, once it has made one.
    var authority: [UInt8] { RigFolder.read(folder.file("certificates/apiserver.crt")) }

    var auditLog: String { folder.file("audit.log") }

    // MARK: The programs

    var etcd: RigProcess {
        let client = "http://127.0.0.1:\(ports.etcd)"
        let peer = "http://127.0.0.1:\(ports.etcdPeers)"
        return RigProcess(
            "etcd",
            [
                parts.path("etcd"), "--data-dir", folder.file("etcd"), "--listen-client-urls",
                client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
                "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=\(peer)",
                "--logger", "zap", "--log-level", "error",
            ], in: folder)
    }

    /// Key for service accounts, which nobody here has and the API server demands.
    func makeKey(by spawner: any ProcessSpawner) async throws {
        let end = try await spawner.run(
            ProcessJob(
                arguments: [
                    "/usr/bin/openssl", "genrsa", "-out", folder.file("accounts.key"), "2048",
                ],
                folder: folder.path, timeLimit: .seconds(60)))
        guard end.exit == .code(0) else {
            throw RigError(
                "openssl made no key", place: folder.file("accounts.key"),
                remedy: "install openssl")
        }
    }

    var apiServer: RigProcess {
        RigProcess(
            "kube-apiserver",
            [
                parts.path("kube-apiserver"), "--etcd-servers", "http://127.0.0.1:\(ports.etcd)",
                "--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1",
                "--secure-port", "\(ports.apiServer)", "--cert-dir",
                folder.file("certificates"), "--token-auth-file", folder.file("tokens.csv"),
                "--authorization-mode", "RBAC", "--disable-admission-plugins", "ServiceAccount",
                "--service-cluster-ip-range", "10.96.0.0/16", "--service-account-issuer",
                "https://kubernetes.default.svc", "--service-account-key-file",
                folder.file("accounts.key"), "--service-account-signing-key-file",
                folder.file("accounts.key"), "--endpoint-reconciler-type", "none",
                "--audit-policy-file", folder.file("audit.yaml"), "--audit-log-path", auditLog,
                // It is followed as one file: after 100 MB the server would begin another.
                "--audit-log-maxsize", "100000",
                "--max-requests-inflight", "3000", "--max-mutating-requests-inflight", "3000",
            ], in: folder)
    }

    var controllers: RigProcess {
        RigProcess(
            "kube-controller-manager",
            [
                parts.path("kube-controller-manager"), "--kubeconfig",
                folder.file("controllers.kubeconfig"), "--controllers",
                "deployment,replicaset,job,garbagecollector,endpoint,endpointslice",
                "--leader-elect=false", "--port", "0", "--secure-port", "0", "--kube-api-qps",
                "300", "--kube-api-burst", "600", "--concurrent-deployment-syncs", "20",
                "--concurrent-replicaset-syncs", "20",
            ], in: folder)
    }

    // MARK: Ways in

    func client(time: any Timekeeper) -> KubernetesClient {
        KubernetesClient(
            server: server, token: administrator, transport: transport, time: time)
    }

    /// A transport of its own, which trusts this API server and nobody else.
    var transport: CurlTransport { CurlTransport(options: CurlOptions(authorities: authority)) }

    /// A kubeconfig for `token`; over TLS, or in plain where `proxy` stands between.
    func kubeconfig(token: String, namespace: String = "default", proxy: String? = nil) -> String {
        let authority =
            proxy == nil
            ? "\n    certificate-authority: \(folder.file("certificates/apiserver.crt"))" : ""
        return """
            apiVersion: v1
            kind: Config
            current-context: rig
            clusters:
            - name: rig
              cluster:
                server: \(proxy ?? server)\(authority)
            users:
            - name: somebody
              user: {token: \(token)}
            contexts:
            - name: rig
              context: {cluster: rig, user: somebody, namespace: \(namespace)}

            """
    }

    /// Waits until the API server says that it is ready.
    func awaitServer(time: any Timekeeper) async throws {
        let patience = RigPatience(time: time)
        try await patience.until("kube-apiserver makes its certificate", within: .seconds(60)) {
            !authority.isEmpty
        }
        let transport = transport
        let request = HTTPRequest(
            "GET", "\(server)/readyz", headers: ["Authorization": "Bearer \(administrator)"],
            timeout: .seconds(5))
        try await patience.until("kube-apiserver is ready", within: .seconds(90)) {
            (try? await transport.send(request))?.status == 200
        }
        try folder.put(kubeconfig(token: administrator), in: "controllers.kubeconfig")
    }
}

import ClusterAccess
import Foundation
import HTTPMessages
import HTTPServer
import JSONTree
import KubernetesAPI
import Manifests
import Synchronization
import TLSFront
import Testing
import Timekeeping

/// Real TLS, real programs, real files: from a kubeconfig to an answer.
@Suite(.serialized) struct WireTests {
    /// An API server behind TLS, and what it was shown.
    struct Scene: Sendable {
        let front: TLSFront
        let certificates: CertificateFolder
        let api: CannedAPI

        /// Writes a kubeconfig, and follows it.
        func reach(
            cluster: String? = nil, user: String, variables: [String: String] = [:]
        ) throws -> SignedTransport {
            let cluster = cluster ?? "server: '\(front.url)', certificate-authority: authority.pem"
            let text = """
                current-context: c
                contexts: [{name: c, context: {cluster: k, user: u}}]
                clusters: [{name: k, cluster: {\(cluster)}}]
                users: [{name: u, user: {\(user)}}]
                """
            let path = certificates.path("config")
            try Data(text.utf8).write(to: URL(filePath: path))
            var choice = AccessFinding.Choice()
            choice.kubeconfig = path
            let doors = RealMachine.doors(variables)
            return SignedTransport(try AccessFinding(doors).plan(choice), doors)
        }

        func client(_ transport: SignedTransport) -> KubernetesClient {
            KubernetesClient(
                server: front.url, transport: transport, time: RealTime(),
                conceal: transport.concealed)
        }
    }

    /// Takes one token, until it is told another.
    final class CannedAPI: Sendable {
        private let heard = Mutex<[HTTPServerRequest]>([])
        let valid = Mutex<String?>(nil)

        var requests: [HTTPServerRequest] { heard.withLock { $0 } }

        func answer(_ request: HTTPServerRequest) -> HTTPResponse {
            heard.withLock { $0.append(request) }
            let shown = request.headers["authorization"]
            if let valid = valid.withLock({ $0 }), shown != "Bearer \(valid)" {
                return HTTPResponse(
                    status: 401,
                    body: .tree(["message": .string("I do not know \(shown ?? "you")")]))
            }
            return HTTPResponse(
                status: 200,
                body: .tree([
                    "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "settings"],
                ]))
        }
    }

    static func scene(
        named name: String = "IP:127.0.0.1", asking: Bool = false,
        _ work: (Scene) async throws -> Void
    ) async throws {
        let certificates = try CertificateFolder()
        try certificates.server(named: name)
        let api = CannedAPI()
        let server = try LoopbackServer { api.answer($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.serve() }
            defer { server.stop() }
            let front = try TLSFront(
                .passing(to: server.port), certificates: certificates, asksForCertificate: asking)
            defer { front.stop() }
            try await work(Scene(front: front, certificates: certificates, api: api))
        }
    }

    private static let settings = ObjectReference(.configMap, namespace: "demo", name: "settings")

    @Test func aTokenOverTLS() async throws {
        try await Self.scene { scene in
            scene.api.valid.withLock { $0 = "s3cret" }
            let client = scene.client(try scene.reach(user: "token: s3cret"))
            #expect(try await client.get(Self.settings)?.name == "settings")
            let request = try #require(scene.api.requests.first)
            #expect(request.headers["host"] == "127.0.0.1:\(scene.front.port)")
            #expect(request.headers["accept-encoding"] == "gzip")
            // Kept alive: the second request goes over the same connection.
            _ = try await client.get(Self.settings)
            #expect(scene.front.connections(1).count == 1)
            #expect(scene.api.requests.count == 2)
        }
    }

    @Test func whoIsUnknownIsNotTrusted() async throws {
        try await Self.scene { scene in
            let open = "server: '\(scene.front.url)'"
            let strange = scene.client(try scene.reach(cluster: open, user: "token: s3cret"))
            let error = await #expect(throws: KubernetesError.self) {
                try await strange.get(Self.settings)
            }
            #expect(error?.code == .unavailable(reached: .never))
            #expect(error?.detail.hasPrefix("the server's certificate is not trusted") == true)
            #expect(scene.api.requests.isEmpty)
            let careless = scene.client(
                try scene.reach(
                    cluster: open + ", insecure-skip-tls-verify: true", user: "token: s3cret"))
            #expect(try await careless.get(Self.settings) != nil)
        }
    }

    @Test func aClientCertificateIsShown() async throws {
        try await Self.scene(asking: true) { scene in
            try scene.certificates.person("mia")
            let files = "client-certificate: mia.pem, client-key: mia.key"
            _ = try await scene.client(try scene.reach(user: files)).get(Self.settings)
            let written =
                try "client-certificate-data: \(scene.certificates.base64("mia.pem")), "
                + "client-key-data: \(scene.certificates.base64("mia.key"))"
            let authority = try scene.certificates.base64("authority.pem")
            let cluster = "server: '\(scene.front.url)', certificate-authority-data: \(authority)"
            _ = try await scene.client(try scene.reach(cluster: cluster, user: written))
                .get(Self.settings)
            #expect(scene.front.connections(2) == ["- mia", "- mia"])
            let nobody = scene.client(try scene.reach(user: "token: s3cret"))
            await #expect(throws: KubernetesError.self) { try await nobody.get(Self.settings) }
            #expect(scene.api.requests.count == 2)
        }
    }

    /// The certificate bears a name that the address has not.
    @Test func theServersOtherName() async throws {
        try await Self.scene(named: "DNS:kubernetes.default") { scene in
            let plain = "server: '\(scene.front.url)', certificate-authority: authority.pem"
            let wrong = scene.client(try scene.reach(cluster: plain, user: "token: s3cret"))
            await #expect(throws: KubernetesError.self) { try await wrong.get(Self.settings) }
            let named = plain + ", tls-server-name: kubernetes.default"
            let right = scene.client(try scene.reach(cluster: named, user: "token: s3cret"))
            #expect(try await right.get(Self.settings) != nil)
            #expect(scene.front.connections(1).last == "kubernetes.default -")
            #expect(
                scene.api.requests.last?.headers["host"] == "127.0.0.1:\(scene.front.port)")
        }
    }

    @Test func inAnothersName() async throws {
        try await Self.scene { scene in
            let user =
                "token: s3cret, as: deputy, as-uid: '7', as-groups: [crew, watch], "
                + "as-user-extra: {example.com/why: [because]}"
            _ = try await scene.client(try scene.reach(user: user)).get(Self.settings)
            let headers = try #require(scene.api.requests.first?.headers)
            #expect(headers["impersonate-user"] == "deputy")
            #expect(headers["impersonate-uid"] == "7")
            #expect(headers["impersonate-extra-example.com%2Fwhy"] == "because")
            let groups = headers.lines.filter { $0.name.lowercased() == "impersonate-group" }
            #expect(groups.map(\.value) == ["crew", "watch"])
        }
    }

    /// Through a proxy that must be told who we are; the server's name is known to nobody but to it.
    @Test func throughAProxy() async throws {
        try await Self.scene(named: "DNS:api.cluster.invalid") { scene in
            let proxy = try TLSFront(
                .tunnel(to: scene.front.port), certificates: scene.certificates)
            defer { proxy.stop() }
            let address = "mia:s3cret@127.0.0.1:\(proxy.port)"
            let cluster =
                "server: 'https://api.cluster.invalid:6443', "
                + "certificate-authority: authority.pem"
            let asked = "CONNECT api.cluster.invalid:6443 HTTP/1.1 Basic bWlhOnMzY3JldA=="
            for (count, way) in [
                try scene.reach(
                    cluster: cluster + ", proxy-url: 'http://\(address)'", user: "token: t0ken"),
                try scene.reach(
                    cluster: cluster, user: "token: t0ken",
                    variables: ["HTTPS_PROXY": "http://\(address)"]),
            ].enumerated() {
                let client = KubernetesClient(
                    server: "https://api.cluster.invalid:6443", transport: way, time: RealTime())
                #expect(try await client.get(Self.settings) != nil)
                #expect(proxy.connections(count + 1).last == asked)
            }
            // What the proxy was told, the server was not.
            #expect(scene.api.requests.allSatisfy { $0.headers["proxy-authorization"] == nil })
            let direct = try scene.reach(
                cluster: cluster, user: "token: t0ken",
                variables: ["HTTPS_PROXY": "http://\(address)", "NO_PROXY": ".invalid"])
            let error = await #expect(throws: HTTPFailure.self) {
                try await direct.send(HTTPRequest("GET", "https://api.cluster.invalid:6443/api"))
            }
            #expect(error?.reason == .unresolved)
        }
    }

    /// A pod's own account; Kubernetes puts a newer token there from time to time.
    @Test func inAPod() async throws {
        try await Self.scene { scene in
            let account = scene.certificates.path("account")
            try FileManager.default.createDirectory(
                atPath: account, withIntermediateDirectories: true)
            func write(_ bytes: [UInt8], _ name: String) throws {
                try Data(bytes).write(to: URL(filePath: "\(account)/\(name)"))
            }
            try write(try scene.certificates.bytes("authority.pem"), "ca.crt")
            try write(Array("first".utf8), "token")
            try write(Array("shop".utf8), "namespace")
            var doors = RealMachine.doors([
                "KUBERNETES_SERVICE_HOST": "127.0.0.1",
                "KUBERNETES_SERVICE_PORT": "\(scene.front.port)", "HOME": "/none",
            ])
            doors.account = account
            let clock = StandingClock()
            doors.time = clock
            let plan = try AccessFinding(doors).plan(.init())
            #expect(plan.namespace == "shop")
            let client = scene.client(SignedTransport(plan, doors))
            scene.api.valid.withLock { $0 = "first" }
            #expect(try await client.get(Self.settings) != nil)
            // The old one is refused: the file is read again at once, and the call goes on.
            try write(Array("second".utf8), "token")
            scene.api.valid.withLock { $0 = "second" }
            clock.turn(by: .seconds(10))
            #expect(try await client.get(Self.settings) != nil)
            #expect(scene.api.requests.count == 3)
        }
    }

    // MARK: Programs

    /// A program that gives the token in a file beside it, and counts how often it was asked.
    private func program(_ scene: Scene, _ text: String) throws {
        let path = scene.certificates.path("sign")
        try Data("#!/bin/sh\n\(text)".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: path)
    }

    private static let plugin =
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./sign, args: [in], "
        + "interactiveMode: IfAvailable, provideClusterInfo: true, env: [{name: A, value: b}]}"

    private static let answer = """
        printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",'
        printf '"status":{"token":"%s"}}' "$(cat "$(dirname "$0")/token")"

        """

    @Test func aProgramSignsIn() async throws {
        try await Self.scene { scene in
            let token = URL(filePath: scene.certificates.path("token"))
            try Data("first".utf8).write(to: token)
            scene.api.valid.withLock { $0 = "first" }
            try program(
                scene,
                """
                here="$(dirname "$0")"
                echo "$1 $A $KUBERNETES_EXEC_INFO" >> "$here/asked"
                echo ask nobody >&2

                """ + Self.answer)
            let variables = ["PATH": "/usr/bin:/bin"]
            let transport = try scene.reach(user: Self.plugin, variables: variables)
            try await transport.signIn()
            let client = scene.client(transport)
            for _ in 0..<3 { #expect(try await client.get(Self.settings) != nil) }
            let asked = try String(
                contentsOfFile: scene.certificates.path("asked"), encoding: .utf8)
            let lines = asked.split(separator: "\n")
            #expect(lines.count == 1)
            #expect(lines[0].hasPrefix("in b {"))
            let told = try JSONReader.tree(of: String(lines[0].dropFirst(5)))
            #expect(told.at("spec", "cluster", "server")?.text == scene.front.url)
            let authority = try scene.certificates.base64("authority.pem")
            #expect(
                told.at("spec", "cluster", "certificate-authority-data")?.text == authority)
        }
    }

    /// A token that the server takes no more; the words that the server quotes it in are ours.
    @Test func aRefusedTokenIsShownToNobody() async throws {
        try await Self.scene { scene in
            scene.api.valid.withLock { $0 = "other" }
            let token = scene.certificates.path("token")
            try Data("s3cret-of-file".utf8).write(to: URL(filePath: token))
            for user in ["token: s3cret-itself", "tokenFile: token"] {
                let client = scene.client(try scene.reach(user: user))
                let error = await #expect(throws: KubernetesError.self) {
                    try await client.get(Self.settings)
                }
                #expect(error?.code == .unauthorized)
                #expect(error?.detail == "I do not know …")
            }
        }
    }

    @Test func aProgramThatFailsIsNamed() async throws {
        try await Self.scene { scene in
            for (text, why) in [
                ("echo s3cret; exit 3", "exit code 3"),
                ("echo s3cret", "its answer is no JSON object"),
                ("kill -9 $$", "ended by signal 9"),
            ] {
                try program(scene, text)
                let transport = try scene.reach(
                    user: Self.plugin, variables: ["PATH": "/usr/bin:/bin"])
                let error = await #expect(throws: AccessError.self) {
                    try await transport.signIn()
                }
                #expect(
                    error?.description == """
                        cluster: ./sign gave no credential: \(why)
                          where: exec of the kubeconfig's user, for \(scene.front.url)
                          do:    run kubectl with this kubeconfig; where that works, this does
                        """)
                let failed = await #expect(throws: HTTPFailure.self) {
                    try await transport.send(HTTPRequest("GET", scene.front.url))
                }
                #expect(failed?.reached == .never)
                #expect(
                    failed?.meaning == "there is no credential to show"
                        && failed?.detail
                            == "./sign gave no credential: \(why)"
                )
            }
            #expect(scene.api.requests.isEmpty)
        }
    }

    /// A certificate from a program: the connection is made with it.
    @Test func aProgramGivesACertificate() async throws {
        try await Self.scene(asking: true) { scene in
            try scene.certificates.person("mia")
            try program(
                scene,
                #"""
                cd "$(dirname "$0")"
                printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",'
                printf '"status":{"clientCertificateData":"%s",' "$(awk '{printf "%s\\n", $0}' mia.pem)"
                printf '"clientKeyData":"%s"}}' "$(awk '{printf "%s\\n", $0}' mia.key)"
                """#)
            let transport = try scene.reach(
                user: Self.plugin, variables: ["PATH": "/usr/bin:/bin"])
            #expect(try await scene.client(transport).get(Self.settings) != nil)
            #expect(scene.front.connections(1) == ["- mia"])
        }
    }
}

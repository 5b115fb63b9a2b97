import Foundation
import TLSFront
import Testing

/// The real binary against an API server behind TLS, as kubectl would reach it.
@Suite struct SecuredTests {
    /// A lab behind TLS that asks for a certificate, and a kubeconfig that leads there.
    private struct Harbour {
        let lab: ServedLab
        let front: TLSFront
        let certificates: CertificateFolder

        func kubeconfig(cluster: String? = nil, user: String) throws -> String {
            let trust = cluster ?? "certificate-authority: \(certificates.path("authority.pem"))"
            let path = try lab.folder.write(
                """
                current-context: c
                contexts:
                - {name: c, context: {cluster: k, user: u, namespace: demo}}
                clusters:
                - name: k
                  cluster:
                    server: \(front.url)
                    \(trust)
                    extensions: [{name: theseus.dev/lab, extension: {speed: 100}}]
                users:
                - name: u
                  user: {\(user)}

                """, to: "secured")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            return path
        }

        func run(_ words: String..., kubeconfig: String) async throws -> Program.Ending {
            try await Program.run(
                lab.words(words + ["--kubeconfig", kubeconfig]), in: lab.folder.path)
        }
    }

    private func secured(
        asking: Bool = false, _ work: (Harbour) async throws -> Void
    ) async throws {
        try await ServedLab.serving { lab in
            let certificates = try CertificateFolder()
            try certificates.server()
            try certificates.person("mia")
            let port = try #require(lab.api.split(separator: ":").last.flatMap { Int($0) })
            let front = try TLSFront(
                .passing(to: port), certificates: certificates, asksForCertificate: asking)
            defer { front.stop() }
            try await work(Harbour(lab: lab, front: front, certificates: certificates))
        }
    }

    /// A whole release: the certificate is shown on every connection.
    @Test func withAClientCertificate() async throws {
        try await secured(asking: true) { harbour in
            let person =
                "client-certificate: \(harbour.certificates.path("mia.pem")), "
                + "client-key: \(harbour.certificates.path("mia.key"))"
            let kubeconfig = try harbour.kubeconfig(user: person)
            let flow = try ShortFlow(harbour.lab).write()
            let deploy = try await harbour.run(
                "deploy", flow, "--run-id", "r1", kubeconfig: kubeconfig)
            #expect(deploy.code == 0, "\(deploy)")
            #expect(deploy.complaint == "")
            let status = try await harbour.run("status", kubeconfig: kubeconfig)
            #expect(status.output.hasPrefix("r1  demo/demo-app  promoted"))
            #expect(Set(harbour.front.connections(2)) == ["- mia"])
        }
    }

    /// Whoever does not check the server is told so, and so is whoever reads the journal.
    @Test func aServerThatIsNotCheckedIsJournaled() async throws {
        try await secured { harbour in
            let kubeconfig = try harbour.kubeconfig(
                cluster: "insecure-skip-tls-verify: true", user: "token: s3cret")
            let flow = try ShortFlow(harbour.lab).write()
            let deploy = try await harbour.run(
                "deploy", flow, "--run-id", "r1", kubeconfig: kubeconfig)
            #expect(deploy.code == 0, "\(deploy)")
            let said =
                "the API server's certificate is not checked (insecure-skip-tls-verify): "
                + "whoever is between may act as the server"
            #expect(deploy.complaint == "warning: \(said)\n")
            let show = try await harbour.run("show", "r1", kubeconfig: kubeconfig)
            #expect(show.output.contains(said))
        }
    }

    /// A program signs in; what it says on its error output is shown, its credential never: not on
    /// the terminal, not in the journal.
    @Test func withASignInProgram() async throws {
        try await secured { harbour in
            let token = "planted-s3cret-0123456789"
            let program = try harbour.lab.folder.write(
                """
                #!/bin/sh
                echo 'signing in' >&2
                printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",'
                printf '"status":{"token":"\(token)"}}'

                """, to: "sign")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o700], ofItemAtPath: program)
            let kubeconfig = try harbour.kubeconfig(
                user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./sign, "
                    + "interactiveMode: Never}")
            var flow = ShortFlow(harbour.lab)
            flow.tests = "    smoke: {command: [\"/bin/sh\", \"-c\", \"env\"], timeout: 1m}\n"
            let deploy = try await harbour.run(
                "deploy", try flow.write(), "--run-id", "r1", kubeconfig: kubeconfig)
            #expect(deploy.code == 0, "\(deploy)")
            #expect(deploy.complaint == "signing in\n")
            let show = try await harbour.run(
                "show", "r1", "--output", "json", kubeconfig: kubeconfig)
            for text in [deploy.output, deploy.complaint, show.output] {
                #expect(!text.contains(token))
            }
            let journal = try Data(
                contentsOf: URL(filePath: harbour.lab.folder.file("journal.sqlite")))
            #expect(journal.range(of: Data(token.utf8)) == nil)
            #expect(journal.range(of: Data("demo-app".utf8)) != nil)

            try harbour.lab.folder.write("#!/bin/sh\necho \(token)\n", to: "sign")
            let refused = try await harbour.run(
                "deploy", try flow.write(), "--run-id", "r2", kubeconfig: kubeconfig)
            #expect(refused.code == 3)
            #expect(
                refused.complaint == """
                    cluster: ./sign gave no credential: its answer is no JSON object
                      where: exec of the kubeconfig's user, for \(harbour.front.url)
                      do:    run kubectl with this kubeconfig; where that works, this does

                    """)
        }
    }
}

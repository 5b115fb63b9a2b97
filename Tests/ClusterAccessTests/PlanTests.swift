import ClusterAccess
import HTTPClient
import Secrets
import Testing

/// From the text of a kubeconfig to the way into its cluster.
@Suite struct PlanTests {
    /// One kubeconfig and what is wrong with it.
    struct Wrong: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var cluster = "server: https://api:6443"
        var user = "token: s3cret"
        var rest = "current-context: c"
        var context: String?
        var denies = false
        var said: String

        var text: String {
            """
            apiVersion: v1
            kind: Config
            \(rest)
            contexts:
            - {name: c, context: {cluster: k, user: u, namespace: demo}}
            clusters:
            - name: k
              cluster: {\(cluster)}
            users:
            - name: u
              user: {\(user)}

            """
        }
    }

    static let wrong = [
        Wrong(
            testDescription: "no YAML", rest: "a: [",
            said: """
                cluster: the kubeconfig cannot be read: while parsing a flow node: did not find \
                expected node content
                  where: /k/config:5:1
                  do:    mend the file
                """),
        Wrong(
            testDescription: "no current context", rest: "",
            said: """
                cluster: the kubeconfig names no current context
                  where: /k/config
                  do:    give --cluster CONTEXT, or `kubectl config use-context`
                """),
        Wrong(
            testDescription: "a context that is not there", context: "prod",
            said: """
                cluster: the kubeconfig has no context "prod"
                  where: /k/config
                  do:    see `kubectl config get-contexts`
                """),
        Wrong(
            testDescription: "a number for a token", user: "token: 123",
            said: """
                cluster: the kubeconfig cannot be read: token must be text; put it in quotes
                  where: /k/config:11:17
                  do:    mend the file
                """),
        Wrong(
            testDescription: "a server without a scheme", cluster: "server: 'api:6443'",
            said: """
                cluster: the cluster's server is no address such as https://host:6443
                  where: /k/config:8:12
                  do:    mend it; who we are stands in the user, not in the address
                """),
        Wrong(
            testDescription: "a password in the server's address",
            cluster: "server: 'https://mia:s3cret@api:6443'",
            said: """
                cluster: the cluster's server is no address such as https://host:6443
                  where: /k/config:8:12
                  do:    mend it; who we are stands in the user, not in the address
                """),
        Wrong(
            testDescription: "an authority that is trusted by nobody",
            cluster: "server: https://api, insecure-skip-tls-verify: true, "
                + "certificate-authority: ca.pem",
            said: """
                cluster: insecure-skip-tls-verify beside a certificate-authority
                  where: /k/config:8:12
                  do:    take one of the two away
                """),
        Wrong(
            testDescription: "an authority that is not there",
            cluster: "server: https://api, certificate-authority: none.pem",
            said: """
                cluster: the certificate-authority is not there
                  where: /k/none.pem
                  do:    check the path, and that you may read it
                """),
        Wrong(
            testDescription: "an authority that is no certificate",
            cluster: "server: https://api, certificate-authority-data: czNjcmV0",
            said: """
                cluster: the certificate-authority is no PEM
                  where: /k/config:8:12
                  do:    check the path, and that you may read it
                """),
        Wrong(
            testDescription: "no base64",
            cluster: "server: https://api, certificate-authority-data: s3cret",
            said: """
                cluster: the kubeconfig cannot be read: certificate-authority-data is no base64
                  where: /k/config:8:62
                  do:    mend the file
                """),
        Wrong(
            testDescription: "a certificate without its key", user: "client-certificate: ca.pem",
            said: """
                cluster: the kubeconfig has no client-key
                  where: /k/config:11:9
                  do:    mend the context, or choose another by --cluster
                """),
        Wrong(
            testDescription: "a token beside a name",
            user: "token: s3cret, username: mia, password: s3cret",
            said: """
                cluster: a token beside a username
                  where: /k/config:11:9
                  do:    take one of the two away
                """),
        Wrong(
            testDescription: "a way to sign in that is gone",
            user: "auth-provider: {name: gcp, config: {access-token: s3cret}}",
            said: """
                cluster: auth-provider gcp is no longer a way to sign in
                  where: /k/config:11:9
                  do:    let the cluster's own tool write the user anew: it will name an exec program
                """),
        Wrong(
            testDescription: "groups without a user", user: "token: s3cret, as-groups: [crew]",
            said: """
                cluster: as-uid, as-groups or as-user-extra without `as`
                  where: /k/config:11:9
                  do:    take one of the two away
                """),
        Wrong(
            testDescription: "a program of no known version",
            user: "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: aws}",
            said: """
                cluster: the kubeconfig cannot be read: exec speaks \
                "client.authentication.k8s.io/v1alpha1", which is neither v1 nor v1beta1 of \
                client.authentication.k8s.io
                  where: /k/config:11:29
                  do:    mend the file
                """),
        Wrong(
            testDescription: "a program that wants a person",
            user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, "
                + "interactiveMode: Always}",
            said: """
                cluster: aws wants to ask a person
                  where: /k/config:11:9
                  do:    sign in with kubectl first, or use another kubeconfig
                """),
        Wrong(
            testDescription: "a program that is denied",
            user: "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}",
            denies: true,
            said: """
                cluster: aws would sign in for us, and --deny-exec-plugins forbids it
                  where: /k/config:11:9
                  do:    leave the option away, or use a kubeconfig with a token
                """),
        Wrong(
            testDescription: "a proxy of no known kind",
            cluster: "server: https://api, proxy-url: 'ftp://mia:s3cret@proxy'",
            said: """
                cluster: the proxy is neither http, https nor socks5
                  where: /k/config:8:12
                  do:    mend proxy-url, or the environment's HTTPS_PROXY
                """),
    ]

    @Test(arguments: wrong) func isRefusedByName(_ wrong: Wrong) {
        let machine = MadeUpMachine(["/k/config": wrong.text, "/k/ca.pem": certificate])
        var choice = AccessFinding.Choice()
        choice.kubeconfig = "/k/config"
        choice.context = wrong.context
        choice.deniesPlugins = wrong.denies
        let said = #expect(throws: AccessError.self) {
            try AccessFinding(machine.doors()).plan(choice)
        }
        #expect(said?.description == wrong.said)
        #expect(said?.description.contains("s3cret") == false)
    }

    @Test func everyPieceIsFound() throws {
        let text = """
            current-context: c
            contexts: [{name: c, context: {cluster: k, user: u, namespace: demo}}]
            clusters:
            - name: k
              cluster:
                server: https://api.example.com:6443/k8s/one/
                certificate-authority: ca.pem
                tls-server-name: kubernetes
                proxy-url: socks5://proxy:1080
                extensions:
                - {name: client.authentication.k8s.io/exec, extension: {audience: x}}
            users:
            - name: u
              user:
                client-certificate: mia.pem
                client-key: /else/mia.key
                tokenFile: token
                as: deputy
                as-groups: [crew]
            """
        let machine = MadeUpMachine([
            "/k/config": text, "/k/ca.pem": certificate, "/k/mia.pem": certificate,
            "/else/mia.key": key,
        ])
        let plan = try AccessFinding(machine.doors(["KUBECONFIG": "/none:/k/config"])).plan(.init())
        #expect(plan.server == "https://api.example.com:6443/k8s/one")
        #expect(plan.namespace == "demo")
        #expect(plan.trust == .authorities(Array(certificate.utf8)))
        #expect(plan.serverName == "kubernetes")
        #expect(plan.proxy?.text == "socks5h://proxy:1080")
        #expect(
            plan.identity
                == CurlIdentity(certificate: Array(certificate.utf8), key: Array(key.utf8)))
        #expect(plan.credential == .tokenFile("/k/token", besides: nil))
        #expect(plan.impersonation.user == "deputy")
        #expect(plan.impersonation.groups == ["crew"])
        #expect(plan.notices == [])
    }

    /// As kubectl: of two entries of one name the first file's counts, and files may be missing.
    @Test func filesAreMerged() throws {
        let machine = MadeUpMachine([
            "/here/one/config": """
            contexts: [{name: a, context: {cluster: k, user: u}}]
            users: [{name: u, user: {tokenFile: t}}]
            """,
            "/two": """
            current-context: a
            contexts: [{name: a, context: {cluster: other, user: u}}]
            clusters: [{name: k, cluster: {server: https://two}}]
            users: [{name: u, user: {token: two}}]
            """,
        ])
        let doors = machine.doors(["KUBECONFIG": "/no/such:one/config::/two", "HOME": "/home"])
        let plan = try AccessFinding(doors).plan(.init())
        #expect(plan.server == "https://two")
        #expect(plan.credential == .tokenFile("/here/one/t", besides: nil))
    }

    @Test func theFileAtHomeIsTheLast() throws {
        let machine = MadeUpMachine()
        let finding = AccessFinding(machine.doors(["HOME": "/home/mia"]))
        let none = #expect(throws: AccessError.self) { try finding.plan(.init()) }
        #expect(
            none?.description == """
                cluster: there is no kubeconfig
                  where: /home/mia/.kube/config
                  do:    give --kubeconfig FILE, or --cluster lab for the embedded lab
                """)
        machine.write(
            """
            current-context: a
            contexts: [{name: a, context: {cluster: k}}]
            clusters: [{name: k, cluster: {server: "http://127.0.0.1:8001"}}]
            """, to: "/home/mia/.kube/config")
        #expect(try finding.plan(.init()).credential == .none)
    }

    // MARK: Said out loud

    @Test func whatIsDangerousIsSaid() throws {
        var kube = Wrong(testDescription: "", said: "")
        kube.cluster = "server: https://api, insecure-skip-tls-verify: true"
        let machine = MadeUpMachine()
        machine.write(kube.text, to: "/k/config", mode: 0o644)
        let doors = machine.doors(["KUBECONFIG": "/k/config"])
        let plan = try AccessFinding(doors).plan(.init())
        #expect(plan.trust == .anybody)
        #expect(
            plan.notices.map(\.text) == [
                "/k/config holds secrets, and others may read it: chmod 600 /k/config",
                "the API server's certificate is not checked (insecure-skip-tls-verify): "
                    + "whoever is between may act as the server",
            ])
        #expect(plan.notices.map(\.isForJournal) == [false, true])
        machine.write(
            kube.text.replacing("token: s3cret", with: "tokenFile: t"), to: "/k/config", mode: 0o644
        )
        #expect(try AccessFinding(doors).plan(.init()).notices.count == 1)
    }

    /// kubectl sends nothing either.
    @Test func nothingSecretIsSentInTheClear() throws {
        var kube = Wrong(testDescription: "", said: "")
        kube.cluster = "server: http://api.example.com:8080"
        let machine = MadeUpMachine(["/k/config": kube.text])
        let doors = machine.doors(["KUBECONFIG": "/k/config"])
        let plan = try AccessFinding(doors).plan(.init())
        #expect(plan.credential == .none)
        #expect(
            plan.notices.map(\.text) == [
                "http://api.example.com:8080 is not encrypted: no credential is sent there"
            ])
        kube.cluster = "server: 'http://127.0.0.1:8080'"
        machine.write(kube.text, to: "/k/config")
        #expect(try AccessFinding(doors).plan(.init()).credential == .token(Secret("s3cret")))
        // Who stands between hears it, wherever it goes.
        kube.cluster += ", proxy-url: 'http://proxy.example.com:3128'"
        machine.write(kube.text, to: "/k/config")
        #expect(try AccessFinding(doors).plan(.init()).credential == .none)
    }

    // MARK: In a pod

    @Test func aPodHasAnAccount() throws {
        let machine = MadeUpMachine([
            "/account/token": "first", "/account/ca.crt": certificate,
            "/account/namespace": "shop\n",
        ])
        var doors = machine.doors([
            "KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443",
            "HOME": "/root",
        ])
        doors.account = "/account"
        let plan = try AccessFinding(doors).plan(.init())
        #expect(plan.server == "https://[fd00::1]:443")
        #expect(plan.namespace == "shop")
        #expect(plan.trust == .authorities(Array(certificate.utf8)))
        #expect(plan.credential == .tokenFile("/account/token", besides: nil))
        // Who names a file or a context means that.
        var choice = AccessFinding.Choice()
        choice.context = "prod"
        #expect(throws: AccessError.self) { try AccessFinding(doors).plan(choice) }
    }
}

let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
let key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"

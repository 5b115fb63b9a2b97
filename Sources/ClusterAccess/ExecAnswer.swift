internal import Digests
package import HTTPClient
package import JSONTree
internal import KubernetesAPI
package import Secrets

/// What a sign-in program gave: a token, a client certificate, or both; and until when.
package struct ExecAnswer: Hashable, Sendable {
    package var token: Secret?
    package var identity: CurlIdentity?
    /// Milliseconds since 1970; nil: for as long as the server takes it.
    package var expires: Int?

    /// The program's standard output; throws what is wrong with it, in words that quote nothing.
    package static func read(_ bytes: [UInt8], version: ExecPlugin.Version)
        throws(ExecAnswerFlaw) -> ExecAnswer
    {
        guard let tree = try? JSONReader.tree(of: bytes), tree.members != nil else {
            throw ExecAnswerFlaw("its answer is no JSON object")
        }
        guard tree["kind"]?.text == "ExecCredential" else {
            throw ExecAnswerFlaw("its answer is no ExecCredential")
        }
        guard tree["apiVersion"]?.text == version.rawValue else {
            throw ExecAnswerFlaw("its answer is not of \(version.rawValue), which was asked for")
        }
        guard let status = tree["status"], status.members != nil else {
            throw ExecAnswerFlaw("its answer has no status")
        }
        var answer = ExecAnswer()
        if let token = status["token"]?.text, !token.isEmpty { answer.token = Secret(token) }
        let certificate = status["clientCertificateData"]?.text ?? ""
        let key = status["clientKeyData"]?.text ?? ""
        switch (certificate.isEmpty, key.isEmpty) {
        case (true, true): break
        case (false, false):
            guard PEM.isCertificate(Array(certificate.utf8)), PEM.isKey(Array(key.utf8)) else {
                throw ExecAnswerFlaw("its certificate or key is no PEM")
            }
            answer.identity = CurlIdentity(
                certificate: Array(certificate.utf8), key: Array(key.utf8))
        case (true, false), (false, true):
            throw ExecAnswerFlaw("its answer has a certificate without key, or a key alone")
        }
        guard answer.token != nil || answer.identity != nil else {
            throw ExecAnswerFlaw("its answer has neither token nor certificate")
        }
        if let expiry = status["expirationTimestamp"], expiry != .null {
            guard let date = expiry.text.flatMap(APIDate.milliseconds) else {
                throw ExecAnswerFlaw("its expirationTimestamp is no date")
            }
            answer.expires = date
        }
        return answer
    }
}

/// What is wrong with a program's answer.
package struct ExecAnswerFlaw: Error, Hashable, Sendable {
    package let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// What a program that asks for it is told of the cluster.
package struct ExecClusterNote: Hashable, Sendable {
    package var server: String
    package var serverName: String?
    package var isInsecure: Bool
    package var authority: [UInt8]?
    package var proxy: Secret?
    /// The cluster's extension `client.authentication.k8s.io/exec`.
    package var configuration: JSONTree?

    var tree: JSONTree {
        var tree: JSONTree = ["server": .string(server)]
        if let serverName { tree["tls-server-name"] = .string(serverName) }
        if isInsecure { tree["insecure-skip-tls-verify"] = true }
        if let authority {
            tree["certificate-authority-data"] = .string(Base64.text(of: authority))
        }
        if let proxy { tree["proxy-url"] = .string(proxy.text) }
        if let configuration { tree["config"] = configuration }
        return tree
    }
}

/// Whether bytes look like what OpenSSL will read.
enum PEM {
    static func isCertificate(_ bytes: [UInt8]) -> Bool {
        text(bytes).contains("-----BEGIN CERTIFICATE-----")
    }

    static func isKey(_ bytes: [UInt8]) -> Bool { text(bytes).contains("PRIVATE KEY-----") }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

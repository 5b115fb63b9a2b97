package import JSONTree
package import Secrets

/// What one or several kubeconfig files say; of two entries of a kind and name the first counts.
package struct Kubeconfig: Hashable, Sendable {
    package var currentContext: String?
    package var contexts: [Context] = []
    package var clusters: [Cluster] = []
    package var users: [User] = []

    package init() {}

    /// Which cluster, as which user, in which namespace.
    package struct Context: Hashable, Sendable {
        package var name: String
        package var cluster: String
        package var user: String
        package var namespace: String?
        /// File and line.
        package var place: String
    }

    package struct Cluster: Hashable, Sendable {
        package var name: String
        package var server: String
        package var authority: Material?
        package var isInsecure = false
        package var serverName: String?
        package var proxy: String?
        /// By name, as they stand.
        package var extensions: [Extension] = []
        package var place: String
    }

    package struct Extension: Hashable, Sendable {
        package var name: String
        package var tree: JSONTree
    }

    package struct User: Hashable, Sendable {
        package var name: String
        package var certificate: Material?
        package var key: Material?
        package var token: Secret?
        /// Absolute, or relative to where we run if the kubeconfig is.
        package var tokenFile: String?
        package var username: String?
        package var password: Secret?
        package var plugin: ExecPlugin?
        package var authProvider: String?
        package var impersonation = Impersonation()
        package var place: String
    }

    /// Certificates or a key: written out, or the path of a file that holds them.
    package enum Material: Hashable, Sendable {
        case written(SecretBytes)
        case file(String)
    }

    /// Takes what `other`, which counts less, has besides.
    package mutating func merge(_ other: Kubeconfig) {
        if currentContext == nil { currentContext = other.currentContext }
        contexts += other.contexts.filter { new in !contexts.contains { $0.name == new.name } }
        clusters += other.clusters.filter { new in !clusters.contains { $0.name == new.name } }
        users += other.users.filter { new in !users.contains { $0.name == new.name } }
    }
}

/// In whose name the API server is asked to act.
package struct Impersonation: Hashable, Sendable {
    package var user: String?
    package var identifier: String?
    package var groups: [String] = []
    package var extra: [Extra] = []

    package struct Extra: Hashable, Sendable {
        package var key: String
        package var values: [String]
    }

    package init() {}
}

/// Bytes that nobody shall read in a message.
package struct SecretBytes: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "…" }
    package var debugDescription: String { "…" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

package import JSONTree
package import Secrets

/// A program that knows how to sign in, as a kubeconfig's user names it.
package struct ExecPlugin: Hashable, Sendable {
    package enum Version: String, Hashable, Sendable {
        case first = "client.authentication.k8s.io/v1"
        case beta = "client.authentication.k8s.io/v1beta1"
    }

    package struct Variable: Hashable, Sendable {
        package var name: String
        package var value: Secret
    }

    /// As written.
    package var command: String
    package var version: Version
    /// The kubeconfig's.
    package var folder: String
    package var arguments: [String] = []
    package var environment: [Variable] = []
    package var wantsCluster = false
    package var wantsPerson = false
    /// What to do where the program is missing, in the kubeconfig's own words.
    package var hint = ""

    package init(command: String, version: Version, folder: String) {
        self.command = command
        self.version = version
        self.folder = folder
    }

    /// Which file is meant.
    ///
    /// A name with a slash begins at the kubeconfig's folder; a bare one is looked for in the absolute
    /// entries of `searchPath`, never where we happen to run: what lies there may be anybody's.
    package func program(searchPath: String, isExecutable: (String) -> Bool) -> String? {
        if command.hasPrefix("/") { return isExecutable(command) ? command : nil }
        if command.contains("/") {
            let path = "\(folder)/\(command)"
            return isExecutable(path) ? path : nil
        }
        return searchPath.split(separator: ":").lazy.filter { $0.hasPrefix("/") }
            .map { "\($0)/\(command)" }.first(where: isExecutable)
    }

    /// What the program is told in `KUBERNETES_EXEC_INFO`.
    package func question(cluster: ExecClusterNote?) -> JSONTree {
        var spec: JSONTree = ["interactive": false]
        if wantsCluster, let cluster { spec["cluster"] = cluster.tree }
        return [
            "kind": "ExecCredential", "apiVersion": .string(version.rawValue), "spec": spec,
        ]
    }
}

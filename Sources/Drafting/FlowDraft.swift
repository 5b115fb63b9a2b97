internal import JSONTree
internal import Manifests
internal import Workloads
internal import YAML

/// A flow and its candidate's manifest, as texts.
package struct FlowDraft: Hashable, Sendable {
    package let flow: String
    package let manifest: String
    /// What was guessed, or is in the way, a sentence each.
    package let notes: [String]

    /// nil where no Deployment stands behind the service: a first release is another template's.
    package init?(of finding: ServiceFinding, manifestName: String) {
        guard let stable = finding.stable else { return nil }
        let next = Self.next(after: finding.version)
        manifest = Self.manifest(like: stable, finding, next) + Self.service(finding, next)
        flow = Self.flow(finding, stable, manifestName)
        notes = Self.notes(finding, stable)
    }

    /// `v1` becomes `v2`, what has no number gets `-next`.
    static func next(after version: String?) -> String {
        guard let version else { return "v2" }
        let digits = String(version.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
        guard let number = Int(digits), number < 1_000_000 else { return "\(version)-next" }
        return version.dropLast(digits.count) + "\(number + 1)"
    }

    // MARK: The candidate

    private static let ownMetadata = ["name", "namespace", "labels", "annotations"]
    private static let foreignNotes = [
        "deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration",
    ]

    private static func manifest(
        like stable: KubernetesObject, _ finding: ServiceFinding, _ next: String
    ) -> String {
        let label = finding.versionLabel ?? "version"
        var metadata: JSONTree = [:]
        for key in ownMetadata { metadata[key] = stable.tree.at("metadata", key) }
        metadata["namespace"] = nil
        metadata["name"] = .string(name(of: stable, finding.version, next))
        if metadata.at("labels", label) != nil { metadata.set(.string(next), at: "labels", label) }
        for note in metadata["annotations"]?.members?.keys ?? []
        where foreignNotes.contains(note) || note.hasPrefix("theseus.dev/") {
            metadata.set(nil, at: "annotations", note)
        }
        if metadata["annotations"]?.members?.isEmpty == true { metadata["annotations"] = nil }
        var spec = stable.spec
        spec.set(.string(next), at: "selector", "matchLabels", label)
        spec.set(.string(next), at: "template", "metadata", "labels", label)
        spec.set(nil, at: "template", "metadata", "creationTimestamp")
        spec = UsualValues.left(out: spec)
        return """
            # The new version of \(finding.service), as \(stable.name) stood in the cluster: give it its
            # image, here or by `theseus deploy … --image NAME=REF`, and whatever else is new.

            """
                + YAMLWriter.text(of: [
                    "apiVersion": .string(stable.apiVersion), "kind": .string(stable.kind),
                    "metadata": metadata, "spec": spec,
                ])
    }

    private static func name(of stable: KubernetesObject, _ version: String?, _ next: String)
        -> String
    {
        guard let version, stable.name.hasSuffix("-\(version)") else {
            return "\(stable.name)-\(next)"
        }
        return stable.name.dropLast(version.count) + next
    }

    // MARK: The flow

    private static func flow(
        _ finding: ServiceFinding, _ stable: KubernetesObject, _ manifestName: String
    ) -> String {
        var lines = [
            "# How \(finding.service) is released, written by `theseus init` from what stood in the"
                + " cluster.",
            "# theseus explain spec says what else can stand here.",
            "apiVersion: theseus.dev/v1", "kind: Flow",
            "metadata: {name: \(finding.service)}", "spec:",
            "  template: canary   # what it does: theseus flows show canary", "  target:",
            "    namespace: \(finding.namespace)", "    service: \(finding.service)",
            "    # The new version: its Deployment, and what belongs to it.",
            "    manifest: \(manifestName)",
        ]
        if let label = finding.versionLabel, label != "version" {
            lines.append("    versionLabel: \(label)")
        }
        if finding.deployments.count > 1 {
            lines.append(
                "    stable: \(stable.name)   # the one with the most ready pods; others:"
                    + " \(finding.deployments.dropFirst().map(\.name).joined(separator: ", "))")
        }
        lines += routes(finding) + surroundings(finding)
        return lines.map { $0 + "\n" }.joined()
    }

    private static func routes(_ finding: ServiceFinding) -> [String] {
        guard !finding.routes.isEmpty else {
            return ["  # no VirtualService leads to it: the run makes one"]
        }
        let entries = finding.routes.map { route in
            let space =
                route.namespace == finding.namespace ? "" : ", namespace: \(route.namespace)"
            let isNamed = route.http.allSatisfy { !$0.isEmpty }
            let names = isNamed ? ", http: [\(route.http.joined(separator: ", "))]" : ""
            return "{virtualService: \(route.virtualService)\(space)\(names)}"
        }
        return ["  routes: [\(entries.joined(separator: ", "))]"]
    }

    private static func surroundings(_ finding: ServiceFinding) -> [String] {
        let inside = "\(finding.service).\(finding.namespace)"
        let host = finding.isBehindGateway ? finding.host ?? inside : inside
        let gateway = finding.gateway ?? "http://istio-ingressgateway.istio-system"
        let isGuessed = finding.gateway == nil ? "; correct it: no gateway was found" : ""
        let prometheus = finding.prometheus ?? "http://prometheus.istio-system:9090"
        let isMissing =
            finding.prometheus == nil ? ["  # Correct it: no Prometheus was found."] : []
        return [
            "  # Where tests knock, and the host that users ask for\(isGuessed).",
            "  gateway: {url: \"\(gateway)\", host: \(host)}",
        ] + isMissing + [
            "  prometheus: {address: \"\(prometheus)\", scrape: 15s}",
            "  # Who sends this header meets the new version before any user does.",
            "  dark: {match: [{headers: {x-theseus: {exact: dark}}}]}", "  tests:",
            "    # Yours: a command, a script, a Job. See `theseus explain spec.tests`.",
            "    smoke: {http: {path: /, requests: 20, dark: true}, timeout: 1m, retries: 3}",
        ]
    }

    // MARK: Notes

    private static func notes(_ finding: ServiceFinding, _ stable: KubernetesObject) -> [String] {
        var notes: [String] = []
        if finding.versionLabel == nil {
            notes.append(
                "the pods of \(stable.name) have no label that tells versions apart: give them"
                    + " version: v1, or every release is refused")
        } else if let label = finding.versionLabel,
            stable.spec.at("selector", "matchLabels", label) == nil
        {
            notes.append(
                "the selector of \(stable.name) does not name \(label), and so means the new"
                    + " version's pods as well: make that Deployment anew with it, or every release is"
                    + " refused")
        }
        notes += hostNotes(finding)
        if finding.gateway == nil {
            notes.append(
                "no ingress gateway was found: correct spec.gateway.url, or give --gateway")
        }
        if finding.prometheus == nil {
            notes.append(
                "no Prometheus was found: correct spec.prometheus.address, or give --prometheus")
        }
        if finding.isBehindGateway, finding.host == nil {
            notes.append("no host of a gateway was found: correct spec.gateway.host")
        }
        return notes
    }
}

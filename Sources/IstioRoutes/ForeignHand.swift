internal import JSONTree
package import Manifests

/// Who changed an object besides us, and which setting ends the fight.
package struct ForeignHand: Hashable, Sendable {
    /// The field manager; nil where the object does not say, or we wrote after them all: a list of which
    /// we wrote a part is ours from then on, and whoever changed it before has left no name.
    package let name: String?
    /// Whoever else wrote last, whatever it was.
    private let newest: String?
    package let steward: Steward?
    private let kind: String
    private let version: String
    private let namespace: String
    private let object: String
    /// The lists of the spec in which our fields stand.
    private let lists: [String]
    private let isOfHelmRelease: Bool

    /// The name under which we write.
    package static let own = "theseus"

    /// The last writer that is not us, as the object's managedFields have it.
    package init(on object: KubernetesObject) {
        let entries = object.tree.at("metadata", "managedFields")?.items ?? []
        let specs = entries.filter { $0["subresource"] == nil }
        func time(_ entry: JSONTree?) -> String { entry?["time"]?.text ?? "" }
        let theirs = specs.filter { !Self.isOwn($0["manager"]?.text) }
            .max { time($0) < time($1) }
        let ours = specs.filter { Self.isOwn($0["manager"]?.text) }.max { time($0) < time($1) }
        newest = theirs?["manager"]?.text
        name = time(theirs) < time(ours) ? nil : newest
        steward = Steward(of: object)
        kind = object.kind.isEmpty ? "VirtualService" : object.kind
        version = object.version ?? "v1"
        namespace = object.namespace
        self.object = object.name
        let known = kind == "DestinationRule" ? ["subsets"] : ["http", "tls", "tcp"]
        let present = known.filter { object.spec[$0] != nil }
        lists = present.isEmpty ? [known[0]] : present
        isOfHelmRelease = object.label("helm.toolkit.fluxcd.io/name") != nil
    }

    private static func isOwn(_ manager: String?) -> Bool {
        guard let manager else { return false }
        return manager == own || manager.hasPrefix(own + "/")
    }

    private enum Tool { case argoCD, flux, helmOfFlux, helm, nobody }

    private var tool: Tool {
        switch name ?? "" {
        case let name where name.hasPrefix("argocd"): .argoCD
        case "kustomize-controller": .flux
        case "helm-controller": .helmOfFlux
        case "helm", "Helm": .helm
        default: .nobody
        }
    }

    private var toolOfSteward: Tool {
        switch steward {
        case .argoCD: .argoCD
        case .flux(let name): name.isEmpty ? .nobody : isOfHelmRelease ? .helmOfFlux : .flux
        case .helm: .helm
        case nil: .nobody
        }
    }

    /// `kustomize-controller`, or what we say when nobody signed.
    package var words: String { name ?? "somebody who left no name" }

    /// Whoever else wrote last; it need not be of what we ask about.
    package var lastOther: String { newest ?? "nobody who left a name" }

    /// What to set so that the tool that wrote leaves our fields alone; nil for a person.
    package var setting: String? { setting(of: tool) }

    /// What to set so that the tool that keeps the object leaves our fields alone.
    package var stewardsSetting: String? { setting(of: toolOfSteward) }

    private func setting(of tool: Tool) -> String? {
        switch tool {
        case .argoCD:
            // One element of a custom resource's list cannot be ignored on sync, only the list.
            "in the Application set spec.ignoreDifferences: [{group: networking.istio.io,"
                + " kind: \(kind), name: \(object), namespace: \(namespace),"
                + " jqPathExpressions: [\(lists.map { ".spec." + $0 }.joined(separator: ", "))]}]"
                + " and spec.syncPolicy.syncOptions: [RespectIgnoreDifferences=true]"
        case .flux:
            "in the Kustomization add spec.patches: [{target: {kind: \(kind), name: \(object)},"
                + " patch: '{apiVersion: networking.istio.io/\(version), kind: \(kind),"
                + " metadata: {name: \(object), annotations:"
                + " {kustomize.toolkit.fluxcd.io/ssa: IfNotPresent}}}'}], or annotate the object"
                + " with kustomize.toolkit.fluxcd.io/reconcile: disabled for the time of the run"
        case .helmOfFlux:
            "in the HelmRelease set spec.driftDetection.ignore: [{paths:"
                + " [\(lists.map { "/spec/" + $0 }.joined(separator: ", "))],"
                + " target: {kind: \(kind), name: \(object)}}], and let no upgrade run meanwhile"
        case .helm:
            "hold 'helm upgrade' back for the time of the run (Helm has no rule that ignores"
                + " fields), and write what was promoted into the chart before the next"
        case .nobody: nil
        }
    }

    /// Who it was and what ends the fight, to stand at the end of a longer sentence.
    package var sentence: String {
        "changed by \(words)" + (setting.map { "; to end this, \($0)" } ?? "")
    }
}

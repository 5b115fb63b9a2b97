internal import JSONTree
package import Manifests

/// Who changed an object besides us, and which setting ends the fight.
package struct ForeignHand: Hashable, Sendable {
    /// The field manager; nil where the object does not say.
    package let name: String?
    package let steward: Steward?
    private let kind: String

    /// The name under which we write.
    package static let own = "theseus"

    /// The last writer that is not us, as the object's managedFields have it.
    package init(on object: KubernetesObject) {
        let entries = object.tree.at("metadata", "managedFields")?.items ?? []
        let theirs = entries.filter {
            $0["subresource"] == nil && !Self.isOwn($0["manager"]?.text)
        }
        let newest = theirs.max { ($0["time"]?.text ?? "") < ($1["time"]?.text ?? "") }
        name = newest?["manager"]?.text
        steward = Steward(of: object)
        kind = object.kind.isEmpty ? "VirtualService" : object.kind
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

    /// `kustomize-controller`, or what we say when nobody signed.
    package var words: String { name ?? "somebody who left no name" }

    /// What to set so that the tool leaves our fields alone; nil for a person.
    package var setting: String? {
        switch tool {
        case .argoCD:
            "in the Application set ignoreDifferences: [{group: networking.istio.io, kind: \(kind),"
                + " managedFieldsManagers: [\(Self.own)]}] and the sync option"
                + " RespectIgnoreDifferences=true"
        case .flux:
            "annotate the object with kustomize.toolkit.fluxcd.io/reconcile: disabled"
                + " for the time of the run"
        case .helmOfFlux:
            "in the HelmRelease set driftDetection.ignore: [{paths: [/spec],"
                + " target: {kind: \(kind)}}]"
        case .helm: "hold 'helm upgrade' back for the time of the run"
        case .nobody: nil
        }
    }

    /// Who it was and what ends the fight, to stand at the end of a longer sentence.
    package var sentence: String {
        "changed by \(words)" + (setting.map { "; to end this, \($0)" } ?? "")
    }
}

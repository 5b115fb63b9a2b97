internal import JSONTree

/// A tool that keeps objects as a repository or a chart has them, and so undoes what others write.
package enum Steward: Hashable, Sendable, CustomStringConvertible {
    case argoCD(String)
    case flux(String)
    case helm(String)

    /// Who keeps this object, as its labels and annotations say; nil for nobody.
    package init?(of object: KubernetesObject) {
        if let application = object.label("argocd.argoproj.io/instance") {
            self = .argoCD(application)
        } else if let tracking = object.annotation("argocd.argoproj.io/tracking-id") {
            self = .argoCD(String(tracking.prefix { $0 != ":" }))
        } else if let name = object.label("kustomize.toolkit.fluxcd.io/name")
            ?? object.label("helm.toolkit.fluxcd.io/name")
        {
            self = .flux(name)
        } else if object.label("app.kubernetes.io/managed-by") == "Helm",
            let release = object.annotation("meta.helm.sh/release-name")
        {
            self = .helm(release)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .argoCD(let application): "Argo CD (application \(application))"
        case .flux(let name): "Flux (\(name))"
        case .helm(let release): "Helm (release \(release))"
        }
    }
}

extension KubernetesObject {
    /// Who wrote last, as `managedFields` says; nil where it does not say.
    package var lastWriter: String? {
        let entries = tree.at("metadata", "managedFields")?.items ?? []
        let newest = entries.filter { $0["subresource"] == nil }.max {
            ($0["time"]?.text ?? "") < ($1["time"]?.text ?? "")
        }
        return newest?["manager"]?.text
    }

    /// Who wrote this member of the spec, by whatever subresource; nil where nobody signed for it.
    package func writer(ofSpec member: String) -> String? {
        let entries = tree.at("metadata", "managedFields")?.items ?? []
        return entries.filter { $0.at("fieldsV1", "f:spec", "f:\(member)") != nil }
            .max { ($0["time"]?.text ?? "") < ($1["time"]?.text ?? "") }
            .flatMap { $0["manager"]?.text }
    }
}

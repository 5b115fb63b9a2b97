internal import CanaryEngine
internal import JSONTree
internal import KubernetesAPI
package import Manifests

extension IstioRouter {
    /// The run's objects as their source must have them after the promotion.
    ///
    /// Every VirtualService with the candidate alone, and the rule with both subsets where somebody
    /// else keeps stable's: one that no route names harms nobody.
    package func promoted() async throws -> [KubernetesObject] {
        var objects: [KubernetesObject] = []
        for object in try await managed() {
            guard let edit = RouteEdit(of: object, run: scope.run) else { continue }
            let moved = edit.weighted(edit.undarkened(object), .all)
            objects.append(edit.withoutStable(edit.loose(moved)).asSource)
        }
        if let rule = try await rule() {
            let edit = SubsetEdit(run: scope.run)
            let stable = try await managed().lazy.compactMap { RouteRecord(on: $0) }.first
            objects.append(edit.removing(stable?.stable.subset ?? "", from: rule).asSource)
        }
        return objects
    }

    /// What the tools that keep the VirtualServices have not applied yet, a sentence each.
    package func unapplied() async throws -> [String] {
        var sentences: [String] = []
        for object in try await managed() {
            guard let steward = Steward(of: object),
                let edit = RouteEdit(of: object, run: scope.run)
            else { continue }
            let reading = edit.reading(object)
            let isApplied = reading.places(leadingTo: scope.hosts).allSatisfy { place in
                let route = reading[place]
                return !edit.isAside(route)
                    && (route["route"]?.items ?? []).allSatisfy {
                        [.candidate, .foreign].contains(edit.side(of: $0, in: reading))
                    }
            }
            if !isApplied {
                sentences.append("\(Self.reference(object)) is not yet as written, by \(steward)")
            }
        }
        return sentences
    }
}

extension KubernetesObject {
    /// By these tools find their own objects again: they set them themselves.
    private static let marks = [
        "kubectl.kubernetes.io/last-applied", "argocd.argoproj.io/instance",
        "argocd.argoproj.io/tracking-id", "kustomize.toolkit.fluxcd.io/name",
        "helm.toolkit.fluxcd.io/name",
    ]

    /// What belongs into a repository: nothing that a server or a run put there.
    package var asSource: KubernetesObject {
        let clean = unsealed
        var metadata = JSONObject()
        for key in ["name", "namespace", "labels", "annotations"] {
            metadata[key] = clean.tree.at("metadata", key)
        }
        for part in ["labels", "annotations"] {
            guard let map = metadata[part]?.members else { continue }
            let kept = map.filter { entry in
                !Self.marks.contains { entry.key.hasPrefix($0) }
            }
            metadata[part] = nil
            guard !kept.isEmpty else { continue }
            metadata[part] = .object(JSONObject(kept.map { ($0.key, $0.value) }))
        }
        return KubernetesObject([
            "apiVersion": .string(apiVersion), "kind": .string(kind),
            "metadata": .object(metadata), "spec": clean.spec,
        ])
    }
}

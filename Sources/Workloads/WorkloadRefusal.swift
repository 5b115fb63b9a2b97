package import Manifests

/// Why a run may not begin; nothing was changed.
package struct WorkloadRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case noService
        case selectsNothing
        /// The names of the Deployments in the manifest.
        case notOneDeployment([String])
        case strangeKind(String)
        case strangeNamespace(String)
        /// The version that the cluster serves.
        case otherVersion(String)
        case noStable
        case ambiguousStable([String])
        case sameName
        /// The value that both have.
        case sameVersion(String)
        case stableWithoutVersion(label: String)
        case podsWithoutVersion(label: String, pods: [String])
        case candidateWithoutVersion(label: String)
        case notSelected(service: String)
        /// A port of stable's Service that the candidate's does not have.
        case portMissing(Int, of: String)
        /// An object whose selector matches the pods of the other version.
        case selectorMatchesOther(String)
        /// Where it differs from the manifest; nil where it does not.
        case exists(differingAt: String?)
        case kept(by: Steward)
        case tooMany(needed: Int, maximum: Int)
        case severalAutoscalers([String])
        case stableUnfit
        /// Of others, with the labels by which the mesh finds the candidate.
        case strangers([Stranger])
        /// Of a removal: the Deployment is of another version than the manifest says.
        case anotherVersion(String, manifest: String)
        /// Of a removal: a tool would bring the object back.
        case sourceKeeps(by: Steward)
    }

    package let code: Code
    /// Which object, or which file.
    package let place: String

    package init(_ code: Code, place: String) {
        self.code = code
        self.place = place
    }

    package var description: String {
        """
        workloads: \(sentence) (refused)
          where: \(place)
          do:    \(remedy)
        """
    }

    private var sentence: String {
        switch code {
        case .noService: "there is no such Service"
        case .selectsNothing: "the Service has no selector"
        case .notOneDeployment([]): "there is no Deployment in it"
        case .notOneDeployment(let names):
            "there are \(names.count) Deployments in it: \(list(names))"
        case .strangeKind(let version): "a run does not make objects of this kind (\(version))"
        case .strangeNamespace(let other): "the object is for the namespace \(other)"
        case .otherVersion(let served): "this cluster serves such objects as \(served) only"
        case .noStable: "there is no Deployment to stand on"
        case .ambiguousStable(let names): "several Deployments could be stable: \(list(names))"
        case .sameName: "the candidate has the name of the stable Deployment"
        case .sameVersion(let version): "candidate and stable have the same version \(version)"
        case .stableWithoutVersion(let label): "stable's pods get no label \(label)"
        case .podsWithoutVersion(let label, let pods):
            "pods of stable have no label \(label): \(list(pods))"
        case .candidateWithoutVersion(let label): "the candidate's pods get no label \(label)"
        case .notSelected(let service):
            "the Service \(service) does not select the candidate's pods"
        case .portMissing(let port, let stable):
            "it has no port \(port), by which users come to \(stable)"
        case .selectorMatchesOther(let other): "its selector matches the pods of \(other) too"
        case .exists(nil): "it exists already and is not of this run"
        case .exists(let path?): "it exists, is not of this run, and differs at \(path)"
        case .kept(let steward): "\(steward) keeps this object as its source has it"
        case .tooMany(let needed, let maximum):
            "the highest weight needs \(needed) pods, but at most \(maximum) are allowed"
        case .severalAutoscalers(let names):
            "several autoscalers scale one Deployment: \(list(names))"
        case .stableUnfit: "stable has no ready pod"
        case .strangers(let found):
            "the mesh would take for the candidate what is not: \(Stranger.list(found))"
        case .anotherVersion(let found, let manifest):
            "it is of version \(found), and the flow's manifest of \(manifest)"
        case .sourceKeeps(let steward): "\(steward) would bring this object back"
        }
    }

    private var remedy: String {
        switch code {
        case .noService: "check `target.service` and `target.namespace` in the flow"
        case .selectsNothing: "give the Service a selector that picks both versions"
        case .notOneDeployment: "give `target.manifest` exactly one Deployment"
        case .strangeKind: "take it out and apply it before the run"
        case .strangeNamespace: "leave its namespace out, or set it to `target.namespace`"
        case .otherVersion(let served): "write it as \(served), or leave it out"
        case .noStable: "name it with `target.stable`, or use the template `bootstrap`"
        case .ambiguousStable: "name the one that users have with `target.stable`"
        case .sameName, .sameVersion: "give the candidate a name and a version of its own"
        case .stableWithoutVersion(let label), .podsWithoutVersion(let label, _):
            "add the label \(label) to stable's pod template and roll it out"
        case .candidateWithoutVersion(let label):
            "add the label \(label) to its pod template and selector"
        case .notSelected: "give its pod template the labels in the Service's selector"
        case .portMissing(_, let stable): "give it the ports of \(stable)"
        case .selectorMatchesOther: "add the version label to its selector"
        case .exists: "delete it, or give the candidate's object another name"
        case .kept: "say `gitops: keep` in the flow: then it stays, at its minimum"
        case .tooMany: "raise the autoscaler's maxReplicas, or lower the weights"
        case .severalAutoscalers: "keep one of them"
        case .stableUnfit: "mend stable, or say `--stable-unhealthy=accept`"
        case .strangers: "remove what is named, or give it or the candidate another version"
        case .anotherVersion: "give the flow, --image or --set that name the version that is to go"
        case .sourceKeeps: "take it out of its source: the tool removes it"
        }
    }

    private func list(_ names: [String]) -> String {
        names.count > 5
            ? names.prefix(5).joined(separator: ", ") + " and \(names.count - 5) more"
            : names.joined(separator: ", ")
    }
}

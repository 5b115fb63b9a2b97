// Workloads — the pods of the two versions: looked at, brought up, scaled, taken away.
//
// Read in this order:
//   WorkloadScope      whose pods: one service, its stable Deployment, the candidate's manifest
//   Capacity           how much traffic so many pods carry; how many pods a weight needs
//   WorkloadListing    what the cluster holds, as it was listed
//   WorkloadSurvey     listing + scope -> stable, its autoscaler, and every reason to refuse
//   ServiceSelections  whose pods each Service selects
//   WorkloadRefusal    such a reason: nothing was changed
//   PodOwnership       which pods are a Deployment's own; who is a stranger among them
//   Readiness          what one look at a Deployment and its pods says
//   WorkloadKeeper     carries out: applies, awaits, scales, drains, removes, puts back
//   Likeness           what the candidate consists of: what was judged is what is promoted
//   RemovalSurvey      what goes with a version, who stays, and every reason to refuse
//   MarkedObjects      what carries a run's seal, for who has no journal of it
//   WorkloadBackup     the copies that going home is measured by
//
// Every verb of the keeper may be called twice, and every wait may be called off. It moves no
// traffic and knows no routes: who calls it has seen to it that the pods get none.

internal import JSONTree
package import Manifests

/// Whose pods a run is about.
package struct WorkloadScope: Sendable {
    package let namespace: String
    package let service: String
    package let versionLabel: String
    /// The Deployment that users have; nil where it must be found.
    package var stable: String?
    package let candidateObjects: [KubernetesObject]
    /// What the Secrets say that the candidate's pods read counts for its likeness too.
    package var fingerprintsSecrets = false
    /// The candidate stands already and is to go: the run makes nothing.
    package var isRemoval = false
    /// The Service's selector, by which, with the version, the mesh finds pods; nil: not known.
    package var serviceSelector: LabelSelector?
    /// A ScaledObject scales one of the two versions: only then is KEDA asked.
    package var isScaledByKEDA = false
    /// The run's id, as it stands in its seal.
    package let run: String
    /// The one Deployment among the candidate's objects.
    package let candidate: KubernetesObject

    /// Refuses a manifest without exactly one Deployment, or with an object that no run may make.
    package init(
        namespace: String, service: String, versionLabel: String = "version",
        stable: String? = nil, candidateObjects: [KubernetesObject], run: String
    ) throws(WorkloadRefusal) {
        self.namespace = namespace
        self.service = service
        self.versionLabel = versionLabel
        self.stable = stable
        self.run = run
        var objects: [KubernetesObject] = []
        for object in candidateObjects {
            objects.append(try Self.placed(object, in: namespace))
        }
        let deployments = objects.filter { $0.kind == ResourceKind.deployment.kind }
        guard let deployment = deployments.first, deployments.count == 1 else {
            throw WorkloadRefusal(
                .notOneDeployment(deployments.map(\.name)), place: "the candidate's manifest")
        }
        self.candidateObjects = objects
        candidate = deployment
    }

    /// Kinds that a run may make, in the order in which they are made.
    static let kinds: [ResourceKind] = [
        .serviceAccount, .role, .roleBinding, .configMap, .secret, .service, .networkPolicy,
        .disruptionBudget, .deployment, .autoscaler, .scaledObject,
    ]

    /// What scales a Deployment.
    static let scalers: [ResourceKind] = [.scaledObject, .autoscaler]

    /// Of these a run uses none but its own, however equal another is.
    static let ownOnly = ([.deployment] + scalers).map(\.kind)

    private static func placed(_ object: KubernetesObject, in namespace: String)
        throws(WorkloadRefusal) -> KubernetesObject
    {
        let place = "\(object.kind) \(object.name) in the candidate's manifest"
        guard
            let kind = ResourceKind.named(apiVersion: object.apiVersion, kind: object.kind),
            kinds.contains(where: kind.isSame)
        else { throw WorkloadRefusal(.strangeKind(object.apiVersion), place: place) }
        guard object.namespace.isEmpty || object.namespace == namespace else {
            throw WorkloadRefusal(.strangeNamespace(object.namespace), place: place)
        }
        var object = object
        object.tree.set(.string(namespace), at: "metadata", "namespace")
        return object
    }

    package var candidateName: String { candidate.name }

    /// The value of the version label in the candidate's pod template.
    package var candidateVersion: String? { candidate.templateLabels?[versionLabel]?.text }

    /// The labels by which the mesh finds the candidate's pods.
    func finder(_ service: LabelSelector?, _ version: String) -> LabelSelector? {
        service.map { LabelSelector($0.parts + [.equal(versionLabel, version)]) }
    }

    /// The autoscaler that the manifest brings; nil where it brings none.
    package var ownAutoscaler: KubernetesObject? {
        candidateObjects.first { object in
            Self.scalers.contains { $0.kind == object.kind }
        }
    }

    /// The Service that the manifest brings, as that of a first release may.
    var ownService: KubernetesObject? {
        candidateObjects.first { $0.kind == ResourceKind.service.kind && $0.name == service }
    }

    func reference(_ kind: ResourceKind, _ name: String) -> ObjectReference {
        ObjectReference(kind, namespace: namespace, name: name)
    }
}

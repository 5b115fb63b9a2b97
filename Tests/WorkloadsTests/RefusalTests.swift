import Manifests
import Testing
import Workloads

struct RefusalTests {
    struct Text: Sendable, CustomTestStringConvertible {
        let code: WorkloadRefusal.Code
        let says: String
        let does: String
        var testDescription: String { says }

        init(_ code: WorkloadRefusal.Code, _ says: String, _ does: String) {
            self.code = code
            self.says = says
            self.does = does
        }
    }

    @Test(arguments: [
        Text(
            .noService, "there is no such Service",
            "check `target.service` and `target.namespace` in the flow"),
        Text(
            .selectsNothing, "the Service has no selector",
            "give the Service a selector that picks both versions"),
        Text(
            .notOneDeployment([]), "there is no Deployment in it",
            "give `target.manifest` exactly one Deployment"),
        Text(
            .notOneDeployment(["a", "b"]), "there are 2 Deployments in it: a, b",
            "give `target.manifest` exactly one Deployment"),
        Text(
            .strangeKind("apps/v1"), "a run does not make objects of this kind (apps/v1)",
            "take it out and apply it before the run"),
        Text(
            .strangeNamespace("other"), "the object is for the namespace other",
            "leave its namespace out, or set it to `target.namespace`"),
        Text(
            .otherVersion("autoscaling/v1"),
            "this cluster serves such objects as autoscaling/v1 only",
            "write it as autoscaling/v1, or leave it out"),
        Text(
            .noStable, "there is no Deployment to stand on",
            "name it with `target.stable`, or use the template `bootstrap`"),
        Text(
            .ambiguousStable(["a", "b"]), "several Deployments could be stable: a, b",
            "name the one that users have with `target.stable`"),
        Text(
            .sameName, "the candidate has the name of the stable Deployment",
            "give the candidate a name and a version of its own"),
        Text(
            .sameVersion("v1"), "candidate and stable have the same version v1",
            "give the candidate a name and a version of its own"),
        Text(
            .stableWithoutVersion(label: "version"), "stable's pods get no label version",
            "add the label version to stable's pod template and roll it out"),
        Text(
            .podsWithoutVersion(label: "version", pods: ["a", "b", "c", "d", "e", "f", "g"]),
            "pods of stable have no label version: a, b, c, d, e and 2 more",
            "add the label version to stable's pod template and roll it out"),
        Text(
            .candidateWithoutVersion(label: "version"),
            "the candidate's pods get no label version",
            "add the label version to its pod template and selector"),
        Text(
            .notSelected(service: "s"), "the Service s does not select the candidate's pods",
            "give its pod template the labels in the Service's selector"),
        Text(
            .selectorMatchesOther("b"), "its selector matches the pods of b too",
            "add the version label to its selector"),
        Text(
            .exists(differingAt: nil), "it exists already and is not of this run",
            "delete it, or give the candidate's object another name"),
        Text(
            .exists(differingAt: "data.color"),
            "it exists, is not of this run, and differs at data.color",
            "delete it, or give the candidate's object another name"),
        Text(
            .kept(by: .argoCD("shop")),
            "Argo CD (application shop) keeps this object as its source has it",
            "say `gitops: keep` in the flow: then it stays, at its minimum"),
        Text(
            .tooMany(needed: 5, maximum: 3),
            "the highest weight needs 5 pods, but at most 3 are allowed",
            "raise the autoscaler's maxReplicas, or lower the weights"),
        Text(
            .severalAutoscalers(["a", "b"]), "several autoscalers scale one Deployment: a, b",
            "keep one of them"),
        Text(
            .stableUnfit, "stable has no ready pod",
            "mend stable, or say `--stable-unhealthy=accept`"),
        Text(
            .strangers([Stranger(pod: KubernetesObject(OwnershipTests.barePod(version: "v2")))]),
            "the mesh would take for the candidate what is not: pod dbg-v2 (nobody's)",
            "remove what is named, or give it or the candidate another version"),
    ])
    func says(_ text: Text) {
        #expect(
            WorkloadRefusal(text.code, place: "Deployment demo/a").description == """
                workloads: \(text.says) (refused)
                  where: Deployment demo/a
                  do:    \(text.does)
                """)
    }
}

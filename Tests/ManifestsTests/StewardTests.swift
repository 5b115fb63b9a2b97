import JSONTree
import Manifests
import Testing

struct StewardTests {
    struct Sign: Sendable {
        let metadata: JSONTree
        let steward: Steward?
    }

    @Test(arguments: [
        Sign(metadata: [:], steward: nil),
        Sign(metadata: ["labels": ["app.kubernetes.io/instance": "shop"]], steward: nil),
        Sign(
            metadata: ["labels": ["argocd.argoproj.io/instance": "shop"]],
            steward: .argoCD("shop")),
        Sign(
            metadata: [
                "annotations": ["argocd.argoproj.io/tracking-id": "shop:apps/Deployment:demo/a"]
            ], steward: .argoCD("shop")),
        Sign(
            metadata: ["labels": ["kustomize.toolkit.fluxcd.io/name": "apps"]],
            steward: .flux("apps")),
        Sign(metadata: ["labels": ["helm.toolkit.fluxcd.io/name": "web"]], steward: .flux("web")),
        Sign(metadata: ["labels": ["app.kubernetes.io/managed-by": "Helm"]], steward: nil),
        Sign(
            metadata: [
                "labels": ["app.kubernetes.io/managed-by": "Helm"],
                "annotations": ["meta.helm.sh/release-name": "web"],
            ], steward: .helm("web")),
    ])
    func reads(_ sign: Sign) {
        #expect(Steward(of: KubernetesObject(["metadata": sign.metadata])) == sign.steward)
    }

    @Test func namesTheLastWriter() {
        let object = KubernetesObject([
            "metadata": [
                "managedFields": [
                    ["manager": "theseus", "time": "2026-01-05T12:00:00Z"],
                    ["manager": "kubectl", "time": "2026-01-05T12:00:09Z"],
                    [
                        "manager": "kube-controller", "time": "2026-01-05T12:01:00Z",
                        "subresource": "status",
                    ],
                ]
            ]
        ])
        #expect(object.lastWriter == "kubectl")
        #expect(KubernetesObject([:]).lastWriter == nil)
    }

    @Test func everyKnownKindIsFoundByWhatManifestsCallIt() {
        for kind in ResourceKind.known {
            #expect(ResourceKind.named(apiVersion: kind.apiVersion, kind: kind.kind) == kind)
        }
        #expect(
            ResourceKind.named(apiVersion: "autoscaling/v2beta1", kind: "HorizontalPodAutoscaler")
                == nil
        )
    }
}

import JSONTree
import KubernetesAPI
import Manifests
import Testing

@testable import Workloads

/// Of what carries a lost run's seal: whose it is, by what stands in the cluster alone.
@Suite struct MarkedObjectsTests {
    private static func deployment(_ name: String, version: String) -> (
        object: KubernetesObject, kind: ResourceKind
    ) {
        (
            object(
                "Deployment", name,
                [
                    "template": [
                        "metadata": ["labels": ["app": "shop", "version": .string(version)]]
                    ]
                ]), .deployment
        )
    }

    private static func scaler(_ name: String, of deployment: String, minimum: Int) -> (
        object: KubernetesObject, kind: ResourceKind
    ) {
        let spec: JSONTree = [
            "scaleTargetRef": ["kind": "Deployment", "name": .string(deployment)],
            "minReplicas": .integer(minimum),
        ]
        return (object("HorizontalPodAutoscaler", name, spec), .autoscaler)
    }

    private static func object(_ kind: String, _ name: String, _ spec: JSONTree = [:])
        -> KubernetesObject
    {
        KubernetesObject([
            "kind": .string(kind), "metadata": ["name": .string(name), "namespace": "shop"],
            "spec": spec,
        ])
    }

    private static func names(_ references: [ObjectReference]) -> [String] {
        references.map { "\($0.kind.kind) \($0.name)" }
    }

    private static let labels = [("app", "shop"), ("version", "v2")]

    @Test func whatStoodBeforeStays() {
        var held = Self.scaler("shop-v1", of: "shop-v1", minimum: 6)
        held.object.annotate("theseus.dev/floor", "6")
        let marked = MarkedObjects(
            [
                Self.deployment("shop-v1", version: "v1"),
                Self.deployment("shop-v2", version: "v2"),
                held, Self.scaler("shop-v2", of: "shop-v2", minimum: 2),
                (Self.object("ConfigMap", "settings"), .configMap),
                (Self.object("CronJob", "theseus-guard-shop"), .cronJob),
            ], labelled: Self.labels)
        #expect(
            Self.names(marked.standing)
                == ["Deployment shop-v1", "HorizontalPodAutoscaler shop-v1"])
        #expect(
            Self.names(marked.candidates)
                == [
                    "Deployment shop-v2", "HorizontalPodAutoscaler shop-v2", "ConfigMap settings",
                ])
        #expect(Self.names(marked.guards) == ["CronJob theseus-guard-shop"])
        #expect(
            marked.bounds == [
                "HorizontalPodAutoscaler shop/shop-v1: minReplicas stays at 6, where the run had put it"
            ])
    }

    /// Its Deployment is gone: what scales nothing is no part of stable.
    @Test func anAutoscalerWithoutItsDeploymentIsTheRuns() {
        let marked = MarkedObjects(
            [
                Self.deployment("shop-v1", version: "v1"),
                Self.scaler("shop-v2", of: "shop-v2", minimum: 2),
            ], labelled: Self.labels)
        #expect(Self.names(marked.candidates) == ["HorizontalPodAutoscaler shop-v2"])
    }

    /// A bound that somebody has moved since is theirs.
    @Test func aMovedBoundIsNotTold() {
        var held = Self.scaler("shop-v1", of: "shop-v1", minimum: 4)
        held.object.annotate("theseus.dev/floor", "6")
        let marked = MarkedObjects(
            [Self.deployment("shop-v1", version: "v1"), held], labelled: Self.labels)
        #expect(marked.bounds == [])
    }
}

import JSONTree
import Manifests
import Testing
import Workloads

struct RevivalTests {
    @Test func saysWhatAManifestWouldSay() {
        let stable = KubernetesObject([
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": [
                "name": "shop-v1", "namespace": "demo", "uid": "u", "resourceVersion": "7",
                "generation": 3, "managedFields": [[:]],
                "labels": ["app": "shop", "app.kubernetes.io/managed-by": "Helm"],
                "annotations": [
                    "deployment.kubernetes.io/revision": "3", "theseus.dev/run": "r0",
                    "kubectl.kubernetes.io/last-applied-configuration": "{}", "team": "a",
                ],
            ],
            "spec": ["replicas": 2], "status": ["readyReplicas": 2],
        ])
        let autoscaler = KubernetesObject([
            "apiVersion": "autoscaling/v2beta2", "kind": "HorizontalPodAutoscaler",
            "metadata": ["name": "shop-v1", "annotations": ["theseus.dev/floor": "2"]],
            "spec": ["minReplicas": 1],
        ])
        let backup = WorkloadBackup(
            stable: stable, autoscaler: autoscaler, services: [], stableReady: 2)
        #expect(
            backup.revival == [
                [
                    "apiVersion": "apps/v1", "kind": "Deployment",
                    "metadata": [
                        "name": "shop-v1", "labels": ["app": "shop"], "annotations": ["team": "a"],
                    ],
                    "spec": ["replicas": 2],
                ],
                [
                    "apiVersion": "autoscaling/v2beta2", "kind": "HorizontalPodAutoscaler",
                    "metadata": ["name": "shop-v1"], "spec": ["minReplicas": 1],
                ],
            ])
    }

    @Test func aFirstReleaseRetiredNothing() {
        let backup = WorkloadBackup(stable: nil, autoscaler: nil, services: [], stableReady: 0)
        #expect(backup.revival == [])
    }
}

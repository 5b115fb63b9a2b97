import JSONTree
import Manifests
import Testing

@testable import Workloads

struct ReadinessTests {
    struct Look: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var deployment = JSONTree.null
        var pods: [JSONTree]
        var atLeast: Int?
        var isReady = false
        var breakage: String?
    }

    private static func deployment(
        _ replicas: Int, ready: Int? = nil, updated: Int? = nil, available: Int? = nil,
        seen: Int = 2, condition: JSONTree? = nil
    ) -> JSONTree {
        [
            "metadata": ["name": "d", "generation": 2], "spec": ["replicas": .integer(replicas)],
            "status": [
                "observedGeneration": .integer(seen),
                "readyReplicas": .integer(ready ?? replicas),
                "updatedReplicas": .integer(updated ?? replicas),
                "availableReplicas": .integer(available ?? replicas),
                "conditions": .array(condition.map { [$0] } ?? []),
            ],
        ]
    }

    private static func pod(
        ready: Bool = true, deleted: Bool = false, waiting: String? = nil, restarts: Int = 0,
        phase: String = "Running", reason: String? = nil, initial: Bool = false
    ) -> JSONTree {
        var tree: JSONTree = [
            "metadata": ["name": "p"],
            "status": [
                "phase": .string(phase),
                "conditions": [["type": "Ready", "status": ready ? "True" : "False"]],
            ],
        ]
        var container: JSONTree = ["name": "app", "restartCount": .integer(restarts)]
        if let waiting { container.set(.string(waiting), at: "state", "waiting", "reason") }
        let place = initial ? "initContainerStatuses" : "containerStatuses"
        tree.set([container], at: "status", place)
        if let reason { tree.set(.string(reason), at: "status", "reason") }
        if deleted { tree.set("now", at: "metadata", "deletionTimestamp") }
        return tree
    }

    static let looks: [Look] = [
        Look(
            testDescription: "all there", deployment: deployment(2), pods: [pod(), pod()],
            isReady: true),
        Look(testDescription: "0 of 0", deployment: deployment(0), pods: []),
        Look(
            testDescription: "0 of 0, none wanted", deployment: deployment(0), pods: [],
            atLeast: 0),
        Look(
            testDescription: "an older spec", deployment: deployment(2, seen: 1),
            pods: [pod(), pod()]),
        Look(
            testDescription: "old pods are ready, new ones are not",
            deployment: deployment(2, updated: 1), pods: [pod(), pod()]),
        Look(
            testDescription: "ready, but not for long enough",
            deployment: deployment(2, available: 1), pods: [pod(), pod()]),
        Look(
            testDescription: "one is on its way out", deployment: deployment(2),
            pods: [pod(), pod(deleted: true)]),
        Look(
            testDescription: "enough, though it asks for more",
            deployment: deployment(4, ready: 2, updated: 2, available: 2), pods: [pod(), pod()],
            atLeast: 2, isReady: true),
        Look(
            testDescription: "a first crash", deployment: deployment(1, ready: 0),
            pods: [pod(ready: false, waiting: "CrashLoopBackOff", restarts: 1)]),
        Look(
            testDescription: "a crash loop", deployment: deployment(1, ready: 0),
            pods: [pod(ready: false, waiting: "CrashLoopBackOff", restarts: 2)],
            breakage: "pod p, container app: restarted 2 times"),
        Look(
            testDescription: "restarts again and again", deployment: deployment(1, ready: 0),
            pods: [pod(ready: false, restarts: 4)],
            breakage: "pod p, container app: restarted 4 times"),
        Look(
            testDescription: "restarted long ago, and ready", deployment: deployment(1),
            pods: [pod(restarts: 40)], isReady: true),
        Look(
            testDescription: "no image", deployment: deployment(1, ready: 0),
            pods: [pod(ready: false, waiting: "ImagePullBackOff", initial: true)],
            breakage: "pod p, container app: ImagePullBackOff"),
        Look(
            testDescription: "still pulling", deployment: deployment(1, ready: 0),
            pods: [pod(ready: false, waiting: "ContainerCreating")]),
        Look(
            testDescription: "evicted", deployment: deployment(1, ready: 0),
            pods: [pod(ready: false, phase: "Failed", reason: "Evicted")]),
        Look(
            testDescription: "failed", deployment: deployment(1, ready: 0),
            pods: [pod(ready: false, phase: "Failed", reason: "OOMKilled")],
            breakage: "pod p: OOMKilled"),
        Look(
            testDescription: "no progress",
            deployment: deployment(
                1, ready: 0,
                condition: [
                    "type": "Progressing", "status": "False",
                    "reason": "ProgressDeadlineExceeded",
                ]), pods: [pod(ready: false)],
            breakage: "Deployment d: ProgressDeadlineExceeded"),
        Look(
            testDescription: "no progress of an older spec",
            deployment: deployment(
                1, ready: 0, seen: 1,
                condition: ["type": "Progressing", "status": "False"]),
            pods: [pod(ready: false)]),
    ]

    @Test(arguments: looks)
    func says(_ look: Look) {
        let readiness = Readiness(
            of: KubernetesObject(look.deployment), pods: look.pods.map(KubernetesObject.init),
            atLeast: look.atLeast)
        #expect(readiness.isReady == look.isReady)
        #expect(readiness.breakage == look.breakage)
    }

    private static let obstacles: [(JSONTree, String?)] = [
        (
            [
                "conditions": [
                    [
                        "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                        "message": "0/3 nodes are available: 3 Insufficient cpu.",
                    ]
                ]
            ], "pod p: Unschedulable (0/3 nodes are available: 3 Insufficient cpu.)"
        ),
        (
            [
                "containerStatuses": [
                    ["name": "app", "state": ["waiting": ["reason": "ErrImagePull"]]]
                ]
            ],
            "pod p, container app: ErrImagePull"
        ),
        (
            [
                "containerStatuses": [
                    ["name": "app", "state": ["waiting": ["reason": "PodInitializing"]]]
                ]
            ],
            nil
        ),
        (
            [
                "containerStatuses": [
                    [
                        "name": "app", "state": ["running": [:]], "restartCount": 1,
                        "lastState": ["terminated": ["reason": "OOMKilled", "exitCode": 137]],
                    ]
                ]
            ], "pod p, container app: OOMKilled, exit code 137"
        ),
    ]

    @Test(arguments: obstacles)
    func namesWhatIsInTheWay(status: JSONTree, obstacle: String?) {
        let pod: JSONTree = ["metadata": ["name": "p"], "status": status]
        let readiness = Readiness(
            of: KubernetesObject(Self.deployment(1, ready: 0)), pods: [KubernetesObject(pod)])
        #expect(readiness.obstacle == obstacle)
    }

    @Test func aQuotaIsInTheWayToo() {
        let full: JSONTree = [
            "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate",
            "message": "exceeded quota",
        ]
        let readiness = Readiness(
            of: KubernetesObject(Self.deployment(1, ready: 0, condition: full)), pods: [])
        #expect(readiness.obstacle == "Deployment d: FailedCreate (exceeded quota)")
    }

    @Test func threeGoodLooksAreEnough() {
        var steadiness = Steadiness()
        let looks = [false, false, true, true, true, true]
        #expect(looks.map { steadiness.hears($0) } == [false, false, false, false, true, true])
    }

    /// Who fell back must hold out longer: even windows of three looks do not count then.
    @Test func flappingNeverCounts() {
        var steadiness = Steadiness()
        let looks =
            [true, true, false]
            + Array(repeating: [true, true, true, true, true, false], count: 50).flatMap(\.self)
        #expect(looks.map { steadiness.hears($0) }.contains(true) == false)
        let steady = Array(repeating: true, count: 48)
        #expect(steady.map { steadiness.hears($0) }.filter(\.self).count == 1)
    }
}

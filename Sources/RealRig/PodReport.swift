internal import JSONTree
internal import Manifests

/// What a node says of a pod.
enum PodReport: Hashable, Sendable {
    case starting
    case ready
    case crashing(restarts: Int)
    case unpullable
    /// Its first container has ended; the others, if there are any, go on.
    case ended(code: Int)

    /// The pod's status as the API server takes it.
    func status(of pod: KubernetesObject, address: String, date: String) -> JSONTree {
        let containers = pod.spec["containers"]?.items ?? []
        let isAlone = containers.count == 1
        let state: JSONTree =
            switch self {
            case .starting, .ready: ["running": ["startedAt": .string(date)]]
            case .crashing:
                [
                    "waiting": [
                        "reason": "CrashLoopBackOff",
                        "message": "back-off restarting failed container",
                    ]
                ]
            case .unpullable:
                ["waiting": ["reason": "ImagePullBackOff", "message": "there is no such image"]]
            case .ended(let code):
                [
                    "terminated": [
                        "exitCode": .integer(code), "reason": code == 0 ? "Completed" : "Error",
                        "finishedAt": .string(date),
                    ]
                ]
            }
        var restarts = 0
        if case .crashing(let count) = self { restarts = count }
        let isReady = self == .ready
        let isRunning = isReady || self == .starting
        func condition(_ type: String, _ holds: Bool) -> JSONTree {
            [
                "type": .string(type), "status": holds ? "True" : "False",
                "lastTransitionTime": .string(date),
            ]
        }
        var phase = isRunning || restarts > 0 ? "Running" : "Pending"
        if case .ended(let code) = self {
            phase = !isAlone ? "Running" : code == 0 ? "Succeeded" : "Failed"
        }
        let running: JSONTree = ["running": ["startedAt": .string(date)]]
        let statuses: [JSONTree] = containers.enumerated().map { number, container in
            let image = container["image"]?.text ?? ""
            return [
                "name": .string(container["name"]?.text ?? "app"), "image": .string(image),
                "imageID": .string("rig@\(image)"), "ready": .bool(number > 0 || isReady),
                "restartCount": .integer(restarts), "started": .bool(number > 0 || isRunning),
                "state": number > 0 ? running : state,
            ]
        }
        return [
            "phase": .string(phase),
            "hostIP": "10.0.0.1", "podIP": .string(address),
            "podIPs": [["ip": .string(address)]], "startTime": .string(date),
            "conditions": [
                condition("Initialized", true), condition("PodScheduled", true),
                condition("ContainersReady", isReady), condition("Ready", isReady),
            ],
            "containerStatuses": .array(statuses),
        ]
    }
}

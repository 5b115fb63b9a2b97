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

/// Dates as Kubernetes writes them.
enum RigDate {
    /// `2026-01-31T12:34:56Z`, of milliseconds since 1970.
    static func text(_ milliseconds: Int) -> String {
        let seconds = milliseconds / 1000
        let days = seconds / 86_400
        let rest = seconds % 86_400
        // Counted in eras of 400 years that begin in March.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let number = month < 10 ? month + 3 : month - 9
        let year = yearOfEra + era * 400 + (number <= 2 ? 1 : 0)
        let date = "\(year)-\(two(number))-\(two(day))"
        return "\(date)T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

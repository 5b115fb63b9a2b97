internal import JSONTree

/// What an API server fills into a Deployment that says nothing: nobody wants to read it in a file.
enum UsualValues {
    private static let deployment: JSONTree = [
        "progressDeadlineSeconds": 600, "revisionHistoryLimit": 10,
        "strategy": [
            "type": "RollingUpdate",
            "rollingUpdate": ["maxSurge": "25%", "maxUnavailable": "25%"],
        ],
    ]

    private static let pod: JSONTree = [
        "dnsPolicy": "ClusterFirst", "restartPolicy": "Always",
        "schedulerName": "default-scheduler", "securityContext": [:],
        "terminationGracePeriodSeconds": 30,
    ]

    private static let container: JSONTree = [
        "resources": [:], "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
    ]

    private static let probe: JSONTree = [
        "failureThreshold": 3, "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1,
    ]

    /// The spec of a Deployment without them; the API server puts each back.
    static func left(out spec: JSONTree) -> JSONTree {
        var spec = without(deployment, spec)
        guard var pods = spec.at("template", "spec") else { return spec }
        pods = without(pod, pods)
        for kind in ["containers", "initContainers"] {
            guard let list = pods[kind]?.items else { continue }
            pods[kind] = .array(list.map(bare))
        }
        spec.set(pods, at: "template", "spec")
        return spec
    }

    private static func bare(_ whole: JSONTree) -> JSONTree {
        var tree = without(container, whole)
        if tree["imagePullPolicy"] == usualPull(of: tree["image"]?.text ?? "") {
            tree["imagePullPolicy"] = nil
        }
        if let ports = tree["ports"]?.items {
            tree["ports"] = .array(ports.map { without(["protocol": "TCP"], $0) })
        }
        for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
            guard let found = tree[name] else { continue }
            var bare = without(probe, found)
            if let get = bare["httpGet"] { bare["httpGet"] = without(["scheme": "HTTP"], get) }
            tree[name] = bare
        }
        return tree
    }

    /// `latest`, said or not, is pulled every time.
    private static func usualPull(of image: String) -> JSONTree {
        let name = image.split(separator: "/").last ?? ""
        let isLatest = !name.contains("@") && (!name.contains(":") || name.hasSuffix(":latest"))
        return isLatest ? "Always" : "IfNotPresent"
    }

    private static func without(_ usual: JSONTree, _ tree: JSONTree) -> JSONTree {
        var tree = tree
        for member in usual.members ?? [:] where tree[member.key] == member.value {
            tree[member.key] = nil
        }
        return tree
    }
}

internal import JSONTree

/// What the API server fills in where a manifest is silent.
extension JSONTree {
    mutating func fill(_ key: String, _ value: @autoclosure () -> JSONTree) {
        if self[key] == nil || self[key] == .null { self[key] = value() }
    }

    /// Changes the member in place, if it is there.
    mutating func change(_ key: String, _ edit: (inout JSONTree) -> Void) {
        guard var child = self[key] else { return }
        self[key] = .null
        edit(&child)
        self[key] = child
    }

    mutating func changeItems(_ key: String, _ edit: (inout JSONTree) -> Void) {
        guard var items = self[key]?.items else { return }
        for place in items.indices { edit(&items[place]) }
        self[key] = .array(items)
    }
}

enum LabDefaults {
    /// `old`: the version that stands, in which nothing is left to fill in.
    static func fill(_ tree: inout JSONTree, over old: JSONTree?, kind: Int) {
        let template = old?.at("spec", "template")
        let fillSpec: (inout JSONTree) -> Void
        switch kind {
        case LabCatalog.deployments: fillSpec = { deployment(&$0, over: template) }
        case LabCatalog.replicaSets:
            fillSpec = { spec in
                spec.fill("replicas", 1)
                fillTemplate(of: &spec, over: template)
            }
        case LabCatalog.pods: fillSpec = pod
        case LabCatalog.services: fillSpec = service
        case LabCatalog.autoscalers: fillSpec = autoscaler
        case LabCatalog.namespaces:
            tree.fill("spec", ["finalizers": ["kubernetes"]])
            tree.fill("status", ["phase": "Active"])
            return
        default: return
        }
        if let former = old?["spec"], tree["spec"] == former { return }
        tree.change("spec", fillSpec)
    }

    private static func fillTemplate(of spec: inout JSONTree, over old: JSONTree?) {
        if let old, spec["template"] == old { return }
        spec.change("template") { $0.change("spec", pod) }
    }

    private static func deployment(_ spec: inout JSONTree, over template: JSONTree?) {
        spec.fill("replicas", 1)
        spec.fill("progressDeadlineSeconds", 600)
        spec.fill("revisionHistoryLimit", 10)
        spec.fill("strategy", ["type": "RollingUpdate"])
        spec.change("strategy") { strategy in
            strategy.fill("type", "RollingUpdate")
            guard strategy["type"] == "RollingUpdate" else { return }
            strategy.fill("rollingUpdate", [:])
            strategy.change("rollingUpdate") { rolling in
                rolling.fill("maxSurge", "25%")
                rolling.fill("maxUnavailable", "25%")
            }
        }
        fillTemplate(of: &spec, over: template)
    }

    private static func pod(_ spec: inout JSONTree) {
        spec.fill("dnsPolicy", "ClusterFirst")
        spec.fill("restartPolicy", "Always")
        spec.fill("schedulerName", "default-scheduler")
        spec.fill("securityContext", [:])
        spec.fill("terminationGracePeriodSeconds", 30)
        spec.changeItems("containers", container)
        spec.changeItems("initContainers", container)
        spec.changeItems("volumes") { volume in
            volume.change("configMap") { $0.fill("defaultMode", 420) }
            volume.change("secret") { $0.fill("defaultMode", 420) }
        }
    }

    private static func container(_ container: inout JSONTree) {
        let image = container["image"]?.text ?? ""
        let tag = image.split(separator: "/").last?.split(separator: ":").dropFirst().last
        let isPinned = image.contains("@") || (tag != nil && tag != "latest")
        container.fill("imagePullPolicy", isPinned ? "IfNotPresent" : "Always")
        container.fill("resources", [:])
        container.fill("terminationMessagePath", "/dev/termination-log")
        container.fill("terminationMessagePolicy", "File")
        container.changeItems("ports") { $0.fill("protocol", "TCP") }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            container.change(probe) { probe in
                probe.fill("failureThreshold", 3)
                probe.fill("periodSeconds", 10)
                probe.fill("successThreshold", 1)
                probe.fill("timeoutSeconds", 1)
                probe.change("httpGet") {
                    $0.fill("path", "/")
                    $0.fill("scheme", "HTTP")
                }
            }
        }
    }

    private static func service(_ spec: inout JSONTree) {
        spec.fill("internalTrafficPolicy", "Cluster")
        spec.fill("ipFamilies", ["IPv4"])
        spec.fill("ipFamilyPolicy", "SingleStack")
        spec.fill("sessionAffinity", "None")
        spec.fill("type", "ClusterIP")
        spec.changeItems("ports") { port in
            port.fill("protocol", "TCP")
            if let number = port["port"] { port.fill("targetPort", number) }
        }
    }

    private static func autoscaler(_ spec: inout JSONTree) {
        spec.fill("minReplicas", 1)
        spec.fill(
            "metrics",
            [
                [
                    "resource": [
                        "name": "cpu", "target": ["averageUtilization": 80, "type": "Utilization"],
                    ],
                    "type": "Resource",
                ]
            ])
    }
}

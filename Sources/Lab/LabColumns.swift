internal import JSONTree
internal import Manifests

/// The columns of each kind's table, between the name and the age; wide ones after it.
enum LabColumns {
    typealias Column = LabTable.Column

    static func columns(of kind: Int) -> [Column] {
        switch LabCatalog.all[kind].kind {
        case "Pod": pods
        case "Deployment": deployments
        case "ReplicaSet": replicaSets
        case "Service": services
        case "Endpoints": [Column(name: "Endpoints", cell: addresses)]
        case "HorizontalPodAutoscaler": autoscalers
        case "VirtualService":
            [list("Gateways", "spec", "gateways"), list("Hosts", "spec", "hosts")]
        case "DestinationRule": [field("Host", "spec", "host")]
        case "ConfigMap": [count("Data", "data")]
        case "Secret": [field("Type", "type"), count("Data", "data")]
        case "Namespace": [field("Status", "status", "phase")]
        case "Lease": [field("Holder", "spec", "holderIdentity")]
        case "PodDisruptionBudget":
            [
                field("Min Available", "spec", "minAvailable"),
                field("Max Unavailable", "spec", "maxUnavailable"),
                field("Allowed Disruptions", "status", "disruptionsAllowed"),
            ]
        case "Event":
            [
                field("Type", "type"), field("Reason", "reason"),
                Column(name: "Object") { object in
                    let about = object.tree["involvedObject"]
                    let kind = about?["kind"]?.text?.lowercased() ?? ""
                    return .string("\(kind)/\(about?["name"]?.text ?? "")")
                },
                field("Message", "message"),
            ]
        default: []
        }
    }

    private static func field(_ name: String, _ path: String...) -> Column {
        Column(name: name) { object in
            switch object.tree.at(path) {
            case .string(let text)?: .string(text)
            case .integer(let whole)?: .string("\(whole)")
            default: "<none>"
            }
        }
    }

    private static func list(_ name: String, _ path: String...) -> Column {
        Column(name: name) { object in
            let words = (object.tree.at(path)?.items ?? []).compactMap(\.text)
            return .string("[" + words.map { "\"\($0)\"" }.joined(separator: ",") + "]")
        }
    }

    private static func count(_ name: String, _ path: String...) -> Column {
        Column(name: name) { .integer($0.tree.at(path)?.members?.count ?? 0) }
    }

    private static func number(_ tree: JSONTree?, _ path: String...) -> Int {
        tree?.at(path)?.whole ?? 0
    }

    private static let pods: [Column] = [
        Column(name: "Ready") { pod in
            let all = pod.status["containerStatuses"]?.items ?? []
            let total = pod.spec["containers"]?.items?.count ?? 0
            return .string("\(all.count { $0["ready"] == true })/\(total)")
        },
        Column(name: "Status") { pod in
            if pod.isBeingDeleted { return "Terminating" }
            let waiting = (pod.status["containerStatuses"]?.items ?? []).lazy
                .compactMap { $0.at("state", "waiting", "reason")?.text }.first
            return .string(waiting ?? pod.status["phase"]?.text ?? "Pending")
        },
        Column(name: "Restarts") { pod in
            let restarts = (pod.status["containerStatuses"]?.items ?? []).map {
                number($0, "restartCount")
            }
            return .string("\(restarts.reduce(0, +))")
        },
        wide(field("IP", "status", "podIP")), wide(field("Node", "spec", "nodeName")),
        wide(Column(name: "Nominated Node") { _ in "<none>" }),
        wide(Column(name: "Readiness Gates") { _ in "<none>" }),
    ]

    private static func wide(_ column: Column) -> Column {
        Column(name: column.name, isWide: true, cell: column.cell)
    }

    private static let deployments: [Column] = [
        Column(name: "Ready") { object in
            let ready = number(object.tree, "status", "readyReplicas")
            return .string("\(ready)/\(number(object.tree, "spec", "replicas"))")
        },
        Column(name: "Up-to-date") { .integer(number($0.tree, "status", "updatedReplicas")) },
        Column(name: "Available") { .integer(number($0.tree, "status", "availableReplicas")) },
        Column(name: "Containers", isWide: true) { containers($0, "name") },
        Column(name: "Images", isWide: true) { containers($0, "image") },
        Column(name: "Selector", isWide: true) { object in
            pairs(object.spec.at("selector", "matchLabels"))
        },
    ]

    private static func containers(_ object: KubernetesObject, _ field: String) -> JSONTree {
        let all = object.spec.at("template", "spec", "containers")?.items ?? []
        return .string(all.compactMap { $0[field]?.text }.joined(separator: ","))
    }

    private static func pairs(_ tree: JSONTree?) -> JSONTree {
        guard let members = tree?.members, !members.isEmpty else { return "<none>" }
        return .string(
            members.map { "\($0.key)=\($0.value.text ?? "")" }.joined(separator: ","))
    }

    private static let replicaSets: [Column] = [
        Column(name: "Desired") { .integer(number($0.tree, "spec", "replicas")) },
        Column(name: "Current") { .integer(number($0.tree, "status", "replicas")) },
        Column(name: "Ready") { .integer(number($0.tree, "status", "readyReplicas")) },
        Column(name: "Images", isWide: true) { containers($0, "image") },
    ]

    private static let services: [Column] = [
        field("Type", "spec", "type"), field("Cluster-IP", "spec", "clusterIP"),
        field("External-IP", "spec", "externalName"),
        Column(name: "Port(s)") { service in
            let ports = (service.spec["ports"]?.items ?? []).map {
                "\(number($0, "port"))/\($0["protocol"]?.text ?? "TCP")"
            }
            return .string(ports.isEmpty ? "<none>" : ports.joined(separator: ","))
        },
        Column(name: "Selector", isWide: true) { pairs($0.spec["selector"]) },
    ]

    private static func addresses(_ object: KubernetesObject) -> JSONTree {
        var all: [String] = []
        for subset in object.tree["subsets"]?.items ?? [] {
            let port = number(subset["ports"]?.items?.first, "port")
            for address in subset["addresses"]?.items ?? [] {
                all.append("\(address["ip"]?.text ?? ""):\(port)")
            }
        }
        guard !all.isEmpty else { return "<none>" }
        let rest = all.count > 3 ? " + \(all.count - 3) more..." : ""
        return .string(all.prefix(3).joined(separator: ",") + rest)
    }

    private static let autoscalers: [Column] = [
        Column(name: "Reference") { object in
            let target = object.spec["scaleTargetRef"]
            return .string("\(target?["kind"]?.text ?? "")/\(target?["name"]?.text ?? "")")
        },
        Column(name: "Targets") { object in
            let goal = object.spec["metrics"]?.items?.first?
                .at("resource", "target", "averageUtilization")?.whole
            let seen = object.status["currentMetrics"]?.items?.first?
                .at("resource", "current", "averageUtilization")?.whole
            return .string(
                goal.map { "cpu: \(seen.map { "\($0)%" } ?? "<unknown>")/\($0)%" } ?? "<none>")
        },
        field("MinPods", "spec", "minReplicas"), field("MaxPods", "spec", "maxReplicas"),
        Column(name: "Replicas") { .integer(number($0.tree, "status", "currentReplicas")) },
    ]
}

internal import JSONTree
internal import Manifests

/// The Endpoints controller: the addresses of a Service's pods, ready ones and others.
extension LabCluster {
    mutating func syncEndpoints(_ key: Key) {
        guard let service = shelves[LabCatalog.services][key] else {
            erase(LabCatalog.endpoints, key, by: Controller.endpoints)
            erase(LabCatalog.slices, sliceKey(key), by: Controller.endpoints)
            return
        }
        guard let selector = service.spec["selector"], selector.members?.isEmpty == false else {
            return
        }
        let chosen = LabSelector(equal: selector)
        let pods = shelves[LabCatalog.pods].objects(in: key.namespace).filter {
            !$0.isBeingDeleted && chosen.matches($0) && $0.status["podIP"] != nil
        }
        let ends = pods.map { Endpoint(address: Self.address($0), isReady: Self.isReady($0)) }
        let ports: JSONTree = .array(
            (service.spec["ports"]?.items ?? []).map { Self.port($0, pods.first) })
        var subset: JSONTree = [:]
        for (field, isReady) in [("addresses", true), ("notReadyAddresses", false)] {
            let some = ends.filter { $0.isReady == isReady }
            if !some.isEmpty { subset[field] = .array(some.map(\.address)) }
        }
        subset["ports"] = ports
        let subsets: JSONTree = pods.isEmpty ? [] : [subset]
        keepSlice(of: service, key, ends, ports)
        if shelves[LabCatalog.endpoints][key] == nil {
            let tree: JSONTree = [
                "apiVersion": "v1", "kind": "Endpoints",
                "metadata": [
                    "creationTimestamp": .string(timestamp),
                    "labels": service.tree.at("metadata", "labels") ?? [:],
                    "name": .string(key.name), "namespace": .string(key.namespace),
                    "uid": .string(issueUID()),
                ],
                "subsets": subsets,
            ]
            store(tree, in: LabCatalog.endpoints, at: key, by: Controller.endpoints)
        } else {
            amend(LabCatalog.endpoints, key, by: Controller.endpoints) { $0["subsets"] = subsets }
        }
    }

    private struct Endpoint {
        let address: JSONTree
        let isReady: Bool
    }

    // MARK: Slices

    private func sliceKey(_ key: Key) -> Key {
        Key(namespace: key.namespace, name: key.name + "-lab")
    }

    /// The same once more, in the form that newer clients read.
    private mutating func keepSlice(
        of service: KubernetesObject, _ key: Key, _ ends: [Endpoint], _ ports: JSONTree
    ) {
        let endpoints: JSONTree = .array(
            ends.map { end in
                let isReady: JSONTree = .bool(end.isReady)
                let address = end.address
                return [
                    "addresses": .array([address["ip"] ?? ""]),
                    "conditions": ["ready": isReady, "serving": isReady, "terminating": false],
                    "nodeName": address["nodeName"] ?? "", "targetRef": address["targetRef"] ?? [:],
                ]
            })
        let home = sliceKey(key)
        guard shelves[LabCatalog.slices][home] == nil else {
            amend(LabCatalog.slices, home, by: Controller.endpoints) {
                $0["endpoints"] = endpoints
                $0["ports"] = ports
            }
            return
        }
        let tree: JSONTree = [
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": [
                "creationTimestamp": .string(timestamp), "generation": 1,
                "labels": ["kubernetes.io/service-name": .string(key.name)],
                "name": .string(home.name), "namespace": .string(home.namespace),
                "ownerReferences": [Self.ownerReference(service)], "uid": .string(issueUID()),
            ],
            "addressType": "IPv4", "endpoints": endpoints, "ports": ports,
        ]
        store(tree, in: LabCatalog.slices, at: home, by: Controller.endpoints)
    }

    private static func address(_ pod: KubernetesObject) -> JSONTree {
        [
            "ip": pod.status["podIP"] ?? "", "nodeName": pod.spec["nodeName"] ?? "",
            "targetRef": [
                "kind": "Pod", "name": .string(pod.name), "namespace": .string(pod.namespace),
                "uid": .string(pod.uid),
            ],
        ]
    }

    private static func port(_ port: JSONTree, _ pod: KubernetesObject?) -> JSONTree {
        var number = port["targetPort"] ?? port["port"] ?? 0
        if let name = number.text {
            let all = (pod?.spec["containers"]?.items ?? []).flatMap { $0["ports"]?.items ?? [] }
            number = all.first { $0["name"]?.text == name }?["containerPort"] ?? 0
        }
        var tree: JSONTree = ["port": number, "protocol": port["protocol"] ?? "TCP"]
        if let name = port["name"] { tree["name"] = name }
        return tree
    }
}

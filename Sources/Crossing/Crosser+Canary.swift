internal import JSONTree
internal import YAML

/// Flagger: what stands around the steps.
extension Crosser {
    mutating func crossCanary() {
        begin("Flagger")
        let canary = field(root)
        let target = canary.at("spec", "targetRef")
        let name = take(target, "name")?.text ?? objects[root].name
        let service = take(canary, "spec", "service", "name")?.text ?? name
        setTarget(service: service)
        remark(
            target ?? canary["spec"],
            "users are on the copy \(name)-primary, and Service \(service) selects it alone",
            do: "when Flagger is to go, give the pods of \(name)-primary the label version and one"
                + " that the candidate's pods have too, and let Service \(service) select by that"
                + " one alone; then lead all routes to it, and delete the Services and"
                + " DestinationRules \(service)-primary and \(service)-canary: each answers for one"
                + " copy, and no release begins while anybody may call \(service)-primary")
        setTargetManifest(target, name)
        if let provider = canary.at("spec", "provider") {
            if provider.text == "istio" {
                ledger.carry(provider)
            } else {
                leave(
                    provider, "Theseus moves users by Istio's routes alone",
                    do: "see that the Service's clients and pods are on the mesh")
            }
        }
        let analysis = canary.at("spec", "analysis") ?? canary.at("spec", "canaryAnalysis")
        setOwnRoutes(canary.at("spec", "service"), service)
        if let address = take(canary, "spec", "metricsServer")?.text {
            draft.prometheus = [.init(name: "address", tree: .string(address))]
        }
        let hooks = crossWebhooks(analysis)
        let gates = crossChecks(analysis, target: name)
        crossSchedule(canary, analysis, gates: gates, hooks: hooks)
        setPrometheus()
    }

    private mutating func setTargetManifest(_ target: ForeignField?, _ name: String) {
        let kind = take(target, "kind")?.text ?? "Deployment"
        take(target, "apiVersion")
        guard kind == "Deployment" else {
            leave(
                target?["kind"], "Theseus releases Deployments, found a \(kind)",
                do: "make a Deployment of it, or stay with Flagger for it")
            return askForManifest("spec.targetRef names a \(kind)")
        }
        guard let found = open("Deployment", name, in: objects[root].namespace) else {
            return askForManifest(
                "the Deployment \(name), which spec.targetRef names, is not among the files")
        }
        ledger.carry(found)
        setManifest(found.tree, from: found)
    }

    // MARK: Routes

    private static let routeKeys = [
        "match", "rewrite", "timeout", "retries", "headers", "corsPolicy",
    ]

    /// Flagger makes the VirtualService; here it must be somebody's, so it is written out.
    private mutating func setOwnRoutes(_ service: ForeignField?, _ name: String) {
        let isTCP = service?["appProtocol"]?.text == "tcp"
        var hosts = take(service, "hosts")?.texts ?? []
        let isDelegate = take(service, "delegation")?.flag == true
        if !isDelegate, !hosts.contains(name), !hosts.contains("*") { hosts.append(name) }
        let gateways = take(service, "gateways")?.texts ?? []
        var spec: JSONTree = .object([:])
        if !isDelegate { spec["hosts"] = .array(hosts.map(JSONTree.string)) }
        if !gateways.isEmpty { spec["gateways"] = .array(gateways.map(JSONTree.string)) }
        var route: JSONTree = isTCP ? .object([:]) : ["name": .string(name)]
        for key in Self.routeKeys {
            if isTCP {
                leave(service?[key], "a TCP route has none", do: "nothing")
            } else if let value = take(service, key) {
                route[key] = value.tree
            }
        }
        let port = service?["port"]?.whole ?? 80
        if isTCP { route["match"] = [["port": .integer(port)]] }
        route["route"] = [["destination": ["host": .string(name)]]]
        spec[isTCP ? "tcp" : "http"] = [route]
        var documents = [routing("VirtualService", name, spec)]
        if let policy = take(service, "trafficPolicy") {
            documents.append(
                routing(
                    "DestinationRule", name, ["host": .string(name), "trafficPolicy": policy.tree]))
        }
        let path = "\(draft.name)-routes.yaml"
        draft.files.append(.init(path: path, text: YAMLWriter.text(ofDocuments: documents)))
        draft.routes = [
            isTCP
                ? ["virtualService": .string(name), "tcp": [["port": .integer(port)]]]
                : ["virtualService": .string(name), "http": [.string(name)]]
        ]
        let which = documents.count == 2 ? "VirtualService and DestinationRule" : "VirtualService"
        if let service {
            remark(
                service,
                "Flagger writes the \(which) \(name) anew again and again; here it is yours",
                do: "apply \(path), which --out writes, in the moment when Flagger lets go")
        }
        if !isTCP { setGateway(host: hosts.first(where: Self.isPublic)) }
    }

    private func routing(_ kind: String, _ name: String, _ spec: JSONTree) -> JSONTree {
        var metadata: JSONTree = ["name": .string(name)]
        if let namespace = objects[root].namespace { metadata["namespace"] = .string(namespace) }
        return [
            "apiVersion": "networking.istio.io/v1", "kind": .string(kind), "metadata": metadata,
            "spec": spec,
        ]
    }
}

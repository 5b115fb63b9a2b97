internal import JSONTree
internal import YAML

/// Argo Rollouts: what stands around the steps.
extension Crosser {
    mutating func crossRollout() {
        begin("Argo Rollouts")
        let rollout = field(root)
        let strategy = rollout.at("spec", "strategy")
        let canary = strategy?["canary"]
        let green = strategy?["blueGreen"]
        setTarget(service: service(canary: canary, green: green))
        setRolloutManifest(rollout)
        setRoutes(canary?.at("trafficRouting", "istio"))
        if !isWithoutHTTP { setGateway(host: publicHost(canary?.at("trafficRouting", "istio"))) }
        let deadline = deadline(rollout)
        if let green, canary == nil {
            crossBlueGreen(green, deadline: deadline)
        } else {
            crossSteps(canary, deadline: deadline)
        }
        setPrometheus()
        if let paused = rollout.at("spec", "paused") {
            if paused.flag == true {
                leave(
                    paused, "a run begins when somebody starts it",
                    do: "nothing; `theseus pause` holds a run")
            } else {
                ledger.carry(paused)
            }
        }
    }

    /// How long the candidate's pods may take, as a flow writes it.
    private mutating func deadline(_ rollout: ForeignField) -> String {
        let seconds = take(rollout, "spec", "progressDeadlineSeconds")?.whole ?? 600
        if let abort = rollout.at("spec", "progressDeadlineAbort") {
            if abort.flag == true {
                ledger.carry(abort)
            } else {
                change(
                    abort, "a run whose candidate is not ready in time always goes home",
                    do: "make the deadline of the step deploy as long as you would wait")
            }
        }
        return TimeSpan.text(seconds: seconds)
    }

    // MARK: The service

    private mutating func service(canary: ForeignField?, green: ForeignField?) -> String {
        let istio = canary?.at("trafficRouting", "istio")
        if let active = take(green, "activeService")?.text {
            remark(
                green?["activeService"],
                "Argo turns this Service's selector; Theseus leaves it alone and moves Istio's routes",
                do:
                    "let it select the pods of both versions: take \(Self.hash) out of its"
                    + " selector")
            leave(
                green?["previewService"], "the candidate is met by the dark match instead",
                do: "send the header of spec.dark.match, then delete this Service")
            return active
        }
        if let pingPong = canary?["pingPong"] {
            let name = take(pingPong, "pingService")?.text ?? objects[root].name
            change(
                pingPong, "one Service selects both versions here, and two subsets tell them apart",
                do: "let Service \(name) select both, and lead the route to it alone")
            return name
        }
        let stable = take(canary, "stableService")?.text
        if let rule = istio?["destinationRule"] {
            change(
                rule,
                "Theseus finds the Service's rule by itself, and makes subsets by the version label",
                do:
                    "let stable's subset select by the label version, not by \(Self.hash)"
            )
            leave(
                canary?["canaryService"], "one Service selects both versions",
                do: "nothing, if no client calls it")
            return routedHost(istio) ?? stable ?? objects[root].name
        }
        if let other = canary?["canaryService"] {
            if let stable, let front = front(istio, besides: [stable, other.text ?? ""]) {
                divideByHosts(front: front, stable: stable, canary, istio)
                return front
            }
            leave(
                other,
                "users are divided between two subsets of one Service, not between two Services",
                do: "take \(Self.hash) out of the selector of Service \(stable ?? "NAME"), that it"
                    + " selects the pods of both versions; lead \(places(istio)) to it alone with"
                    + " weight 100; and delete this one")
        }
        if let stable { return stable }
        ask(
            "spec.target.service", "\(objects[root].title) names no Service",
            do: "write the Service that users call; it must select the pods of both versions")
        return objects[root].name
    }

    /// The host of the routes that Argo moves, as a Service's short name.
    private func routedHost(_ istio: ForeignField?) -> String? {
        for reference in references(istio) {
            guard let node = virtualService(reference)?.node else { continue }
            for protocolKey in ["http", "tls", "tcp"] {
                for route in node.at("spec", .key(protocolKey))?.items ?? [] {
                    let host = route["route"]?.items?.first?.at("destination", "host")?.scalar?.text
                    if let host { return String(host.prefix { $0 != "." }) }
                }
            }
        }
        return nil
    }

    func references(_ istio: ForeignField?) -> [ForeignField] {
        ([istio?["virtualService"]].compactMap { $0 }) + (istio?["virtualServices"]?.items ?? [])
    }

    func virtualService(_ reference: ForeignField) -> ForeignObject? {
        let name = (reference["name"]?.text ?? "").prefix { $0 != "." }
        return objects.first { $0.kind == "VirtualService" && $0.name == name }
    }

    /// The host by which users from outside call.
    private func publicHost(_ istio: ForeignField?) -> String? {
        for reference in references(istio) {
            let hosts = virtualService(reference)?.node.at("spec", "hosts")?.items ?? []
            let names = hosts.compactMap(\.scalar?.text)
            if let host = names.first(where: Self.isPublic) { return host }
        }
        return nil
    }

    /// Not one of the cluster's own names, and no wildcard.
    static func isPublic(_ host: String) -> Bool {
        host.contains(".") && !host.contains("*") && !host.contains(".svc")
    }

    // MARK: Routes

    private mutating func setRoutes(_ istio: ForeignField?) {
        for reference in references(istio) {
            guard let name = take(reference, "name")?.text else { continue }
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            var route: JSONTree = ["virtualService": .string(parts.first ?? name)]
            if parts.count == 2 { route["namespace"] = .string(parts[1]) }
            if let http = take(reference, "routes"), !http.texts.isEmpty {
                route["http"] = http.tree
            }
            if let tls = take(reference, "tlsRoutes") {
                route["tls"] = .array(
                    tls.items.map { item in
                        var tree: JSONTree = .object([:])
                        if let port = item["port"]?.whole { tree["port"] = .integer(port) }
                        if let hosts = item["sniHosts"] { tree["sniHosts"] = hosts.tree }
                        return tree
                    })
            }
            if let tcp = take(reference, "tcpRoutes") {
                route["tcp"] = .array(
                    tcp.items.map { ["port": .integer($0["port"]?.whole ?? 0)] })
            }
            draft.routes.append(route)
            readRouted(parts.first ?? name)
        }
    }

    /// The VirtualService itself stays what it is.
    private mutating func readRouted(_ name: String) {
        if let found = open("VirtualService", name) { ledger.settle(found) }
        for index in objects.indices
        where ["DestinationRule", "Service", "Gateway"].contains(objects[index].kind) {
            if !opened.contains(index) { opened.append(index) }
            ledger.settle(field(index))
        }
    }

    /// Whether only TLS and TCP routes are moved: then no dark route can stand.
    var isWithoutHTTP: Bool {
        !draft.routes.isEmpty
            && draft.routes.allSatisfy {
                $0["http"] == nil && ($0["tls"] != nil || $0["tcp"] != nil)
            }
    }

    // MARK: The pods

    private static let workloadKeys = [
        "replicas", "selector", "template", "minReadySeconds", "revisionHistoryLimit",
        "progressDeadlineSeconds",
    ]

    private mutating func setRolloutManifest(_ rollout: ForeignField) {
        if let labels = rollout.at("metadata", "labels") { ledger.carry(labels) }
        if let notes = rollout.at("metadata", "annotations") { ledger.carry(notes) }
        if let reference = rollout.at("spec", "workloadRef") {
            return setReferenced(reference, rollout)
        }
        guard rollout.at("spec", "template") != nil else {
            return askForManifest("\(objects[root].title) has no template")
        }
        var spec: JSONTree = .object([:])
        for key in Self.workloadKeys {
            if let value = take(rollout, "spec", key) { spec[key] = value.tree }
        }
        var metadata = rollout["metadata"]?.tree ?? .object([:])
        let own = metadata["annotations"]?.members?.filter {
            !$0.key.hasPrefix("rollout.argoproj.io/")
        }
        metadata["annotations"] =
            own.map { .object(JSONObject($0.map { ($0.key, $0.value) })) }
        let deployment: JSONTree = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec,
        ]
        setManifest(deployment, from: rollout)
    }

    private mutating func setReferenced(_ reference: ForeignField, _ rollout: ForeignField) {
        let kind = take(reference, "kind")?.text ?? "Deployment"
        let name = take(reference, "name")?.text ?? ""
        take(reference, "apiVersion")
        if let down = reference["scaleDown"] {
            leave(
                down, "stable is whatever Deployment has the users now, and goes at the end",
                do: "nothing")
        }
        for key in Self.workloadKeys {
            guard let value = rollout.at("spec", key) else { continue }
            if key == "progressDeadlineSeconds" { continue }
            leave(
                value, "the candidate's Deployment says it by itself",
                do: "write spec.\(key) there, if it is to differ")
        }
        guard kind == "Deployment", let found = open("Deployment", name) else {
            let why =
                kind == "Deployment"
                ? "the Deployment \(name), which spec.workloadRef names, is not among the files"
                : "spec.workloadRef names a \(kind), and Theseus releases Deployments"
            return askForManifest(why)
        }
        ledger.carry(found)
        setManifest(found.tree, from: found)
    }
}

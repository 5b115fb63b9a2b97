internal import HTTPMessages
internal import MetricsSources
internal import Secrets
internal import YAML

/// Where metrics are.
extension FlowReading {
    mutating func readPrometheus(_ flow: inout Flow) {
        guard let field = document["prometheus"], let address = field["address"]?.text else {
            return
        }
        var access = access(field)
        if let tenant = field["tenant"]?.text { access.headers["X-Scope-OrgID"] = tenant }
        flow.prometheus = SourceSpec(
            name: "prometheus", kind: .prometheus, address: address, access: access)
    }

    mutating func readSources(_ flow: inout Flow) {
        for (name, field) in document.named("sources") {
            guard let kind = FlowKeys.sourceKinds.first(where: { field[$0] != nil }),
                let inside = field[kind],
                var source = source(named: name, kind, inside)
            else { continue }
            if let resolution = field["resolution"]?.duration { source.resolution = resolution }
            if let stale = field["staleAfter"]?.duration { source.staleAfter = stale }
            flow.sources.append(source)
        }
    }

    /// The question of a gate to one of them; nil where it asks none, or wrongly.
    mutating func sourceQuery(_ gate: String, _ field: FlowField, _ flow: Flow) -> String? {
        guard let source = field["source"], let name = source.text else { return nil }
        guard requireSource(name, source) else { return nil }
        guard let query = field["query"]?.text else {
            if field["query"] == nil {
                faults.append(
                    source.keyError(
                        .missingKey, "gate \"\(gate)\" asks a source nothing",
                        do: "add query: the question, in the source's own language"))
            }
            return nil
        }
        if field["samplesQuery"] == nil, flow.prometheus == nil, document["prometheus"] == nil {
            faults.append(
                source.keyError(
                    .contradiction,
                    "gate \"\(gate)\" cannot know how many requests stand behind its number",
                    do: "add samplesQuery: it counts them there; or add spec.prometheus.address"))
        }
        return query
    }

    @discardableResult
    mutating func requireSource(_ name: String, _ field: FlowField) -> Bool {
        let names = document.named("sources").map(\.name)
        if names.contains(name) { return true }
        faults.append(
            field.error(
                .unknownName, "unknown source \"\(ShapeCheck.short(name))\"",
                do: NearestName.suggestion(
                    for: name, among: names, none: "describe it under spec.sources")))
        return false
    }

    mutating func requireNoSourceKeys(_ field: FlowField) {
        for key in ["query", "samplesQuery", "reduce"] {
            guard let odd = field[key] else { continue }
            faults.append(
                odd.keyError(
                    .contradiction, "\"\(key)\" goes with \"source\", which is not there",
                    do: "add source: NAME, or take \(key) away"))
        }
    }

    private mutating func source(named name: String, _ kind: String, _ field: FlowField)
        -> SourceSpec?
    {
        var access = access(field)
        let address = field["address"]?.text
        func spec(_ kind: SourceSpec.Kind, _ address: String?) -> SourceSpec? {
            address.map { SourceSpec(name: name, kind: kind, address: $0, access: access) }
        }
        func show(_ key: String, as header: String, before: String = "") {
            guard let origin = origin(field[key]) else { return }
            access.credentials.append(.header(name: header, before: before, origin))
        }
        switch kind {
        case "prometheus":
            if let tenant = field["tenant"]?.text { access.headers["X-Scope-OrgID"] = tenant }
            return spec(.prometheus, address)
        case "datadog":
            show("apiKey", as: "DD-API-KEY")
            show("applicationKey", as: "DD-APPLICATION-KEY")
            let site = field["site"]?.text ?? "datadoghq.com"
            return spec(.datadog, address ?? "https://api.\(site)")
        case "newrelic":
            show("apiKey", as: "API-Key")
            let host = field["region"]?.text == "eu" ? "api.eu.newrelic.com" : "api.newrelic.com"
            return field["account"]?.whole.flatMap {
                spec(.newRelic(account: $0), address ?? "https://\(host)")
            }
        case "cloudwatch":
            guard let region = field["region"]?.text, let key = origin(field["accessKey"]),
                let secret = origin(field["secretKey"])
            else { return nil }
            access.credentials.append(
                .signature(
                    region: region, service: "monitoring", accessKey: key, secretKey: secret,
                    sessionToken: origin(field["sessionToken"])))
            let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
            return spec(.cloudWatch, address ?? "https://monitoring.\(region).\(domain)")
        case "graphite": return spec(.graphite, address)
        case "influxdb":
            show("token", as: "Authorization", before: "Token ")
            return field["organization"]?.text.flatMap { spec(.influx(organization: $0), address) }
                ?? field["database"]?.text.flatMap { spec(.oldInflux(database: $0), address) }
        case "dynatrace":
            show("token", as: "Authorization", before: "Api-Token ")
            return spec(.dynatrace, address)
        case "googlecloud":
            show("token", as: "Authorization", before: "Bearer ")
            return field["project"]?.text.flatMap {
                spec(.google(project: $0), address ?? "https://monitoring.googleapis.com")
            }
        case "splunk":
            show("token", as: "Authorization", before: "Bearer ")
            return spec(.splunk, address)
        default:
            let method = field["method"]?.text ?? "GET"
            if method == "GET", let body = field["body"] {
                faults.append(
                    body.keyError(
                        .contradiction, "a GET has no body", do: "write method: POST beside it"))
            }
            return spec(.web(method: method, body: field["body"]?.text), address)
        }
    }

    // MARK: Who asks

    private mutating func access(_ field: FlowField) -> SourceAccess {
        var access = SourceAccess()
        if let auth = field["auth"] {
            if let twice = field["token"] {
                faults.append(
                    twice.keyError(
                        .contradiction, "both \"auth\" and \"token\" are there",
                        do: "keep one of them"))
            }
            if let origin = origin(auth["bearer"]) {
                access.credentials.append(
                    .header(name: "Authorization", before: "Bearer ", origin))
            }
            if let basic = auth["basic"], let user = basic["user"]?.text,
                let origin = origin(basic["password"])
            {
                access.credentials.append(.basic(user: user, origin))
            }
        }
        for header in field["headers"]?.members ?? [] { add(header, to: &access) }
        if let trust = field["tls"] { access.trust = self.trust(trust) }
        return access
    }

    /// A literal is taken where its name does not sound secret.
    private mutating func add(
        _ header: (name: String, field: FlowField), to access: inout SourceAccess
    ) {
        if let origin = origin(header.field) {
            access.credentials.append(.header(name: header.name, before: "", origin))
            return
        }
        guard let text = header.field.text else { return }
        if Redaction.soundsSecret(header.name) {
            faults.append(
                header.field.error(
                    .wrongValue,
                    "\"\(ShapeCheck.short(header.name))\" sounds secret, and a flow holds no secrets",
                    do: FlowShape.secret.example, hidesLine: true))
        }
        access.headers[header.name] = text
    }

    private mutating func trust(_ field: FlowField) -> SourceTrust {
        for (one, other) in [("certificate", "key"), ("key", "certificate")]
        where field[one] != nil && field[other] == nil {
            faults.append(
                field.keyError(
                    .missingKey, "\"tls\" has \"\(one)\" without \"\(other)\"",
                    do: "give both, or neither"))
        }
        func path(_ key: String) -> String? {
            field[key]?.text.map { FlowPath.joined(source.folder, $0) }
        }
        return SourceTrust(
            authorities: path("ca"), certificate: path("certificate"), key: path("key"),
            serverName: field["serverName"]?.text)
    }

    /// Where a secret is found; nil for a value of another shape, which was told already.
    func origin(_ field: FlowField?) -> SecretOrigin? {
        guard let field, field.node.members != nil else { return nil }
        if let path = field["file"]?.text { return .file(FlowPath.joined(source.folder, path)) }
        if let name = field["env"]?.text { return .environment(name) }
        guard var arguments = field["command"]?.texts, let program = arguments.first else {
            return nil
        }
        if program.contains("/") { arguments[0] = FlowPath.joined(source.folder, program) }
        return .command(arguments)
    }
}

internal import CanaryEngine
internal import HTTPMessages
internal import JSONTree
internal import Manifests
internal import MetricsGate
internal import TestHooks
internal import YAML

/// Makes a flow of a document: reads what is there, and finds what does not go together.
///
/// Values of the wrong shape are passed over: the shape check has found them.
struct FlowReading {
    let document: FlowDocument
    let source: FlowSource
    var faults: [FlowError] = []
    var calls: [String: TestCall] = [:]
    /// The steps, and where they are written.
    var placed: [FlowLint.Placed] = []

    init(document: FlowDocument, source: FlowSource) {
        self.document = document
        self.source = source
    }

    mutating func flow(programs: (String) -> ProgramFile) -> Flow {
        let name = document.own.at("metadata", "name")?.text ?? ""
        var flow = Flow(name: name, target: target(), plan: RunPlan(steps: []))
        readSurroundings(&flow)
        readTests(&flow, programs: programs)
        readGates(&flow)
        readPlan(&flow)
        return flow
    }

    // MARK: Target

    private mutating func target() -> FlowTarget {
        let field = document.own.at("spec", "target")
        var target = FlowTarget(
            namespace: source.overrides.namespace ?? field?["namespace"]?.text ?? "",
            service: field?["service"]?.text ?? "", manifest: [],
            versionLabel: field?["versionLabel"]?.text ?? "version",
            stable: source.overrides.stable ?? field?["stable"]?.text)
        // A name of another kind may have points, and be longer.
        if let named = field?["namespace"], let text = named.text,
            text.contains(".") || text.utf8.count > 63
        {
            faults.append(
                named.error(
                    .wrongValue,
                    "\(named.name) must have no '.' and at most 63 letters, found"
                        + " \"\(ShapeCheck.short(text))\"",
                    do: FlowShape.name.example))
        }
        guard let path = document.manifest,
            let file = source.files.dropFirst().first(where: { $0.path == path })
        else { return target }
        let shown =
            source.overrides.manifest == nil
            ? FlowPath.joined(FlowPath.folder(of: source.files[0].path), path) : path
        var manifest = ManifestReading(file: shown, namespace: target.namespace)
        target.manifest = manifest.objects(of: file.bytes, images: source.overrides.images)
        manifest.version(
            &target.manifest, as: saidVersion(field),
            label: target.versionLabel, service: target.service)
        faults += manifest.faults
        return target
    }

    /// What goes back to an old version has its name already.
    private func saidVersion(_ target: FlowField?) -> String? {
        guard source.overrides.stable == nil else { return nil }
        return target?["version"]?.text ?? document.saidVersion
    }

    // MARK: Surroundings

    private mutating func readSurroundings(_ flow: inout Flow) {
        flow.routes = (document["routes"]?.items ?? []).compactMap { item in
            item["virtualService"]?.text.map { route(named: $0, item) }
        }
        if let gateway = document["gateway"], let url = gateway["url"]?.text {
            flow.gateway = GatewayAddress(url: url, host: gateway["host"]?.text)
        }
        readPrometheus(&flow)
        readSources(&flow)
        readScrape(&flow)
        readDark(&flow)
        flow.meshDomain = document["mesh"]?["domain"]?.text
        flow.rootNamespace = document["mesh"]?["rootNamespace"]?.text
        flow.trustsWeights = document["observe"]?.text == "none" || flow.prometheus == nil
        flow.readsPodLogs = document["podLogs"]?.text != "none"
        flow.fingerprintsSecrets = document["fingerprintSecrets"]?.flag == true
        let gitops = document["gitops"]
        flow.writesBackTo = (gitops?["writeBack"]?.text).map {
            FlowPath.joined(source.folder, $0)
        }
        flow.keepsGitOps = gitops?.text == "keep" || flow.writesBackTo != nil
        flow.goesOnWhenStale = document["onStale"]?.text == "resume"
        readGuard(&flow)
    }

    private mutating func readGuard(_ flow: inout Flow) {
        guard let field = document["guard"], let image = field["image"]?.text else { return }
        var guardian = FlowGuard(image: image, serviceAccount: field["serviceAccount"]?.text)
        if let schedule = field["schedule"], let text = schedule.text {
            guardian.schedule = text
            if text.split(separator: " ").count != 5 {
                faults.append(
                    schedule.error(
                        .wrongValue, "\(schedule.name) must have five fields, as cron has them",
                        do: "write for example \"*/2 * * * *\""))
            }
        }
        flow.guardian = guardian
    }

    private mutating func route(named name: String, _ item: FlowField) -> FlowRoute {
        let tls = (item["tls"]?.items ?? []).map { field in
            if field["port"] == nil, field["sniHosts"]?.items.isEmpty ?? true {
                faults.append(
                    field.error(
                        .missingKey, "\(field.name) says neither \"port\" nor \"sniHosts\"",
                        do: "say by which of them the route is told from others"))
            }
            return FlowRoute.TLS(
                port: field["port"]?.whole, sniHosts: field["sniHosts"]?.texts ?? [])
        }
        return FlowRoute(
            virtualService: name, namespace: item["namespace"]?.text,
            http: item["http"]?.texts ?? [], tls: tls,
            tcp: (item["tcp"]?.items ?? []).compactMap { $0["port"]?.whole })
    }

    private mutating func readScrape(_ flow: inout Flow) {
        let own = document["scrape"]
        let inside = document["prometheus"]?["scrape"]
        if let own, inside != nil {
            faults.append(
                own.keyError(
                    .contradiction, "both spec.scrape and spec.prometheus.scrape are there",
                    do: "keep one of them"))
        }
        flow.scrape = (inside ?? own)?.duration ?? flow.scrape
    }

    private mutating func readDark(_ flow: inout Flow) {
        guard let dark = document["dark"], let match = dark["match"] else { return }
        flow.dark = match.items.map(\.node.tree)
        if match.node.items?.isEmpty == true {
            faults.append(
                match.error(
                    .contradiction, "the dark match is empty",
                    do: "say which requests meet the candidate, or leave dark out"))
        }
        for block in match.items where block.node.members?.isEmpty ?? true {
            faults.append(
                block.error(
                    .wrongValue, "\(block.name) must be a mapping with conditions",
                    do: "write for example {headers: {x-canary: {exact: \"1\"}}}"))
        }
        flow.darkVisitors = dark["visitors"]?.texts ?? []
        if let headers = dark["example"]?["headers"] {
            flow.darkExample = DarkExample(headers: Self.headers(headers))
        }
    }

    static func headers(_ field: FlowField?) -> HTTPHeaders {
        HTTPHeaders(
            (field?.members ?? []).compactMap { member in
                member.field.text.map { .init(name: member.name, value: $0) }
            })
    }

    // MARK: Plan

    /// As the flow or its template says; nothing becomes one by itself.
    var isFirstRelease: Bool { document["firstRelease"]?.flag == true }

    private mutating func readPlan(_ flow: inout Flow) {
        var limits = Limits()
        if let settle = document["settle"]?.duration { limits.settle = settle }
        if let observe = document["observe"]?["deadline"]?.duration { limits.observe = observe }
        limits.darkness = flow.scrape * 8 + .seconds(60)
        let named = document["limits"]
        if let write = named?["write"]?.duration { limits.write = write }
        if let capacity = named?["capacity"]?.duration { limits.capacity = capacity }
        if let ready = named?["ready"]?.duration { limits.ready = ready }
        if let drain = named?["drain"]?.duration { limits.drain = drain }
        if let home = named?["home"]?.duration { limits.home = home }
        if let pause = named?["pause"]?.duration { limits.pause = pause }
        if let metrics = named?["metrics"]?.duration { limits.metrics = metrics }
        if let within = document["gitops"]?["within"]?.duration { limits.writeBack = within }
        flow.plan = RunPlan(
            steps: readSteps(flow), limits: limits,
            onCutOff: document["onCutOff"]?.text == "ask" ? .ask : .rollBack,
            isFirstRelease: isFirstRelease)
        if flow.plan.isFirstRelease, let field = document["target"]?["stable"] {
            faults.append(
                field.keyError(
                    .contradiction, "a first release has no stable version",
                    do: "take it away, or leave firstRelease out"))
        }
        flow.plan.hooks = hooks(flow)
        flow.plan.onNotEnough = document["onNotEnough"]?.text == "ask" ? .ask : .rollBack
        flow.plan.isGuarded = flow.guardian != nil
        flow.plan.writesBack = flow.writesBackTo != nil
        if flow.writesBackTo != nil, !flow.plan.steps.contains(.retire),
            let field = document["gitops"]?["writeBack"]
        {
            faults.append(
                field.keyError(
                    .contradiction, "\"writeBack\" needs the step \"retire\", which waits for it",
                    do: "add - retire at the end, or write gitops: keep"))
        }
    }
}

/// Every key that a flow may have, with what it is for: what the reader checks, and what `explain`
/// and `schema` tell.
enum FlowKeys {
    static let version = "theseus.dev/v1"

    static let file = FlowPart([
        FlowKey("apiVersion", .words([version]), isRequired: true, "The version of this format."),
        FlowKey("kind", .words(["Flow"]), isRequired: true, "What the file is."),
        FlowKey("metadata", .part(metadata), isRequired: true, "What the flow is called."),
        FlowKey("spec", .part(spec), isRequired: true, "What a run does, and to what."),
    ])

    static let metadata = FlowPart([
        FlowKey("name", .name, isRequired: true, "The flow's name."),
        FlowKey("labels", .textMap, "For your own use."),
        FlowKey("annotations", .textMap, "For your own use."),
    ])

    static let spec = FlowPart([
        FlowKey("template", .text, "A flow with parameters that this one fills."),
        FlowKey("parameters", .named(.parameter), "Values for ${name}, by name."),
        FlowKey(
            "adjust", .list(.part(adjustment)), "What becomes of single steps of the template."),
        FlowKey("target", .part(target), isRequired: true, "The service and its new version."),
        FlowKey("routes", .list(.part(route)), "The VirtualServices whose weights move."),
        FlowKey("gateway", .part(gateway), "Where requests of tests enter the mesh."),
        FlowKey("prometheus", .part(prometheus), "Where the metrics are."),
        FlowKey("sources", .named(.part(source)), "Where further metrics are, by name."),
        FlowKey("dark", .part(dark), "Which requests meet the candidate before users do."),
        FlowKey("tests", .named(.part(test)), "The checks that a team owns, by name."),
        FlowKey("gates", .named(.part(gate)), "Questions to the metrics, by name."),
        FlowKey("hooks", .part(hooks), "Tests that are called at moments of the run's life."),
        FlowKey("steps", .steps, "What is done, in this order."),
        FlowKey(
            "firstRelease", .flag, default: "false",
            "There is no stable version yet: no way home but to take the candidate away."),
        FlowKey(
            "settle", .duration, default: "10s",
            "How long a change of routes needs to reach every proxy."),
        FlowKey(
            "observe", .either(.words(["none"]), .part(observe)),
            "How long to look for a new weight in the mesh; none trusts unseen."),
        FlowKey("scrape", .duration, default: "15s", "How often Prometheus scrapes."),
        FlowKey("mesh", .part(mesh), "How the mesh is set up, where it is not as Istio has it."),
        FlowKey("limits", .part(limits), "How long the parts of a run may take."),
        FlowKey(
            "gitops", .either(.words(["keep"]), .part(gitops)),
            "What becomes of objects that Argo CD, Flux or Helm keeps: they stay."),
        FlowKey(
            "podLogs", .words(["none"]),
            "none: what pods that do not come up wrote last is not read."),
        FlowKey(
            "fingerprintSecrets", .flag, default: "false",
            "The Secrets that the candidate's pods read must stay what they were, too."),
        FlowKey(
            "onCutOff", .words(["rollback", "ask"]), default: "rollback",
            "What follows when a test that may run only once was cut off."),
        FlowKey(
            "onNotEnough", .words(["rollback", "ask"]), default: "rollback",
            "What follows when a gate had not enough evidence in time."),
        FlowKey(
            "onStale", .words(["rollback", "resume"]), default: "rollback",
            "What becomes of a run that nobody holds any more."),
        FlowKey(
            "guard", .part(guardian),
            "A CronJob that ends the run should nobody else; it lasts as long as the run."),
    ])

    static let parameter = FlowPart([
        FlowKey(
            "type", .words(ParameterKind.allCases.map(\.rawValue)), "What its value may be."),
        FlowKey("default", .text, "Its value where none is given."),
        FlowKey("unit", .text, "What it counts, for people."),
        FlowKey("description", .text, "What it is for, for people."),
        FlowKey(
            "required", .flag,
            "It must be given; without it only where something uses it and there is no default."),
    ])

    static let adjustment = FlowPart(
        [
            FlowKey("replace", .text, "The name of the step that another takes the place of."),
            FlowKey("with", .step, "The step that takes its place, and its name."),
            FlowKey("before", .text, "The name of the step before which others are put in."),
            FlowKey("after", .text, "The name of the step behind which others are put in."),
            FlowKey("insert", .steps, "The steps that are put in."),
            FlowKey("drop", .text, "The name of the step that is left out."),
        ], oneOf: ["replace", "before", "after", "drop"])

    static let guardian = FlowPart([
        FlowKey("image", .text, isRequired: true, "An image with theseus on its PATH."),
        FlowKey("serviceAccount", .name, "The account that it runs as."),
        FlowKey(
            "schedule", .text, default: "*/2 * * * *", "How often it looks, as cron writes it."),
    ])

    static let target = FlowPart([
        FlowKey("namespace", .name, isRequired: true, "The namespace of the service."),
        FlowKey("service", .name, isRequired: true, "The Service that users call."),
        FlowKey(
            "manifest", .text, isRequired: true,
            "The file with the candidate's Deployment and what belongs to it."),
        FlowKey(
            "versionLabel", .text, default: "version", "The pods' label that tells versions apart."),
        FlowKey(
            "version", .text,
            "The new version's name, where the manifest says none; else its image's tag."),
        FlowKey("stable", .name, "The Deployment that users have now."),
    ])

    static let route = FlowPart([
        FlowKey("virtualService", .name, isRequired: true, "The VirtualService's name."),
        FlowKey("namespace", .name, "Its namespace, where it is not the target's."),
        FlowKey("http", .texts, "The names of its http routes to the service."),
        FlowKey("tls", .list(.part(tls)), "Its TLS routes to the service."),
        FlowKey("tcp", .list(.part(tcp)), "Its TCP routes to the service."),
    ])

    static let tls = FlowPart([
        FlowKey("port", .whole(1...65535), "The port that the route matches."),
        FlowKey("sniHosts", .texts, "All the SNI hosts that the route matches, in any order."),
    ])

    static let tcp = FlowPart([
        FlowKey("port", .whole(1...65535), isRequired: true, "The port that the route matches.")
    ])

    static let gateway = FlowPart([
        FlowKey("url", .address, isRequired: true, "The address that requests go to."),
        FlowKey("host", .text, "The Host header, where it is not the address's."),
    ])

    static let dark = FlowPart([
        FlowKey(
            "match", .list(.anything), isRequired: true,
            "Istio match blocks; a request that meets one of them goes to the candidate."),
        FlowKey("example", .part(example), "A request that meets the match."),
        FlowKey(
            "visitors", .texts,
            "Workloads that may meet the candidate while it is dark, besides our tests."),
    ])

    static let example = FlowPart([
        FlowKey("headers", .textMap, isRequired: true, "The headers of that request.")
    ])

    static let observe = FlowPart([
        FlowKey("deadline", .duration, isRequired: true, "After so long a weight is unseen.")
    ])

    static let gitops = FlowPart([
        FlowKey(
            "writeBack", .text, isRequired: true,
            "The folder for the manifests to commit; retire waits until they are applied."),
        FlowKey("within", .duration, default: "24h", "How long that may take."),
    ])

    static let mesh = FlowPart([
        FlowKey("domain", .text, "What long host names end in; cluster.local."),
        FlowKey(
            "rootNamespace", .name, "Where what holds for the whole mesh is kept; istio-system."),
    ])

    static let limits = FlowPart([
        FlowKey("write", .duration, default: "2m", "Any write, with its retries."),
        FlowKey(
            "capacity", .duration, default: "10m",
            "How long a version may take to grow for a weight."),
        FlowKey(
            "ready", .duration, default: "5s",
            "How long pods must be ready in a row before they count."),
        FlowKey("drain", .duration, default: "30s", "How long requests in flight may take."),
        FlowKey(
            "home", .duration, default: "10m", "How long the way home may wait for stable's pods."),
        FlowKey("pause", .duration, default: "24h", "How long a run may stand paused."),
        FlowKey(
            "metrics", .duration, default: "10m",
            "How long a source of metrics may err without a break."),
    ])
}

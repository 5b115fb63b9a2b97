/// Where metrics are, and what shows their keepers who asks.
extension FlowKeys {
    static let prometheus = FlowPart(
        [
            FlowKey("address", .address, isRequired: true, "Its address, without /api/v1."),
            FlowKey("scrape", .duration, default: "15s", "How often it scrapes."),
            FlowKey("tenant", .text, "Whose metrics: the X-Scope-OrgID of Mimir, Cortex, Thanos."),
        ] + door)

    static let secret = FlowPart(
        [
            FlowKey("file", .text, "A file with the secret alone; from the flow's folder on."),
            FlowKey("env", .text, "A variable in the environment that theseus is started with."),
            FlowKey("command", .texts, "A program that writes the secret, and its arguments."),
        ], oneOf: ["file", "env", "command"])

    static let auth = FlowPart(
        [
            FlowKey("basic", .part(basic), "A user and a password."),
            FlowKey("bearer", .secret, "A token."),
        ], oneOf: ["basic", "bearer"])

    static let basic = FlowPart([
        FlowKey("user", .text, isRequired: true, "The user's name."),
        FlowKey("password", .secret, isRequired: true, "Where the password is found."),
    ])

    static let trust = FlowPart([
        FlowKey("ca", .text, "A PEM file of authorities to trust instead of the system's."),
        FlowKey("certificate", .text, "A PEM file: the certificate that we show."),
        FlowKey("key", .text, "A PEM file: its key."),
        FlowKey("serverName", .text, "The name in the server's certificate."),
    ])

    /// What every address may take.
    static let door = [
        FlowKey("auth", .part(auth), "What shows the server who asks."),
        FlowKey("headers", .named(.either(.text, .secret)), "Sent with every question."),
        FlowKey("tls", .part(trust), "Certificates of its own."),
    ]

    static let source = FlowPart(
        [
            FlowKey("prometheus", .part(sourcePrometheus), "Another Prometheus."),
            FlowKey("datadog", .part(datadog), "Datadog."),
            FlowKey("newrelic", .part(newRelic), "New Relic, by NRQL."),
            FlowKey("cloudwatch", .part(cloudWatch), "Amazon CloudWatch."),
            FlowKey("graphite", .part(graphite), "Graphite's render API."),
            FlowKey("influxdb", .part(influx), "InfluxDB 2 (Flux) or 1 (InfluxQL)."),
            FlowKey("dynatrace", .part(dynatrace), "Dynatrace's metrics API v2."),
            FlowKey("googlecloud", .part(google), "Google Cloud Monitoring."),
            FlowKey("splunk", .part(splunk), "Splunk's export of a search."),
            FlowKey("web", .part(web), "Any server that answers JSON."),
            FlowKey(
                "resolution", .duration, default: "1m",
                "The distance of the points that are asked for."),
            FlowKey(
                "staleAfter", .duration, default: "5m",
                "A newest point older than this is no answer."),
        ], oneOf: sourceKinds)

    static let sourceKinds = [
        "prometheus", "datadog", "newrelic", "cloudwatch", "graphite", "influxdb", "dynatrace",
        "googlecloud", "splunk", "web",
    ]

    static let sourcePrometheus = FlowPart(prometheus.keys.filter { $0.name != "scrape" })

    static let datadog = FlowPart(
        [
            FlowKey("site", .text, default: "datadoghq.com", "Its site."),
            FlowKey("address", .address, "Its whole address, instead of a site."),
            FlowKey("apiKey", .secret, isRequired: true, "The API key."),
            FlowKey("applicationKey", .secret, isRequired: true, "The application key."),
        ] + settings)

    static let newRelic = FlowPart(
        [
            FlowKey("account", .whole(1...999_999_999_999), isRequired: true, "The account."),
            FlowKey("region", .words(["us", "eu"]), default: "us", "Where the account is."),
            FlowKey("address", .address, "Its whole address, instead of a region."),
            FlowKey("apiKey", .secret, isRequired: true, "A user key."),
        ] + settings)

    static let cloudWatch = FlowPart(
        [
            FlowKey("region", .name, isRequired: true, "The region, as eu-west-1."),
            FlowKey("address", .address, "Its whole address, where it is not the region's."),
            FlowKey("accessKey", .secret, isRequired: true, "The access key's id."),
            FlowKey("secretKey", .secret, isRequired: true, "The secret access key."),
            FlowKey("sessionToken", .secret, "The token of a session."),
        ] + settings)

    static let graphite = FlowPart([address] + door)

    static let influx = FlowPart(
        [
            address,
            FlowKey("organization", .text, "InfluxDB 2: the organization."),
            FlowKey("token", .secret, "InfluxDB 2: the token."),
            FlowKey("database", .text, "InfluxDB 1: the database."),
        ] + door, oneOf: ["organization", "database"])

    static let dynatrace = FlowPart(
        [address, FlowKey("token", .secret, isRequired: true, "A token with metrics.read.")]
            + settings)

    static let google = FlowPart(
        [
            FlowKey("project", .text, isRequired: true, "The project's id."),
            FlowKey("address", .address, "Its whole address, where it is not Google's."),
            FlowKey(
                "token", .secret, isRequired: true,
                "An access token, as gcloud auth print-access-token writes it."),
        ] + settings)

    static let splunk = FlowPart(
        [address, FlowKey("token", .secret, "An authentication token.")] + door)

    static let web = FlowPart(
        [
            address,
            FlowKey("method", .words(["GET", "POST"]), default: "GET", "How it is asked."),
            FlowKey("body", .text, "Sent with a POST."),
        ] + door)

    /// Of sources that have a way of their own to show who asks.
    private static let settings = door.filter { $0.name != "auth" }

    private static let address = FlowKey(
        "address", .address, isRequired: true, "Where it is, as https://graphite.example.com.")
}

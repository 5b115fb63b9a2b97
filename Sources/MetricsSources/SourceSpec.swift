internal import HTTPMessages
internal import Secrets

/// One source as a flow describes it.
package struct SourceSpec: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case prometheus
        case datadog
        case newRelic(account: Int)
        case cloudWatch
        case graphite
        case influx(organization: String)
        case oldInflux(database: String)
        case dynatrace
        case google(project: String)
        case splunk
        case web(method: String, body: String?)
    }

    package var name: String
    package var kind: Kind
    /// Without a slash at its end.
    package var address: String
    package var access: SourceAccess
    /// The distance of the points from which a number is made.
    package var resolution: Duration
    /// A newest point older than this is no answer.
    package var staleAfter: Duration

    package init(
        name: String, kind: Kind, address: String, access: SourceAccess = SourceAccess(),
        resolution: Duration = .seconds(60), staleAfter: Duration = .seconds(300)
    ) {
        self.name = name
        self.kind = kind
        var address = address[...]
        while address.hasSuffix("/") { address = address.dropLast() }
        self.address = String(address)
        self.access = access
        self.resolution = resolution
        self.staleAfter = staleAfter
    }
}

extension SourceSpec {
    /// The source itself.
    package func source(_ doors: SourceDoors) -> any MetricsSource {
        guard let wire else { return prometheus(doors) }
        return WiredSource(
            wire: wire, transport: transport(doors), conceal: doors.conceal,
            step: resolution, staleAfter: staleAfter)
    }

    /// The same as what it is where only Prometheus will do.
    package func prometheus(_ doors: SourceDoors) -> PrometheusSource {
        PrometheusSource(
            address: address, transport: transport(doors), conceal: doors.conceal)
    }

    private func transport(_ doors: SourceDoors) -> any HTTPTransport {
        access.isPlain ? doors.transport : SourceTransport(access: access, doors: doors)
    }

    /// nil for Prometheus, which has more to it than a wire.
    private var wire: (any SourceWire)? {
        switch kind {
        case .prometheus: nil
        case .datadog: DatadogWire(address: address)
        case .newRelic(let account): NewRelicWire(address: address, account: account)
        case .cloudWatch: CloudWatchWire(address: address)
        case .graphite: GraphiteWire(address: address)
        case .influx(let organization):
            InfluxWire(address: address, organization: organization)
        case .oldInflux(let database): OldInfluxWire(address: address, database: database)
        case .dynatrace: DynatraceWire(address: address)
        case .google(let project): GoogleWire(address: address, project: project)
        case .splunk: SplunkWire(address: address)
        case .web(let method, let body):
            WebWire(address: address, method: method, body: body)
        }
    }
}

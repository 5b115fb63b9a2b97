internal import FlowFiles
internal import HTTPMessages
internal import Lab
internal import MetricsSources
internal import Secrets
internal import TestHooks

/// Leads what the flow calls its gateway and its Prometheus into the Lab; anything else leads
/// nowhere.
struct Detour: HTTPTransport {
    private let inner: any HTTPTransport
    /// What an address begins with, and what takes its place.
    private let ways: [(from: String, to: String)]
    /// For whom the gateway is asked, where the request itself does not say.
    private let host: String?

    init(_ inner: any HTTPTransport, for flow: Flow) {
        self.inner = inner
        var ways: [(String, String)] = []
        if let gateway = flow.gateway { ways.append((gateway.url, "http://\(LabWorld.gateway)")) }
        if let prometheus = flow.prometheus {
            ways.append((prometheus.address, LabWorld.prometheus))
        }
        // Of two that begin alike the longer is meant.
        self.ways = ways.sorted { $0.0.count > $1.0.count }
        host = flow.gatewayHost
    }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        for way in ways where request.url.hasPrefix(way.from) {
            var turned = request
            turned.url = way.to + request.url.dropFirst(way.from.count)
            if way.to.hasSuffix(LabWorld.gateway), turned.headers["Host"] == nil {
                turned.headers["Host"] = host
            }
            return try await inner.send(turned)
        }
        throw HTTPFailure(.refused, reached: .never, place: request.place)
    }
}

extension Flow {
    /// What the credentials of its sources are read from, in the environment.
    var variablesOfSources: [String] {
        (sources + (prometheus.map { [$0] } ?? [])).flatMap(\.access.credentials)
            .flatMap(\.origins).compactMap { origin in
                if case .environment(let name) = origin { name } else { nil }
            }
    }

    /// The host that users of the gateway ask for.
    var gatewayHost: String? {
        guard let gateway else { return nil }
        if let host = gateway.host { return host }
        let rest = gateway.url.split(separator: "://", maxSplits: 1).last ?? ""
        let authority = rest.prefix { $0 != "/" }
        return authority.isEmpty ? nil : String(authority.prefix { $0 != ":" })
    }
}

import HTTPMessages
import MetricsSources
import Testing

@testable import MetricsGate

@Suite struct DrainTests {
    private static let scope = GateScope(
        namespace: "demo", service: "shop", stable: .init(label: "1.0", workload: "shop-v1"),
        candidate: .init(label: "2.0", workload: "shop-v2"), mark: .workload)

    private static let candidate = "destination_workload=\"shop-v2\""

    private static func look(_ rules: ScriptedPrometheus.Rule...) async -> DrainWatch.Finding {
        let source = PrometheusSource(
            address: "http://prometheus", transport: ScriptedPrometheus(rules))
        return await DrainWatch(source: source, scope: scope).look(at: scope.candidate)
    }

    @Test(arguments: [
        ("0", "0", "0", DrainWatch.Finding.quiet),
        ("0", "7", "7", .quiet),
        ("3", "0", "0", .busy(requests: 3, connections: 0)),
        ("0", "7", "5", .busy(requests: 0, connections: 2)),
        // Pods that went take what they closed with them.
        ("0", "5", "7", .quiet),
    ])
    func counts(requests: String, opened: String, closed: String, finding: DrainWatch.Finding)
        async
    {
        #expect(
            await Self.look(
                .fresh(), .number("tcp_connections_opened_total", Self.candidate, is: opened),
                .number("tcp_connections_closed_total", Self.candidate, is: closed),
                .number("istio_requests_total", Self.candidate, is: requests)) == finding)
    }

    @Test func aMeshWithoutTCPMetricsHasNoConnections() async {
        #expect(
            await Self.look(.fresh(), .number("istio_requests_total", Self.candidate, is: "0"))
                == .quiet)
    }

    @Test func saysThatItIsBlind() async {
        #expect(
            await Self.look(.fails(as: .init(.refused, reached: .never, place: "")))
                == .blind("nobody listens at Prometheus's address"))
    }
}

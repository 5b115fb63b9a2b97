import CanaryEngine
import HTTPMessages
import Lab
import MetricsGate
import MetricsSources

/// Prometheus's answers: the same one to every question of every judge.
enum FuzzMetrics {
    private struct Parrot: HTTPTransport {
        let bytes: [UInt8]

        func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
            HTTPResponse(status: 200, body: .bytes(bytes))
        }
    }

    private static let scope = GateScope(
        namespace: "shop", service: "reviews",
        stable: GateScope.Version(label: "v1", workload: "reviews-v1"),
        candidate: GateScope.Version(label: "v2", workload: "reviews-v2"), mark: .version,
        scrape: .seconds(15))

    private static let gates = [
        GateSpec("errors", .errorRatio(codes: GateSpec.serverErrors), maximum: 0.01),
        GateSpec("latency", .query("x"), minimum: 1, samplesQuery: "y"),
    ]

    static func read(_ bytes: [UInt8]) -> String? {
        let source = PrometheusSource(address: "http://prom", transport: Parrot(bytes: bytes))
        do {
            return try TurnableWorld().run { await ask(source) }
        } catch {
            return "stuck: \(error)"
        }
    }

    private static func ask(_ source: PrometheusSource) async -> String? {
        do throws(MetricsError) {
            let reading = try await source.reading(of: "up")
            guard reading.value.isFinite else { return "read \(reading.value)" }
        } catch {
            if let flaw = FuzzTarget.threeLines(error.description) { return flaw }
        }
        let window = GateWindow(sinceEffect: .seconds(300))
        for gate in gates {
            let verdict = await MetricsJudge(source: source, scope: scope)
                .judge(gate, window: window)
            guard verdict.measures.allSatisfy({ $0.value.isFinite }) else {
                return "a measure that is no number"
            }
        }
        let observer = ShareObserver(source: source, scope: scope)
        _ = await observer.seen(old: 0, new: 0.01, window: window)
        _ = await LeakCheck(source: source, scope: scope).look(over: .seconds(300))
        _ = await DrainWatch(source: source, scope: scope).look(at: scope.candidate)
        return nil
    }
}

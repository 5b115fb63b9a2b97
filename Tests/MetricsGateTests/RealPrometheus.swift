import Foundation
import HTTPClient
import HTTPMessages
import HTTPServer
import MetricsSources
import Synchronization
import Testing

/// Debian's Prometheus, started on loopback against an exporter of ours; ended with its owner.
final class RealPrometheus: Sendable {
    /// Where `scripts/real-parts` puts it.
    static let program: String = {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache"
        return "\(cache)/theseus/real-parts/bin/prometheus"
    }()

    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// Whoever asks shows them.
    static let user = "mia"
    static let password = "planted-password-42"
    private static let hash = "$2b$04$..y9YTULgcGQjKNftWE78e08lDUz6ka0Wis3XAM6VPiQjuOnLJd/K"

    let port: Int
    private let process: Process
    private let folder: String

    var address: String { "http://127.0.0.1:\(port)" }

    init(exporter: Int, port: Int) throws {
        self.port = port
        folder = NSTemporaryDirectory() + "prometheus-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let settings = """
            global: {scrape_interval: 1s, scrape_timeout: 1s}
            scrape_configs:
            - job_name: shop
              static_configs: [{targets: ["127.0.0.1:\(exporter)"]}]

            """
        try settings.write(toFile: "\(folder)/settings.yml", atomically: true, encoding: .utf8)
        try "basic_auth_users: {\(Self.user): \"\(Self.hash)\"}\n".write(
            toFile: "\(folder)/web.yml", atomically: true, encoding: .utf8)
        process = Process()
        process.executableURL = URL(filePath: Self.program)
        process.arguments = [
            "--config.file", "\(folder)/settings.yml", "--storage.tsdb.path", "\(folder)/data",
            "--web.config.file", "\(folder)/web.yml", "--web.listen-address", "127.0.0.1:\(port)",
            "--log.level", "error",
        ]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// It listens no more; nor does it leave anything behind.
    func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGCONT)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// It holds its connections, and says nothing.
    func freeze() { kill(process.processIdentifier, SIGSTOP) }
    func thaw() { kill(process.processIdentifier, SIGCONT) }
}

/// The metrics of a shop with a candidate, and of a few things that are no number.
final class ShopExporter: Sendable {
    private let scrapes = Mutex(0)
    private let beats: AsyncStream<Int>
    private let beat: AsyncStream<Int>.Continuation

    init() { (beats, beat) = AsyncStream.makeStream(of: Int.self) }

    func answer(_ request: HTTPServerRequest) -> HTTPResponse {
        let count = scrapes.withLock { count -> Int in
            count += 1
            return count
        }
        beat.yield(count)
        return HTTPResponse(status: 200, body: .text(text(count)))
    }

    /// Returns when it was scraped so often.
    func scraped(_ times: Int) async {
        for await count in beats where count >= times { return }
    }

    private func text(_ count: Int) -> String {
        let milliseconds = Int(Date().timeIntervalSince1970 * 1000)
        func line(_ service: String, _ version: String, _ code: String, _ value: Int) -> String {
            "istio_requests_total{reporter=\"source\",destination_service_name=\"\(service)\","
                + "destination_service_namespace=\"demo\",destination_version=\"\(version)\","
                + "destination_workload=\"\(service)-\(version)\",response_code=\"\(code)\"}"
                + " \(value)"
        }
        return """
            # TYPE istio_requests_total counter
            \(line("shop", "v1", "200", count * 900))
            \(line("shop", "v2", "200", count * 100))
            \(line("shop", "v2", "503", count * 5))
            \(line("reborn", "v2", "200", (count % 3) * 100))
            \(line("reborn", "v2", "503", count % 3))
            \(line("still", "v2", "200", 500)) \(milliseconds - 180_000)
            # TYPE no_number gauge
            no_number NaN
            # TYPE endless gauge
            endless +Inf
            # TYPE several gauge
            several{pod="a"} 1
            several{pod="b"} 2
            \(pods(count))

            """
    }

    /// What kubelets and kube-state-metrics tell of one pod each of `shop`, `shop-v1` and `shop-v2`.
    ///
    /// As theirs, with the sum over the pod (`container=""`). Each scrape `shop-v2` works for 0.4 of
    /// its limit of half a core, holds three of its four gigabytes, and has begun anew every other
    /// time. The others are at their limits and begin anew all the time.
    private func pods(_ count: Int) -> String {
        let pods: [(name: String, work: Double, bytes: Double, restarts: Int)] = [
            ("shop-7c5d8f9b6d-abcde", 0.5, 4e9, count * 7),
            ("shop-v1-7c5d8f9b6d-fghij", 0.5, 4e9, count * 7),
            ("shop-v2-6b4c7d8e9f-klmno", 0.2, 3e9, count / 2),
        ]
        return pods.map { pod in
            let place = "namespace=\"demo\",pod=\"\(pod.name)\""
            let containers = ["", "shop"].map { container in
                let labels = "{\(place),container=\"\(container)\"}"
                return """
                    container_cpu_usage_seconds_total\(labels) \(Double(count) * pod.work)
                    container_memory_working_set_bytes\(labels) \(pod.bytes)
                    """
            }
            let labels = "\(place),container=\"shop\""
            return """
                \(containers.joined(separator: "\n"))
                kube_pod_container_resource_limits{\(labels),resource="cpu",unit="core"} 0.5
                kube_pod_container_resource_limits{\(labels),resource="memory",unit="byte"} 4e9
                kube_pod_container_status_restarts_total{\(labels)} \(pod.restarts)
                """
        }.joined(separator: "\n")
    }
}

internal import HTTPClient
internal import HTTPMessages
internal import Timekeeping

/// A real Prometheus that asks the exporter every second.
struct PrometheusPart: Sendable {
    let parts: RigParts
    let ports: RigPorts
    let folder: RigFolder
    let exporter: Int

    var address: String { "http://127.0.0.1:\(ports.prometheus)" }

    func writeSettings() throws {
        let settings = """
            global: {scrape_interval: 1s, scrape_timeout: 1s}
            scrape_configs:
            - job_name: envoy
              static_configs: [{targets: ["127.0.0.1:\(exporter)"]}]

            """
        try folder.put(settings, in: "prometheus.yml")
    }

    var process: RigProcess {
        RigProcess(
            "prometheus",
            [
                parts.path("prometheus"), "--config.file", folder.file("prometheus.yml"),
                "--storage.tsdb.path", folder.file("metrics"), "--web.listen-address",
                "127.0.0.1:\(ports.prometheus)", "--log.level", "warn",
            ], in: folder)
    }

    func awaitReady(time: any Timekeeper) async throws {
        let transport = CurlTransport()
        let request = HTTPRequest("GET", "\(address)/-/ready", timeout: .seconds(2))
        try await RigPatience(time: time).until("prometheus is ready", within: .seconds(60)) {
            (try? await transport.send(request))?.status == 200
        }
    }
}

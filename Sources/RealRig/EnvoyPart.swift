internal import HTTPClient
internal import HTTPMessages
internal import JSONTree
internal import Timekeeping

/// Envoy: the gateway and every client's sidecar in one, fed by files.
struct EnvoyPart: Sendable {
    let parts: RigParts
    let ports: RigPorts
    let folder: RigFolder

    var accessLog: String { folder.file("access.log") }

    var process: RigProcess {
        RigProcess(
            "envoy",
            [
                parts.path("envoy"), "--config-path", folder.file("bootstrap.json"),
                "--disable-hot-restart", "--concurrency", "1", "--file-flush-interval-msec",
                "100", "--log-level", "warning", "--log-path", folder.file("envoy.log"),
            ], in: folder)
    }

    /// Those of HTTP: a gateway's, and one sidecar's for all clients.
    var listeners: [JSONTree] {
        [listener("gateway", port: ports.gateway), listener("mesh", port: ports.mesh)]
    }

    /// What must lie there before it starts; the tables come from the `MeshWriter`.
    func writeBootstrap() throws {
        let bootstrap: JSONTree = [
            "node": ["id": "rig", "cluster": "rig"],
            "admin": ["address": Self.address(ports.envoyAdmin)],
            "dynamic_resources": [
                "lds_config": source("lds.json"), "cds_config": source("cds.json"),
            ],
        ]
        try folder.put(JSONWriter.bytes(of: bootstrap), in: "bootstrap.json")
    }

    func awaitReady(time: any Timekeeper) async throws {
        let transport = CurlTransport()
        let request = HTTPRequest(
            "GET", "http://127.0.0.1:\(ports.envoyAdmin)/ready", timeout: .seconds(2))
        try await RigPatience(time: time).until("envoy is ready", within: .seconds(60)) {
            (try? await transport.send(request))?.status == 200
        }
    }

    private static func address(_ port: Int) -> JSONTree {
        ["socket_address": ["address": "127.0.0.1", "port_value": .integer(port)]]
    }

    private func source(_ file: String) -> JSONTree {
        [
            "resource_api_version": "V3",
            "path_config_source": ["path": .string(folder.file(file))],
        ]
    }

    private func listener(_ name: String, port: Int) -> JSONTree {
        let http: JSONTree = [
            "@type": .string(
                "type.googleapis.com/envoy.extensions.filters.network"
                    + ".http_connection_manager.v3.HttpConnectionManager"),
            "stat_prefix": .string(name),
            "rds": [
                "route_config_name": .string(name), "config_source": source("rds-\(name).json"),
            ],
            "http_filters": [
                [
                    "name": "envoy.filters.http.router",
                    "typed_config": [
                        "@type": .string(
                            "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router")
                    ],
                ]
            ],
            "access_log": [
                [
                    "name": "envoy.access_loggers.file",
                    "typed_config": [
                        "@type": .string(
                            "type.googleapis.com/envoy.extensions.access_loggers.file.v3"
                                + ".FileAccessLog"),
                        "path": .string(accessLog),
                        "log_format": [
                            "json_format": [
                                "listener": .string(name), "code": "%RESPONSE_CODE%",
                                "flags": "%RESPONSE_FLAGS%", "ms": "%DURATION%",
                                "host": "%UPSTREAM_HOST%", "cluster": "%UPSTREAM_CLUSTER%",
                                "authority": "%REQ(:AUTHORITY)%",
                                "source": "%REQ(X-SOURCE-WORKLOAD)%",
                            ]
                        ],
                    ],
                ]
            ],
        ]
        return [
            "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
            "name": .string(name), "address": Self.address(port),
            "filter_chains": [
                [
                    "filters": [
                        [
                            "name": "envoy.filters.network.http_connection_manager",
                            "typed_config": http,
                        ]
                    ]
                ]
            ],
        ]
    }
}

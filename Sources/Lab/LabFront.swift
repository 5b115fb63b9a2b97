package import HTTPMessages
package import JSONTree

/// The world as a server shows it to other processes: bytes out, one line per event of a watch.
package struct LabFront: Sendable {
    /// Which of the two listeners a request came to.
    package enum Side: Sendable {
        /// The API server, Prometheus and the knobs.
        case cluster
        /// The mesh's gateway, where users' requests come in.
        case gateway
    }

    private let world: LabWorld

    package init(_ world: LabWorld) { self.world = world }

    /// Answers a request that came over a socket; `target` is path and query as sent.
    package func answer(
        _ method: String, _ target: String, headers: HTTPHeaders, body: [UInt8], at side: Side
    ) async -> HTTPResponse {
        let server = side == .cluster ? LabWorld.server : "http://" + LabWorld.gateway
        let request = HTTPRequest(
            method, server + target, headers: headers, body: body.isEmpty ? .empty : .bytes(body),
            timeout: .seconds(3600), streams: true)
        do throws(HTTPFailure) {
            var response = try await world.send(request)
            switch response.body {
            case .tree(let tree): response.body = .bytes(JSONWriter.bytes(of: tree))
            case .chunks(let chunks): response.body = .chunks(Self.lines(of: chunks))
            case .empty, .bytes: break
            }
            return response
        } catch {
            return HTTPResponse(status: 502, body: .text(error.description))
        }
    }

    private static func lines(of chunks: HTTPChunks) -> HTTPChunks {
        HTTPChunks { () async throws(HTTPFailure) in
            switch try await chunks.next() {
            case .tree(let tree)?: .bytes(JSONWriter.bytes(of: tree) + [0x0A])
            case .bytes(let bytes)?: .bytes(bytes)
            case nil: nil
            }
        }
    }

    /// The extension of the kubeconfig's cluster that says: this is a lab, and how fast it goes.
    package static let kubeconfigExtension = "theseus.dev/lab"

    /// A kubeconfig for a served lab; as JSON it is YAML too.
    ///
    /// `gateway`: where the mesh's gateway listens, for whoever wants to send requests.
    package static func kubeconfig(server: String, gateway: String, speed: Int) -> JSONTree {
        [
            "apiVersion": "v1", "kind": "Config", "current-context": "lab",
            "clusters": [
                [
                    "name": "lab",
                    "cluster": [
                        "server": .string(server),
                        "extensions": [
                            [
                                "name": .string(kubeconfigExtension),
                                "extension": [
                                    "speed": .integer(speed), "gateway": .string(gateway),
                                ],
                            ]
                        ],
                    ],
                ]
            ],
            "contexts": [
                [
                    "name": "lab",
                    "context": ["cluster": "lab", "namespace": "demo", "user": "lab"],
                ]
            ],
            "users": [["name": "lab", "user": [:]]],
        ]
    }
}

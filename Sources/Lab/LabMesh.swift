package import HTTPMessages
package import JSONTree

/// The mesh, its users and its Prometheus.
package struct LabMesh: Sendable {
    package init(settings: JSONTree, seed: UInt64) {}

    /// Looks at the cluster after a change; what it sees takes effect after the mesh's lag.
    package mutating func notice(_ cluster: LabCluster, at now: Duration) {}

    /// Lets users send requests, and configuration spread, up to `now`.
    package mutating func advance(to now: Duration) {}

    /// When the mesh next changes by itself; nil: never.
    package var nextChange: Duration? { nil }

    package mutating func handleGateway(_ request: HTTPRequest, at now: Duration) -> LabAnswer {
        LabAnswer(HTTPResponse(status: 404))
    }

    package mutating func handlePrometheus(_ request: HTTPRequest, at now: Duration)
        -> LabAnswer
    {
        LabAnswer(HTTPResponse(status: 404))
    }

    /// A knob under `/lab/<name>`; nil where the mesh has no such knob.
    package mutating func turn(_ knob: String, _ setting: JSONTree) -> LabAnswer? { nil }

    /// What `GET /lab` shows of the mesh.
    package var summary: JSONTree { [:] }
}

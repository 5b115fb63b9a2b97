package import HTTPMessages
package import KubernetesAPI
package import MetricsSources
package import Processes
internal import Secrets
package import Timekeeping

/// What a run reaches the world with.
///
/// The Lab and production differ in these, and in nothing else.
package struct Rig: Sendable {
    /// To the API server: shared with no test and no gate.
    package let cluster: KubernetesClient
    /// To Prometheus and through the gateway.
    package let outside: any HTTPTransport
    package let spawner: any ProcessSpawner
    /// Our own environment; a test's command gets what the flow allows of it.
    package let environment: [ProcessJob.Variable]
    package let time: any Timekeeper
    package var pace: Pace
    /// What the journal shall tell of how the cluster is reached.
    package let notices: [String]
    /// Keeps a text as a file, for people and their tools; makes the folder where there is none.
    package let keepFile: @Sendable (_ text: String, _ path: String) throws -> Void
    /// To the sources of metrics, and to what shows them who asks.
    package let sources: SourceDoors
    /// For tests that speak no HTTP; nil: there are no bare connections here.
    package var sockets: (any TCPTransport)?

    /// `signer` runs the commands that secrets come from, by the machine's own clock even where a
    /// served lab's runs faster.
    package init(
        cluster: KubernetesClient, outside: any HTTPTransport, spawner: any ProcessSpawner,
        environment: [ProcessJob.Variable] = [], time: any Timekeeper, pace: Pace = Pace(),
        notices: [String] = [],
        readFile: @escaping @Sendable (_ path: String) throws -> [UInt8] = { _ in
            throw NoSuchFile()
        },
        trusting: (@Sendable (TrustMaterial) -> any HTTPTransport)? = nil,
        signer: (any ProcessSpawner)? = nil,
        keepFile: @escaping @Sendable (_ text: String, _ path: String) throws -> Void
    ) {
        self.cluster = cluster
        self.outside = outside
        self.spawner = spawner
        self.environment = environment
        self.time = time
        self.pace = pace
        self.notices = notices
        self.keepFile = keepFile
        sources = SourceDoors(
            transport: outside,
            keeper: SecretKeeper(
                environment: environment, spawner: signer ?? spawner, time: time,
                read: readFile),
            trusting: trusting ?? { _ in outside })
    }
}

/// Nobody gave a way to read files.
package struct NoSuchFile: Error {
    package init() {}
}

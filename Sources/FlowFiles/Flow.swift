package import CanaryEngine
package import JSONTree
package import Manifests
package import MetricsGate
package import MetricsSources
package import TestHooks

/// What a flow file says, checked and resolved as far as that goes without a cluster.
package struct Flow: Hashable, Sendable {
    package var name: String
    package var target: FlowTarget
    package var routes: [FlowRoute]
    /// Where requests of tests enter the mesh; nil: no test or step may need it.
    package var gateway: GatewayAddress?
    /// Prometheus; nil: weights are trusted unseen, and users' requests are not counted.
    package var prometheus: SourceSpec?
    /// Further sources of metrics.
    package var sources: [SourceSpec]
    /// Istio match blocks, OR between them.
    package var dark: [JSONTree]
    /// A request that meets the dark match, where none can be derived from it.
    package var darkExample: DarkExample?
    /// Workloads that may meet the candidate while it is dark; anybody else is a leak.
    package var darkVisitors: [String]
    package var tests: [TestSpec]
    package var gates: [GateSpec]
    package var plan: RunPlan
    /// The domain of the mesh; nil: Istio's own.
    package var meshDomain: String?
    /// Where the mesh keeps what holds for all namespaces; nil: where Istio has it.
    package var rootNamespace: String?
    /// How often Prometheus scrapes.
    package var scrape: Duration
    /// Weights count as taken without a look at the mesh.
    package var trustsWeights: Bool
    /// Objects of Argo CD, Flux or Helm may be touched: stable stays, nothing of theirs is removed.
    package var keepsGitOps: Bool
    /// The last lines of pods that do not come up are read, and kept in the journal.
    package var readsPodLogs: Bool
    /// What the candidate's Secrets say belongs to its likeness.
    package var fingerprintsSecrets: Bool
    /// The absolute folder for what a GitOps tool's source must say after the promotion.
    package var writesBackTo: String?
    /// A run whose holder is gone goes on where it stood; else it rolls back.
    package var goesOnWhenStale: Bool
    /// Who looks after the run should its holder be lost.
    package var guardian: FlowGuard?

    package init(name: String, target: FlowTarget, plan: RunPlan) {
        self.name = name
        self.target = target
        self.plan = plan
        routes = []
        gateway = nil
        prometheus = nil
        sources = []
        dark = []
        darkExample = nil
        darkVisitors = []
        tests = []
        gates = []
        scrape = .seconds(15)
        trustsWeights = false
        keepsGitOps = false
        readsPodLogs = true
        fingerprintsSecrets = false
        writesBackTo = nil
        goesOnWhenStale = false
    }
}

extension Flow {
    /// Only TLS and TCP routes are named: no dark route can stand, and weights come without one.
    var isWithoutHTTP: Bool { !routes.isEmpty && routes.allSatisfy(\.isWithoutHTTP) }

    /// Some test is a Kubernetes Job.
    package var hasJobs: Bool {
        tests.contains { if case .job = $0.kind { true } else { false } }
    }
}

/// `spec.guard`: a CronJob that the run posts, and takes away at its end.
package struct FlowGuard: Hashable, Sendable {
    package var image: String
    package var serviceAccount: String?
    /// As cron writes it.
    package var schedule: String

    package init(
        image: String, serviceAccount: String? = nil, schedule: String = "*/2 * * * *"
    ) {
        self.image = image
        self.serviceAccount = serviceAccount
        self.schedule = schedule
    }
}

package struct FlowTarget: Hashable, Sendable {
    package var namespace: String
    package var service: String
    /// The candidate's objects, exactly one Deployment among them.
    package var manifest: [KubernetesObject]
    package var versionLabel: String
    /// Stable's Deployment; nil: the one that has the service's traffic now.
    package var stable: String?

    package init(
        namespace: String, service: String, manifest: [KubernetesObject],
        versionLabel: String = "version", stable: String? = nil
    ) {
        self.namespace = namespace
        self.service = service
        self.manifest = manifest
        self.versionLabel = versionLabel
        self.stable = stable
    }
}

package struct FlowRoute: Hashable, Sendable {
    package var virtualService: String
    package var namespace: String?
    package var http: [String]
    package var tls: [TLS]
    /// Ports.
    package var tcp: [Int]

    /// A TLS route: what it matches.
    package struct TLS: Hashable, Sendable {
        package var port: Int?
        package var sniHosts: [String]

        package init(port: Int? = nil, sniHosts: [String] = []) {
            self.port = port
            self.sniHosts = sniHosts
        }
    }

    package init(
        virtualService: String, namespace: String? = nil, http: [String] = [], tls: [TLS] = [],
        tcp: [Int] = []
    ) {
        self.virtualService = virtualService
        self.namespace = namespace
        self.http = http
        self.tls = tls
        self.tcp = tcp
    }

    var isWithoutHTTP: Bool { http.isEmpty && !(tls.isEmpty && tcp.isEmpty) }
}

/// What the command line says beside the file.
package struct FlowOverrides: Hashable, Sendable {
    package struct Setting: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Container name to image, `--image NAME=REF`.
    package var images: [Setting] = []
    /// Template parameters, `--set k=v`.
    package var parameters: [Setting] = []
    /// Another manifest file, `--manifest`.
    package var manifest: String?
    package var namespace: String?
    /// Stable's Deployment, instead of the flow's: who brings an old version back knows it.
    package var stable: String?

    package init() {}
}

/// A file as its reader got it; what a flow needs is read through this door, so that a run can be
/// read again from its journal on another machine.
package struct FlowSource: Hashable, Sendable {
    package struct File: Hashable, Sendable {
        package var path: String
        package var bytes: [UInt8]

        package init(path: String, bytes: [UInt8]) {
            self.path = path
            self.bytes = bytes
        }
    }

    /// The flow, then every file that it names and that was read, by the path as written.
    package var files: [File]
    /// The absolute folder that relative paths start from.
    package var folder: String
    package var overrides: FlowOverrides

    package init(files: [File], folder: String, overrides: FlowOverrides) {
        self.files = files
        self.folder = folder
        self.overrides = overrides
    }

    /// The same flow with a manifest that a run's backup holds, from the version that the run
    /// brought.
    package func returning(to manifest: String, of run: String, from stable: String) -> FlowSource {
        let path = "the version before run \(run)"
        var source = self
        source.files =
            files.prefix(1) + [File(path: path, bytes: Array(manifest.utf8))]
            + files.dropFirst(2)
        source.overrides.images = []
        source.overrides.manifest = path
        source.overrides.stable = stable
        return source
    }
}

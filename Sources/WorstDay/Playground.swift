internal import CanaryEngine
package import FlowFiles
package import Foresight
internal import JSONTree
internal import Lab
internal import Manifests
internal import Rehearsal
package import Voyage

/// The world that a flow is rehearsed in, and its two versions.
package struct Playground: Sendable {
    /// Where the world comes from, for people.
    package enum Origin: Hashable, Sendable {
        case cluster(String)
        case manifests
    }

    package let flow: Flow
    package let origin: Origin
    /// The version labels.
    let stable: String
    let candidate: String
    let stage: Stage
    /// Users' requests a second.
    package let load: Double
    package let seed: UInt64
    /// People who are asked say yes: by the steps at which they are.
    let approvals: [Int: Scenario.Event]
    /// The candidate's Deployment.
    let deployment: String

    /// Users' requests a second where nobody says how many there are.
    package static let usualLoad = 50.0
    /// How both versions answer where nothing is wrong: always in the same time, so that no comparison
    /// of a test fails by chance.
    static let well: JSONTree = ["errorRate": 0, "latency": ["median": 20, "spread": 0]]

    /// As a cluster stands: `live` is what was seen of it.
    package init(
        _ charter: RunCharter, as live: LiveObjects, load: Double, seed: UInt64
    ) throws {
        let likening = try Likening(of: live, for: charter)
        try self.init(
            charter.flow, charter.source, .cluster(charter.cluster), likening.file.tree,
            unserved: likening.file.unserved, stable: charter.stable, load: load, seed: seed
        ) {
            likening.hold(&$0)
        } letGo: { deployment, namespace, state in
            likening.letGo(of: deployment, in: namespace, &state)
        }
    }

    /// With nothing but the flow's own files.
    package init(_ flow: Flow, from source: FlowSource, load: Double, seed: UInt64) throws {
        let world = try BareWorld(flow)
        try self.init(
            flow, source, .manifests, world.tree, unserved: [], stable: world.stable, load: load,
            seed: seed)
    }

    private init(
        _ flow: Flow, _ source: FlowSource, _ origin: Origin, _ world: JSONTree,
        unserved: [String], stable: RunCharter.Version?, load: Double, seed: UInt64,
        setUp: @escaping @Sendable (inout LabState) -> Void = { _ in },
        letGo: (@Sendable (String, String, inout LabState) -> Void)? = nil
    ) throws {
        self.flow = flow
        self.origin = origin
        let own = flow.target.manifest.first { $0.kind == ResourceKind.deployment.kind }
        deployment = own?.name ?? ""
        let label =
            own?.tree.at(["spec", "template", "metadata", "labels", flow.target.versionLabel])?
            .text ?? "candidate"
        candidate = label
        self.stable = stable?.label ?? "stable"
        self.load = load
        self.seed = seed
        var tree = world
        tree["seed"] = .integer(Int(truncatingIfNeeded: seed & 0xFFFF_FFFF))
        tree["users"] = [Self.users(of: flow, load, in: world)]
        tree["versions"] = .object(
            JSONObject([(self.stable, Self.well), (label, Self.well)]))
        tree["prometheus"] = ["scrapeInterval": .number(flow.scrape / .seconds(1))]
        var file = try LabWorldFile(tree)
        file.unserved = unserved
        var scenario = Scenario("rehearsal", version: label, world: file, ends: .promoted)
        scenario.given = source
        scenario.setUp = setUp
        scenario.longest = (flow.plan.longestForward + flow.plan.longestHome) * 2 + .seconds(86_400)
        scenario.outside = { Detour($0.world, for: flow) }
        scenario.variables = flow.variablesOfSources
        scenario.events = Self.releases(of: flow, stable, letGo)
        stage = try Stage(scenario)
        var approvals: [Int: Scenario.Event] = [:]
        for (index, step) in flow.plan.steps.enumerated() {
            guard case .approve = step else { continue }
            approvals[index] = .init(
                .upon(after: .seconds(1)) { $0.isAt(index) && $0.isApproving }, .signal(.approve))
        }
        self.approvals = approvals
    }

    /// Half of them come by the gateway, where a route stands there for them.
    private static func users(of flow: Flow, _ load: Double, in world: JSONTree) -> JSONTree {
        let hosts = (world["objects"]?.items ?? []).filter { $0["kind"] == "VirtualService" }
            .filter { object in
                (object.at("spec", "gateways")?.items ?? []).contains { $0.text != "mesh" }
            }.flatMap { $0.at("spec", "hosts")?.items ?? [] }.compactMap(\.text)
        var users: JSONTree = [
            "service": .string(flow.target.service), "namespace": .string(flow.target.namespace),
            "perSecond": .number(load), "gatewayShare": 0,
        ]
        if let host = flow.gatewayHost, hosts.contains(host) || hosts.contains("*") {
            users["host"] = .string(host)
            users["gatewayShare"] = .number(0.5)
        }
        return users
    }

    /// What `shrink` lets go is sized by nobody's load any more.
    private static func releases(
        of flow: Flow, _ stable: RunCharter.Version?,
        _ letGo: (@Sendable (String, String, inout LabState) -> Void)?
    ) -> [Scenario.Event] {
        guard let stable, let letGo else { return [] }
        let namespace = flow.target.namespace
        return flow.plan.steps.enumerated().compactMap { index, step in
            guard case .shrink = step else { return nil }
            return .init(
                .upon(after: .zero) { $0.isAt(index) },
                .world { letGo(stable.deployment, namespace, &$0) })
        }
    }
}

extension Standing {
    /// On the way forward, at that step.
    func isAt(_ step: Int) -> Bool {
        if case .advancing(let place) = state.course { place.step == step } else { false }
    }
}

import CanaryEngine
import HTTPMessages
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing
import Timekeeping
import YAML

@testable import IstioRoutes

/// A small cluster in which routers sail: its objects are written as YAML, its time is turned.
struct RouterWaters: Sendable {
    let turnable = TurnableWorld()
    let clock: LabClock
    let lab: LabWorld
    let begin: Int

    static let reviews = """
        apiVersion: v1
        kind: Service
        metadata: {name: reviews, namespace: shop}
        spec: {ports: [{name: http, port: 80}], selector: {app: reviews}}
        """

    /// Those of the two versions.
    static let services = ["v1", "v2"].map { version in
        KubernetesObject([
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": .string("reviews-\(version)"), "namespace": "shop"],
            "spec": [
                "ports": [["name": "http", "port": 80]],
                "selector": ["app": "reviews", "version": .string(version)],
            ],
        ])
    }

    /// The same as YAML.
    static let byHosts = services.map { service in
        String(decoding: JSONWriter.bytes(of: service.tree), as: UTF8.self) + "\n---\n"
    }.joined()

    init(_ objects: String) throws {
        let trees = try YAMLReader.documents(of: Self.reviews + "\n---\n" + objects).map(\.tree)
            .filter { $0["kind"] != nil }
        clock = LabClock(turnable)
        let file = try LabWorldFile([
            "kind": "World", "seed": 1, "warmUp": "1s", "objects": .array(trees),
        ])
        lab = LabWorld(try file.begin(date: clock.epoch), time: clock)
        begin = lab.history().last?.revision ?? 0
    }

    /// A router of one holder of the run; with a plan of faults, its calls go wrong.
    func router(
        _ scope: RouteScope = .reviews, epoch: Int = 1, known: [ObjectReference] = [],
        backup: [KubernetesObject]? = nil, faults: FaultPlan? = nil, life: Lifeline? = nil
    ) -> IstioRouter {
        var transport: any HTTPTransport = lab
        if let faults { transport = FaultyTransport(lab, time: clock, plan: faults) }
        if let life { transport = MortalTransport(transport, life) }
        let time: any Timekeeper = life.map { MortalClock(clock, $0) } ?? clock
        let client = KubernetesClient(server: LabWorld.server, transport: transport, time: time)
        let seal = WriteSeal(run: scope.run, epoch: epoch, head: "1:abc")
        var before: (@Sendable () async throws -> [KubernetesObject])?
        if let backup { before = { backup } }
        return IstioRouter(
            scope: scope, writer: SealedWriter(client: client, time: time, seal: { seal }),
            known: known, backup: before)
    }

    func object(_ kind: ResourceKind, _ name: String = "reviews") -> KubernetesObject? {
        lab.snapshot().cluster.object(ObjectReference(kind, namespace: "shop", name: name))
    }

    var routes: KubernetesObject? { object(.virtualService) }
    var rule: KubernetesObject? { object(.destinationRule) }

    /// Somebody else edits an object, under a name of their own.
    func edit(
        _ kind: ResourceKind, _ name: String = "reviews", by manager: String,
        _ change: (inout KubernetesObject) -> Void
    ) async throws {
        var object = try #require(self.object(kind, name))
        change(&object)
        let url =
            "\(LabWorld.server)/apis/\(kind.apiVersion)/namespaces/shop/\(kind.plural)/\(name)"
            + "?fieldManager=\(manager)"
        let answer = try await lab.send(HTTPRequest("PUT", url, body: .tree(object.tree)))
        #expect(answer.status == 200)
    }

    /// Somebody else deletes an object.
    func delete(_ kind: ResourceKind, _ name: String = "reviews") async throws {
        let url =
            "\(LabWorld.server)/apis/\(kind.apiVersion)/namespaces/shop/\(kind.plural)/\(name)"
            + "?fieldManager=kubectl"
        #expect(try await lab.send(HTTPRequest("DELETE", url)).status == 200)
    }

    /// Runs a story in virtual time.
    func play<Value: Sendable>(_ story: @escaping @Sendable () async throws -> Value) throws
        -> Value
    {
        try turnable.run(atMost: .seconds(86_400), story)
    }

    /// Holds every version that was ever stored against S1 and S3: weights of the service's routes
    /// sum to 100, and a subset of ours, or a version's Service, exists as long as a route names it.
    func audit(_ scope: RouteScope = .reviews) {
        var rules: [ObjectReference: KubernetesObject] = [:]
        var routes: [ObjectReference: KubernetesObject] = [:]
        var services: [String: KubernetesObject] = [:]
        for version in lab.history() {
            switch version.reference.kind.plural {
            case "destinationrules": rules[version.reference] = version.object
            case "virtualservices": routes[version.reference] = version.object
            case "services": services[version.reference.name] = version.object
            default: continue
            }
            guard version.revision > begin, version.manager == "theseus" else { continue }
            let present = rules.values.flatMap(SubsetEdit.subsets).compactMap { $0["name"]?.text }
            for object in routes.values {
                let reading = RouteReading(object)
                for place in reading.places(leadingTo: scope.hosts) {
                    let list = reading.destinations(of: reading[place]) ?? []
                    #expect(list.reduce(0) { $0 + $1.weight } == 100)
                    for destination in list where destination.host == scope.host {
                        #expect(destination.subset.map { present.contains($0) } ?? true)
                    }
                    for destination in list
                    where destination.host != scope.host && scope.hosts.contains(destination.host) {
                        #expect(destination.subset == nil)
                        let name = String(destination.host.name.prefix { $0 != "." })
                        #expect(services[name] != nil)
                    }
                }
            }
        }
    }
}

extension IstioRouter {
    /// Seals what is there, as a run does with its first write.
    func claim() async throws {
        for reference in try await survey().touched { _ = try await writer.claim(reference) }
    }
}

/// What a caller does with a router, in the order in which it does it.
enum RouterLeg: Sendable, Hashable {
    case stableSubset, pin, candidateSubset, dark, mirror(Int), stick, shift(Int, from: Int)
    case home, removeDark, removeCandidateSubset, unpin, tidyHome
    case dropStable, removeStableSubset, tidy

    static let forward: [RouterLeg] = [
        .stableSubset, .pin, .candidateSubset, .dark, .shift(1, from: 0), .shift(50, from: 1),
        .shift(100, from: 50),
    ]
    /// The way with all that one can ask for.
    static let whole: [RouterLeg] =
        forward.prefix(4) + [.mirror(10), .stick] + forward.dropFirst(4)
    static let back: [RouterLeg] = [
        .home, .removeDark, .removeCandidateSubset, .unpin, .tidyHome,
    ]
    static let closing: [RouterLeg] = [.removeDark, .dropStable, .removeStableSubset, .tidy]

    func sail(_ router: IstioRouter, backup: [KubernetesObject]) async throws {
        switch self {
        case .stableSubset:
            try await router.claim()
            try await router.ensureStableSubset()
        case .pin: try await router.pin()
        case .candidateSubset: try await router.addCandidateSubset()
        case .dark:
            if !router.scope.dark.isEmpty { try await router.addDarkRoute() }
        case .mirror(let part): try await router.mirror(percent(part))
        case .stick:
            try await router.stick(Stickiness(cookie: "stay", ttl: .seconds(60)))
        case .shift(let weight, let before):
            try await router.shift(to: percent(weight), expecting: percent(before))
        case .home: _ = try await router.sendHome(share: .none)
        case .removeDark: try await router.removeDarkRoute()
        case .removeCandidateSubset: try await router.removeCandidateSubset()
        case .unpin: try await router.unpin(backup: backup)
        case .tidyHome: try await router.tidyHome()
        case .dropStable: try await router.dropStable()
        case .removeStableSubset: try await router.removeStableSubset()
        case .tidy: try await router.tidy()
        }
    }
}

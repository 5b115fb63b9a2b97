internal import JSONTree
internal import Manifests

/// The few things of the cluster that the promises speak of, at one moment of its history.
///
/// Kept by one pass over the stored versions.
struct AuditedWorld: Sendable {
    /// A pod of either version.
    struct Pod: Sendable {
        let side: Side
        let isReady: Bool
        /// Ready or not, it may still answer: it is there and not on its way out.
        let isStanding: Bool
        /// When it was last seen ready; nil while it is.
        let lastReady: Int?
    }

    /// A DestinationRule of the service.
    struct Rule: Sendable {
        let reference: ObjectReference
        var subsets: [(name: String, side: Side)]
    }

    private let cast: Cast
    private let run: String
    private(set) var tables: [RouteTable] = []
    private(set) var rules: [Rule] = []
    /// Whose each subset is or, once gone, was.
    private var sides: [String: Side] = [:]
    /// Whose it was when it first was that of one version.
    private var meant: [String: Side] = [:]
    private var pods: [String: Pod] = [:]
    /// The names of the Services that are there.
    private var services: Set<String> = []
    /// The newest version changed a route or a pod.
    private(set) var hasChanged = false
    /// What says that users are led to a subset that is not there, or that means others than it did;
    /// nil where they meet whom they are led to.
    private(set) var astray: String?

    /// A write is decided on a look that is a little older than the version it makes.
    static let lookAge = 5_000

    init(_ cast: Cast, run: String) {
        self.cast = cast
        self.run = run
    }

    /// What a version of a VirtualService says; nil for anything else, and where it is gone.
    func table(of stored: StoredObject) -> RouteTable? {
        guard stored.reference.kind.kind == "VirtualService" else { return nil }
        return stored.object.map { RouteTable($0, at: stored.reference, cast: cast, run: run) }
    }

    /// `table`: what it says, if it is of a VirtualService.
    mutating func take(_ stored: StoredObject, _ table: RouteTable?) {
        hasChanged = false
        switch stored.reference.kind.kind {
        case "Pod":
            hasChanged = true
            takePod(stored)
        case "VirtualService":
            hasChanged = true
            tables.removeAll { $0.reference == stored.reference }
            if let table, !table.routes.isEmpty { tables.append(table) }
            astray = whoIsAstray()
        case "DestinationRule":
            takeRule(stored)
            astray = whoIsAstray()
        case "Service":
            takeService(stored)
        default:
            break
        }
    }

    private mutating func takePod(_ stored: StoredObject) {
        guard stored.reference.namespace == cast.namespace else { return }
        let name = stored.reference.name
        let before = pods[name]
        let side: Side =
            if stored.object == nil {
                before?.side ?? .neither
            } else if cast.isPod(stored.object, of: cast.candidate) {
                .candidate
            } else if cast.isPod(stored.object, of: cast.stable) {
                .stable
            } else {
                .neither
            }
        guard side != .neither else { return }
        let isStanding = stored.object.map { !$0.isBeingDeleted } ?? false
        let isReady =
            isStanding
            && (stored.object?.status["conditions"]?.items ?? []).contains {
                $0["type"]?.text == "Ready" && $0["status"]?.text == "True"
            }
        let lastReady = before?.isReady == true ? stored.date : before?.lastReady
        pods[name] = Pod(
            side: side, isReady: isReady, isStanding: isStanding,
            lastReady: isReady ? nil : lastReady)
    }

    private mutating func takeService(_ stored: StoredObject) {
        guard stored.reference.namespace == cast.namespace else { return }
        if stored.object.map({ !$0.isBeingDeleted }) ?? false {
            services.insert(stored.reference.name)
        } else {
            services.remove(stored.reference.name)
        }
    }

    private mutating func takeRule(_ stored: StoredObject) {
        rules.removeAll { $0.reference == stored.reference }
        guard let object = stored.object, let host = object.spec["host"]?.text,
            cast.serviceName(host, from: stored.reference.namespace) == cast.service
        else { return }
        var subsets: [(name: String, side: Side)] = []
        for entry in object.spec["subsets"]?.items ?? [] {
            guard let name = entry["name"]?.text else { continue }
            let side = cast.side(ofSubset: entry["labels"])
            sides[name] = side
            if meant[name] == nil, side == .stable || side == .candidate { meant[name] = side }
            subsets.append((name, side))
        }
        rules.append(Rule(reference: stored.reference, subsets: subsets))
    }

    // MARK: Questions

    func table(_ reference: ObjectReference) -> RouteTable? {
        tables.first { $0.reference == reference }
    }

    /// Ready pods of a version; those count, too, that were ready a moment ago.
    func readyPods(_ side: Side, at date: Int) -> Int {
        var count = 0
        for pod in pods.values where pod.side == side {
            let wasReady = pod.lastReady.map { date - $0 <= Self.lookAge } ?? false
            if pod.isReady || wasReady { count += 1 }
        }
        return count
    }

    /// Whether any pod of a version is ready just now.
    func hasReadyPod(_ side: Side) -> Bool {
        pods.values.contains { $0.side == side && $0.isReady }
    }

    func standingPods(_ side: Side) -> Int {
        pods.values.count { $0.side == side && $0.isStanding }
    }

    /// Whose pods a destination of the service means; nil where its subset never was.
    func side(of destination: RouteTable.Destination) -> Side? {
        if let host = destination.host { return cast.side(ofHost: host) }
        guard let subset = destination.subset else { return .both }
        return sides[subset]
    }

    /// Whether a subset once was that of one version, whatever it is now.
    func isOfVersion(_ subset: String) -> Bool { meant[subset] != nil }

    private func whoIsAstray() -> String? {
        for table in tables {
            for route in table.routes where !route.isDark {
                for destination in route.destinations
                where destination.isOfService && destination.host == nil && destination.weight > 0 {
                    guard let subset = destination.subset else { continue }
                    let fault: String
                    if !hasSubset(subset) {
                        fault = "which is not there"
                    } else if let meant = meant[subset], sides[subset] != meant {
                        fault = "which does not mean the \(meant) version any more"
                    } else {
                        continue
                    }
                    return "route \(route.key) of \(table.reference) leads to the subset"
                        + " \(subset), \(fault)"
                }
            }
        }
        return nil
    }

    func hasService(_ name: String) -> Bool { services.contains(name) }

    func hasSubset(_ name: String) -> Bool {
        rules.contains { rule in rule.subsets.contains { $0.name == name } }
    }

    /// What a route gives a version, and of which pool.
    func part(of side: Side, in route: RouteTable.Route) -> Int {
        route.destinations.reduce(0) { sum, destination in
            guard destination.isOfService, self.side(of: destination) == side else { return sum }
            return sum &+ destination.weight
        }
    }

    /// The candidate's share of the pool in a VirtualService, in percent, rounded down; of several
    /// routes the highest.
    func candidateShare(in table: RouteTable?) -> Int {
        var share = 0
        for route in table?.routes ?? [] where !route.isAside && route.pool > 0 {
            share = max(share, part(of: .candidate, in: route) &* 100 / route.pool)
        }
        return share
    }
}

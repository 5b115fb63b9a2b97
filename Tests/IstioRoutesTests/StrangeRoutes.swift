import JSONTree
import Manifests

/// VirtualServices and DestinationRules as nobody would write them, but anybody may: the same
/// seed gives the same pair.
struct StrangeRoutes {
    private var state: UInt64
    /// Each version has a Service, and routes lead to these.
    let byHosts: Bool

    init(seed: UInt64) {
        state = seed
        byHosts = seed % 3 == 1
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func coin() -> Bool { below(2) == 0 }
    mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }

    /// Any tree at all, small.
    mutating func anything(depth: Int = 2) -> JSONTree {
        switch below(depth > 0 ? 7 : 5) {
        case 0: return .null
        case 1: return .bool(coin())
        case 2: return .integer(below(1000) - 500)
        case 3: return .number(Double(below(1000)) / 8 + 0.0625)
        case 4: return .string(one(of: ["", "theseus", "reviews", "weight", "ü\n\"", "v1"]))
        case 5: return .array((0..<below(3)).map { _ in anything(depth: depth - 1) })
        default:
            return .object(
                JSONObject(
                    (0..<below(3)).map { ("key\($0)", anything(depth: depth - 1)) }))
        }
    }

    /// Fields of a route that we copy or leave, but never read.
    mutating func decorate(_ tree: inout JSONTree, with keys: [String]) {
        for key in keys where below(3) == 0 { tree[key] = anything() }
    }

    mutating func match() -> JSONTree {
        var match: JSONTree = ["uri": ["prefix": .string("/\(below(9))")]]
        if coin() { match["headers"] = ["x-\(below(3))": ["exact": "y"]] }
        if coin() { match["gateways"] = ["mesh"] }
        if coin() { match["unheardOf"] = anything() }
        return match
    }

    mutating func neighbour(_ number: Int) -> JSONTree {
        var route: JSONTree
        switch below(5) {
        case 0: route = ["redirect": ["uri": "/"]]
        case 1: route = ["directResponse": ["status": 204]]
        case 2: route = ["delegate": ["name": "elsewhere"]]
        case 3: route = ["route": [["destination": ["host": "ratings"], "weight": 100]]]
        default:
            route = [
                "route": [["destination": ["host": "reviews.other"]]], "mirror": ["host": "x"],
            ]
        }
        if coin() { route["name"] = .string("n\(number)") }
        decorate(&route, with: ["fault", "timeout", "headers", "unheardOf", "match"])
        return route
    }

    /// A route to the service that the survey takes.
    mutating func ours(_ number: Int) -> JSONTree {
        // One that still leads to the service itself is moved to stable's host.
        let service = byHosts && below(5) > 0 ? "reviews-v1" : "reviews"
        var destination: JSONTree = [
            "host": .string(
                service + one(of: ["", ".shop", ".shop.svc.cluster.local"]))
        ]
        if coin() { destination["port"] = ["number": 9080] }
        if coin(), !byHosts { destination["subset"] = "v1" }
        if below(4) == 0 { destination["unheardOf"] = anything() }
        var home: JSONTree = ["destination": destination]
        if below(3) == 0 { home["headers"] = anything() }
        var list: [JSONTree] = []
        var left = 100
        for foreign in 0..<below(3) {
            let weight = below(40)
            left -= weight
            list.append([
                "weight": .integer(weight), "destination": ["host": .string("f\(foreign)")],
            ])
        }
        if !list.isEmpty || coin() { home["weight"] = .integer(left) }
        list.insert(home, at: below(list.count + 1))
        if home["weight"] != nil, below(4) == 0 {
            let candidate: JSONTree =
                byHosts ? ["host": "reviews-v2"] : ["host": "reviews", "subset": "v2"]
            list.append(["destination": candidate, "weight": 0])
        }
        var route: JSONTree = [:]
        if coin() { route["name"] = .string("r\(number)") }
        if coin() { route["match"] = .array((0...below(2)).map { _ in match() }) }
        decorate(
            &route,
            with: [
                "rewrite", "timeout", "retries", "fault", "mirrorPercentage", "corsPolicy",
                "unheardOf",
            ])
        route["route"] = .array(list)
        if below(3) == 0 { route["headers"] = ["response": ["set": ["a": "b"]]] }
        if below(4) == 0 { route["mirror"] = ["host": "shadow"] }
        return route
    }

    /// TLS or TCP routes: some lead elsewhere, some to the service, no two by the same match.
    mutating func connections(isTLS: Bool) -> [JSONTree] {
        var routes: [JSONTree] = []
        for number in 0...below(3) {
            if coin() {
                var elsewhere: JSONTree = ["route": [["destination": ["host": "database"]]]]
                decorate(&elsewhere, with: ["match", "unheardOf"])
                routes.append(elsewhere)
            }
            guard coin() else { continue }
            var route = ours(number)
            for key in ["name", "mirror", "mirrorPercentage", "headers"] { route[key] = nil }
            var match: JSONTree = ["port": .integer(3306 + number)]
            if isTLS { match["sniHosts"] = ["a.example.com", .string("\(number).example.com")] }
            if coin() { match["sourceLabels"] = ["app": "web"] }
            route["match"] = [match]
            routes.append(route)
        }
        return routes
    }

    mutating func virtualService() -> KubernetesObject {
        var http: [JSONTree] = []
        for number in 0...below(4) {
            for extra in 0..<below(3) { http.append(neighbour(10 * number + extra)) }
            http.append(ours(number))
        }
        var spec: JSONTree = ["hosts": ["reviews", "shop.example.com"]]
        if coin() { spec["gateways"] = ["mesh", "edge"] }
        spec["http"] = .array(http)
        if coin() { spec["tcp"] = .array(connections(isTLS: false)) }
        if coin() { spec["tls"] = .array(connections(isTLS: true)) }
        if coin() { spec["exportTo"] = ["*"] }
        if coin() { spec["unheardOf"] = anything() }
        return object("VirtualService", spec)
    }

    mutating func rule() -> KubernetesObject {
        var subsets: [JSONTree] = [["name": "v1", "labels": ["version": "v1"]]]
        if coin() { subsets[0]["trafficPolicy"] = anything() }
        subsets.append(["name": "v2", "labels": ["version": "v2"]])
        if coin() { subsets.append(["name": "odd", "labels": ["a": "b"], "more": anything()]) }
        var spec: JSONTree = ["host": "reviews"]
        if coin() { spec["trafficPolicy"] = anything() }
        spec["subsets"] = .array(subsets)
        if coin() { spec["unheardOf"] = anything() }
        return object("DestinationRule", spec)
    }

    private mutating func object(_ kind: String, _ spec: JSONTree) -> KubernetesObject {
        var tree: JSONTree = [
            "apiVersion": "networking.istio.io/v1", "kind": .string(kind),
            "metadata": ["name": "reviews", "namespace": "shop", "resourceVersion": "7"],
        ]
        if coin() { tree.set(["team": "a"], at: "metadata", "labels") }
        if coin() { tree.set(["note": "theirs"], at: "metadata", "annotations") }
        if coin() { tree.set(anything(), at: "metadata", "unheardOf") }
        tree["spec"] = spec
        if coin() { tree["status"] = anything() }
        return KubernetesObject(tree)
    }
}

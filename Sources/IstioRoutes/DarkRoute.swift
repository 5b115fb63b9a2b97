package import JSONTree
package import Manifests

/// The names of a run's dark routes.
package struct DarkRoute: Hashable, Sendable {
    package let run: String

    package init(run: String) { self.run = run }

    package static let beginning = "theseus-"
    /// By this response header a test knows who answered.
    package static let header = "theseus-run"

    /// The name of the n-th dark route (from 0) of a VirtualService: a DNS label.
    package func name(_ place: Int) -> String {
        let ending = place == 0 ? "" : "-\(place + 1)"
        let room = 63 - Self.beginning.count - ending.count
        let cut = DNSLabel.text(of: run, longest: room)
        return Self.beginning + cut + ending
    }

    func isOurs(_ route: JSONTree, among count: Int) -> Bool {
        guard let name = route["name"]?.text else { return false }
        return (0..<count).contains { self.name($0) == name }
    }
}

extension RouteEdit {
    private var dark: DarkRoute { DarkRoute(run: record.run) }

    /// Puts before each of the run's http routes one that takes the matched requests, and only
    /// those, to the candidate.
    ///
    /// TLS and TCP routes see no headers: none can stand before them.
    /// It is its base route in everything but mirrors and destinations: same matches and the dark
    /// one besides, same rewrite, timeout, retries, faults, CORS policy, headers and port.
    package func darkened(_ object: KubernetesObject, matching blocks: [JSONTree])
        throws(RouteRefusal) -> KubernetesObject
    {
        let clean = undarkened(object)
        let reading = reading(clean)
        var http = reading.http
        var added: [(place: Int, route: JSONTree)] = []
        let ours = places(in: clean).filter { $0.route.key.list == .http }
        for (number, found) in ours.enumerated() {
            guard let place = found.place?.index else { continue }
            let route = try darkRoute(http[place], number, blocks, in: reading)
            added.append((place, route))
        }
        for (place, route) in added.sorted(by: { $0.place > $1.place }) {
            http.insert(route, at: place)
        }
        guard !added.isEmpty else { return clean }
        var darkened = clean
        darkened.tree.set(.array(http), at: "spec", "http")
        return darkened
    }

    /// Takes the run's dark routes away.
    package func undarkened(_ object: KubernetesObject) -> KubernetesObject {
        let http = reading(object).http
        let kept = http.filter { !dark.isOurs($0, among: record.routes.count) }
        guard kept.count != http.count else { return object }
        var object = object
        object.tree.set(.array(kept), at: "spec", "http")
        return object
    }

    func isDark(_ route: JSONTree) -> Bool { dark.isOurs(route, among: record.routes.count) }

    /// Whether the run itself put the route beside those that it moves.
    func isAside(_ route: JSONTree) -> Bool {
        isDark(route) || KeptRoute.isOurs(route, of: record.run, among: record.routes.count)
    }

    /// Whether the run's dark routes stand.
    package func isDarkened(_ object: KubernetesObject) -> Bool {
        reading(object).http.contains { dark.isOurs($0, among: record.routes.count) }
    }

    private func darkRoute(
        _ base: JSONTree, _ number: Int, _ blocks: [JSONTree], in reading: RouteReading
    ) throws(RouteRefusal) -> JSONTree {
        var route = base
        route["name"] = nil
        var members = JSONObject([("name", .string(dark.name(number)))])
        for member in route.members ?? [:] { members[member.key] = member.value }
        route = .object(members)
        for field in RouteEdit.mirrorFields { route[field] = nil }
        let place = "\(reading.place), http route \(base["name"]?.text ?? "(unnamed)")"
        route["match"] = .array(
            try MatchProduct.of(base["match"]?.items ?? [], blocks, at: place))
        let list = base["route"]?.items ?? []
        guard var destination = list.first(where: { side(of: $0, in: reading) == .stable }) else {
            throw RouteRefusal(.leadsElsewhere(service: record.service), at: place)
        }
        record.candidate.take(&destination, in: reading)
        destination["weight"] = nil
        route["route"] = .array([destination])
        route.set(.string(record.run), at: "headers", "response", "set", DarkRoute.header)
        return route
    }
}

/// Every match of a route together with every dark match: a request must fit both.
enum MatchProduct {
    static func of(_ base: [JSONTree], _ dark: [JSONTree], at place: String)
        throws(RouteRefusal) -> [JSONTree]
    {
        var product: [JSONTree] = []
        for outer in base.isEmpty ? [.object([:])] : base {
            for inner in dark {
                product.append(try both(outer, inner, at: place))
            }
        }
        return product
    }

    /// Fields in which all entries must fit: those of both blocks together.
    private static let maps = ["headers", "withoutHeaders", "queryParams", "sourceLabels"]

    /// Whether one of these blocks takes every request that `match` means: it asks for nothing that
    /// `match` does not ask for in the same words.
    static func takes(_ blocks: [JSONTree], _ match: JSONTree) -> Bool {
        blocks.contains { block in
            guard let members = block.members else { return false }
            return members.allSatisfy { member in
                if member.key == "name" { return true }
                guard maps.contains(member.key), let entries = member.value.members else {
                    return match[member.key] == member.value
                }
                return entries.allSatisfy { match[member.key]?[$0.key] == $0.value }
            }
        }
    }

    private static func both(_ base: JSONTree, _ dark: JSONTree, at place: String)
        throws(RouteRefusal) -> JSONTree
    {
        var result = base
        for member in dark.members ?? [:] {
            if maps.contains(member.key), let mine = base[member.key]?.members {
                var joined = mine
                for entry in member.value.members ?? [:] {
                    guard mine[entry.key] == nil || mine[entry.key] == entry.value else {
                        throw RouteRefusal(
                            .darkConflict(field: "\(member.key).\(entry.key)"), at: place)
                    }
                    joined[entry.key] = entry.value
                }
                result[member.key] = .object(joined)
            } else if member.key == "name" {
                result["name"] = base["name"] ?? member.value
            } else {
                guard base[member.key] == nil || base[member.key] == member.value else {
                    throw RouteRefusal(.darkConflict(field: member.key), at: place)
                }
                result[member.key] = member.value
            }
        }
        return result
    }
}

internal import CanaryEngine
internal import JSONTree
internal import Manifests

/// The routes by which users stay with the version that they met.
///
/// Each answer to a user without a cookie sets one that names the version it came from: the
/// candidate's is good for the run, stable's only until the candidate's weight next rises, so that
/// everybody else is divided anew then. Before the base route stands one for either cookie.
enum KeptRoute {
    /// The names of the routes for users of the candidate, and of stable.
    static let candidateName = "theseus-keep-"
    static let stableName = "theseus-stay-"
    static let header = "Set-Cookie"

    static func name(_ beginning: String, _ run: String, _ place: Int) -> String {
        let ending = place == 0 ? "" : "-\(place + 1)"
        let room = 63 - beginning.count - ending.count
        return beginning + DNSLabel.text(of: run, longest: room) + ending
    }

    static func isOurs(_ route: JSONTree, of run: String, among count: Int) -> Bool {
        guard let name = route["name"]?.text,
            name.hasPrefix(candidateName) || name.hasPrefix(stableName)
        else { return false }
        return (0..<count).contains { place in
            [candidateName, stableName].contains { self.name($0, run, place) == name }
        }
    }

    /// Of letters, digits and dashes, so that a regular expression can hold it as it is.
    private static func beginning(_ run: String) -> String {
        DNSLabel.text(of: run, longest: 40) + "-"
    }

    static func candidateValue(_ run: String) -> String { beginning(run) + "new" }

    static func stableValue(_ run: String, at weight: TrafficWeight) -> String {
        beginning(run) + "\(weight.percent)"
    }

    static func isOurs(_ cookie: String, _ stickiness: Stickiness, of run: String) -> Bool {
        cookie.hasPrefix("\(stickiness.cookie)=\(beginning(run))")
    }

    static func cookie(_ stickiness: Stickiness, _ value: String) -> String {
        "\(stickiness.cookie)=\(value); Path=/; Max-Age=\(stickiness.ttl.components.seconds);"
            + " HttpOnly; SameSite=Lax"
    }

    static func match(_ stickiness: Stickiness, _ value: String) -> JSONTree {
        let pattern = "^(.*;\\s*)?\(stickiness.cookie)=\(value)(;.*)?$"
        return ["headers": ["cookie": ["regex": .string(pattern)]]]
    }

    /// Refuses a route on which users cannot be kept, before anything is written.
    static func check(_ found: FoundRoute, _ stickiness: Stickiness, _ scope: RouteScope)
        throws(RouteRefusal)
    {
        try check(found.route["match"], stickiness, scope, at: found.words)
        for bearer in [found.route] + (found.route["route"]?.items ?? []) {
            guard let field = conflict(in: bearer["headers"]) else { continue }
            throw RouteRefusal(.stickyConflict(field: field), at: found.words)
        }
    }

    /// Refuses a match, of the route or of one that delegates to it, that our cookie contradicts.
    static func check(
        _ match: JSONTree?, _ stickiness: Stickiness, _ scope: RouteScope, at place: String
    ) throws(RouteRefusal) {
        let block = self.match(stickiness, candidateValue(scope.run))
        do throws(RouteRefusal) {
            _ = try MatchProduct.of(match?.items ?? [], [block], at: place)
        } catch {
            throw RouteRefusal(.stickyConflict(field: "match.headers.cookie"), at: place)
        }
    }

    /// What of a route's or a destination's headers stands in our cookie's way, or cannot be read;
    /// nil where ours can be added, and reaches the user, without touching what stands there.
    private static func conflict(in headers: JSONTree?) -> String? {
        guard let headers else { return nil }
        guard headers.members != nil else { return "headers" }
        guard let response = headers["response"] else { return nil }
        guard let lists = response.members else { return "headers.response" }
        for list in lists where ["add", "set", "remove"].contains(list.key) {
            let names =
                list.key == "remove"
                ? list.value.items?.map { $0.text ?? "" } : list.value.members?.map(\.key)
            guard let names, !names.contains(where: { $0.lowercased() == header.lowercased() })
            else { return "headers.response.\(list.key)" }
        }
        return nil
    }
}

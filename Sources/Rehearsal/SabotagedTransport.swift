internal import HTTPMessages
internal import JSONTree

/// A transport that makes of right requests what a faulty theseus would have sent.
struct SabotagedTransport: HTTPTransport {
    private let inner: any HTTPTransport
    private let saboteur: Saboteur
    let date: @Sendable () -> Int

    var sabotage: Sabotage { saboteur.sabotage }

    /// `date`: in milliseconds since 1970, for answers that are made up.
    init(_ inner: any HTTPTransport, _ saboteur: Saboteur, date: @escaping @Sendable () -> Int) {
        self.inner = inner
        self.saboteur = saboteur
        self.date = date
    }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let response = try await answer(request)
        saboteur.hear(request, response, at: date())
        return response
    }

    private func answer(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        guard isOfSabotage(request) else { return try await inner.send(request) }
        if request.method == "GET" || request.url.contains("/prometheus/") {
            return flattered(try await inner.send(request), to: request)
        }
        guard let tree = try? request.body.tree() else { return try await inner.send(request) }
        let before = try await before(request)
        if try await refuses(tree, before, request) {
            return HTTPResponse(
                status: 503, headers: ["Retry-After": "5"],
                body: .tree(["kind": "Status", "status": "Failure", "code": 503]))
        }
        guard let spoilt = spoilt(tree, before) else {
            return HTTPResponse(status: 200, body: .tree(tree))  // believed, and never done
        }
        var spoiltRequest = request
        spoiltRequest.body = .tree(spoilt)
        let response = try await inner.send(spoiltRequest)
        if sabotage == .hastyRemoval, Self.share(tree) == 0, Self.share(before) > 0 {
            _ = try await inner.send(Self.removal(of: before, after: request))
        }
        return response
    }

    /// The object as it is before the write, for faults that depend on it.
    private func before(_ request: HTTPRequest) async throws(HTTPFailure) -> JSONTree {
        guard request.method == "PUT" else { return .null }
        switch sabotage {
        case .deafHome, .forgottenMarks, .waitForAll, .homeToBroken, .hastyRemoval:
            let look = HTTPRequest("GET", request.url, headers: request.headers)
            return ((try? await inner.send(look).body.tree()) ?? nil) ?? .null
        default: return .null
        }
    }

    /// A faulty theseus would not write now.
    private func refuses(_ tree: JSONTree, _ before: JSONTree, _ request: HTTPRequest)
        async throws(HTTPFailure) -> Bool
    {
        switch sabotage {
        case .strangeRoute: return tree.at("spec", "tcp") != nil
        case .waitForAll:
            guard Self.share(tree) < Self.share(before) else { return false }
            let url = Self.deployment("demo-app-v1", beside: request.url)
            let look = HTTPRequest("GET", url, headers: request.headers)
            let stable = ((try? await inner.send(look).body.tree()) ?? nil) ?? .null
            let ready = stable.at("status", "readyReplicas")?.whole ?? 0
            return ready < stable.at("spec", "replicas")?.whole ?? 0
        default: return false
        }
    }

    private static func deployment(_ name: String, beside url: String) -> String {
        let server = url[..<(url.firstRange(of: "/apis/")?.lowerBound ?? url.endIndex)]
        return "\(server)/apis/apps/v1/namespaces/demo/deployments/\(name)"
    }

    /// Removes the Deployment of the subset that has just lost its weight.
    private static func removal(of routes: JSONTree, after request: HTTPRequest) -> HTTPRequest {
        let version =
            Self.routes(routes).compactMap { $0["route"]?.items }
            .first { $0.count > 1 }?.last?.at("destination", "subset")?.text ?? ""
        let name = version.hasPrefix("demo-app-") ? version : "demo-app-\(version)"
        return HTTPRequest(
            "DELETE", deployment(name, beside: request.url), headers: request.headers)
    }

    private func isOfSabotage(_ request: HTTPRequest) -> Bool {
        let isWrite = request.method == "PUT" || request.method == "POST"
        return switch sabotage {
        case .wildWeights, .shortWeights, .neverPinned, .deafHome, .greedyRoute, .wholeSpec,
            .unfenced, .impatient, .waitForAll, .strangeRoute, .homeToBroken, .hastyRemoval:
            isWrite && request.url.contains("/virtualservices/")
        case .deafAfterPromote, .flappingDeadline, .skippedDeadline, .lostHook: false
        case .forgottenMarks: request.method == "PUT"
        case .lateSubset: isWrite && request.url.contains("/destinationrules")
        case .zeroOfZero:
            request.method == "GET"
                && (request.url.contains("/pods") || request.url.contains("/deployments"))
        case .flatteringMetrics:
            request.url.contains("/prometheus/") && asks(request, for: "response_code")
        case .hastyGate, .harmlessNaN, .lastSeries: request.url.contains("/prometheus/")
        }
    }

    func asks(_ request: HTTPRequest, for word: String) -> Bool {
        request.url.contains(word)
            || String(decoding: request.body.bytes ?? [], as: UTF8.self).contains(word)
    }

    // MARK: Writes

    /// What is sent in place of `tree`; nil: nothing, and it counts as done.
    private func spoilt(_ tree: JSONTree, _ before: JSONTree) -> JSONTree? {
        var spoilt = tree
        let share = Self.share(tree)
        switch sabotage {
        case .wildWeights:
            if share > 0 { Self.set([-25, 125], in: &spoilt) }
        case .shortWeights:
            if share > 0 { Self.set([99 - share, share], in: &spoilt) }
        case .impatient:
            if share > 0 { Self.set([0, 100], in: &spoilt) }
        case .lateSubset:
            if (tree.at("spec", "subsets")?.items?.count ?? 0) > 1 { return nil }
        case .neverPinned:
            if Self.routes(tree).count == 1, share == 0 { return nil }
        case .deafHome:
            if share < Self.share(before) { return nil }
        case .greedyRoute:
            Self.change(&spoilt) { route in
                let kept = (route["route"]?.items ?? []).filter {
                    $0.at("destination", "host")?.text?.hasPrefix("demo-app") ?? false
                }
                let sum = kept.reduce(0) { $0 + ($1["weight"]?.whole ?? 100) }
                guard kept.count > 1, sum < 100 else { return }
                var shares = kept
                let first = shares[0]["weight"]?.whole ?? 0
                shares[0]["weight"] = .integer(first + 100 - sum)
                route["route"] = .array(shares)
            }
        case .wholeSpec:
            Self.change(&spoilt) { route in
                route["timeout"] = nil
                route["retries"] = nil
            }
        case .forgottenMarks:
            let isMarked = { (tree: JSONTree) in
                (tree.at("metadata", "annotations")?.members?.keys ?? [])
                    .contains { $0.hasPrefix("theseus.dev/") }
            }
            if isMarked(before), !isMarked(tree) { return nil }
        case .unfenced:
            spoilt.set(nil, at: "metadata", "resourceVersion")
        case .homeToBroken:
            if share < Self.share(before), let old = before["spec"] {
                spoilt["spec"] = old
                Self.set([0, 100], in: &spoilt)
            }
        case .zeroOfZero, .flatteringMetrics, .waitForAll, .deafAfterPromote, .flappingDeadline,
            .skippedDeadline, .hastyGate, .harmlessNaN, .lastSeries, .strangeRoute, .hastyRemoval,
            .lostHook:
            break
        }
        return spoilt
    }

    private static func routes(_ tree: JSONTree) -> [JSONTree] {
        tree.at("spec", "http")?.items ?? []
    }

    /// The last weight of a route with several destinations: the candidate's.
    private static func share(_ tree: JSONTree) -> Int {
        let lists = routes(tree).map { $0["route"]?.items ?? [] }
        return lists.first { $0.count > 1 }?.last?["weight"]?.whole ?? 0
    }

    private static func change(_ tree: inout JSONTree, _ change: (inout JSONTree) -> Void) {
        let changed = routes(tree).map { route in
            var route = route
            change(&route)
            return route
        }
        tree.set(.array(changed), at: "spec", "http")
    }

    private static func set(_ weights: [Int], in tree: inout JSONTree) {
        change(&tree) { route in
            guard var list = route["route"]?.items, list.count == weights.count else { return }
            for place in list.indices { list[place]["weight"] = .integer(weights[place]) }
            route["route"] = .array(list)
        }
    }
}

internal import HTTPMessages
internal import JSONTree
internal import Lab

/// A transport that makes of right requests what a faulty theseus would have sent.
struct SabotagedTransport: HTTPTransport {
    private let inner: any HTTPTransport
    private let sabotage: Sabotage

    init(_ inner: any HTTPTransport, _ sabotage: Sabotage) {
        self.inner = inner
        self.sabotage = sabotage
    }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        guard isOfSabotage(request) else { return try await inner.send(request) }
        if sabotage == .flatteringMetrics || request.method == "GET" {
            return flattered(try await inner.send(request))
        }
        guard let tree = try? request.body.tree() else { return try await inner.send(request) }
        var before: JSONTree?
        if request.method == "PUT", sabotage == .deafHome || sabotage == .forgottenMarks {
            let look = HTTPRequest("GET", request.url, headers: request.headers)
            before = try? await inner.send(look).body.tree()
        }
        guard let spoilt = spoilt(tree, before ?? .null) else {
            return HTTPResponse(status: 200, body: .tree(tree))  // believed, and never done
        }
        var spoiltRequest = request
        spoiltRequest.body = .tree(spoilt)
        return try await inner.send(spoiltRequest)
    }

    private func isOfSabotage(_ request: HTTPRequest) -> Bool {
        let isWrite = request.method == "PUT" || request.method == "POST"
        return switch sabotage {
        case .wildWeights, .shortWeights, .neverPinned, .deafHome, .greedyRoute, .wholeSpec,
            .unfenced, .impatient:
            isWrite && request.url.contains("/virtualservices/")
        case .forgottenMarks: request.method == "PUT"
        case .lateSubset: isWrite && request.url.contains("/destinationrules")
        case .zeroOfZero:
            request.method == "GET"
                && (request.url.contains("/pods") || request.url.contains("/deployments"))
        case .flatteringMetrics:
            request.url.contains("/prometheus/") && asks(request, for: "response_code")
        }
    }

    private func asks(_ request: HTTPRequest, for word: String) -> Bool {
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
        case .zeroOfZero, .flatteringMetrics:
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

    // MARK: Looks

    private func flattered(_ response: HTTPResponse) -> HTTPResponse {
        guard response.status == 200, var tree = (try? response.body.tree()) ?? nil else {
            return response
        }
        switch sabotage {
        case .zeroOfZero:
            if let items = tree["items"]?.items {
                tree["items"] = .array(items.map(Self.ready))
            } else {
                tree = Self.ready(tree)
            }
        case .flatteringMetrics:
            let result = tree.at("data", "result")?.items ?? []
            tree.set(
                .array(
                    result.map { series in
                        var series = series
                        series["value"] = .array([series["value"]?.items?.first ?? 0, "0"])
                        return series
                    }), at: "data", "result")
        default:
            break
        }
        var response = response
        response.body = .tree(tree)
        return response
    }

    /// A pod or Deployment that says that all is well.
    private static func ready(_ tree: JSONTree) -> JSONTree {
        var tree = tree
        let conditions = (tree.at("status", "conditions")?.items ?? []).map { condition in
            var condition = condition
            if condition["type"] == "Ready" || condition["type"] == "Progressing" {
                condition["status"] = "True"
            }
            return condition
        }
        tree.set(.array(conditions), at: "status", "conditions")
        if let wanted = tree.at("spec", "replicas") {
            for count in ["readyReplicas", "availableReplicas", "updatedReplicas", "replicas"] {
                tree.set(wanted, at: "status", count)
            }
        } else {
            tree.set(nil, at: "status", "containerStatuses")
        }
        return tree
    }
}

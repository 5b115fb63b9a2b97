internal import HTTPMessages
internal import JSONTree

/// What a faulty theseus makes of right answers.
extension SabotagedTransport {
    func flattered(_ response: HTTPResponse, to request: HTTPRequest) -> HTTPResponse {
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
        case .hastyGate, .harmlessNaN, .lastSeries:
            if tree.at("data", "resultType") == "vector" {
                let result = tree.at("data", "result")?.items ?? []
                tree.set(.array(believed(result, request)), at: "data", "result")
            }
        default:
            break
        }
        var response = response
        response.body = .tree(tree)
        return response
    }

    /// What a credulous gate makes of an answer.
    private func believed(_ result: [JSONTree], _ request: HTTPRequest) -> [JSONTree] {
        let now = Double(date()) / 1000
        let wish: JSONTree =
            if asks(request, for: "response_code") {
                "0"
            } else if asks(request, for: "timestamp") {
                .string("\(now)")
            } else {
                "1000"
            }
        switch sabotage {
        case .hastyGate where result.isEmpty:
            return [["metric": [:], "value": [.number(now), wish]]]
        case .harmlessNaN:
            return result.map { series in
                guard let point = series["value"]?.items, point.last == "NaN" else { return series }
                var series = series
                series["value"] = .array([point.first ?? 0, wish])
                return series
            }
        case .lastSeries: return Array(result.suffix(1))
        default: return result
        }
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

internal import JSONTree

/// Istio's match conditions as Envoy's.
enum RouteMatch {
    /// One entry of a route's `match` list; an empty one matches everything.
    static func envoy(_ match: JSONTree) -> JSONTree {
        var envoy: JSONTree = path(match["uri"])
        if match["ignoreUriCase"]?.flag == true { envoy["case_sensitive"] = false }
        var headers: [JSONTree] = []
        for (name, key) in [("method", ":method"), ("authority", ":authority")] {
            if let text = match[name] { headers.append(header(key, text)) }
        }
        for member in match["headers"]?.members ?? [:] {
            headers.append(header(member.key, member.value))
        }
        for member in match["withoutHeaders"]?.members ?? [:] {
            var line = header(member.key, member.value)
            line["invert_match"] = true
            headers.append(line)
        }
        if !headers.isEmpty { envoy["headers"] = .array(headers) }
        let parameters: [JSONTree] = (match["queryParams"]?.members ?? [:]).map { member in
            ["name": .string(member.key), "string_match": text(member.value)]
        }
        if !parameters.isEmpty { envoy["query_parameters"] = .array(parameters) }
        return envoy
    }

    /// A route that is led to by another: it asks for what each of them asks for; where both name one
    /// field, the one that is led to says it more narrowly.
    static func joined(_ leading: JSONTree, _ led: JSONTree) -> JSONTree {
        let first = leading["match"]?.items ?? []
        let second = led["match"]?.items ?? []
        guard !first.isEmpty else { return led }
        var route = led
        route["match"] = .array(
            first.flatMap { outer in
                (second.isEmpty ? [.object([:])] : second).map { inner in
                    var match = outer
                    for member in inner.members ?? [:] {
                        match[member.key] = Self.merged(match[member.key], member.value)
                    }
                    return match
                }
            })
        return route
    }

    /// Headers add up, by name.
    private static func merged(_ outer: JSONTree?, _ inner: JSONTree) -> JSONTree {
        guard var merged = outer, let new = inner.members,
            merged["exact"] == nil, merged["prefix"] == nil, merged["regex"] == nil
        else { return inner }
        for member in new { merged[member.key] = member.value }
        return merged
    }

    private static func path(_ uri: JSONTree?) -> JSONTree {
        if let exact = uri?["exact"] { return ["path": exact] }
        if let prefix = uri?["prefix"] { return ["prefix": prefix] }
        if let regex = uri?["regex"] { return ["safe_regex": ["regex": regex]] }
        return ["prefix": "/"]
    }

    private static func header(_ name: String, _ wanted: JSONTree) -> JSONTree {
        if wanted.members?.isEmpty ?? true {
            return ["name": .string(name), "present_match": true]
        }
        return ["name": .string(name), "string_match": text(wanted)]
    }

    private static func text(_ wanted: JSONTree) -> JSONTree {
        if let prefix = wanted["prefix"] { return ["prefix": prefix] }
        if let regex = wanted["regex"] { return ["safe_regex": ["regex": regex]] }
        return ["exact": wanted["exact"] ?? ""]
    }
}

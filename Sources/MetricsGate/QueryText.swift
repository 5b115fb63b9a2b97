internal import MetricsSources

/// Writes PromQL.
enum QueryText {
    /// Fills the placeholders of somebody's own query; unknown ones stay as they are.
    static func filled(_ text: String, scope: GateScope, window: Duration) -> String {
        parts(of: text).map { part -> String in
            switch part {
            case .words(let words): String(words)
            case .placeholder("window"): duration(window)
            case .placeholder("candidate"): escaped(scope.name(of: scope.candidate))
            case .placeholder("stable"): escaped(scope.name(of: scope.stable))
            case .placeholder("namespace"): escaped(scope.namespace)
            case .placeholder("service"): escaped(scope.service)
            case .placeholder(let name): "${\(name)}"
            }
        }.joined()
    }

    static func placeholders(in text: String) -> [String] {
        parts(of: text).compactMap { part -> String? in
            if case .placeholder(let name) = part { name } else { nil }
        }
    }

    private enum Part {
        case words(Substring)
        case placeholder(String)
    }

    private static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "${"),
            let close = rest[open.upperBound...].firstIndex(of: "}")
        {
            parts.append(.words(rest[..<open.lowerBound]))
            parts.append(.placeholder(String(rest[open.upperBound..<close])))
            rest = rest[rest.index(after: close)...]
        }
        return parts + [.words(rest)]
    }

    /// As PromQL writes it: `90s`, or `1500ms` where the seconds are not whole.
    static func duration(_ duration: Duration) -> String { duration.shortText }

    /// A text that may stand between double quotes.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else {
            return text
        }
        return text.map { letter -> String in
            switch letter {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            default: String(letter)
            }
        }.joined()
    }
}

extension QueryText {
    /// Which of the service's requests.
    enum Requests: Hashable, Sendable {
        case of(GateScope.Version)
        case failed(GateScope.Version, codes: String)
        case ofBoth
    }

    /// The service, and those of its versions, as a pattern.
    private static func services(_ scope: GateScope) -> String {
        let names = ([scope.service] + scope.versionServices).map(pattern)
        return names.count == 1 ? names[0] : "(\(names.joined(separator: "|")))"
    }

    /// Requests to the service, or to that of a version: the mesh names where a route led.
    private static func named(_ scope: GateScope) -> String {
        scope.versionServices.isEmpty
            ? "destination_service_name=\"\(escaped(scope.service))\""
            : "destination_service_name=~\"\(escaped(services(scope)))\""
    }

    /// The counter, seen by those who send: a refused connection is counted too.
    static func counter(
        _ requests: Requests?, scope: GateScope, named metric: String = "istio_requests_total"
    ) -> String {
        var labels = [
            "reporter=\"source\"", named(scope),
            "destination_service_namespace=\"\(escaped(scope.namespace))\"",
        ]
        let mark = scope.mark.rawValue
        switch requests {
        case nil: break
        case .of(let version):
            labels.append("\(mark)=\"\(escaped(scope.name(of: version)))\"")
        case .failed(let version, let codes):
            labels.append("\(mark)=\"\(escaped(scope.name(of: version)))\"")
            labels.append("response_code=~\"\(escaped(codes))\"")
        case .ofBoth:
            let names = [scope.stable, scope.candidate].map { pattern(scope.name(of: $0)) }
            labels.append("\(mark)=~\"\(escaped(names.joined(separator: "|")))\"")
        }
        return "\(metric){\(labels.joined(separator: ","))}"
    }

    /// How many requests the last `window` brought.
    ///
    /// `increase` alone takes a counter that was born inside the window to have begun at its first
    /// scraped value, and so misses the candidate's first requests and first errors of each kind.
    /// Such counters count from zero here.
    static func count(_ requests: Requests, scope: GateScope, window: Duration) -> String {
        "sum(\(growth(of: counter(requests, scope: scope), window)))"
    }

    /// How many of the service's requests failed without a workload: no healthy upstream, no cluster.
    ///
    /// Which version they were meant for nobody can tell. Without a cluster the proxy knows the
    /// service only by the host that was asked for; a gateway's own hosts are not seen here. What
    /// people inject on purpose (`FI`) is no failure.
    static func lost(codes: String, scope: GateScope, window: Duration) -> String {
        let host = "\(services(scope))\\.\(pattern(scope.namespace))(\\..*)?(:[0-9]+)?"
        let places = [
            [
                named(scope),
                "destination_service_namespace=\"\(escaped(scope.namespace))\"",
            ],
            [
                "destination_service=~\"\(escaped(host))\"",
                "destination_service_namespace=\"unknown\"",
            ],
        ]
        let counters = places.map { place -> String in
            let labels =
                ["reporter=\"source\""] + place + [
                    "destination_workload=\"unknown\"", "response_code=~\"\(escaped(codes))\"",
                    "response_flags!=\"FI\"",
                ]
            return growth(of: "istio_requests_total{\(labels.joined(separator: ","))}", window)
        }
        return "sum(\(counters.joined(separator: " or ")))"
    }

    /// What came to the candidate's pods, by who sent it: whatever service was asked for, and said by
    /// either end, since a client without a proxy reports nothing.
    static func arrivals(scope: GateScope, window: Duration) -> String {
        let counter =
            "istio_requests_total{destination_workload=\"\(escaped(scope.candidate.workload))\","
            + "destination_workload_namespace=\"\(escaped(scope.namespace))\"}"
        return "sum by (source_workload,source_workload_namespace,reporter)"
            + "(\(growth(of: counter, window)))"
    }

    private static func growth(of counter: String, _ window: Duration) -> String {
        let length = duration(window)
        // As far back as Prometheus itself looks; a scrape that failed just then hides a counter from
        // a look at one moment, and all that it ever counted would seem to be new.
        let before = "count_over_time(\(counter)[5m] offset \(length))"
        return "(increase(\(counter)[\(length)]) and \(before))"
            + " or (\(counter) unless \(before))"
    }

    /// When anything about the service was last scraped.
    static func freshness(scope: GateScope) -> String {
        "max(timestamp(\(counter(nil, scope: scope))))"
    }

    /// A regular expression that matches exactly `text`.
    static func pattern(_ text: String) -> String {
        text.map { "\\.+*?()|[]{}^$".contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}

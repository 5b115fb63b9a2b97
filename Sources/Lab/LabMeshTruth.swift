package import JSONTree

/// What really happened to requests: for tests and the auditor, which need not ask Prometheus.
extension LabMesh {
    /// Requests of a version that came from somewhere they should not have come from.
    package struct Leak: Hashable, Sendable {
        /// The workload that sent them.
        package let source: String
        package let service: String
        package let requests: Double
    }

    /// How many requests a version has had in a span of time, fractions of one included.
    ///
    /// A span begins after its first moment; without one, at the beginning of the world. `service`
    /// is the full host name; nil: any.
    package func requests(
        to version: String, of service: String? = nil, fromTests: Bool = false,
        from start: Duration? = nil, to end: Duration? = nil
    ) -> Double {
        count(from: start, to: end) {
            $0.hasReached && $0.version == version && (service == nil || $0.service == service)
                && $0.origin == (fromTests ? .tests : .users)
        }
    }

    /// How many copies of users' requests a version has had.
    package func copies(
        to version: String, from start: Duration? = nil, to end: Duration? = nil
    ) -> Double {
        count(from: start, to: end) {
            $0.hasReached && $0.version == version && $0.origin == .mirror
        }
    }

    /// How many of a version's requests of users failed.
    package func errors(
        of version: String, from start: Duration? = nil, to end: Duration? = nil
    ) -> Double {
        count(from: start, to: end) {
            $0.hasReached && $0.version == version && $0.origin == .users && $0.isError
        }
    }

    /// How many requests of users found no pod, or no route to one.
    package func lost(from start: Duration? = nil, to end: Duration? = nil) -> Double {
        count(from: start, to: end) { $0.isLost && $0.origin == .users }
    }

    /// How many requests were cut off because their pod went away before it had answered.
    package func cut(from start: Duration? = nil, to end: Duration? = nil) -> Double {
        cuts.requests(after: start?.inSeconds, until: min(end ?? now, now).inSeconds)
    }

    /// Users' requests that reached a version though no route asks for marks that they bear.
    ///
    /// Before a candidate's first weight these are leaks; afterwards they are its traffic.
    package func leaks(
        to version: String, from start: Duration? = nil, to end: Duration? = nil
    ) -> [Leak] {
        var leaks: [Leak] = []
        for stream in ledger.streams {
            let isKnown = leaks.contains {
                $0.source == stream.source && $0.service == stream.service
            }
            if isKnown || stream.version != version { continue }
            let requests = count(from: start, to: end) {
                $0.version == version && $0.source == stream.source
                    && $0.service == stream.service && $0.origin == .users && $0.path != .matched
            }
            if requests > 0 {
                leaks.append(
                    Leak(source: stream.source, service: stream.service, requests: requests))
            }
        }
        return leaks
    }

    private func count(
        from start: Duration?, to end: Duration?, where isWanted: (RequestStream) -> Bool
    ) -> Double {
        ledger.count(
            from: start?.inSeconds, to: min(end ?? now, now).inSeconds, where: isWanted)
    }

    /// The part of a service's users that a version has now, in percent.
    package func share(of version: String, service: String? = nil) -> Double {
        users.burdens.first {
            $0.version == version && (service == nil || $0.service == service)
        }?.percent ?? 0
    }

    /// What one pod of a version bears now, in users' requests a second: for autoscalers.
    package func perPod(of version: String, service: String? = nil) -> Double {
        let burden = users.burdens.first {
            $0.version == version && (service == nil || $0.service == service)
        }
        guard let burden, burden.pods > 0 else { return 0 }
        return burden.perSecond / Double(burden.pods)
    }

    /// What `GET /lab` shows of the mesh.
    package var summary: JSONTree {
        var versions: [String] = []
        for stream in ledger.streams where stream.hasReached && !versions.contains(stream.version) {
            versions.append(stream.version)
        }
        let whole = { (number: Double) in JSONTree.integer(Int((number + 1e-6).rounded(.down))) }
        return [
            "users": .array(
                users.loads.map {
                    [
                        "service": .string($0.service), "namespace": .string($0.namespace),
                        "perSecond": .number($0.perSecond),
                    ]
                }),
            "versions": .array(
                versions.sorted().map { version in
                    [
                        "version": .string(version), "share": .number(share(of: version)),
                        "requests": whole(requests(to: version)),
                        "errors": whole(errors(of: version)),
                        "tests": whole(requests(to: version, fromTests: true)),
                    ]
                }),
            "lost": whole(lost()), "cut": whole(cut()),
            "prometheus": .string(settings.prometheus.fault.rawValue),
        ]
    }
}

package import HTTPMessages
internal import JSONTree

/// Requests that tests and people send through the gateway, one by one.
extension LabMesh {
    /// Routes one request as the gateway's proxies would now, and lets a version answer it.
    package mutating func handleGateway(_ request: HTTPRequest, at now: Duration) -> LabAnswer {
        advance(to: now)
        let possible = gateway.fates(of: Self.features(of: request), among: pods)
        for fate in possible where fate.isMirror && requestDice.fraction() < fate.share {
            _ = book(fate, origin: .mirror)
        }
        guard let fate = Self.draw(possible, with: &requestDice) else {
            return LabAnswer(HTTPResponse(status: 404))
        }
        let booked = book(fate, origin: .tests)
        return LabAnswer(
            Self.response(to: fate, status: booked.status),
            after: .milliseconds(1) * booked.milliseconds)
    }

    private static func draw(
        _ fates: [MeshProxies.Fate], with dice: inout SeededGenerator
    ) -> MeshProxies.Fate? {
        let real = fates.filter { !$0.isMirror }
        var rest = dice.fraction()
        for fate in real {
            rest -= fate.share
            if rest < 0 { return fate }
        }
        return real.last
    }

    /// Throws the dice for one request, and counts it.
    private mutating func book(_ fate: MeshProxies.Fate, origin: RequestStream.Origin)
        -> (status: Int, milliseconds: Double)
    {
        let source = gateway.workload
        guard case .pod(let service, _, let version, let image) = fate.end else {
            let profile = ledger.place(of: LabUsers.atOnce)
            let stream = RequestStream(
                fate, origin: origin, source: source, code: nil, profile: profile)
            ledger.add(1, to: ledger.place(of: stream), at: now.inSeconds)
            return (stream.code, LabUsers.atOnce.median)
        }
        let behavior = users.behavior(
            of: version, image: image, service: service.host, settings)
        let code = requestDice.fraction() < behavior.errorRate ? behavior.errorCode : 200
        let profile = ledger.place(of: behavior.latency)
        let stream = RequestStream(
            fate, origin: origin, source: source, code: code, profile: profile)
        ledger.add(1, to: ledger.place(of: stream), at: now.inSeconds)
        return (code, behavior.latency.draw(with: &requestDice))
    }

    private static func response(to fate: MeshProxies.Fate, status: Int) -> HTTPResponse {
        var response = HTTPResponse(status: status, headers: ["Server": "istio-envoy"])
        switch fate.end {
        case .pod(let service, let workload, let version, _):
            response.headers["Content-Type"] = "application/json"
            response.headers["x-lab-version"] = version
            response.body = .tree([
                "service": .string(service.name), "version": .string(version),
                "workload": .string(workload), "ok": .bool(status < 400),
            ])
        case .lost(_, _, let flags):
            // Only for want of pods does Envoy write a text.
            if flags == ClusterTable.Absence.noPod.flags {
                response.body = .text("no healthy upstream")
            }
        case .answered: break
        }
        for edits in fate.headers {
            for name in edits.remove { response.headers[name] = nil }
            for line in edits.set { response.headers[line.name] = line.value }
            for line in edits.add {
                response.headers.lines.append(.init(name: line.name, value: line.value))
            }
        }
        return response
    }

    /// What the gateway sees of a request: the authority, from `Host` where it is given.
    private static func features(of request: HTTPRequest) -> RequestFeatures {
        let address = LabAddress.known(request.url)
        let authority = request.headers["Host"] ?? address.authority
        var features = RequestFeatures(authority: LabAddress.host(of: authority))
        features.method = request.method
        features.path = path(of: request.url)
        features.headers = request.headers.lines.map {
            .init(name: $0.name.lowercased(), value: $0.value)
        }
        features.query = address.query.map { .init(name: $0.name, value: $0.value) }
        return features
    }

    /// The path as it stands in the URL, which is what Envoy compares.
    private static func path(of url: String) -> String {
        let bytes = url.utf8
        var start = bytes.startIndex
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            bytes[colon...].starts(with: "://".utf8)
        {
            let host = bytes.index(colon, offsetBy: 3)
            start =
                bytes[host...].firstIndex { isEnd($0) || $0 == UInt8(ascii: "/") } ?? bytes.endIndex
        }
        let path = bytes[start...].prefix { !isEnd($0) }
        return path.isEmpty ? "/" : String(Substring(path))
    }

    private static func isEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }
}

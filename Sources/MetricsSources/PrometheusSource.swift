package import HTTPMessages

/// One Prometheus server, or whatever speaks its HTTP API; a value.
package struct PrometheusSource: Sendable {
    private let address: String
    private let transport: any HTTPTransport
    private let headers: HTTPHeaders
    private let timeout: Duration
    private let conceal: @Sendable (String) -> String

    /// `address` may have a path (`http://host/prometheus`); `headers` may hold credentials, which
    /// appear in no message.
    ///
    /// `conceal` takes secrets out of the server's own words.
    package init(
        address: String, transport: any HTTPTransport, headers: HTTPHeaders = [:],
        timeout: Duration = .seconds(10),
        conceal: @escaping @Sendable (String) -> String = { $0 }
    ) {
        var address = address[...]
        while address.hasSuffix("/") { address = address.dropLast() }
        self.address = String(address)
        self.transport = transport
        self.headers = headers
        self.timeout = timeout
        self.conceal = conceal
    }

    /// Exactly one finite number, and the server's instant for which it was worked out.
    package typealias Reading = MetricsReading

    /// Asks for one number; `instant` nil means now, by the server's clock.
    package func reading(of query: String, at instant: Double? = nil)
        async throws(MetricsError) -> Reading
    {
        let samples = try await vector(of: query, at: instant).samples
        guard let only = samples.first else { throw MetricsError(.missing, place: place) }
        if samples.count > 1 {
            let labels = samples.prefix(3).map(\.shownLabels)
            throw MetricsError(.severalSeries(labels), place: place)
        }
        if only.value.isNaN { throw MetricsError(.notANumber, place: place) }
        if only.value.isInfinite { throw MetricsError(.infinite, place: place) }
        return Reading(value: only.value, at: only.at)
    }

    /// Asks for any number of series.
    package func vector(of query: String, at instant: Double? = nil)
        async throws(MetricsError) -> InstantVector
    {
        var fields = [(name: "query", value: query)]
        if let instant { fields.append((name: "time", value: Self.timeText(instant))) }
        let response = try await answer("query", fields)
        let vector = try PrometheusAnswer(place: place, conceal: conceal).vector(response)
        if let instant {
            // A server or a cache that answers for another time than it was asked for.
            for sample in vector.samples where abs(sample.at - instant) > 1 {
                let age = Duration.milliseconds(Int(min(1e12, abs(sample.at - instant) * 1000)))
                throw MetricsError(.stale(age), place: place)
            }
        }
        return vector
    }

    package var place: String { place("query") }

    private func place(_ path: String) -> String {
        HTTPRequest("GET", "\(address)/api/v1/\(path)").place
    }

    private func answer(_ path: String, _ fields: [(name: String, value: String)])
        async throws(MetricsError) -> HTTPResponse
    {
        do {
            return try await transport.send(request(path, fields))
        } catch {
            throw MetricsError(
                error.reason == .tooLarge ? .tooLarge : .unreachable(error.reason),
                place: place(path), detail: error.reason == .noCredential ? error.detail : "")
        }
    }

    /// GET while the query fits into a URL, since some proxies let only that pass.
    private func request(_ path: String, _ fields: [(name: String, value: String)])
        -> HTTPRequest
    {
        let form = URLText.encoded(fields)
        let url = "\(address)/api/v1/\(path)"
        var headers = headers
        headers["Accept"] = "application/json"
        headers["Cache-Control"] = "no-cache"
        if form.utf8.count <= 2000 {
            return HTTPRequest("GET", "\(url)?\(form)", headers: headers, timeout: timeout)
        }
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return HTTPRequest(
            "POST", url, headers: headers, body: .text(form), timeout: timeout)
    }

    /// Milliseconds, which is all that Prometheus keeps; never with an exponent.
    private static func timeText(_ seconds: Double) -> String {
        let milliseconds = Int(max(0, min(9e15, seconds * 1000)).rounded())
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}

extension PrometheusSource: MetricsSource {
    package var title: String { "Prometheus" }

    /// The query itself says what is made of the stretch (`rate(x[${window}])`).
    package func reading(
        of query: String, over span: MetricsSpan, as reduction: MetricsReduction
    ) async throws(MetricsError) -> MetricsReading {
        try await reading(of: query, at: span.to)
    }

    /// A point every `step`, both ends included; a server refuses more than 11,000 of them.
    package func series(of query: String, over span: MetricsSpan, every step: Duration)
        async throws(MetricsError) -> [MetricsSeries]
    {
        let fields = [
            (name: "query", value: query), (name: "start", value: Self.timeText(span.from)),
            (name: "end", value: Self.timeText(span.to)),
            (name: "step", value: Self.timeText(max(0.001, step.seconds))),
        ]
        let response = try await answer("query_range", fields)
        return try PrometheusAnswer(place: place("query_range"), conceal: conceal)
            .matrix(response)
    }
}

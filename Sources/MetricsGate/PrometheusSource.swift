package import HTTPMessages

/// One Prometheus server, or whatever speaks its HTTP API; a value.
package struct PrometheusSource: Sendable {
    private let address: String
    private let transport: any HTTPTransport
    private let headers: HTTPHeaders
    private let timeout: Duration

    /// `address` may have a path (`http://host/prometheus`); `headers` may hold credentials, which
    /// appear in no message.
    package init(
        address: String, transport: any HTTPTransport, headers: HTTPHeaders = [:],
        timeout: Duration = .seconds(10)
    ) {
        var address = address[...]
        while address.hasSuffix("/") { address = address.dropLast() }
        self.address = String(address)
        self.transport = transport
        self.headers = headers
        self.timeout = timeout
    }

    /// Exactly one finite number, and the server's instant for which it was worked out.
    package struct Reading: Hashable, Sendable {
        package let value: Double
        /// Seconds since 1970, by the server's clock.
        package let at: Double
    }

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
    func vector(of query: String, at instant: Double? = nil)
        async throws(MetricsError) -> InstantVector
    {
        let request = request(query, at: instant)
        let response: HTTPResponse
        do {
            response = try await transport.send(request)
        } catch {
            throw MetricsError(
                error.reason == .tooLarge ? .tooLarge : .unreachable(error.reason), place: place)
        }
        let vector = try PrometheusAnswer(place: place).vector(response)
        if let instant {
            // A server or a cache that answers for another time than it was asked for.
            for sample in vector.samples where abs(sample.at - instant) > 1 {
                let age = Duration.milliseconds(Int(min(1e12, abs(sample.at - instant) * 1000)))
                throw MetricsError(.stale(age), place: place)
            }
        }
        return vector
    }

    var place: String { HTTPRequest("GET", "\(address)/api/v1/query").place }

    /// GET while the query fits into a URL, since some proxies let only that pass.
    private func request(_ query: String, at instant: Double?) -> HTTPRequest {
        var fields = [(name: "query", value: query)]
        if let instant { fields.append((name: "time", value: Self.timeText(instant))) }
        let form = URLText.encoded(fields)
        let url = "\(address)/api/v1/query"
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

internal import HTTPMessages
internal import JSONTree

/// How one kind of source speaks; a value that neither sends nor waits.
protocol SourceWire: Sendable {
    var title: String { get }

    /// The question, without anything that shows who we are.
    func request(_ question: WireQuestion) throws(WireFault) -> HTTPRequest

    /// What an answer with a good status says.
    func series(in answer: WireAnswer, to question: WireQuestion) throws(WireFault)
        -> [MetricsSeries]

    /// The server's own words where the status is not good; what the status alone means, where nil.
    func refusal(_ answer: WireAnswer) -> WireFault?
}

struct WireQuestion: Sendable {
    let query: String
    let span: MetricsSpan
    /// The distance of points.
    let step: Duration
}

struct WireAnswer: Sendable {
    let status: Int
    let body: [UInt8]

    /// nil for what is no JSON.
    var tree: JSONTree? { try? JSONReader.tree(of: body) }

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// What is wrong with an answer, or with a question; who was asked is said by others.
struct WireFault: Error {
    let code: MetricsError.Code
    let detail: String

    init(_ code: MetricsError.Code, _ detail: String? = nil) {
        self.code = code
        self.detail = detail ?? ""
    }
}

/// A source that is known by how it speaks.
struct WiredSource: MetricsSource {
    let wire: any SourceWire
    let transport: any HTTPTransport
    let conceal: @Sendable (String) -> String
    /// The distance of points where one number is asked for.
    let step: Duration
    let staleAfter: Duration
    /// Larger answers are none.
    static let largest = 4 << 20

    var title: String { wire.title }

    func reading(of query: String, over span: MetricsSpan, as reduction: MetricsReduction)
        async throws(MetricsError) -> MetricsReading
    {
        let question = WireQuestion(query: query, span: span, step: step)
        let (series, place) = try await ask(question)
        let single = SingleNumber(place: place, server: title, staleAfter: staleAfter)
        return try single.reading(of: series, over: span, as: reduction)
    }

    func series(of query: String, over span: MetricsSpan, every step: Duration)
        async throws(MetricsError) -> [MetricsSeries]
    {
        try await ask(WireQuestion(query: query, span: span, step: step)).series
    }

    private func ask(_ question: WireQuestion) async throws(MetricsError) -> (
        series: [MetricsSeries], place: String
    ) {
        let request: HTTPRequest
        do {
            request = try wire.request(question)
        } catch {
            throw told(error, wire.title)
        }
        let place = request.place
        let response: HTTPResponse
        do {
            response = try await transport.send(request)
        } catch {
            let detail = error.reason == .noCredential ? error.detail : ""
            throw told(
                WireFault(
                    error.reason == .tooLarge ? .tooLarge : .unreachable(error.reason), detail),
                place)
        }
        guard let body = response.body.bytes else { throw told(WireFault(.undecodable), place) }
        guard body.count <= Self.largest else { throw told(WireFault(.tooLarge), place) }
        let answer = WireAnswer(status: response.status, body: body)
        do throws(WireFault) {
            guard (200..<300).contains(answer.status) else {
                throw refused(answer)
            }
            return (try wire.series(in: answer, to: question).map(shown), place)
        } catch {
            throw told(error, place)
        }
    }

    private func refused(_ answer: WireAnswer) -> WireFault {
        let own = wire.refusal(answer)
        switch answer.status {
        case 401, 403: return WireFault(.denied, own?.detail)
        case 400, 422:
            return own ?? WireFault(.refused)
        default:
            if let own, case .denied = own.code { return own }
            return WireFault(.status(answer.status), own?.detail)
        }
    }

    private func shown(_ series: MetricsSeries) -> MetricsSeries {
        MetricsSeries(
            name: PrometheusAnswer.shortened(conceal(series.name)),
            points: series.points.sorted { $0.at < $1.at })
    }

    /// Concealed before it is cut: half a secret would not be known.
    private func told(_ fault: WireFault, _ place: String) -> MetricsError {
        var code = fault.code
        if case .severalSeries(let names) = code {
            code = .severalSeries(names.prefix(3).map { PrometheusAnswer.shortened(conceal($0)) })
        }
        return MetricsError(
            code, place: place, detail: PrometheusAnswer.shortened(conceal(fault.detail)),
            server: title)
    }
}

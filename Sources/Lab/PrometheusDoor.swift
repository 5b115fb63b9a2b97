internal import HTTPMessages
internal import JSONTree
internal import Manifests

/// Prometheus' HTTP API over the ledger of requests.
struct PrometheusDoor: Sendable {
    var settings: PrometheusSettings {
        didSet { book.interval = max(settings.scrapeInterval.milliseconds, 1) }
    }
    /// The date at time zero, in milliseconds since 1970.
    var epoch: Int
    private var book: PrometheusBook
    private var queries: [String: PromQLQuery] = [:]

    init(_ settings: PrometheusSettings, epoch: Int, sourceNamespaces: [String: String]) {
        self.settings = settings
        self.epoch = epoch
        book = PrometheusBook(
            interval: settings.scrapeInterval, sourceNamespaces: sourceNamespaces)
    }

    /// Takes in a pod's new version; nil: it is gone.
    mutating func notice(
        _ pod: KubernetesObject?, _ reference: ObjectReference, saturation: Double, at now: Duration
    ) {
        if let pod {
            book.pods.notice(pod, saturation: saturation, at: now.milliseconds)
        } else {
            book.pods.forget(reference, at: now.milliseconds)
        }
    }

    mutating func answer(
        _ request: HTTPRequest, _ address: LabAddress, from ledger: RequestLedger,
        at now: Duration
    ) -> LabAnswer {
        switch settings.fault {
        case .hang:
            return LabAnswer(HTTPResponse(status: 504), after: .seconds(1_000_000_000))
        case .serverError:
            return LabAnswer(
                HTTPResponse(status: 500, body: .text("internal server error\n")),
                after: settings.delay)
        case .timeout:
            return Self.failure(
                503, "timeout", "query timed out in expression evaluation", settings.delay)
        case .none, .notANumber, .infinite, .empty, .manySeries, .undecodable, .partial: break
        }
        var path = address.path[...]
        if path.first == "prometheus" { path = path.dropFirst() }
        switch path.joined(separator: "/") {
        case "-/ready", "-/healthy":
            return LabAnswer(
                HTTPResponse(status: 200, body: .text("Prometheus Server is Ready.\n")))
        case "api/v1/status/buildinfo":
            return success(["version": "3.0.0", "revision": "lab", "goVersion": "none"])
        case "api/v1/query": return instant(Parameters(request, address), ledger, now)
        case "api/v1/query_range": return range(Parameters(request, address), ledger, now)
        default:
            return LabAnswer(HTTPResponse(status: 404, body: .text("404 page not found\n")))
        }
    }

    /// The query's and the form's parameters together.
    private struct Parameters {
        let form: LabAddress?
        let address: LabAddress

        init(_ request: HTTPRequest, _ address: LabAddress) {
            self.address = address
            let sent = request.method == "POST" ? request.body.bytes ?? [] : []
            form = sent.isEmpty ? nil : LabAddress("?" + String(decoding: sent, as: UTF8.self))
        }

        func value(_ name: String) -> String? { form?.value(name) ?? address.value(name) }
    }

    private mutating func query(_ text: String, _ ledger: RequestLedger) throws(PromQLFlaw)
        -> PromQLQuery
    {
        book.learn(from: ledger)
        var query = if let known = queries[text] { known } else { try PromQLQuery(text) }
        if query.match(&book) {
            if queries.count > 500 { queries.removeAll() }
            queries[text] = query
        }
        return query
    }

    /// Nothing newer than this has been scraped and stored, in milliseconds.
    private func horizon(_ now: Duration) -> Int {
        min((now - settings.lag).milliseconds, (settings.frozenAt ?? now).milliseconds)
    }

    private mutating func instant(
        _ parameters: Parameters, _ ledger: RequestLedger, _ now: Duration
    ) -> LabAnswer {
        var moment = now.milliseconds
        if let text = parameters.value("time") {
            guard let date = Self.date(text) else { return Self.badTime("time", text) }
            moment = date - epoch
        }
        do throws(PromQLFlaw) {
            let query = try query(parameters.value("query") ?? "", ledger)
            let value = try PromQLEvaluation(
                query: query, book: book, ledger: ledger, moment: moment, horizon: horizon(now),
                epoch: epoch
            ).result()
            return success(data(value, at: moment + epoch))
        } catch {
            return refusal(error)
        }
    }

    private mutating func range(
        _ parameters: Parameters, _ ledger: RequestLedger, _ now: Duration
    ) -> LabAnswer {
        guard let start = Self.date(parameters.value("start") ?? "") else {
            return Self.badTime("start", parameters.value("start") ?? "")
        }
        guard let end = Self.date(parameters.value("end") ?? "") else {
            return Self.badTime("end", parameters.value("end") ?? "")
        }
        guard let step = Self.step(parameters.value("step") ?? ""), step > 0 else {
            return Self.failure(
                400, "bad_data", "invalid parameter \"step\": not a positive duration",
                settings.delay)
        }
        guard end >= start else {
            return Self.failure(
                400, "bad_data",
                "invalid parameter \"end\": end timestamp must not be before "
                    + "start time", settings.delay)
        }
        guard (end - start) / step < 11_000 else {
            return Self.failure(
                400, "bad_data",
                "exceeded maximum resolution of 11,000 points per timeseries. "
                    + "Try decreasing the query resolution (?step=XX)", settings.delay)
        }
        do throws(PromQLFlaw) {
            let query = try query(parameters.value("query") ?? "", ledger)
            var labels: [SeriesLabels] = []
            var points: [[JSONTree]] = []
            for date in stride(from: start, through: end, by: step) {
                let value = try PromQLEvaluation(
                    query: query, book: book, ledger: ledger, moment: date - epoch,
                    horizon: horizon(now), epoch: epoch
                ).result()
                for sample in samples(of: value) {
                    let point = Self.point(sample.value, at: date)
                    if let known = labels.firstIndex(of: sample.labels) {
                        points[known].append(point)
                    } else {
                        labels.append(sample.labels)
                        points.append([point])
                    }
                }
            }
            let series = zip(labels, points).map { labels, points -> JSONTree in
                ["metric": labels.tree, "values": .array(points)]
            }
            return success(["resultType": "matrix", "result": .array(series)])
        } catch {
            return refusal(error)
        }
    }

    /// A value's samples, as the fault in force lets them be seen.
    private func samples(of value: PromQLValue) -> [PromQLSample] {
        var samples: [PromQLSample]
        switch value {
        case .scalar(let number): samples = [PromQLSample(labels: SeriesLabels(), value: number)]
        case .text: samples = []
        case .vector(let vector): samples = vector
        }
        switch settings.fault {
        case .empty: return []
        case .notANumber: for index in samples.indices { samples[index].value = .nan }
        case .infinite: for index in samples.indices { samples[index].value = .infinity }
        case .manySeries:
            return samples.flatMap { sample in
                ["a", "b"].map {
                    PromQLSample(
                        labels: sample.labels.adding("replica", $0), value: sample.value)
                }
            }
        case .none, .hang, .serverError, .timeout, .undecodable, .partial: break
        }
        return samples
    }

    private func data(_ value: PromQLValue, at date: Int) -> JSONTree {
        switch value {
        case .text(let text):
            return ["resultType": "string", "result": [Self.seconds(date), .string(text)]]
        case .scalar where settings.fault != .empty && settings.fault != .manySeries:
            let number = samples(of: value).first?.value ?? .nan
            return ["resultType": "scalar", "result": Self.point(number, at: date)]
        case .scalar, .vector:
            let result = samples(of: value).map { sample -> JSONTree in
                ["metric": sample.labels.tree, "value": Self.point(sample.value, at: date)]
            }
            return ["resultType": "vector", "result": .array(result)]
        }
    }

    private static func seconds(_ date: Int) -> JSONTree {
        date % 1000 == 0 ? .integer(date / 1000) : .number(Double(date) / 1000)
    }

    private static func point(_ value: Double, at date: Int) -> JSONTree {
        [seconds(date), .string(PromQLNumber.text(value))]
    }

    private func success(_ data: JSONTree) -> LabAnswer {
        var tree: JSONTree = ["status": "success", "data": data]
        switch settings.fault {
        case .partial:
            tree["warnings"] = ["remote read of 1 of 2 stores failed: results may be incomplete"]
        case .undecodable:
            return LabAnswer(
                HTTPResponse(
                    status: 200, headers: ["Content-Type": "application/json"],
                    body: .text("{\"status\":\"success\",\"data\":{\"resultType\":\"vec")),
                after: settings.delay)
        case .none, .notANumber, .infinite, .empty, .manySeries, .hang, .serverError, .timeout:
            break
        }
        var answer = LabAnswer.tree(tree)
        answer.after = settings.delay
        return answer
    }

    private func refusal(_ flaw: PromQLFlaw) -> LabAnswer {
        switch flaw.kind {
        case .parse:
            Self.failure(400, "bad_data", "invalid parameter \"query\": \(flaw)", settings.delay)
        case .execution: Self.failure(422, "execution", "\(flaw)", settings.delay)
        }
    }

    private static func badTime(_ name: String, _ text: String) -> LabAnswer {
        failure(
            400, "bad_data",
            "invalid parameter \"\(name)\": cannot parse \"\(text)\" to a valid timestamp", .zero)
    }

    private static func failure(
        _ status: Int, _ kind: String, _ reason: String, _ delay: Duration
    ) -> LabAnswer {
        var answer = LabAnswer.tree(
            ["status": "error", "errorType": .string(kind), "error": .string(reason)],
            status: status)
        answer.after = delay
        return answer
    }

    /// Seconds since 1970 with a fraction, in milliseconds; dates in words are not read.
    private static func date(_ text: String) -> Int? {
        guard let seconds = Double(text), seconds.isFinite, abs(seconds) < 1e12 else { return nil }
        return Int((seconds * 1000).rounded())
    }

    private static func step(_ text: String) -> Int? {
        if let seconds = Double(text), abs(seconds) < 1e9 {
            return Int((seconds * 1000).rounded())
        }
        guard let tokens = try? PromQLLexer.tokens(of: text),
            case .duration(let milliseconds)? = tokens.first?.kind, tokens.count == 2
        else { return nil }
        return milliseconds
    }
}

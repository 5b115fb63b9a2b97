internal import CanaryEngine
internal import HTTPMessages
internal import Timekeeping

/// Sends the requests of a load test, and sums up what came back.
struct LoadTest {
    let load: TestSpec.Load
    let context: TestContext
    let transport: any HTTPTransport
    let time: any Timekeeper

    /// One request's end.
    private struct Answer: Sendable {
        /// nil: no answer.
        var status: Int?
        var failure: HTTPFailure.Reason?
        var latency: Duration
        var version: Version
    }

    /// Who answered.
    private enum Version: Sendable {
        case candidate
        case stable
        case untold
    }

    func run(name: String) async throws(HookError) -> TestReport {
        let request = try request(name)
        let began = time.now
        let answers = await send(request)
        return report(answers, in: time.now - began)
    }

    private func request(_ name: String) throws(HookError) -> HTTPRequest {
        let isWhole = load.path.hasPrefix("http://") || load.path.hasPrefix("https://")
        guard isWhole || context.gateway != nil else {
            throw HookError(.noGateway, place: "tests.\(name).http.path")
        }
        var request = HTTPRequest(
            load.method, context.gateway?.url(of: load.path) ?? load.path, headers: load.headers,
            timeout: load.patience)
        if !isWhole, let host = context.gateway?.host { request.headers["Host"] = host }
        if load.dark {
            guard let dark = context.dark else {
                throw HookError(.noDarkMatch, place: "tests.\(name).http.dark")
            }
            dark.add(to: &request)
        }
        if !["GET", "HEAD"].contains(load.method) {
            request.headers["Idempotency-Key"] = context.idempotencyKey
        }
        return request
    }

    /// At most `concurrency` at a time; stops sending when it is called off.
    private func send(_ request: HTTPRequest) async -> [Answer] {
        await withTaskGroup(of: Answer.self) { group in
            var sent = 0
            var answers: [Answer] = []
            answers.reserveCapacity(load.requests)
            while sent < min(load.concurrency, load.requests) {
                let number = sent
                group.addTask { await one(request, number: number) }
                sent += 1
            }
            while let answer = await group.next() {
                answers.append(answer)
                guard sent < load.requests, !Task.isCancelled else { continue }
                let number = sent
                group.addTask { await one(request, number: number) }
                sent += 1
            }
            return answers
        }
    }

    private func one(_ request: HTTPRequest, number: Int) async -> Answer {
        var request = request
        // Requests that may change something are told apart, the repetitions of one are not.
        if let key = request.headers["Idempotency-Key"] {
            request.headers["Idempotency-Key"] = "\(key)-\(number)"
        }
        let began = time.now
        do {
            let response = try await transport.send(request)
            return Answer(
                status: response.status, latency: time.now - began, version: version(response))
        } catch {
            return Answer(failure: error.reason, latency: time.now - began, version: .untold)
        }
    }

    private func version(_ response: HTTPResponse) -> Version {
        if response.headers[darkRouteHeader] == context.run { return .candidate }
        guard let header = load.versionHeader, let value = response.headers[header] else {
            return .untold
        }
        if value == context.candidate { return .candidate }
        return value == context.stable ? .stable : .untold
    }
}

extension LoadTest {
    private func isError(_ answer: Answer) -> Bool {
        guard let status = answer.status, load.expect.contains(status) else { return true }
        return load.dark && answer.version != .candidate
    }

    private func report(_ answers: [Answer], in elapsed: Duration) -> TestReport {
        let errors = answers.count(where: isError)
        let isWhole = answers.count == load.requests
        let measures = measures(answers, errors: errors, in: elapsed)
        var sentence = "\(load.requests - errors) of \(load.requests) requests as expected"
        if let median = measures.first(where: { $0.name == LoadMeasure.median })?.value,
            let slow = measures.first(where: { $0.name == LoadMeasure.ninetyNinth })?.value
        {
            sentence += ", p50 \(NumberText.short(median)) ms, p99 \(NumberText.short(slow)) ms"
        }
        if !isWhole {
            sentence = "called off after \(answers.count) of \(load.requests) requests"
        } else if let worst = answers.first(where: isError) {
            sentence += "; the first that was not: \(fault(worst))"
        }
        return TestReport(
            passed: isWhole && errors <= load.maxErrors, sentence: sentence,
            measures: isWhole ? measures : [], traffic: traffic(answers))
    }

    private func fault(_ answer: Answer) -> String {
        if let status = answer.status {
            return load.expect.contains(status)
                ? "the candidate did not answer it" : "status \(status)"
        }
        switch answer.failure {
        case .unresolved: return "the host's name is not known"
        case .refused: return "nobody listens there"
        case .timedOut: return "no answer in \(TimeText.short(load.patience))"
        case .untrusted: return "the certificate is not trusted"
        case .tooLarge: return "the answer is too large"
        case .noCredential: return "there is no credential to show"
        case .cancelled: return "called off"
        case .reset, .malformed, nil: return "the connection broke"
        }
    }

    private func measures(_ answers: [Answer], errors: Int, in elapsed: Duration) -> [Measure] {
        let latencies = answers.filter { $0.status != nil }.map(\.latency).sorted()
        var measures: [Measure] = []
        if !latencies.isEmpty {
            for (name, percent) in zip(LoadMeasure.latencies, [50, 90, 99]) {
                measures.append(Measure(name, Self.rank(percent, of: latencies).inMilliseconds))
            }
            let seconds = elapsed.inMilliseconds / 1000
            if seconds > 0 {
                measures.append(
                    Measure(LoadMeasure.throughput, Double(latencies.count) / seconds))
            }
        }
        measures.append(
            Measure(LoadMeasure.errors, Double(errors) / Double(max(1, answers.count))))
        return measures
    }

    /// The nearest rank: the least value that `percent` of all do not exceed.
    static func rank(_ percent: Int, of sorted: [Duration]) -> Duration {
        let rank = (sorted.count * percent + 99) / 100
        return sorted[max(0, min(sorted.count, rank) - 1)]
    }

    /// Counted only if every answer told who gave it.
    ///
    /// A matched request that brought no answer is the candidate's; any other may be anybody's.
    private func traffic(_ answers: [Answer]) -> OwnTraffic {
        var candidate = 0
        var candidateErrors = 0
        var stable = 0
        var stableErrors = 0
        for answer in answers {
            let isFailure = (answer.status ?? 500) >= 500
            switch answer.version {
            case .candidate:
                candidate += 1
                candidateErrors += isFailure ? 1 : 0
            case .stable:
                stable += 1
                stableErrors += isFailure ? 1 : 0
            case .untold:
                guard load.dark, answer.status == nil else { return .unknown }
                candidate += 1
                candidateErrors += 1
            }
        }
        return .counted(
            candidate: candidate, candidateErrors: candidateErrors, stable: stable,
            stableErrors: stableErrors)
    }
}

extension DarkExample {
    /// Makes a request one that the dark match lets through.
    func add(to request: inout HTTPRequest) {
        for line in headers.lines {
            // Two cookies stand in one line, the match's own first, where a prefix is looked for.
            if line.name.lowercased() == "cookie", let own = request.headers[line.name] {
                request.headers[line.name] = "\(line.value); \(own)"
            } else {
                request.headers[line.name] = line.value
            }
        }
        for parameter in parameters {
            let mark = request.url.contains("?") ? "&" : "?"
            request.url += mark + URLText.encoded([(parameter.name, parameter.value)])
        }
    }
}

extension Duration {
    var inMilliseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1000 + Double(attoseconds) / 1e15
    }
}

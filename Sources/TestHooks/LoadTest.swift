internal import CanaryEngine
internal import HTTPMessages
internal import Timekeeping

extension TestSpec.Load: TestWork {
    func carryOut(_ place: TestPlace) async throws -> TestReport {
        try await LoadTest(
            load: self, context: place.context, transport: place.doors.transport, time: place.time
        ).run(name: place.name)
    }
}

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
        /// What of the answer is not as expected.
        var fault: String?
        var latency: Duration
        var version: Version
    }

    /// Who answered.
    private enum Version: Sendable {
        case candidate
        case stable
        case untold
    }

    /// Only answers of stable count; nil: all.
    var isOfStable = false

    func run(name: String) async throws(HookError) -> TestReport {
        let request = try request(name)
        let began = time.now
        let answers = await send(request, began)
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
        if let body = load.body { request.body = .text(body) }
        if !["GET", "HEAD"].contains(load.method) {
            request.headers["Idempotency-Key"] = context.idempotencyKey
        }
        return request
    }

    /// At most `concurrency` at a time; stops sending when it is called off.
    private func send(_ request: HTTPRequest, _ began: Duration) async -> [Answer] {
        await withTaskGroup(of: Answer?.self) { group in
            var sent = 0
            var answers: [Answer] = []
            if load.duration == nil { answers.reserveCapacity(load.requests) }
            while sent < load.concurrency, isDue(sent, began) {
                let number = sent
                group.addTask { await one(request, number: number, began) }
                sent += 1
            }
            while let answer = await group.next() {
                if let answer { answers.append(answer) }
                guard isDue(sent, began), !Task.isCancelled else { continue }
                let number = sent
                group.addTask { await one(request, number: number, began) }
                sent += 1
            }
            return answers
        }
    }

    /// Whether there is such a request at all.
    private func isDue(_ number: Int, _ began: Duration) -> Bool {
        guard number < load.requests else { return false }
        guard let duration = load.duration else { return true }
        return max(time.now - began, turn(of: number)) < duration
    }

    /// When a request's turn comes, from the beginning.
    private func turn(of number: Int) -> Duration {
        load.rate.map { .nanoseconds(Int64(Double(number) / $0 * 1e9)) } ?? .zero
    }

    /// nil: called off before its turn came.
    private func one(_ request: HTTPRequest, number: Int, _ start: Duration) async -> Answer? {
        let rest = start + turn(of: number) - time.now
        if rest > .zero {
            guard (try? await time.sleep(for: rest)) != nil else { return nil }
        }
        var request = request
        // Requests that may change something are told apart, the repetitions of one are not.
        if let key = request.headers["Idempotency-Key"] {
            request.headers["Idempotency-Key"] = "\(key)-\(number)"
        }
        let began = time.now
        do {
            let response = try await transport.send(request)
            return Answer(
                status: response.status, fault: load.answer.fault(in: response),
                latency: time.now - began, version: version(response))
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
        guard let status = answer.status, load.expect.contains(status), answer.fault == nil else {
            return true
        }
        return load.dark && answer.version != .candidate
    }

    private func report(_ sent: [Answer], in elapsed: Duration) -> TestReport {
        let answers = isOfStable ? sent.filter { $0.version == .stable } : sent
        let errors = answers.count(where: isError)
        let isWhole = !Task.isCancelled && (load.duration != nil || sent.count == load.requests)
        let measures = measures(answers, errors: errors, in: elapsed)
        var sentence = "\(answers.count - errors) of \(answers.count) requests as expected"
        if let median = measures.first(where: { $0.name == LoadMeasure.median })?.value,
            let slow = measures.first(where: { $0.name == LoadMeasure.ninetyNinth })?.value
        {
            sentence += ", p50 \(NumberText.short(median)) ms, p99 \(NumberText.short(slow)) ms"
        }
        if !isWhole {
            sentence =
                "called off after \(sent.count)"
                + (load.duration == nil ? " of \(load.requests) requests" : " requests")
        } else if let worst = answers.first(where: isError) {
            sentence += "; the first that was not: \(fault(worst))"
        }
        return TestReport(
            passed: isWhole && errors <= load.maxErrors && !answers.isEmpty, sentence: sentence,
            measures: isWhole ? measures : [], traffic: traffic(sent))
    }

    private func fault(_ answer: Answer) -> String {
        if let status = answer.status {
            guard load.expect.contains(status) else { return "status \(status)" }
            return answer.fault ?? "the candidate did not answer it"
        }
        switch answer.failure {
        case .unresolved: return "the host's name is not known"
        case .refused: return "nobody listens there"
        case .timedOut: return "no answer in \(TimeText.short(load.patience))"
        case .untrusted: return "the certificate is not trusted"
        case .tooLarge: return "the answer is too large"
        case .noCredential: return "there is no credential to show"
        case .forbidden: return "its address may not be met"
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

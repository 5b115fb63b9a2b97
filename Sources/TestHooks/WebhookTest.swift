internal import CanaryEngine
internal import Digests
internal import HTTPMessages
internal import JSONTree
package import Secrets
internal import Timekeeping

extension TestSpec {
    /// A POST to a server of the team's; any 2xx passes.
    package struct Webhook: Hashable, Sendable {
        package var url: String
        /// Its key signs each request.
        package var signature: SecretOrigin?
        /// Shown as `Authorization: Bearer`.
        package var bearer: SecretOrigin?
        /// Link-local addresses and clouds' own may be met.
        package var meetsAnyAddress: Bool
        /// It may send requests through the mesh: gates leave out the seconds in which it ran.
        package var sendsRequests: Bool
        /// How long to wait before asking again for the end of a long test.
        package var poll: Duration
        /// The time limit of a single request.
        package var patience: Duration

        package init(
            _ url: String, signature: SecretOrigin? = nil, bearer: SecretOrigin? = nil,
            meetsAnyAddress: Bool = false, sendsRequests: Bool = true, poll: Duration = .seconds(2),
            patience: Duration = .seconds(10)
        ) {
            self.url = url
            self.signature = signature
            self.bearer = bearer
            self.meetsAnyAddress = meetsAnyAddress
            self.sendsRequests = sendsRequests
            self.poll = poll
            self.patience = patience
        }
    }
}

extension TestPlace {
    /// Fetched anew for each execution, so that one that was exchanged meanwhile is found.
    fileprivate func secret(_ origin: SecretOrigin?, _ key: String) async throws -> Secret? {
        guard let origin else { return nil }
        do throws(SecretError) {
            return try await doors.keeper.secret(origin)
        } catch {
            throw HookError(
                .noSecret, place: "tests.\(name).webhook.\(key)",
                detail: "\(error.reason) (\(origin.place))")
        }
    }
}

extension TestSpec.Webhook: TestWork {
    func carryOut(_ place: TestPlace) async throws -> TestReport {
        let key = try await place.secret(signature, "signature")
        let shown = try await place.secret(bearer, "bearer")
        return try await WebhookTest(hook: self, place: place, key: key, bearer: shown).run()
    }
}

/// Posts the context, and where the far side says `202` asks at its `Location` until it ends.
///
/// At least once: a crash or a retry posts again, with the same Idempotency-Key. Redirects are not
/// followed, and a `Location` elsewhere is refused: neither the signature nor the bearer is for
/// anybody else.
struct WebhookTest {
    let hook: TestSpec.Webhook
    let place: TestPlace
    let key: Secret?
    let bearer: Secret?

    /// What is heard of an answer's body.
    private static let bodyLimit = 64 << 10

    func run() async throws -> TestReport {
        let body = JSONWriter.bytes(of: place.context.tree)
        let end = place.time.now + place.timeLimit
        let first: HTTPResponse
        do throws(HTTPFailure) {
            first = try await send("POST", hook.url, body)
        } catch {
            return failed(told(error), error.reached == .never ? .none : traffic)
        }
        guard first.status == 202, let location = first.headers["Location"] else {
            return report(first)
        }
        guard let url = Self.url(of: location, from: hook.url) else {
            return failed("202, and its Location is elsewhere", traffic)
        }
        return try await follow(url, first, until: end)
    }

    private func follow(_ url: String, _ first: HTTPResponse, until end: Duration) async throws
        -> TestReport
    {
        var said = first
        while true {
            try await place.time.sleep(for: rest(said))
            if place.time.now >= end {
                return failed("no end within \(TimeText.short(place.timeLimit))", traffic)
            }
            do throws(HTTPFailure) {
                let answer = try await send("GET", url, [])
                switch answer.status {
                case 202, 429, 503: said = answer
                default: return report(answer)
                }
            } catch {
                // A question that brought no answer is asked again; the test goes on by itself.
                if error.reason == .forbidden || error.reason == .untrusted {
                    return failed(told(error), traffic)
                }
                try Task.checkCancellation()
            }
        }
    }

    private func rest(_ answer: HTTPResponse) -> Duration {
        guard let seconds = answer.headers["Retry-After"].flatMap(Int.init), seconds > 0 else {
            return hook.poll
        }
        return max(hook.poll, .seconds(min(seconds, 300)))
    }

    // MARK: Requests

    private func send(_ method: String, _ url: String, _ body: [UInt8]) async throws(HTTPFailure)
        -> HTTPResponse
    {
        var request = HTTPRequest(
            method, url,
            headers: [
                "Idempotency-Key": place.context.idempotencyKey, "Accept": "application/json",
            ], timeout: hook.patience)
        if method == "POST" {
            request.body = .bytes(body)
            request.headers["Content-Type"] = "application/json"
        }
        request.sparesInnerAddresses = !hook.meetsAnyAddress
        if let key {
            request.headers["Theseus-Signature"] = Self.signature(
                of: body, key: Array(key.text.utf8), second: place.time.date / 1000)
        }
        if let bearer {
            request.headers["Authorization"] = "Bearer \(bearer.text)"
        }
        return try await place.doors.transport.send(request)
    }

    /// `t=1700000000,v1=HEX`: the HMAC-SHA-256 of `1700000000.BODY`.
    static func signature(of body: [UInt8], key: [UInt8], second: Int) -> String {
        let message = Array("\(second).".utf8) + body
        return "t=\(second),v1=\(HMACSHA256.hex(key: key, message: message))"
    }

    /// The address that a `Location` means; nil where it is another server's.
    static func url(of location: String, from url: String) -> String? {
        guard let origin = origin(of: url), location.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        if location.hasPrefix("/"), !location.hasPrefix("//") { return origin + location }
        let rest = location.dropFirst(origin.count)
        guard location.hasPrefix(origin), rest.isEmpty || "/?".contains(rest.first ?? "x") else {
            return nil
        }
        return location
    }

    /// `https://qa.example.com:8443`: what may be shown of an address, whose path may be a secret.
    private static func origin(of url: String) -> Substring? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        return url[..<url[scheme.upperBound...].prefix { !"/?#".contains($0) }.endIndex]
    }

    // MARK: Answers

    private func told(_ failure: HTTPFailure) -> String {
        "\(Self.origin(of: hook.url) ?? ""): \(failure.meaning)"
    }

    private var traffic: OwnTraffic { hook.sendsRequests ? .unknown : .none }

    private func failed(_ sentence: String, _ traffic: OwnTraffic) -> TestReport {
        TestReport(passed: false, sentence: sentence, traffic: traffic)
    }

    private func report(_ answer: HTTPResponse) -> TestReport {
        if answer.status == 401 || answer.status == 403 {
            // The next try fetches anew what a command gave.
            for origin in [hook.signature, hook.bearer].compactMap({ $0 }) {
                place.doors.keeper.forget(origin)
            }
        }
        let bytes = answer.body.bytes ?? []
        guard bytes.count <= Self.bodyLimit else {
            return failed("status \(answer.status), and its answer is too large", traffic)
        }
        let passed = (200...299).contains(answer.status)
        var report = TestReport(
            passed: passed, sentence: "status \(answer.status)", traffic: traffic)
        guard let tree = try? answer.body.tree(), tree.members != nil else { return report }
        if let sentence = tree["sentence"]?.text {
            let clean = place.doors.redaction.clean(
                sentence.split(whereSeparator: \.isNewline).joined(separator: " "))
            let words = clean.prefix(Self.longest)
            report.sentence = passed ? String(words) : "status \(answer.status): \(words)"
        }
        guard passed else { return report }
        if let numbers = tree["numbers"] {
            guard let measures = NumbersText.measures(in: JSONWriter.text(of: numbers)) else {
                return failed("its numbers cannot be understood", traffic)
            }
            report.take(measures)
        }
        return report
    }

    private static let longest = 200
}

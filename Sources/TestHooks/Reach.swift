package import CanaryEngine
package import HTTPMessages
package import Timekeeping

/// Polls through the gateway until the dark route does what it says.
///
/// That is so when ten matched answers in a row carry this run's mark and are no server errors, and
/// ten unmatched ones in a row carry none; each over a connection of its own, since every proxy of
/// a gateway learns of the route at its own time.
package struct Reach: Sendable {
    package struct Finding: Hashable, Sendable {
        package let reached: Bool
        package let sentence: String
        package let traffic: OwnTraffic
    }

    private let transport: any HTTPTransport
    private let time: any Timekeeper

    package init(transport: any HTTPTransport, time: any Timekeeper) {
        self.transport = transport
        self.time = time
    }

    /// How many answers in a row it takes, on each side.
    package static let needed = 10

    /// Polls until it is so, or until `deadline` has gone by, or until it is called off.
    ///
    /// `path` is below the gateway's URL, which itself is asked for by default; the routes must let
    /// it through. After an answer that is not as it should be it waits for `every`.
    package func reach(
        _ context: TestContext, path: String = "", every: Duration, deadline: Duration,
        patience: Duration = .seconds(10)
    ) async throws(HookError) -> Finding {
        guard let gateway = context.gateway else {
            throw HookError(.noGateway, place: "reach")
        }
        guard let dark = context.dark else { throw HookError(.noDarkMatch, place: "reach") }
        var request = HTTPRequest(
            "GET", gateway.url(of: path), timeout: patience, freshConnection: true)
        if let host = gateway.host { request.headers["Host"] = host }
        var matched = request
        dark.add(to: &matched)
        let end = time.now + deadline
        var tally = Tally(run: context.run)
        while !tally.isDone {
            if time.now >= end { break }
            let wasGood = await tally.hear(send(matched), matched: true)
            let isGood = await tally.hear(send(request), matched: false) && wasGood
            if Task.isCancelled { break }
            if !isGood {
                do {
                    try await time.sleep(for: min(every, max(.zero, end - time.now)))
                } catch {
                    break
                }
            }
        }
        return tally.finding
    }

    private func send(_ request: HTTPRequest) async -> Result<HTTPResponse, HTTPFailure> {
        do {
            return .success(try await transport.send(request))
        } catch {
            return .failure(error)
        }
    }
}

/// What the polls showed.
private struct Tally {
    let run: String
    private var matchedInRow = 0
    private var unmatchedInRow = 0
    private var matched = 0
    private var unmatched = 0
    private var matchedErrors = 0
    private var unmatchedErrors = 0
    private var unanswered = false
    private var lastFault: String?

    init(run: String) { self.run = run }

    var isDone: Bool { matchedInRow >= Reach.needed && unmatchedInRow >= Reach.needed }

    /// Whether the answer is as it should be.
    mutating func hear(_ answer: Result<HTTPResponse, HTTPFailure>, matched isMatched: Bool)
        -> Bool
    {
        let fault = fault(of: answer, matched: isMatched)
        if let fault { lastFault = fault }
        count(answer, matched: isMatched)
        if isMatched {
            matchedInRow = fault == nil ? matchedInRow + 1 : 0
        } else {
            unmatchedInRow = fault == nil ? unmatchedInRow + 1 : 0
        }
        return fault == nil
    }

    private func fault(of answer: Result<HTTPResponse, HTTPFailure>, matched: Bool) -> String? {
        let side = matched ? "a matched request" : "an unmatched request"
        switch answer {
        case .failure(let failure):
            return "\(side) got no answer (\(failure.reason))"
        case .success(let response):
            let mark = response.headers[darkRouteHeader]
            switch (matched, mark) {
            case (true, run): return response.status < 500 ? nil : "\(side) got \(response.status)"
            case (true, nil): return "\(side) was not answered by the candidate"
            case (_, let other?) where other != run:
                return "\(side) was answered by another run's candidate (\(other.prefix(40)))"
            case (false, nil): return nil
            case (false, _): return "\(side) was answered by the candidate"
            case (true, _): return "\(side) was not answered by the candidate"
            }
        }
    }

    private mutating func count(
        _ answer: Result<HTTPResponse, HTTPFailure>, matched isMatched: Bool
    ) {
        guard case .success(let response) = answer else {
            unanswered = true
            return
        }
        let isError = response.status >= 500
        if response.headers[darkRouteHeader] == run {
            matched += 1
            matchedErrors += isError ? 1 : 0
        } else {
            unmatched += 1
            unmatchedErrors += isError ? 1 : 0
        }
    }

    var finding: Reach.Finding {
        let traffic: OwnTraffic =
            unanswered
            ? .unknown
            : .counted(
                candidate: matched, candidateErrors: matchedErrors, stable: unmatched,
                stableErrors: unmatchedErrors)
        if isDone {
            return Reach.Finding(
                reached: true,
                sentence: "\(matchedInRow) matched answers in a row from the candidate, "
                    + "\(unmatchedInRow) others not", traffic: traffic)
        }
        return Reach.Finding(
            reached: false,
            sentence: lastFault.map { "last seen: \($0)" } ?? "too little time to see anything",
            traffic: traffic)
    }
}

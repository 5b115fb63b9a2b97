package import HTTPMessages
package import JSONTree

extension TestSpec {
    /// Requests through the gateway: some, or for a while, one after the other or at a rate.
    package struct Load: Hashable, Sendable {
        /// A path below the gateway's URL, or a whole URL.
        package var path: String
        package var method: String
        package var body: String?
        /// How many; where there is a duration, no more than these.
        package var requests: Int
        /// For so long.
        package var duration: Duration?
        /// Begins so many a second, and falls behind only where all are still under way.
        package var rate: Double?
        /// At most so many at a time.
        package var concurrency: Int
        package var expect: ClosedRange<Int>
        /// What else an answer must have.
        package var answer: ExpectedAnswer
        package var headers: HTTPHeaders
        /// Sends what the dark match asks for; an answer of anybody but the candidate is an error.
        package var dark: Bool
        /// So many answers may be missing, or other than expected.
        package var maxErrors: Int
        /// A response header whose value is the version's label.
        package var versionHeader: String?
        /// The time limit of a single request.
        package var patience: Duration

        /// No load has more.
        package static let most = 1_000_000

        package init(
            _ path: String, method: String = "GET", body: String? = nil, requests: Int = 1,
            duration: Duration? = nil, rate: Double? = nil, concurrency: Int = 1,
            expect: ClosedRange<Int> = 200...299, answer: ExpectedAnswer = ExpectedAnswer(),
            headers: HTTPHeaders = [:], dark: Bool = false, maxErrors: Int = 0,
            versionHeader: String? = nil, patience: Duration = .seconds(10)
        ) {
            self.path = path
            self.method = method
            self.body = body
            self.requests = duration == nil ? max(1, requests) : Self.most
            self.duration = duration
            self.rate = rate.flatMap { $0 > 0 ? $0 : nil }
            self.concurrency = max(1, concurrency)
            self.expect = expect
            self.answer = answer
            self.headers = headers
            self.dark = dark
            self.maxErrors = maxErrors
            self.versionHeader = versionHeader
            self.patience = patience
        }
    }

    /// What an answer must have beside its status.
    package struct ExpectedAnswer: Hashable, Sendable {
        package struct Member: Hashable, Sendable {
            package var path: JSONPath
            package var value: JSONTree

            package init(_ path: JSONPath, _ value: JSONTree) {
                self.path = path
                self.value = value
            }
        }

        /// Each must be there and hold the text.
        package var headers: HTTPHeaders
        package var members: [Member]
        /// Stands somewhere in the body.
        package var text: String?

        package init(
            headers: HTTPHeaders = [:], members: [Member] = [], text: String? = nil
        ) {
            self.headers = headers
            self.members = members
            self.text = text
        }
    }
}

extension TestSpec.ExpectedAnswer {
    /// What is not as expected; nil: nothing.
    ///
    /// Never repeats the answer, which may hold anything.
    func fault(in response: HTTPResponse) -> String? {
        for line in headers.lines {
            let values = response.headers.lines.filter {
                $0.name.lowercased() == line.name.lowercased()
            }
            if values.isEmpty { return "header \(line.name) is missing" }
            if !values.contains(where: { $0.value.contains(line.value) }) {
                return "header \(line.name) is not \(line.value)"
            }
        }
        if !members.isEmpty {
            guard let tree = try? response.body.tree() else { return "its body is no JSON" }
            for member in members {
                let values = member.path.values(in: tree)
                if values.isEmpty { return "\(member.path) is missing" }
                if !values.allSatisfy({ $0.isSame(as: member.value) }) {
                    return "\(member.path) is another"
                }
            }
        }
        if let text {
            let body = String(decoding: response.body.bytes ?? [], as: UTF8.self)
            if !body.contains(text) { return "its body does not hold the text" }
        }
        return nil
    }
}

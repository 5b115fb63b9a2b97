package import HTTPMessages

/// Why the metrics gave no number to judge by; never a pass.
package struct MetricsError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// An empty answer: there is no such series.
        case missing
        case notANumber
        case infinite
        /// The labels of some of the series.
        case severalSeries([String])
        /// So old was the newest sample.
        case stale(Duration)
        /// The server says that it could not read everything.
        case partial
        /// A matrix or a string, where a number was asked for.
        case wrongType(String)
        /// The server does not understand the query, or cannot carry it out.
        case refused
        /// 401 or 403.
        case denied
        /// Any other status.
        case status(Int)
        case undecodable
        case tooLarge
        case unreachable(HTTPFailure.Reason)
    }

    package let code: Code
    /// What was asked, as `GET http://prometheus:9090/api/v1/query`.
    package let place: String
    /// The server's own words, shortened.
    package let detail: String
    /// Who was asked: `Prometheus`, `Datadog`.
    package let server: String

    package init(
        _ code: Code, place: String, detail: String = "", server: String = "Prometheus"
    ) {
        self.code = code
        self.place = place
        self.detail = detail
        self.server = server
    }

    /// The source itself fails, or will never understand the question; more time or more requests
    /// of users do not help.
    package var isOfTheSource: Bool {
        switch code {
        case .missing, .notANumber, .infinite, .stale: false
        case .severalSeries, .partial, .wrongType, .refused, .denied, .status, .undecodable,
            .tooLarge, .unreachable:
            true
        }
    }

    /// One sentence, for a verdict.
    package var reason: String {
        detail.isEmpty ? meaning : "\(meaning) (\(detail))"
    }

    private var meaning: String {
        switch code {
        case .missing: "the query finds no series"
        case .notANumber: "the value is not a number, as when nothing is divided by nothing"
        case .infinite: "the value is infinite, as when something is divided by nothing"
        case .severalSeries(let labels):
            "the query gives several series, such as \(labels.joined(separator: " and "))"
        case .stale(let age): "the newest sample is \(age.shortText) old"
        case .partial: "\(server) could not read everything"
        case .wrongType(let type): "the query gives a \(type), not one number"
        case .refused: "\(server) refuses the query"
        case .denied: "\(server) denies access"
        case .status(let status): "\(server) answers with status \(status)"
        case .undecodable: "the answer is not \(server)'s"
        case .tooLarge: "the answer is too large"
        case .unreachable(.unresolved): "the name of \(server)'s host is not known"
        case .unreachable(.refused): "nobody listens at \(server)'s address"
        case .unreachable(.timedOut): "\(server) does not answer in time"
        case .unreachable(.untrusted): "\(server)'s certificate is not trusted"
        case .unreachable(.cancelled): "the question was called off"
        case .unreachable(.forbidden): "\(server)'s address may not be met"
        case .unreachable(.noCredential): "there is no credential to show to \(server)"
        case .unreachable(.reset), .unreachable(.malformed), .unreachable(.tooLarge):
            "the connection to \(server) broke"
        }
    }

    package var remedy: String {
        switch code {
        case .missing:
            "check the metric's name and labels, and that users' requests reach the version"
        case .notANumber, .infinite:
            "wait for requests, or make the query give a number where there are none"
        case .severalSeries: "sum the series, or choose one by its labels"
        case .stale where isPrometheus: "check that Prometheus still scrapes the mesh's proxies"
        case .stale: "check that \(server) still gets this metric"
        case .partial: "check \(server) and the stores behind it"
        case .wrongType where isPrometheus:
            "make the query give a scalar, or a vector of one series"
        case .wrongType: "make the query give one number"
        case .refused: "correct the query; \(server)'s own page shows where it is wrong"
        case .denied: "give the credentials that \(server)'s address asks for"
        case .unreachable(.noCredential): "put the secret where the flow says that it is"
        case .status(429): "ask less often: raise every"
        case .status, .unreachable: "check \(key), and that the server runs"
        case .undecodable: "check that \(key) is \(server)'s"
        case .tooLarge: "ask for less: one number is enough"
        }
    }

    private var isPrometheus: Bool { server == "Prometheus" }

    /// The flow's key for where the source is.
    private var key: String { isPrometheus ? "prometheus.address" : "the source's address" }

    package var description: String {
        """
        metrics: \(reason)
          where: \(place)
          do:    \(remedy)
        """
    }
}

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

    package init(_ code: Code, place: String, detail: String = "") {
        self.code = code
        self.place = place
        self.detail = detail
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
        case .stale(let age): "the newest sample is \(QueryText.duration(age)) old"
        case .partial: "Prometheus could not read everything"
        case .wrongType(let type): "the query gives a \(type), not one number"
        case .refused: "Prometheus refuses the query"
        case .denied: "Prometheus denies access"
        case .status(let status): "Prometheus answers with status \(status)"
        case .undecodable: "the answer is not Prometheus's"
        case .tooLarge: "the answer is too large"
        case .unreachable(.unresolved): "the name of Prometheus's host is not known"
        case .unreachable(.refused): "nobody listens at Prometheus's address"
        case .unreachable(.timedOut): "Prometheus does not answer in time"
        case .unreachable(.untrusted): "Prometheus's certificate is not trusted"
        case .unreachable(.cancelled): "the question was called off"
        case .unreachable(.noCredential): "there is no credential to show to Prometheus"
        case .unreachable(.reset), .unreachable(.malformed), .unreachable(.tooLarge):
            "the connection to Prometheus broke"
        }
    }

    private var remedy: String {
        switch code {
        case .missing:
            "check the metric's name and labels, and that users' requests reach the version"
        case .notANumber, .infinite:
            "wait for requests, or make the query give a number where there are none"
        case .severalSeries: "sum the series, or choose one by its labels"
        case .stale: "check that Prometheus still scrapes the mesh's proxies"
        case .partial: "check Prometheus and the stores behind it"
        case .wrongType: "make the query give a scalar, or a vector of one series"
        case .refused: "correct the query; Prometheus's own page shows where it is wrong"
        case .denied: "give the credentials that Prometheus's address asks for"
        case .status, .unreachable: "check prometheus.address, and that the server runs"
        case .undecodable: "check that prometheus.address is a Prometheus server's"
        case .tooLarge: "ask for less: one number is enough"
        }
    }

    package var description: String {
        """
        metrics: \(reason)
          where: \(place)
          do:    \(remedy)
        """
    }
}

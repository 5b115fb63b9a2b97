import HTTPMessages
import Testing

@testable import MetricsSources

@Suite struct ErrorTests {
    struct Text: Sendable {
        var code: MetricsError.Code
        var what: String
        var remedy: String
    }

    static let texts: [Text] = [
        Text(
            code: .missing, what: "the query finds no series",
            remedy: "check the metric's name and labels, and that users' requests reach the version"
        ),
        Text(
            code: .notANumber,
            what: "the value is not a number, as when nothing is divided by nothing",
            remedy: "wait for requests, or make the query give a number where there are none"),
        Text(
            code: .infinite, what: "the value is infinite, as when something is divided by nothing",
            remedy: "wait for requests, or make the query give a number where there are none"),
        Text(
            code: .severalSeries(["{a=\"1\"}", "{a=\"2\"}"]),
            what: "the query gives several series, such as {a=\"1\"} and {a=\"2\"}",
            remedy: "sum the series, or choose one by its labels"),
        Text(
            code: .stale(.seconds(90)), what: "the newest sample is 90s old",
            remedy: "check that Prometheus still scrapes the mesh's proxies"),
        Text(
            code: .partial, what: "Prometheus could not read everything",
            remedy: "check Prometheus and the stores behind it"),
        Text(
            code: .wrongType("matrix"), what: "the query gives a matrix, not one number",
            remedy: "make the query give a scalar, or a vector of one series"),
        Text(
            code: .refused, what: "Prometheus refuses the query",
            remedy: "correct the query; Prometheus's own page shows where it is wrong"),
        Text(
            code: .denied, what: "Prometheus denies access",
            remedy: "give the credentials that Prometheus's address asks for"),
        Text(
            code: .status(502), what: "Prometheus answers with status 502",
            remedy: "check prometheus.address, and that the server runs"),
        Text(
            code: .undecodable, what: "the answer is not Prometheus's",
            remedy: "check that prometheus.address is Prometheus's"),
        Text(
            code: .tooLarge, what: "the answer is too large",
            remedy: "ask for less: one number is enough"),
        Text(
            code: .unreachable(.unresolved), what: "the name of Prometheus's host is not known",
            remedy: "check prometheus.address, and that the server runs"),
        Text(
            code: .unreachable(.refused), what: "nobody listens at Prometheus's address",
            remedy: "check prometheus.address, and that the server runs"),
        Text(
            code: .unreachable(.timedOut), what: "Prometheus does not answer in time",
            remedy: "check prometheus.address, and that the server runs"),
        Text(
            code: .unreachable(.untrusted), what: "Prometheus's certificate is not trusted",
            remedy: "check prometheus.address, and that the server runs"),
        Text(
            code: .unreachable(.cancelled), what: "the question was called off",
            remedy: "check prometheus.address, and that the server runs"),
        Text(
            code: .unreachable(.reset), what: "the connection to Prometheus broke",
            remedy: "check prometheus.address, and that the server runs"),
    ]

    @Test(arguments: texts) func threeLines(_ text: Text) {
        #expect(
            "\(MetricsError(text.code, place: "GET http://prom/api/v1/query"))" == """
                metrics: \(text.what)
                  where: GET http://prom/api/v1/query
                  do:    \(text.remedy)
                """)
    }
}

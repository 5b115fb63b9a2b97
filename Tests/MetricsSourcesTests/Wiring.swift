import Foundation
import HTTPClient
import HTTPMessages
import HTTPServer
import JSONTree
import Processes
import Secrets
import Synchronization
import Testing
import Timekeeping

@testable import MetricsSources

/// A server on loopback that answers every request alike, and remembers them.
func serving<Value: Sendable>(
    _ response: HTTPResponse, _ work: (_ url: String, _ asked: Asked) async throws -> Value
) async throws -> Value {
    let asked = Asked()
    let server = try LoopbackServer { request in
        asked.note(request)
        return response
    }
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await server.serve() }
        defer { server.stop() }
        return try await work("http://127.0.0.1:\(server.port)", asked)
    }
}

/// What a server was asked.
final class Asked: Sendable {
    private let log = Mutex<[HTTPServerRequest]>([])

    var requests: [HTTPServerRequest] { log.withLock { $0 } }

    func note(_ request: HTTPServerRequest) { log.withLock { $0.append(request) } }
}

/// From a source's description to its answer, as in production.
enum Wiring {
    static let span = MetricsSpan(from: 1_700_000_000, to: 1_700_000_300)

    /// Secrets that tests may name by variables.
    static let variables = [
        ProcessJob.Variable(name: "TOKEN", value: "planted-token-0123456789"),
        ProcessJob.Variable(name: "OTHER", value: "planted-other-9876543210"),
    ]

    static func doors(_ spawner: any ProcessSpawner = NoPrograms()) -> SourceDoors {
        doors(over: CurlTransport(options: CurlOptions(bodyLimit: 2 << 20)), spawner)
    }

    static func doors(
        over transport: any HTTPTransport, _ spawner: any ProcessSpawner = NoPrograms()
    ) -> SourceDoors {
        SourceDoors(
            transport: transport,
            keeper: SecretKeeper(
                environment: variables, spawner: spawner, time: RealTime(),
                read: { _ in throw NoPrograms.Nothing() }),
            trusting: trusting)
    }

    static func trusting(_ material: TrustMaterial) -> any HTTPTransport {
        var options = CurlOptions(
            authorities: material.authorities, serverName: material.serverName)
        if let certificate = material.certificate, let key = material.key {
            options.identity = CurlIdentity(certificate: certificate, key: Array(key.text.utf8))
        }
        return CurlTransport(options: options)
    }

    static var time: any Timekeeper { RealTime() }
    static var curl: any HTTPTransport { CurlTransport() }

    static func file(_ path: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: path)))
    }

    static func reading(
        of query: String, as reduction: MetricsReduction = .last, from spec: SourceSpec,
        _ doors: SourceDoors = doors()
    ) async -> Result<MetricsReading, MetricsError> {
        do {
            return .success(
                try await spec.source(doors).reading(of: query, over: span, as: reduction))
        } catch {
            return .failure(error)
        }
    }
}

struct NoPrograms: ProcessSpawner {
    struct Nothing: Error {}

    func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
        throw ProcessFailure(.notFound, place: job.place)
    }
}

/// One kind of source as the tables below name it.
struct Kind: Sendable, CustomTestStringConvertible {
    let title: String
    let spec: @Sendable (_ address: String) -> SourceSpec
    let query: String

    var testDescription: String { title }

    init(
        _ title: String, _ kind: SourceSpec.Kind, query: String,
        _ credentials: [SourceCredential]
    ) {
        self.title = title
        self.query = query
        spec = { address in
            SourceSpec(
                name: "other", kind: kind, address: address,
                access: SourceAccess(credentials: credentials))
        }
    }

    private static func line(_ name: String, _ before: String = "") -> SourceCredential {
        .header(name: name, before: before, .environment("TOKEN"))
    }

    static let datadog = Kind(
        "Datadog", .datadog, query: "avg:errors{version:v2}",
        [
            line("DD-API-KEY"),
            .header(name: "DD-APPLICATION-KEY", before: "", .environment("OTHER")),
        ])
    static let newRelic = Kind(
        "New Relic", .newRelic(account: 42), query: "SELECT average(duration) FROM Transaction",
        [line("API-Key")])
    static let cloudWatch = Kind(
        "CloudWatch", .cloudWatch, query: "SELECT AVG(Errors) FROM Shop",
        [
            .signature(
                region: "eu-west-1", service: "monitoring", accessKey: .environment("OTHER"),
                secretKey: .environment("TOKEN"), sessionToken: nil)
        ])
    static let graphite = Kind(
        "Graphite", .graphite, query: "averageSeries(shop.v2.*.errors)",
        [.basic(user: "mia", .environment("TOKEN"))])
    static let influx = Kind(
        "InfluxDB", .influx(organization: "crew"), query: "from(bucket: \"shop\")",
        [line("Authorization", "Token ")])
    static let oldInflux = Kind(
        "InfluxDB", .oldInflux(database: "shop"), query: "SELECT mean(value) FROM errors",
        [.basic(user: "mia", .environment("TOKEN"))])
    static let dynatrace = Kind(
        "Dynatrace", .dynatrace, query: "builtin:service.errors.total.rate",
        [line("Authorization", "Api-Token ")])
    static let google = Kind(
        "Google Cloud Monitoring", .google(project: "shop-1"),
        query: "fetch k8s_container | metric 'shop/errors'", [line("Authorization", "Bearer ")])
    static let splunk = Kind(
        "Splunk", .splunk, query: "index=shop status>=500 | stats count",
        [line("Authorization", "Bearer ")])
    static let web = Kind(
        "the web source", .web(method: "GET", body: nil), query: "/stats?v=2#$.errors.ratio",
        [line("X-Token")])
    static let prometheus = Kind(
        "Prometheus", .prometheus, query: "up", [line("Authorization", "Bearer ")])

    static let all = [
        datadog, newRelic, cloudWatch, graphite, influx, oldInflux, dynatrace, google, splunk, web,
        prometheus,
    ]
}

/// What a server says, and what becomes of it.
struct Wire: Sendable, CustomTestStringConvertible {
    enum End: Sendable, Equatable {
        case number(Double, at: Double)
        case none(MetricsError.Code, String)
    }

    var kind: Kind
    var name: String
    var status = 200
    var body: String
    var query: String?
    var reduction = MetricsReduction.last
    var end: End

    var testDescription: String { "\(kind.title): \(name)" }

    /// One after the other, over a real connection.
    func played() async throws -> End {
        try await serving(HTTPResponse(status: status, body: .text(body))) { url, _ in
            switch await Wiring.reading(
                of: query ?? kind.query, as: reduction, from: kind.spec(url))
            {
            case .success(let reading): .number(reading.value, at: reading.at)
            case .failure(let error): .none(error.code, error.detail)
            }
        }
    }
}

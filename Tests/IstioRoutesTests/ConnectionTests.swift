import CanaryEngine
import JSONTree
import Manifests
import Testing

@testable import IstioRoutes

/// TLS and TCP routes.
struct ConnectionTests {
    static let both = """
        kind: VirtualService
        metadata: {name: reviews}
        spec:
          hosts: [reviews]
          tls:
          - match:
            - {port: 443, sniHosts: [b.example.com]}
            - {port: 443, sniHosts: [A.example.com]}
            route: [{destination: {host: reviews}}]
          - match: [{port: 443, sniHosts: [c.example.com]}]
            route: [{destination: {host: mail}}]
          tcp:
          - match: [{port: 3306}]
            route:
            - {destination: {host: reviews}, weight: 60}
            - {destination: {host: legacy}, weight: 40}
          - match: [{port: 6379}]
            route: [{destination: {host: cache}}]
        """
    static let scope = RouteScope.reviews.withoutDark()

    static func naming(tls: [TLSRouteName] = [], tcp: [Int] = []) -> RouteScope {
        scope.naming(RouteName(virtualService: "reviews", tls: tls, tcp: tcp))
    }

    @Test(arguments: [
        [TLSRouteName(port: 443, sniHosts: ["a.example.com", "b.example.com"])],
        [TLSRouteName(sniHosts: ["B.example.com", "a.example.com"])],
    ])
    func findsByPortAndSNISet(tls: [TLSRouteName]) throws {
        let survey = try RouteScene(Self.both).survey(Self.naming(tls: tls, tcp: [3306]))
        #expect(
            survey.routes.map(\.key.words) == [
                "tls route 443 a.example.com,b.example.com", "tcp route 3306",
            ])
    }

    @Test func movesBothAndNothingElse() throws {
        let scene = try RouteScene(Self.both)
        let before = try #require(scene.virtualServices.first)
        let (pinned, edit) = try scene.pinned(
            Self.naming(
                tls: [TLSRouteName(sniHosts: ["a.example.com", "b.example.com"])], tcp: [3306]))
        let moved = edit.weighted(pinned, percent(50))
        #expect(
            moved.spec["tls"]?.items?[0]["route"]
                == (try tree(
                    """
                    - {destination: {host: reviews, subset: v1}, weight: 50}
                    - {destination: {host: reviews, subset: v2}, weight: 50}
                    """)))
        #expect(
            moved.spec["tcp"]?.items?[0]["route"]
                == (try tree(
                    """
                    - {destination: {host: reviews, subset: v1}, weight: 30}
                    - {destination: {host: reviews, subset: v2}, weight: 30}
                    - {destination: {host: legacy}, weight: 40}
                    """)))
        #expect(moved.spec["tls"]?.items?[1] == before.spec["tls"]?.items?[1])
        #expect(moved.spec["tcp"]?.items?[1] == before.spec["tcp"]?.items?[1])
        #expect(RouteRecord(on: moved)?.routes == edit.record.routes)
        #expect(try edit.darkened(moved, matching: RouteScope.reviews.dark) == moved)
        let back = edit.unpinned(edit.lowered(moved, to: .none))
        #expect(RouteEdit.forgotten(back) == before)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var scope = ConnectionTests.scope
        var yaml = ConnectionTests.both
        var code: RouteRefusal.Code
        var place: String
        var testDescription: String { name }
    }

    static let here = "VirtualService shop/reviews"
    static let first = "443 a.example.com,b.example.com"
    static let refusals: [Case] = [
        Case(
            name: "none named",
            code: .ambiguous(found: ["shop/reviews: tls \(first)", "shop/reviews: tcp 3306"]),
            place: "Service shop/reviews"),
        Case(
            name: "one of two named", scope: naming(tcp: [3306]),
            code: .partial(left: ["shop/reviews: tls \(first)"]), place: "Service shop/reviews"),
        Case(
            name: "no such port", scope: naming(tcp: [3307]),
            code: .noSuchConnection(protocol: "tcp", present: ["3306", "6379"]),
            place: here + ", tcp route 3307"),
        Case(
            name: "not the whole SNI set",
            scope: naming(tls: [TLSRouteName(port: 443, sniHosts: ["a.example.com"])]),
            code: .noSuchConnection(protocol: "tls", present: [first, "443 c.example.com"]),
            place: here + ", tls route 443 a.example.com"),
        Case(
            name: "the port alone means two", scope: naming(tls: [TLSRouteName(port: 443)]),
            code: .severalMeant(present: [first, "443 c.example.com"]),
            place: here + ", tls route 443"),
        Case(
            name: "leads elsewhere", scope: naming(tcp: [6379]),
            code: .leadsElsewhere(service: "reviews"), place: here + ", tcp route 6379"),
        Case(
            name: "two of the same match",
            scope: scope.naming(RouteName(virtualService: "reviews")),
            yaml: """
                kind: VirtualService
                metadata: {name: reviews}
                spec:
                  hosts: [reviews]
                  tcp:
                  - match: [{port: 1, sourceLabels: {a: b}}]
                    route: [{destination: {host: reviews}}]
                  - match: [{port: 1}]
                    route: [{destination: {host: reviews}}]
                """, code: .sameMatch, place: here + ", tcp route 1"),
        Case(
            name: "a dark match and no HTTP",
            scope: RouteScope.reviews.naming(RouteName(virtualService: "reviews")),
            code: .darkWithoutHTTP, place: here + ", tls route \(first)"),
        Case(
            name: "a port without a route",
            yaml: """
                kind: Service
                metadata: {name: reviews}
                spec: {ports: [{name: http, port: 80}, {name: redis-main, port: 6379}]}
                """, code: .openPort(protocol: "REDIS"), place: "Service shop/reviews, port 6379"),
        Case(
            name: "a port led from a gateway alone",
            yaml: """
                kind: Service
                metadata: {name: reviews}
                spec: {ports: [{name: a, appProtocol: tls, port: 443}]}
                ---
                kind: VirtualService
                metadata: {name: reviews}
                spec:
                  hosts: [a.example.com]
                  gateways: [edge]
                  tls:
                  - match: [{port: 443, sniHosts: [a.example.com]}]
                    route: [{destination: {host: reviews}}]
                """, code: .openPort(protocol: "TLS"), place: "Service shop/reviews, port 443"),
        Case(
            name: "UDP",
            yaml: """
                kind: Service
                metadata: {name: reviews}
                spec: {ports: [{name: dns, port: 53, protocol: UDP}]}
                """, code: .notHTTP(protocol: "UDP"), place: "Service shop/reviews, port 53"),
    ]

    @Test(arguments: refusals) func refuses(_ example: Case) throws {
        let scene = try RouteScene(example.yaml)
        let refusal = #expect(throws: RouteRefusal.self) { try scene.survey(example.scope) }
        #expect(refusal == RouteRefusal(example.code, at: example.place))
    }

    /// A port that a route leads needs nothing more.
    @Test func takesAPortWithARoute() throws {
        let survey = try RouteScene(
            Self.both + """

                ---
                kind: Service
                metadata: {name: reviews}
                spec: {ports: [{name: mysql, port: 3306}, {name: https, port: 443}]}
                """
        ).survey(Self.scope.naming(RouteName(virtualService: "reviews")))
        #expect(survey.routes.count == 2)
    }

    struct Led: Sendable, CustomTestStringConvertible {
        var port: String
        var list: String
        var match: String
        var isLed: Bool
        var testDescription: String { "\(port) by \(list) \(match)" }
    }

    static let sni = "sniHosts: [a.example.com]"
    static let led: [Led] = [
        Led(port: "tcp", list: "tcp", match: "[{port: 443}]", isLed: true),
        Led(port: "tcp", list: "tcp", match: "[]", isLed: true),
        Led(port: "mysql", list: "tcp", match: "[{gateways: [mesh, edge]}]", isLed: true),
        Led(port: "tls", list: "tls", match: "[{port: 443, \(sni)}]", isLed: true),
        Led(port: "https", list: "tls", match: "[{\(sni)}]", isLed: true),
        Led(
            port: "tcp", list: "tcp", match: "[{port: 443, sourceLabels: {a: b}}, {port: 443}]",
            isLed: true),
        Led(port: "tls", list: "tcp", match: "[{port: 443}]", isLed: false),
        Led(port: "https", list: "tcp", match: "[]", isLed: false),
        Led(port: "tcp", list: "tls", match: "[{port: 443, \(sni)}]", isLed: false),
        Led(port: "tls", list: "tls", match: "[{port: 8443, \(sni)}]", isLed: false),
        Led(port: "tls", list: "tls", match: "[]", isLed: false),
        Led(port: "tcp", list: "tcp", match: "[{port: 80}]", isLed: false),
        Led(
            port: "tcp", list: "tcp", match: "[{port: 443, sourceLabels: {a: b}}]", isLed: false),
        Led(
            port: "tcp", list: "tcp", match: "[{port: 443, sourceNamespace: shop}]",
            isLed: false),
        Led(
            port: "tls", list: "tls",
            match: "[{port: 443, \(sni), destinationSubnets: [10.0.0.0/8]}]", isLed: false),
        Led(port: "tcp", list: "tcp", match: "[{port: 443, gateways: [edge]}]", isLed: false),
        Led(
            port: "tcp", list: "tcp", match: "[{port: 443, gateways: [edge]}, {port: 80}]",
            isLed: false),
    ]

    /// A port is led only where Istio itself would ask the route, whoever the client is.
    @Test(arguments: led) func knowsWhatLeads(_ example: Led) throws {
        let scene = try RouteScene(
            """
            kind: Service
            metadata: {name: reviews}
            spec: {ports: [{name: \(example.port), port: 443}]}
            ---
            kind: VirtualService
            metadata: {name: reviews}
            spec:
              hosts: [reviews]
              gateways: [mesh, edge]
              \(example.list):
              - match: \(example.match)
                route: [{destination: {host: reviews}}]
            """)
        var refusal: RouteRefusal?
        do throws(RouteRefusal) { _ = try scene.survey(Self.scope) } catch { refusal = error }
        let open = RouteRefusal(
            .openPort(protocol: example.port.uppercased()), at: "Service shop/reviews, port 443")
        #expect(refusal == (example.isLed ? nil : open))
    }

    /// A record names TLS and TCP routes by what they match, and reads the names again.
    @Test func remembersKeys() throws {
        let object = try #require(RouteScene(Self.both).virtualServices.first)
        let keys: [RouteKey] = [
            .named("a"), .unnamed(1), .tls(ports: [1, 443], sniHosts: ["a", "b"]), .tcp(ports: []),
        ]
        let record = RouteRecord(
            run: "r1", service: "x.shop.svc.cluster.local", stableSubset: "a",
            candidateSubset: "b", routes: keys.map { RouteRecord.Route(key: $0, was: []) })
        #expect(RouteRecord(on: record.written(on: object)) == record)
    }
}

import JSONTree
import Testing

@testable import IstioRoutes

/// What is said before a run begins, and does not stop it.
struct SurveyWarningTests {
    static func scene(_ rule: String, _ metadata: String = "") throws -> RouteScene {
        try RouteScene(
            """
            kind: VirtualService
            metadata: {name: reviews\(metadata)}
            spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews}}]}]}
            ---
            kind: DestinationRule
            metadata: {name: reviews}
            spec:
              host: reviews
              \(rule)
            """)
    }

    @Test(arguments: [
        ("trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true}}}", "trafficPolicy"),
        (
            "trafficPolicy: {portLevelSettings: [{port: {number: 1}, loadBalancer: {consistentHash:"
                + " {httpHeaderName: x}}}]}", "trafficPolicy.portLevelSettings[0]"
        ),
        (
            "subsets: [{name: blue, labels: {version: v1}, trafficPolicy: {loadBalancer:"
                + " {consistentHash: {httpCookie: {name: a, ttl: 0s}}}}}]",
            "subset blue, trafficPolicy"
        ),
    ])
    func warnsOfHashes(rule: String, place: String) throws {
        #expect(
            try Self.scene(rule).survey().warnings == [
                "DestinationRule shop/reviews balances by consistentHash (\(place).loadBalancer):"
                    + " weights divide requests before the hash does, so a user may meet both versions"
                    + " by turns; the step 'sticky' keeps users where they are"
            ])
    }

    @Test(arguments: [
        "trafficPolicy: {loadBalancer: {simple: RANDOM}}",
        "subsets: [{name: old, labels: {version: v0}, trafficPolicy: {loadBalancer:"
            + " {consistentHash: {useSourceIp: true}}}}]",
    ])
    func saysNothingOfOthers(rule: String) throws {
        #expect(try Self.scene(rule).survey().warnings.isEmpty)
    }

    private static func port(_ port: String, routes: String = "") throws -> [String] {
        try RouteScene(
            """
            kind: VirtualService
            metadata: {name: reviews}
            spec:
              hosts: [reviews]
              http: [{name: a, route: [{destination: {host: reviews}}]}]
              \(routes)
            ---
            kind: Service
            metadata: {name: reviews}
            spec: {ports: [\(port)], selector: {app: reviews}}
            """
        ).survey(
            .reviews.naming(RouteName(virtualService: "reviews"))
        ).warnings
    }

    /// Of a port that declares nothing, Istio looks at each connection.
    @Test(arguments: [
        "{port: 8080}", "{port: 8080, name: web}", "{port: 8080, name: httpx-web}",
        "{port: 8080, name: http, appProtocol: example.com/own}",
    ])
    func saysWhichPortsAreLookedAt(port: String) throws {
        #expect(
            try Self.port(port) == [
                "Service shop/reviews, port 8080 declares no protocol: Istio looks at each connection,"
                    + " and one that is not HTTP goes by no route and meets both versions; set"
                    + " appProtocol (http, grpc, tcp …)"
            ])
    }

    @Test(arguments: [
        "{port: 8080, name: http}", "{port: 8080, name: http-web}", "{port: 1, name: grpc-web}",
        "{port: 8080, appProtocol: http2}", "{port: 8080, appProtocol: kubernetes.io/h2c}",
    ])
    func saysNothingOfDeclaredPorts(port: String) throws {
        #expect(try Self.port(port) == [])
    }

    @Test func aRouteForConnectionsIsEnough() throws {
        let tcp = "tcp: [{match: [{port: 8080}], route: [{destination: {host: reviews}}]}]"
        #expect(try Self.port("{port: 8080}", routes: tcp) == [])
    }

    @Test func saysWhatCannotBeSeen() throws {
        var world = try Self.scene("trafficPolicy: {}").world
        world.seesAllNamespaces = false
        let warnings = try RouteSurvey(of: world, for: .reviews).warnings
        #expect(
            warnings == [
                "VirtualServices and DestinationRules of other namespaces may not be listed: a route"
                    + " there to reviews.shop.svc.cluster.local would go unseen, and lead to both"
                    + " versions"
            ])
    }

    @Test func saysWhoKeepsWhat() throws {
        let marks =
            ", labels: {app.kubernetes.io/managed-by: Helm},"
            + " annotations: {meta.helm.sh/release-name: shop}"
        let warnings = try Self.scene("trafficPolicy: {}", marks).survey().warnings
        #expect(
            warnings == [
                "VirtualService shop/reviews is kept by Helm (release shop), which may undo the"
                    + " weights: hold 'helm upgrade' back for the time of the run (Helm has no rule"
                    + " that ignores fields), and write what was promoted into the chart before the"
                    + " next"
            ])
    }
}

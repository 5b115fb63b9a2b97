import JSONTree
import Manifests
import Testing

@testable import IstioRoutes

/// Services that only the version that goes answers: who would lose it, and who would not.
struct LeftBehindTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var routes: String
        var service = "metadata: {name: direct}"
        var scope = RouteScope.reviews
        var refusals: [String] = []
        var warnings = 0
    }

    private static func routes(_ host: String, to destination: String, _ more: String = "")
        -> String
    {
        """
        kind: VirtualService
        metadata: {name: aside}
        spec: {hosts: [\(host)], http: [{name: a, route: [\(destination)]}]\(more)}
        """
    }

    private static let nobody = routes("shop.example.com", to: "{destination: {host: cart}}")
    private static let aside = routes("x", to: "{destination: {host: direct}}")
    private static let led = routes("direct", to: "{destination: {host: reviews}}")
    private static let route = "VirtualService shop/aside, http route a"
    private static let service = "Service shop/direct"

    static let cases: [Case] = [
        Case(testDescription: "a route", routes: aside, refusals: [route]),
        Case(
            testDescription: "a long host of another namespace",
            routes: """
                kind: VirtualService
                metadata: {name: aside, namespace: edge}
                spec: {hosts: [x], http: [{name: a, route: [{destination: {host: direct.shop}}]}]}
                """, refusals: ["VirtualService edge/aside, http route a"]),
        Case(
            testDescription: "a stranger of that name",
            routes: """
                kind: VirtualService
                metadata: {name: aside, namespace: edge}
                spec: {hosts: [x], http: [{name: a, route: [{destination: {host: direct}}]}]}
                """, refusals: [service]),
        Case(
            testDescription: "a TCP route",
            routes: """
                kind: VirtualService
                metadata: {name: aside}
                spec: {hosts: [x], tcp: [{route: [{destination: {host: direct}}]}]}
                """, refusals: ["VirtualService shop/aside, tcp route (every port)"]),
        Case(
            testDescription: "a share",
            routes: routes(
                "x",
                to: "{destination: {host: direct}, weight: 5},"
                    + " {destination: {host: cart}, weight: 95}"), refusals: [route]),
        Case(
            testDescription: "a route without weight",
            routes: routes(
                "x",
                to: "{destination: {host: direct}, weight: 0},"
                    + " {destination: {host: cart}, weight: 100}"), refusals: [service]),
        Case(
            testDescription: "a VirtualService that nobody asks",
            routes: """
                kind: VirtualService
                metadata: {name: aside}
                spec: {http: [{name: a, route: [{destination: {host: direct}}]}]}
                """, refusals: [service]),
        Case(testDescription: "no route", routes: nobody, refusals: [service]),
        Case(testDescription: "led to the service", routes: led),
        Case(
            testDescription: "led by a gateway alone",
            routes: routes("direct", to: "{destination: {host: reviews}}", ", gateways: [front]"),
            refusals: [service]),
        Case(
            testDescription: "led for some clients",
            routes: routes("direct", to: "{destination: {host: reviews}}", ", exportTo: [.]"),
            refusals: [service]),
        Case(
            testDescription: "led, and open to the outside", routes: led,
            service: "metadata: {name: direct}\nspec: {type: NodePort}", refusals: [service]),
        Case(
            testDescription: "led, with a port that is not", routes: led,
            service: "metadata: {name: direct}\nspec: {ports: [{name: mysql, port: 3306}]}",
            refusals: [service]),
        Case(
            testDescription: "headless", routes: nobody,
            service: "metadata: {name: direct}\nspec: {clusterIP: None}", warnings: 1),
        Case(
            testDescription: "headless, and led to", routes: aside,
            service: "metadata: {name: direct}\nspec: {clusterIP: None}", refusals: [route]),
        Case(testDescription: "marked", routes: nobody, service: marked("true")),
        Case(
            testDescription: "not quite marked", routes: nobody, service: marked("no"),
            refusals: [service]),
        Case(
            testDescription: "marked, and led to", routes: aside, service: marked("true"),
            refusals: [route]),
        Case(
            testDescription: "of the split", routes: nobody,
            service: "metadata: {name: reviews-v1}",
            scope: RouteScope.reviews.byHosts()),
        Case(
            testDescription: "beside the split", routes: nobody,
            scope: RouteScope.reviews.byHosts(), refusals: [service]),
    ]

    private static func marked(_ value: String) -> String {
        """
        metadata:
          name: direct
          annotations: {service.theseus.dev/goes-with-version: "\(value)"}
        """
    }

    @Test(arguments: cases) func finds(_ one: Case) throws {
        let world = try RouteScene(one.routes).world
        let service = KubernetesObject(try tree("kind: Service\n" + one.service))
        let left = Surveying(world, one.scope).leftBehind([service])
        #expect(left.refusals.map(\.place) == one.refusals)
        #expect(left.warnings.count == one.warnings)
    }

    @Test func saysWhatToDo() throws {
        let world = try RouteScene(Self.aside).world
        let direct = KubernetesObject(try tree("kind: Service\nmetadata: {name: direct}"))
        let other = KubernetesObject(try tree("kind: Service\nmetadata: {name: other}"))
        var scope = RouteScope.reviews
        let first = Surveying(world, scope).leftBehind([direct, other]).refusals
        #expect(
            first.map(\.description) == [
                """
                routes: the route leads to the Service direct, which only pods of v1 answer: its users \
                lose it when that version goes (stranded-route)
                  where: VirtualService shop/aside, http route a
                  do:    lead it to reviews, and name it under 'routes'
                """,
                """
                routes: only pods of v1 answer this Service: whoever calls it loses it when that version \
                goes (stranded-service)
                  where: Service shop/other
                  do:    lead its host to reviews by a VirtualService of the mesh; where nobody calls it, \
                delete it or annotate it service.theseus.dev/goes-with-version=true
                """,
            ])
        // The version that is taken away is the other one.
        scope.isRemoval = true
        let second = Surveying(world, scope).leftBehind([other]).refusals
        #expect(second.first?.description.contains("only pods of v2 answer") == true)
        #expect(
            second.first?.description.hasSuffix("; or say --force: then they get errors") == true)
    }
}

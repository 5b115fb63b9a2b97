import Manifests
import Testing

@testable import IstioRoutes

struct RouteRefusalTests {
    @Test func readsAsThreeLines() {
        let refusal = RouteRefusal(
            .ambiguous(found: ["shop/reviews: primary", "shop/edge: (unnamed, 2)"]),
            at: "Service shop/reviews")
        #expect(
            "\(refusal)" == """
                routes: several routes lead to the service and none was named (ambiguous)
                  where: Service shop/reviews
                  do:    name them all under 'routes': shop/reviews: primary, shop/edge: (unnamed, 2)
                """)
    }

    /// A flow without `dark` must name its routes: both belong to the way out.
    @Test func leadsOutOfTheDark() {
        #expect(
            "\(RouteRefusal(.darkWithoutHTTP, at: "here"))" == """
                routes: a dark match can stand on no TLS or TCP route (dark-without-http)
                  where: here
                  do:    name the TLS and TCP routes under 'routes', and leave 'dark' and the step \
                'route' out: the first weight is the first look
                """)
    }

    static let all: [RouteRefusal.Code] = [
        .noSuchVirtualService(present: []), .noSuchRoute(present: ["a"]),
        .leadsElsewhere(service: "s"), .ambiguous(found: ["a"]), .partial(left: ["a"]),
        .noRoute(service: "s"), .answersItself(with: "redirect"), .sumIsNot100(sum: 90),
        .poolTooSmall(foreign: 99), .unreadable(part: "p"), .twoDestinations(service: "s"),
        .foreignVersion(subset: "v0", version: "v0"), .unknownSubset(subset: "v9"),
        .candidateHasTraffic(weight: 5), .inUse(ways: ["a"]), .lastInUse(ways: ["a"]),
        .differentSubsets(first: "a", second: "b"),
        .mirrored(service: "s"), .notHTTP(protocol: "TCP"), .sameName,
        .claimedTwice(host: "h", gateway: "mesh", other: "o"), .coveredByWildcard(host: "*"),
        .mixedHosts(service: "s", host: "h"), .sharedHost(host: "h"), .foreignHost(host: "h"),
        .severalHosts(["a", "b"]), .noHost(version: "v2"),
        .subsetOfHost(host: "h", subset: "v1"), .firstAtHost(host: "h", service: "s"),
        .strandedRoute(host: "h", version: "v1", service: "s", mayForce: false),
        .strandedService(version: "v1", service: "s", isExposed: true, mayForce: true),
        .ruledTwice(other: "o"), .ruleShadowed(host: "*"),
        .hidden,
        .subsetTaken(subset: "v2", labels: "version=v3"), .leftOver(run: "r0"),
        .heldByRun("r0"), .darkConflict(field: "uri"), .nameTaken, .sameSubset(subset: "v1"),
        .kept(by: .argoCD("shop")), .openPort(protocol: "TCP"), .severalMeant(present: ["a"]),
        .noSuchConnection(protocol: "tcp", present: []), .sameMatch, .darkWithoutHTTP,
        .noIstio, .mirrorTaken, .stickyConflict(field: "f"),
    ]

    @Test(arguments: all) func hasThreeFullLines(code: RouteRefusal.Code) {
        let lines = "\(RouteRefusal(code, at: "here"))".split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("routes: ") && lines[0].hasSuffix(")"))
        #expect(lines[1] == "  where: here")
        #expect(lines[2].hasPrefix("  do:    ") && lines[2].count > 20)
        #expect(!lines[0].contains("unnamed"))
    }

    @Test func namesDiffer() {
        #expect(Set(Self.all.map(\.text.name)).count == Self.all.count)
    }
}

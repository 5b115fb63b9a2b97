import Testing

@testable import IstioRoutes

struct SurveyRefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var scope = RouteScope.reviews
        var yaml: String
        var code: RouteRefusal.Code
        var place: String
        var testDescription: String { name }
    }

    static func http(_ routes: String, more: String = "") -> String {
        """
        kind: VirtualService
        metadata: {name: reviews}
        spec:
          hosts: [reviews]
          http: \(routes)
          \(more)
        ---
        kind: DestinationRule
        metadata: {name: reviews}
        spec:
          host: reviews
          subsets:
          - {name: v0, labels: {version: v0}}
          - {name: v1, labels: {version: v1}}
          - {name: v1b, labels: {version: v1}}
          - {name: v2, labels: {version: v2}}
          - {name: odd, labels: {app: reviews}}
        """
    }

    static func rules(_ rules: String...) -> String {
        http("[{name: a, route: [{destination: {host: reviews}}]}]")
            .split(separator: "---")[0] + "---\n" + rules.joined(separator: "\n---\n")
    }

    static func rule(_ name: String, in namespace: String = "shop", _ spec: String) -> String {
        "kind: DestinationRule\nmetadata: {name: \(name), namespace: \(namespace)}\nspec: \(spec)"
    }

    static let two = http(
        """
        [{name: a, match: [{uri: {prefix: /x}}], route: [{destination: {host: reviews}}]},
                 {name: b, route: [{destination: {host: reviews}}]},
                 {name: c, redirect: {uri: /}},
                 {name: d, route: [{destination: {host: ratings}}]}]
        """)

    /// A Service for each version, and users divided between the two.
    static let byHosts = http(
        """
        [{name: a, route: [{destination: {host: reviews-v1}, weight: 90},
                           {destination: {host: reviews-v2}, weight: 10}]}]
        """)

    static let here = "VirtualService shop/reviews"
    static let naming: [Case] = [
        Case(
            name: "no name, two routes", yaml: two,
            code: .ambiguous(found: ["shop/reviews: a", "shop/reviews: b"]),
            place: "Service shop/reviews"),
        Case(
            name: "no such VirtualService",
            scope: RouteScope.reviews.naming(RouteName(virtualService: "nope")), yaml: two,
            code: .noSuchVirtualService(present: ["reviews"]), place: "VirtualService shop/nope"),
        Case(
            name: "no such route",
            scope: RouteScope.reviews.naming(RouteName(virtualService: "reviews", http: ["z"])),
            yaml: two, code: .noSuchRoute(present: ["a", "b", "c", "d"]),
            place: here + ", http route z"),
        Case(
            name: "redirects",
            scope: RouteScope.reviews.naming(RouteName(virtualService: "reviews", http: ["c"])),
            yaml: two, code: .answersItself(with: "redirect"), place: here + ", http route c"),
        Case(
            name: "leads elsewhere",
            scope: RouteScope.reviews.naming(RouteName(virtualService: "reviews", http: ["d"])),
            yaml: two, code: .leadsElsewhere(service: "reviews"),
            place: here + ", http route d"),
        Case(
            name: "one of two named",
            scope: RouteScope.reviews.naming(RouteName(virtualService: "reviews", http: ["a"])),
            yaml: two, code: .partial(left: ["shop/reviews: b"]), place: "Service shop/reviews"),
        Case(
            name: "claimed but leading elsewhere",
            yaml: http("[{route: [{destination: {host: ratings}}]}]"),
            code: .noRoute(service: "reviews"), place: here),
        Case(
            name: "split by hosts", yaml: byHosts, code: .noRoute(service: "reviews"), place: here),
        Case(
            name: "split by hosts, and named",
            scope: RouteScope.reviews.naming(RouteName(virtualService: "reviews", http: ["a"])),
            yaml: byHosts, code: .leadsElsewhere(service: "reviews"),
            place: here + ", http route a"),
        Case(
            name: "same name twice",
            scope: RouteScope.reviews.naming(RouteName(virtualService: "reviews", http: ["a"])),
            yaml: http(
                """
                [{name: a, match: [{uri: {prefix: /x}}], route: [{destination: {host: reviews}}]},
                         {name: a, route: [{destination: {host: reviews}}]}]
                """), code: .sameName, place: here + ", http route a"),
    ]

    static func destinations(_ list: String) -> String { http("[{name: a, route: \(list)}]") }

    static let destinations: [Case] = [
        Case(
            name: "sum 90",
            yaml: destinations(
                "[{destination: {host: reviews}, weight: 50}, {destination: {host: x}, weight: 40}]"
            ), code: .sumIsNot100(sum: 90), place: here + ", http route a"),
        Case(
            name: "no pool",
            yaml: destinations(
                "[{destination: {host: reviews}, weight: 1}, {destination: {host: x}, weight: 99}]"
            ), code: .poolTooSmall(foreign: 99), place: here + ", http route a"),
        Case(
            name: "weight as text",
            yaml: destinations("[{destination: {host: reviews}, weight: 'all'}]"),
            code: .unreadable(part: "the list 'route'"), place: here + ", http route a"),
        Case(
            name: "twice the service",
            yaml: destinations(
                """
                [{destination: {host: reviews, port: {number: 1}}, weight: 50},
                     {destination: {host: reviews.shop, port: {number: 2}}, weight: 50}]
                """), code: .twoDestinations(service: "reviews"), place: here + ", http route a"),
        Case(
            name: "a third version",
            yaml: destinations("[{destination: {host: reviews, subset: v0}}]"),
            code: .foreignVersion(subset: "v0", version: "v0"),
            place: here + ", http route a"),
        Case(
            name: "a subset of no version",
            yaml: destinations("[{destination: {host: reviews, subset: odd}}]"),
            code: .foreignVersion(subset: "odd", version: "no version"),
            place: here + ", http route a"),
        Case(
            name: "a subset that is not there",
            yaml: destinations("[{destination: {host: reviews, subset: v9}}]"),
            code: .unknownSubset(subset: "v9"), place: here + ", http route a"),
        Case(
            name: "the candidate has traffic",
            yaml: destinations(
                """
                [{destination: {host: reviews, subset: v1}, weight: 95},
                     {destination: {host: reviews, subset: v2}, weight: 5}]
                """), code: .candidateHasTraffic(weight: 5), place: here + ", http route a"),
        Case(
            name: "stable has two names",
            scope: RouteScope.reviews.naming(RouteName(virtualService: "reviews")),
            yaml: http(
                """
                [{name: a, route: [{destination: {host: reviews, subset: v1}}]},
                         {name: b, route: [{destination: {host: reviews, subset: v1b}}]}]
                """), code: .differentSubsets(first: "v1", second: "v1b"),
            place: here + ", http route b"),
    ]

    static let neighbours: [Case] = [
        Case(
            name: "mirrored to",
            yaml: http(
                "[{name: a, route: [{destination: {host: x}}], mirror: {host: reviews}}]"),
            code: .mirrored(service: "reviews"), place: here + ", http route a"),
        Case(
            name: "mirrored to, the new way",
            yaml: http(
                """
                [{name: a, route: [{destination: {host: x}}],
                    mirrors: [{destination: {host: reviews.shop}}]}]
                """), code: .mirrored(service: "reviews"), place: here + ", http route a"),
        Case(
            name: "the dark match contradicts the route that delegates",
            yaml: """
                kind: VirtualService
                metadata: {name: whole}
                spec:
                  hosts: [reviews]
                  http: [{match: [{headers: {cookie: {exact: x}}}], delegate: {name: part}}]
                ---
                kind: VirtualService
                metadata: {name: part}
                spec: {http: [{name: a, route: [{destination: {host: reviews}}]}]}
                """, code: .darkConflict(field: "headers.cookie"),
            place: "VirtualService shop/part, http route a"),
        Case(
            name: "two on the mesh",
            yaml: http("[{name: a, route: [{destination: {host: reviews}}]}]") + """

                ---
                kind: VirtualService
                metadata: {name: again, namespace: other}
                spec:
                  hosts: [reviews.shop.svc.cluster.local]
                  http: [{route: [{destination: {host: x}}]}]
                """,
            code: .claimedTwice(
                host: "reviews.shop.svc.cluster.local", gateway: "mesh",
                other: "VirtualService shop/reviews"), place: "VirtualService other/again"),
        Case(
            name: "under a wildcard",
            yaml: """
                kind: VirtualService
                metadata: {name: wide}
                spec: {hosts: ["*.shop.svc.cluster.local"], http: [{route: [{destination: {host: x}}]}]}
                """, code: .coveredByWildcard(host: "*.shop.svc.cluster.local"),
            place: "VirtualService shop/wide"),
        Case(
            name: "another run's dark route",
            yaml: http(
                """
                [{name: theseus-r0, route: [{destination: {host: reviews}}],
                    headers: {response: {set: {theseus-run: r0}}}}]
                """), code: .leftOver(run: "r0"), place: here + ", http route theseus-r0"),
        Case(
            name: "only for some",
            yaml: http(
                "[{name: a, route: [{destination: {host: reviews}}]}]", more: "exportTo: ['.']"),
            code: .hidden, place: here),
        Case(
            name: "another route takes what the dark match means",
            yaml: http(
                """
                [{name: jason, match: [{uri: {prefix: /x}},
                                       {headers: {cookie: {exact: user=jason}}}],
                    route: [{destination: {host: ratings}}]},
                   {name: a, match: [{uri: {prefix: /r}}], route: [{destination: {host: reviews}}]}]
                """), code: .darkHidden(by: "jason"),
            place: here + ", http route a"),
        Case(
            name: "the dark match contradicts",
            yaml: http(
                """
                [{name: a, match: [{headers: {cookie: {exact: other}}}],
                    route: [{destination: {host: reviews}}]}]
                """), code: .darkConflict(field: "headers.cookie"),
            place: here + ", http route a"),
    ]

    static let ruling: [Case] = [
        Case(
            name: "two rules",
            yaml: rules(
                rule("a", "{host: reviews}"), rule("b", "{host: reviews.shop.svc.cluster.local}")),
            code: .ruledTwice(other: "DestinationRule shop/b"), place: "DestinationRule shop/a"),
        Case(
            name: "a client's own rule",
            yaml: rules(rule("a", in: "client", "{host: '*.local'}")),
            code: .ruleShadowed(host: "*.local"), place: "DestinationRule client/a"),
        Case(
            name: "a rule for some workloads",
            yaml: rules(rule("a", "{host: reviews, workloadSelector: {matchLabels: {a: b}}}")),
            code: .hidden, place: "DestinationRule shop/a"),
        Case(
            name: "the candidate's subset name is taken",
            yaml: rules(
                rule("a", "{host: reviews, subsets: [{name: v2, labels: {version: v3}}]}")),
            code: .subsetTaken(subset: "v2", labels: "version=v3"),
            place: "DestinationRule shop/a"),
        Case(
            name: "both versions, one subset name",
            scope: {
                var scope = RouteScope.reviews
                scope.stableVersion = "v.2"
                scope.candidateVersion = "v-2"
                return scope
            }(), yaml: rules(rule("a", "{host: reviews}")), code: .sameSubset(subset: "v-2"),
            place: "DestinationRule shop/a"),
        Case(
            name: "both names taken",
            yaml: rules(
                rule("reviews", "{host: x}"), rule("reviews-theseus", "{host: y}")),
            code: .nameTaken, place: "DestinationRule shop/reviews-theseus"),
    ]

    @Test(arguments: naming + destinations + neighbours + ruling)
    func refuses(_ example: Case) throws {
        let scene = try RouteScene(example.yaml)
        let refusal = #expect(throws: RouteRefusal.self) { try scene.survey(example.scope) }
        #expect(refusal == RouteRefusal(example.code, at: example.place))
    }

    @Test func refusesWhatAnotherRunHolds() throws {
        var scene = try RouteScene(
            Self.http("[{name: a, route: [{destination: {host: reviews}}]}]"))
        scene.virtualServices = [try scene.pinned().0]
        var other = RouteScope.reviews
        other.run = "r2"
        let refusal = #expect(throws: RouteRefusal.self) { try scene.survey(other) }
        #expect(refusal?.code == .heldByRun("r1"))
    }
}

import CanaryEngine
import JSONTree
import Manifests
import Testing

@testable import IstioRoutes

/// A Service for each version: when routes are read so, and what they must not say then.
struct HostsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var routes: String
        var offer = ServiceOffer(
            stable: ["reviews-v1"], candidate: ["reviews-v2"], shared: ["reviews-all"],
            foreign: ["reviews-v0"])
        var scope = RouteScope.reviews
        /// nil: the versions are subsets of one Service.
        var hosts: VersionHosts?
        var refused: RouteRefusal.Code?
        var testDescription: String { name }
    }

    private static var leaving: RouteScope {
        var scope = RouteScope.reviews.withoutDark()
        scope.isRemoval = true
        return scope
    }

    static let found = VersionHosts(stable: "reviews-v1", candidate: "reviews-v2")

    static func routes(_ list: String, hosts: String = "reviews", name: String = "reviews")
        -> String
    {
        """
        kind: VirtualService
        metadata: {name: \(name)}
        spec:
          hosts: [\(hosts)]
          http: [{name: a, route: \(list)}]
        """
    }

    /// A list of destinations, by hosts and weights.
    static func to(_ weights: (String, Int)...) -> String {
        let entries = weights.map { host, weight in
            "{destination: {host: \(host)}, weight: \(weight)}"
        }
        return "[\(entries.joined(separator: ", "))]"
    }

    static let split = routes(to(("reviews-v1", 100), ("reviews-v2", 0)))

    static func offer(candidate: [String]) -> ServiceOffer {
        ServiceOffer(stable: ["reviews-v1"], candidate: candidate)
    }

    static let cases: [Case] = [
        Case(name: "split", routes: split, hosts: found),
        Case(
            name: "the candidate's is not on the route",
            routes: routes("[{destination: {host: reviews-v1.shop.svc.cluster.local}}]"),
            hosts: found),
        Case(
            name: "of two, the one on the route", routes: split,
            offer: offer(candidate: ["other", "reviews-v2"]), hosts: found),
        Case(
            name: "of two, none on the route",
            routes: routes("[{destination: {host: reviews-v1}}]"),
            offer: offer(candidate: ["other", "reviews-v2"]),
            refused: .severalHosts(["other", "reviews-v2"])),
        Case(
            name: "none of the candidate", routes: split, offer: offer(candidate: []),
            refused: .noHost(version: "v2")),
        Case(
            name: "one Service", routes: routes("[{destination: {host: reviews}}]"), hosts: nil),
        Case(
            name: "one Service, and a stranger's",
            routes: routes(
                Self.to(("reviews", 90), ("reviews-all", 10))
            ), hosts: nil),
        Case(
            name: "a VirtualService of other hosts, not named",
            routes: routes("[{destination: {host: reviews-v1}}]", hosts: "shop.example.com"),
            hosts: nil),
        Case(
            name: "a VirtualService of other hosts, named",
            routes: routes("[{destination: {host: reviews-v1}}]", hosts: "shop.example.com"),
            scope: RouteScope.reviews.naming(RouteName(virtualService: "reviews")), hosts: found),
        Case(
            name: "one to which another delegates",
            routes: """
                kind: VirtualService
                metadata: {name: reviews}
                spec: {hosts: [reviews], http: [{delegate: {name: part}}]}
                ---
                kind: VirtualService
                metadata: {name: part}
                spec: {http: [{route: [{destination: {host: reviews-v1}}]}]}
                """, hosts: found),
        Case(
            name: "of another namespace",
            routes: routes("[{destination: {host: reviews-v1.other}}]"),
            hosts: nil),
        Case(
            name: "a first release", routes: routes("[{destination: {host: reviews}}]"),
            scope: RouteScope.reviews.firstRelease(), hosts: nil),
        Case(
            name: "a first release that the route leads to",
            routes: routes("[{destination: {host: reviews-v2}}]"),
            scope: RouteScope.reviews.firstRelease(),
            refused: .firstAtHost(host: "reviews-v2", service: "reviews")),
        Case(
            name: "a removal of what has all users",
            routes: routes("[{destination: {host: reviews-v2}}]"), scope: leaving, hosts: found),
        Case(
            name: "a removal of what no Service has",
            routes: routes("[{destination: {host: reviews-v1}}]"), offer: offer(candidate: []),
            scope: leaving,
            hosts: VersionHosts(stable: "reviews-v1", candidate: "theseus-nobody")),
        Case(
            name: "a removal, and no Service of what stays",
            routes: routes("[{destination: {host: reviews-v2}}]"),
            offer: ServiceOffer(candidate: ["reviews-v2"]), scope: leaving,
            refused: .noHost(version: "v1")),
        Case(
            name: "mixed",
            routes: routes("[{destination: {host: reviews-v1}}]") + "\n---\n"
                + routes("[{destination: {host: reviews}}]", name: "second"),
            refused: .mixedHosts(service: "reviews", host: "reviews-v1")),
        Case(
            name: "shared", routes: routes("[{destination: {host: reviews-all}}]"),
            refused: .sharedHost(host: "reviews-all")),
        Case(
            name: "shared by the candidate's",
            routes: routes(
                Self.to(("reviews-v1", 60), ("reviews-all", 40))
            ), refused: .sharedHost(host: "reviews-all")),
        Case(
            name: "a third version",
            routes: routes(
                Self.to(("reviews-v1", 60), ("reviews-v0", 40))
            ), refused: .foreignHost(host: "reviews-v0")),
        Case(
            name: "a third version with nothing",
            routes: routes(
                Self.to(("reviews-v1", 100), ("reviews-v0", 0))
            ), hosts: found),
        Case(
            name: "two of stable",
            routes: routes(
                Self.to(("reviews-v1", 60), ("old", 40))
            ), offer: ServiceOffer(stable: ["reviews-v1", "old"], candidate: ["reviews-v2"]),
            refused: .severalHosts(["reviews-v1", "old"])),
    ]

    @Test(arguments: cases) func finds(_ one: Case) throws {
        let world = try RouteScene(one.routes).world
        let surveying = Surveying(world, one.scope)
        if let refused = one.refused {
            let refusal = #expect(throws: RouteRefusal.self) {
                try surveying.versionHosts(one.offer)
            }
            #expect(refusal?.code == refused)
            #expect(refusal?.place.contains("http route a") == true)
        } else {
            #expect(try surveying.versionHosts(one.offer) == one.hosts)
        }
    }

    static let refusals: [(String, RouteRefusal.Code)] = [
        (
            "[{destination: {host: reviews-v1, subset: v1}}]",
            .subsetOfHost(host: "reviews-v1.shop.svc.cluster.local", subset: "v1")
        ),
        (
            Self.to(("reviews-v1", 90), ("reviews-v2", 10)),
            .candidateHasTraffic(weight: 10)
        ),
        (
            Self.to(("reviews-v1", 90), ("reviews", 10)),
            .twoDestinations(service: "reviews")
        ),
        (
            Self.to(("reviews-v2", 0), ("x", 100)),
            .leadsElsewhere(service: "reviews")
        ),
        (
            Self.to(("reviews-v1", 80), ("reviews-v2", 0)),
            .sumIsNot100(sum: 80)
        ),
    ]

    @Test(arguments: refusals) func refuses(list: String, code: RouteRefusal.Code) throws {
        let refusal = #expect(throws: RouteRefusal.self) {
            _ = try RouteScene(Self.routes(list)).survey(RouteScope.reviews.byHosts())
        }
        #expect(refusal?.code == code)
    }

    /// Everything that a run makes of the route, word for word.
    @Test func writesHosts() throws {
        let (pinned, edit) = try RouteScene(Self.split).pinned(RouteScope.reviews.byHosts())
        func list(_ object: KubernetesObject) -> JSONTree? {
            object.spec["http"]?.items?.last?["route"]
        }
        #expect(list(pinned) == (try tree(Self.to(("reviews-v1", 100)))))
        let half = edit.weighted(pinned, percent(50))
        #expect(
            list(half)
                == (try tree(
                    Self.to(("reviews-v1", 50), ("reviews-v2", 50))
                )))
        let dark = try edit.darkened(half, matching: RouteScope.reviews.dark)
        #expect(
            dark.spec["http"]?.items?.first?["route"]
                == (try tree("[{destination: {host: reviews-v2}}]")))
        let copied = try edit.mirrored(pinned, percent(10))
        #expect(
            copied.spec["http"]?.items?.first?["mirror"] == (try tree("{host: reviews-v2}")))
        #expect(edit.unmirrored(copied) == pinned)
        let all = edit.withoutStable(edit.weighted(half, .all))
        #expect(list(all) == (try tree(Self.to(("reviews-v2", 100)))))
        let back = RouteEdit.forgotten(edit.unpinned(edit.lowered(half, to: .none)))
        #expect(back == (try RouteScene(Self.split)).virtualServices.first)
    }

    /// What stands on the object, so that it can be brought home from itself; a version that knows
    /// subsets alone finds none.
    @Test func isRemembered() throws {
        let (pinned, edit) = try RouteScene(Self.split).pinned(RouteScope.reviews.byHosts())
        #expect(RouteRecord(on: pinned) == edit.record)
        let text = try #require(pinned.annotation(RouteRecord.annotation))
        #expect(text.contains("\"stableHost\":\"reviews-v1.shop.svc.cluster.local\""))
        #expect(text.contains("\"candidateHost\":\"reviews-v2.shop.svc.cluster.local\""))
        #expect(!text.contains("\"stable\":"))
    }

    /// Somebody leads the route to a subset, or to the service: home is stable's host all the same.
    @Test(arguments: [
        "{host: reviews}", "{host: reviews, subset: v2}", "{host: reviews-v1, subset: gold}",
        "{host: reviews-v2}",
    ])
    func comesHomeFrom(_ destination: String) throws {
        let (pinned, edit) = try RouteScene(Self.split).pinned(RouteScope.reviews.byHosts())
        var edited = edit.weighted(pinned, percent(50))
        let http = try tree("[{name: a, route: [{destination: \(destination)}]}]")
        edited.tree.set(http, at: "spec", "http")
        #expect(IstioRouter.difference(edited, edit, from: [percent(50)]) != nil)
        let home = edit.lowered(edited, to: .none)
        let list = try #require(home.spec["http"]?.items?.first?["route"]?.items)
        #expect(list.count == 1)
        #expect(list[0]["destination"] == (try tree("{host: reviews-v1}")))
    }

    @Test func warnsOfAPolicyForStableAlone() throws {
        let rule = """

            ---
            kind: DestinationRule
            metadata: {name: reviews-v1}
            spec: {host: reviews-v1, trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true}}}}
            """
        let warnings = try RouteScene(Self.split + rule).survey(RouteScope.reviews.byHosts())
            .warnings
        #expect(warnings.count == 2)
        #expect(warnings.contains { $0.contains("has a policy for reviews-v1.shop") })
        #expect(warnings.contains { $0.contains("balances by consistentHash") })
    }
}

import JSONTree
import Manifests
import Testing

@testable import IstioRoutes

struct SurveyTests {
    static let rule = """
        kind: DestinationRule
        metadata: {name: reviews}
        spec:
          host: reviews
          trafficPolicy: {loadBalancer: {simple: LEAST_REQUEST}}
          subsets:
          - {name: v1, labels: {version: v1}, trafficPolicy: {loadBalancer: {simple: RANDOM}}}
        """

    @Test func findsTheOneRoute() throws {
        let survey = try RouteScene(
            """
            kind: VirtualService
            metadata: {name: reviews}
            spec:
              hosts: [reviews]
              http:
              - name: other
                route: [{destination: {host: reviews.other.svc.cluster.local}}]
              - name: primary
                route: [{destination: {host: reviews.shop.svc.cluster.local, subset: v1}}]
            ---
            \(Self.rule)
            """
        ).survey()
        #expect(survey.routes.map(\.key) == [.named("primary")])
        #expect(survey.missingRoutes == nil)
        #expect(survey.missingRule == nil)
        #expect(survey.subsets?.stable.name == "v1")
        #expect(survey.subsets?.candidate.name == "v2")
        #expect(
            survey.subsets?.candidate.tree
                == (try tree(
                    "{name: v2, labels: {version: v2}, trafficPolicy: {loadBalancer: {simple: RANDOM}}}"
                )))
        #expect(
            survey.touched.map(\.description) == [
                "VirtualService shop/reviews", "DestinationRule shop/reviews",
            ])
    }

    /// Without routes the mesh would send requests to every pod, and so one is made.
    @Test func nothingThere() throws {
        let scope = RouteScope.reviews
        let survey = try RouteScene("kind: Service").survey(scope)
        #expect(survey.routes.isEmpty)
        #expect(survey.touched.isEmpty)
        let routes = try #require(survey.routesToMake(for: scope))
        #expect(
            routes.spec
                == (try tree(
                    """
                    hosts: [reviews]
                    http:
                    - name: primary
                      route: [{destination: {host: reviews, subset: v1}}]
                    """)))
        #expect(RouteRecord(on: routes)?.isOurObject == true)
        #expect(survey.missingRule?.spec == (try tree("host: reviews")))
    }

    /// Routes from a gateway alone: the mesh's own way in is open still.
    @Test func gatewayAlone() throws {
        let survey = try RouteScene(
            """
            kind: VirtualService
            metadata: {name: reviews}
            spec:
              hosts: [shop.example.com]
              gateways: [edge]
              http: [{route: [{destination: {host: reviews}}]}]
            """
        ).survey()
        #expect(survey.routes.map(\.key) == [.unnamed(0)])
        #expect(survey.missingRoutes?.name == "reviews-theseus")
        #expect(survey.managed.count == 3)
    }

    /// What an earlier release had to make moves with the others, and no flow need name it; with a
    /// match of its own it is somebody else's.
    @Test(arguments: [
        (["edge"], "", true), ([], "", true), (["edge"], "match: [{uri: {prefix: /}}], ", false),
        (["edge"], "timeout: 5s, ", false),
    ])
    func whatAnEarlierRunMadeNeedsNoName(_ named: [String], _ more: String, _ isOurs: Bool) throws {
        let scene = try RouteScene(
            """
            kind: VirtualService
            metadata: {name: edge}
            spec:
              hosts: [shop.example.com]
              gateways: [edge]
              http: [{route: [{destination: {host: reviews, subset: v1}}]}]
            ---
            kind: VirtualService
            metadata: {name: reviews}
            spec:
              hosts: [reviews]
              http: [{\(more)name: primary, route: [{destination: {host: reviews, subset: v1}}]}]
            ---
            \(Self.rule)
            """)
        var scope = RouteScope.reviews
        scope.routes = named.map { RouteName(virtualService: $0, http: []) }
        guard isOurs else {
            let refusal = #expect(throws: RouteRefusal.self) { _ = try scene.survey(scope) }
            #expect(refusal?.code == .partial(left: ["shop/reviews: primary"]))
            return
        }
        let survey = try scene.survey(scope)
        #expect(survey.virtualServices.map(\.name) == ["edge", "reviews"])
        #expect(survey.missingRoutes == nil)
    }

    @Test(arguments: [
        // The service's namespace before the root namespace, and the longest wildcard of each.
        (
            """
            kind: DestinationRule
            metadata: {name: wide}
            spec: {host: "*.local", trafficPolicy: {tls: {mode: DISABLE}}}
            ---
            kind: DestinationRule
            metadata: {name: near}
            spec: {host: "*.shop.svc.cluster.local", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
            """, "host: reviews\ntrafficPolicy: {tls: {mode: ISTIO_MUTUAL}}"
        ),
        (
            """
            kind: DestinationRule
            metadata: {name: default, namespace: istio-system}
            spec: {host: "*.local", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
            ---
            kind: DestinationRule
            metadata: {name: exact, namespace: istio-system}
            spec: {host: reviews.shop.svc.cluster.local, trafficPolicy: {tls: {mode: SIMPLE}}}
            """, "host: reviews\ntrafficPolicy: {tls: {mode: SIMPLE}}"
        ),
    ])
    func copiesThePolicyInEffect(rules: String, spec: String) throws {
        let survey = try RouteScene(rules).survey()
        #expect(survey.missingRule?.spec == (try tree(spec)))
        #expect(survey.rule?.name == "reviews")
    }

    @Test func keepsTheSubsetsThatAreThere() throws {
        let survey = try RouteScene(
            """
            kind: DestinationRule
            metadata: {name: reviews}
            spec:
              host: reviews
              subsets:
              - {name: old, labels: {app: reviews, version: v1}}
              - {name: new, labels: {version: v2, app: reviews}}
            ---
            kind: VirtualService
            metadata: {name: reviews}
            spec:
              hosts: [reviews]
              http:
              - route:
                - {destination: {host: reviews, subset: old}, weight: 100}
                - {destination: {host: reviews, subset: new}, weight: 0}
            """
        ).survey()
        #expect(survey.subsets?.stable.name == "old")
        #expect(survey.subsets?.candidate.name == "new")
    }

    /// The routes of a delegate are moved where they stand; one that nobody asks is none.
    @Test func followsDelegates() throws {
        let survey = try RouteScene(
            """
            kind: VirtualService
            metadata: {name: whole, namespace: edge}
            spec:
              hosts: [reviews.shop.svc.cluster.local]
              http: [{match: [{uri: {prefix: /x}}], delegate: {name: part, namespace: shop}}]
            ---
            kind: VirtualService
            metadata: {name: part}
            spec: {http: [{name: a, route: [{destination: {host: reviews}}]}]}
            ---
            kind: VirtualService
            metadata: {name: forgotten}
            spec: {http: [{name: b, route: [{destination: {host: reviews}}]}]}
            """
        ).survey()
        #expect(survey.virtualServices.map(\.name) == ["part"])
        #expect(survey.missingRoutes == nil)
    }

    @Test func namesTheKeepers() throws {
        let survey = try RouteScene(
            """
            kind: VirtualService
            metadata: {name: reviews, labels: {argocd.argoproj.io/instance: shop}}
            spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews}}]}]}
            ---
            \(Self.rule)
            """
        ).survey()
        #expect(
            survey.kept.map { "\($0.reference): \($0.steward)" }
                == ["VirtualService shop/reviews: Argo CD (application shop)"])
    }

    @Test func firstReleaseHasNobody() throws {
        let survey = try RouteScene("kind: Service").survey(
            RouteScope.reviews.firstRelease())
        #expect(survey.subsets?.stable.name == "theseus-nobody")
        #expect(survey.subsets?.stable.labels == ["version": "theseus-nobody"])
        #expect(survey.subsets?.candidate.labels == ["version": "v2"])
    }

    /// A label's value may be more than a subset's name may.
    @Test(arguments: [
        ("v1.2.3", "v1-2-3"), ("V1_rc", "v1-rc"), ("2024.01-", "2024-01"), ("...", "version"),
    ])
    func makesNames(version: String, name: String) {
        #expect(VersionSubset.name(for: version) == name)
    }

    /// A route before the run's that takes only some of the matched requests, or everything, or asks
    /// for more than the match, leaves the dark route as it is.
    @Test(arguments: [
        "{headers: {cookie: {exact: user=jason}}, uri: {prefix: /x}}",
        "{headers: {cookie: {exact: user=jill}}}", "{uri: {prefix: /r}}",
        "{headers: {cookie: {exact: user=jason}, x: {exact: y}}}",
    ])
    func othersBeforeItMayStand(_ match: String) throws {
        let yaml = SurveyRefusalTests.http(
            """
            [{name: other, match: [\(match)], route: [{destination: {host: ratings}}]},
               {name: a, match: [{uri: {prefix: /r}}], route: [{destination: {host: reviews}}]}]
            """)
        _ = try RouteScene(yaml).survey()
    }
}

import CanaryEngine
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing

@testable import IstioRoutes

struct RouterStoryTests {
    struct Scene: Sendable, CustomTestStringConvertible {
        var name: String
        var scope = RouteScope.reviews
        var objects: String
        var testDescription: String { name }
    }

    static var elsewhere: RouteScope {
        var scope = RouteScope.reviews
        scope.clusterDomain = "corp.local"
        scope.rootNamespace = "mesh-root"
        return scope
    }

    static let api = "apiVersion: networking.istio.io/v1"
    static let scenes: [Scene] = [
        Scene(name: "nothing there", objects: "{}"),
        Scene(
            name: "an unpinned route, no rule",
            objects: """
                \(api)
                kind: VirtualService
                metadata: {name: reviews, namespace: shop}
                spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews}}]}]}
                """),
        Scene(
            name: "two VirtualServices, one beside others, and a rule",
            scope: RouteScope.reviews.naming(
                RouteName(virtualService: "reviews", http: ["primary"]),
                RouteName(virtualService: "edge", http: ["a"])),
            objects: """
                \(api)
                kind: VirtualService
                metadata: {name: reviews, namespace: shop, annotations: {note: theirs}}
                spec:
                  hosts: [reviews]
                  http:
                  - {match: [{uri: {prefix: /x}}], route: [{destination: {host: ratings}}]}
                  - name: primary
                    timeout: 3s
                    route:
                    - {destination: {host: reviews, subset: v1}, weight: 80}
                    - {destination: {host: legacy}, weight: 20}
                ---
                \(api)
                kind: VirtualService
                metadata: {name: edge, namespace: shop}
                spec:
                  hosts: [shop.example.com]
                  gateways: [istio-system/gate]
                  http: [{name: a, route: [{destination: {host: reviews.shop.svc.cluster.local}}]}]
                ---
                \(api)
                kind: DestinationRule
                metadata: {name: reviews, namespace: shop}
                spec:
                  host: reviews
                  subsets:
                  - name: v1
                    labels: {version: v1}
                    trafficPolicy: {loadBalancer: {simple: RANDOM}}
                """),
        Scene(
            name: "a gateway's route alone, policy from the root namespace",
            objects: """
                \(api)
                kind: VirtualService
                metadata: {name: reviews, namespace: shop}
                spec:
                  hosts: [shop.example.com]
                  gateways: [istio-system/gate]
                  http: [{route: [{destination: {host: reviews}}]}]
                ---
                \(api)
                kind: DestinationRule
                metadata: {name: default, namespace: istio-system}
                spec: {host: "*.local", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
                """),
        Scene(
            name: "a first release", scope: RouteScope.reviews.firstRelease(), objects: "{}"),
        Scene(
            name: "TLS and TCP beside HTTP",
            scope: RouteScope.reviews.naming(
                RouteName(
                    virtualService: "reviews", http: ["primary"],
                    tls: [TLSRouteName(port: 443, sniHosts: ["b.example.com", "A.example.com"])],
                    tcp: [3306])),
            objects: """
                \(api)
                kind: VirtualService
                metadata: {name: reviews, namespace: shop}
                spec:
                  hosts: [reviews]
                  http: [{name: primary, route: [{destination: {host: reviews}}]}]
                  tls:
                  - match: [{port: 443, sniHosts: [other.example.com]}]
                    route: [{destination: {host: other}}]
                  - match: [{port: 443, sniHosts: [a.example.com, b.example.com]}]
                    route: [{destination: {host: reviews, port: {number: 8443}}}]
                  tcp:
                  - match: [{port: 6379}]
                    route: [{destination: {host: cache}}]
                  - match: [{port: 3306}]
                    route:
                    - {destination: {host: reviews.shop}, weight: 70}
                    - {destination: {host: legacy}, weight: 30}
                """),
        Scene(
            name: "TCP alone", scope: RouteScope.reviews.withoutDark(),
            objects: """
                \(api)
                kind: VirtualService
                metadata: {name: reviews, namespace: shop}
                spec:
                  hosts: [reviews]
                  tcp: [{match: [{port: 3306}], route: [{destination: {host: reviews}}]}]
                """),
        Scene(
            name: "a mesh of another domain, policy from its own root namespace",
            scope: elsewhere,
            objects: """
                \(api)
                kind: VirtualService
                metadata: {name: reviews, namespace: shop}
                spec:
                  hosts: [reviews.shop.svc.corp.local]
                  http:
                  - route:
                    - {destination: {host: reviews.shop.svc.corp.local}, weight: 90}
                    - {destination: {host: reviews.shop.svc.cluster.local}, weight: 10}
                ---
                \(api)
                kind: DestinationRule
                metadata: {name: default, namespace: mesh-root}
                spec: {host: "*.corp.local", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
                """),
        Scene(
            name: "a Service for each version, the candidate's named with nothing",
            scope: RouteScope.reviews.byHosts(),
            objects: RouterWaters.byHosts + """
                \(api)
                kind: VirtualService
                metadata: {name: reviews, namespace: shop}
                spec:
                  hosts: [reviews]
                  http:
                  - route:
                    - {destination: {host: reviews-v2}, weight: 0}
                    - {destination: {host: reviews-v1.shop, port: {number: 80}}, weight: 70}
                    - {destination: {host: legacy}, weight: 30}
                """),
        Scene(
            name: "a Service for each version, the gateway alone, a rule for stable's host",
            scope: RouteScope.reviews.byHosts().naming(RouteName(virtualService: "edge")),
            objects: RouterWaters.byHosts + """
                \(api)
                kind: VirtualService
                metadata: {name: edge, namespace: shop}
                spec:
                  hosts: [shop.example.com]
                  gateways: [edge]
                  http:
                  - {name: a, match: [{uri: {prefix: /x}}], route: [{destination: {host: reviews-v1}}]}
                  - {route: [{destination: {host: ratings}}]}
                  - {route: [{destination: {host: reviews-v1.shop.svc.cluster.local}, weight: 100}]}
                  tcp: [{match: [{port: 3306}], route: [{destination: {host: reviews-v1}}]}]
                ---
                \(api)
                kind: DestinationRule
                metadata: {name: reviews-v1, namespace: shop}
                spec: {host: reviews-v1, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
                """),
    ]

    /// Whether two worlds hold the same routes and rules, marks and managers aside.
    static func specs(_ waters: RouterWaters) -> [String: JSONTree] {
        let cluster = waters.lab.snapshot().cluster
        var specs: [String: JSONTree] = [:]
        for kind in [ResourceKind.virtualService, .destinationRule] {
            for object in cluster.objects(kind) {
                specs["\(IstioRouter.reference(object))"] = object.spec.canonical
                #expect(object.unsealed == object)
            }
        }
        return specs
    }

    /// Turn round after any leg, each done once or twice, with the objects known or found: all is
    /// as before, and no version on the way was wrong.
    @Test(arguments: scenes, [1, 2]) func turnsRoundAnywhere(_ scene: Scene, times: Int) throws {
        for length in 0...RouterLeg.whole.count {
            for knows in [false, true] {
                let waters = try RouterWaters(scene.objects)
                let before = Self.specs(waters)
                let differences = try waters.play {
                    let managed = try await waters.router(scene.scope).survey().managed
                    let router = waters.router(scene.scope, known: knows ? managed : [])
                    let backup = try await router.backUp()
                    let legs = RouterLeg.whole.prefix(length) + RouterLeg.back
                    for leg in legs {
                        for _ in 0..<times { try await leg.sail(router, backup: backup) }
                    }
                    return try await router.verifyHome(backup: backup)
                }
                #expect(differences == [])
                #expect(Self.specs(waters) == before)
                waters.audit(scene.scope)
            }
        }
    }

    /// The whole way: the candidate alone is left, and nothing of ours.
    @Test(arguments: scenes, [1, 2]) func goesAllTheWay(_ scene: Scene, times: Int) throws {
        let waters = try RouterWaters(scene.objects)
        try waters.play {
            let router = waters.router(scene.scope)
            let backup = try await router.backUp()
            for leg in RouterLeg.whole + RouterLeg.closing {
                for _ in 0..<times { try await leg.sail(router, backup: backup) }
            }
        }
        waters.audit(scene.scope)
        let cluster = waters.lab.snapshot().cluster
        for object in cluster.objects(.virtualService) {
            #expect(object.unsealed == object)
            let reading = RouteReading(object, domain: scene.scope.clusterDomain)
            for place in reading.places(leadingTo: scene.scope.hosts) {
                let ours = reading.destinations(of: reading[place])?.filter {
                    scene.scope.hosts.contains($0.host)
                }
                #expect(ours?.map(\.host) == [scene.scope.hosts.candidate])
                #expect(ours?.map(\.subset) == [scene.scope.versionHosts == nil ? "v2" : nil])
            }
        }
        let left = scene.scope.versionHosts == nil ? ["v2"] : nil
        #expect(waters.rule.map(SubsetEdit.subsets)?.compactMap { $0["name"]?.text } == left)
    }

    /// Where a GitOps tool keeps the rule, stable's subset stays as the tool has it; one that the
    /// run added goes.
    @Test(arguments: [(1, ["v2"]), (2, ["v1", "v2"])])
    func leavesTheirSubsetWhereItIsKept(_ scene: Int, _ left: [String]) throws {
        let scene = Self.scenes[scene]
        let waters = try RouterWaters(scene.objects)
        try waters.play {
            let router = waters.router(scene.scope)
            let backup = try await router.backUp()
            for leg in RouterLeg.forward { try await leg.sail(router, backup: backup) }
            try await router.removeDarkRoute()
            try await router.dropStable()
            for _ in 0..<2 { try await router.removeStableSubset(onlyOwn: true) }
            try await router.tidy()
        }
        waters.audit(scene.scope)
        #expect(waters.rule.map(SubsetEdit.subsets)?.compactMap { $0["name"]?.text } == left)
        #expect(waters.rule.map { $0.unsealed == $0 } == true)
    }

    @Test func tellsTheShare() throws {
        let waters = try RouterWaters(Self.scenes[2].objects)
        let shares = try waters.play {
            let router = waters.router(Self.scenes[2].scope)
            let backup = try await router.backUp()
            var shares = [try await router.currentShare().percent]
            for leg in RouterLeg.forward {
                try await leg.sail(router, backup: backup)
                shares.append(try await router.currentShare().percent)
            }
            _ = try await router.sendHome(share: percent(40))
            shares.append(try await router.currentShare().percent)
            return shares
        }
        #expect(shares == [0, 0, 0, 0, 0, 2, 50, 100, 40])
    }

    /// A holder who is not the first, and comes back after a crash, sees what the first one saw.
    @Test func surveysTheSameOnTheWay() throws {
        let waters = try RouterWaters(Self.scenes[3].objects)
        try waters.play {
            let router = waters.router()
            let first = try await router.survey()
            for leg in RouterLeg.forward {
                try await leg.sail(router, backup: [])
                let again = try await waters.router(epoch: 2).survey()
                #expect(again == first)
            }
        }
    }

    /// Two round trips, when the objects are known: that is what an abort may cost.
    ///
    /// Route and rule are asked for at the same time.
    @Test func homeIsTwoRoundTrips() throws {
        let waters = try RouterWaters(Self.scenes[1].objects)
        let calls = FaultPlan { _ in nil }
        try waters.play {
            let managed = try await waters.router().survey().managed
            let router = waters.router(known: managed, faults: calls)
            for leg in RouterLeg.forward { try await leg.sail(router, backup: []) }
            let before = calls.calls.count
            _ = try await router.sendHome(share: .none)
            #expect(calls.calls.dropFirst(before).map(\.method) == ["GET", "GET", "PUT"])
        }
    }
}

import CanaryEngine
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing

@testable import IstioRoutes

/// A weight in a pool that is no whole hundred: what is written is rounded, and stays recognisable.
struct RouterShareTests {
    static let shared = """
        \(RouterStoryTests.api)
        kind: VirtualService
        metadata: {name: reviews, namespace: shop}
        spec:
          hosts: [reviews]
          http:
          - route:
            - {destination: {host: reviews}, weight: 50}
            - {destination: {host: legacy}, weight: 50}
        """

    /// The weight, the candidate's number in the route, and its share of both versions' requests.
    static let weights: [(Int, Int?, Double)] = [
        (0, nil, 0), (1, 1, 0.02), (5, 3, 0.06), (33, 17, 0.34), (50, 25, 0.5), (99, 49, 0.98),
        (100, 50, 1),
    ]

    @Test(arguments: weights)
    func knowsItsOwnWeight(_ weight: Int, _ part: Int?, _ share: Double) throws {
        let waters = try RouterWaters(Self.shared)
        try waters.play {
            let router = waters.router()
            for leg in RouterLeg.forward.prefix(4) { try await leg.sail(router, backup: []) }
            try await router.shift(to: percent(weight), expecting: .none)
            let list = try #require(waters.routes?.spec["http"]?.items?.last?["route"]?.items)
            let candidate = list.first { $0.at("destination", "subset")?.text == "v2" }
            #expect(candidate?["weight"]?.whole == part)
            var seen: [String] = []
            try await router.requireWritten(percent(weight), seen: &seen)
            #expect(WeightPool.share(at: percent(weight), in: try await router.pools()) == share)
        }
    }

    @Test func countsEveryPool() throws {
        let pools = [0, 80].compactMap(WeightPool.init(foreign:))
        #expect(WeightPool.share(at: percent(1), in: pools) == 2.0 / 120)
        #expect(WeightPool.share(at: percent(50), in: pools) == 0.5)
        #expect(WeightPool.share(at: percent(37), in: []) == 0.37)
        let waters = try RouterWaters(RouterStoryTests.scenes[2].objects)
        let sizes = try waters.play {
            let router = waters.router(RouterStoryTests.scenes[2].scope)
            let before = try await router.pools()
            for leg in RouterLeg.forward.prefix(2) { try await leg.sail(router, backup: []) }
            return (before.count, try await router.pools().map(\.size))
        }
        #expect(sizes.0 == 0)
        #expect(sizes.1 == [100, 80])
    }

    /// Moved by somebody by as little as one, it is somebody else's.
    @Test func seesAForeignWeight() throws {
        let setback = try watched { waters, _ in
            try await waters.edit(.virtualService, by: "kubectl-edit") { object in
                var http = object.spec["http"]?.items ?? []
                var list = http[http.count - 1]["route"]?.items ?? []
                for place in list.indices {
                    switch list[place].at("destination", "subset")?.text {
                    case "v1": list[place]["weight"] = 46
                    case "v2": list[place]["weight"] = 4
                    default: break
                    }
                }
                http[http.count - 1]["route"] = .array(list)
                object.spec["http"] = .array(http)
            }
        }
        #expect(setback?.kind == .foreignEdit)
        #expect(
            setback?.reason
                == "VirtualService shop/reviews, http route (unnamed 1): stable has 46, the candidate 4,"
                + " others 50, where we had written 5%; changed by kubectl-edit")
    }

    @Test func seesALostRecord() throws {
        let setback = try watched { waters, _ in
            try await waters.edit(.virtualService, by: "kubectl-edit") {
                $0.annotate(RouteRecord.annotation, nil)
                $0.tree.set("a", at: "metadata", "labels", "team")
            }
        }
        #expect(setback?.kind == .foreignEdit)
        #expect(
            setback?.reason
                == "VirtualService shop/reviews has lost our record; changed by kubectl-edit")
    }

    @Test func seesAnotherWeightInTheRecord() throws {
        let setback = try watched { _, router in
            try await router.shift(to: percent(7), expecting: percent(5))
        }
        #expect(setback?.kind == .fault)
        #expect(
            setback?.reason
                == "VirtualService shop/reviews stands at 7%, and not at 5%: it was brought home while"
                + " nothing could be remembered")
    }

    @Test func seesADeletedObject() throws {
        let setback = try watched { waters, router in
            try await router.client.delete(try #require(waters.routes), as: .virtualService)
        }
        #expect(setback?.kind == .foreignEdit)
        #expect(setback?.reason == "VirtualService shop/reviews is gone: somebody deleted it")
    }

    @Test func seesOneOfTwoDeleted() throws {
        let setback = try watched(RouterStoryTests.scenes[2]) { waters, router in
            let edge = try #require(waters.object(.virtualService, "edge"))
            try await router.client.delete(edge, as: .virtualService)
        }
        #expect(setback?.kind == .foreignEdit)
        #expect(setback?.reason == "VirtualService shop/edge is gone: somebody deleted it")
    }

    /// What a look at the routes says after something happened at 5%.
    private func watched(
        _ scene: RouterStoryTests.Scene = .init(name: "shared", objects: shared),
        _ happens: @escaping @Sendable (RouterWaters, IstioRouter) async throws -> Void
    ) throws -> Setback? {
        let waters = try RouterWaters(scene.objects)
        return try waters.play {
            let managed = try await waters.router(scene.scope).survey().managed
            let router = waters.router(scene.scope, known: managed)
            for leg in RouterLeg.forward.prefix(4) { try await leg.sail(router, backup: []) }
            try await router.shift(to: percent(5), expecting: .none)
            var seen: [String] = []
            try await router.requireWritten(percent(5), seen: &seen)
            try await happens(waters, router)
            let setback = await #expect(throws: Setback.self) {
                try await router.requireWritten(percent(5), seen: &seen)
            }
            return setback
        }
    }
}

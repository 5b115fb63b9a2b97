import CanaryEngine
import JSONTree
import KubernetesAPI
import Manifests
import Testing

@testable import IstioRoutes

/// A way home that is gone a second time: what the first one tidied away is not named again.
@Suite struct SecondHomeTests {
    private static let scene = """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: reviews, namespace: shop}
        spec: {hosts: [reviews], http: [{name: primary, route: [{destination: {host: reviews}}]}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: reviews, namespace: shop}
        spec: {host: reviews, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
        """

    /// Home and unpinned; the subset is gone, and then a person was needed: our record still stands.
    private static func stopped(_ waters: RouterWaters) async throws -> [KubernetesObject] {
        let router = waters.router(.reviews)
        let backup = try await router.backUp()
        for reference in try await router.survey().managed {
            _ = try await router.writer.claim(reference)
        }
        try await router.ensureStableSubset()
        try await router.pin()
        _ = try await router.sendHome(share: .none)
        try await router.unpin(backup: backup)
        let edit = SubsetEdit(run: "r1")
        let rule = try #require(waters.rule)
        _ = try await router.writer.change(IstioRouter.reference(rule)) {
            edit.removing("v1", from: $0)
        }
        #expect(waters.routes.flatMap { RouteRecord(on: $0) } != nil)
        #expect(waters.rule.map(SubsetEdit.subsets) == [])
        return backup
    }

    @Test func theSubsetComesBackBeforeARouteNamesIt() throws {
        let waters = try RouterWaters(Self.scene)
        let before = (waters.routes?.spec, waters.rule?.spec)
        try waters.play {
            let backup = try await Self.stopped(waters)
            let router = waters.router(.reviews, epoch: 2)
            for _ in 0..<2 { _ = try await router.sendHome(share: .none) }
            #expect(waters.rule.map { SubsetEdit.has("v1", in: $0) } == true)
            try await router.removeCandidateSubset()
            try await router.unpin(backup: backup)
            try await router.tidyHome()
            #expect(try await router.verifyHome(backup: backup) == [])
        }
        waters.audit(.reviews)
        #expect(waters.routes?.spec == before.0)
        #expect(waters.rule?.spec == before.1)
    }

    /// The rule itself may be gone.
    @Test func theRuleComesBackToo() throws {
        let waters = try RouterWaters(Self.scene)
        try waters.play {
            _ = try await Self.stopped(waters)
            let router = waters.router(.reviews, epoch: 2)
            let rule = try #require(waters.rule)
            try await router.client.delete(rule, as: .destinationRule)
            _ = try await router.sendHome(share: .none)
            #expect(waters.rule.map { SubsetEdit.has("v1", in: $0) } == true)
        }
        waters.audit(.reviews)
    }

    /// Who cannot write the journal writes no rule either: the route stays open, and it is said.
    @Test func anEmergencyPinsToNothingThatIsNotThere() throws {
        let waters = try RouterWaters(Self.scene)
        try waters.play {
            _ = try await Self.stopped(waters)
            let before = waters.routes?.spec
            let said = try await IstioRouter.emergencyHome(
                client: waters.router(.reviews).client, namespace: "shop", service: "reviews")
            #expect(
                said == [
                    "VirtualService shop/reviews: stays as it is: no rule has the subset v1 to pin it"
                        + " to"
                ])
            #expect(waters.routes?.spec == before)
        }
    }
}

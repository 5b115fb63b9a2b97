import CanaryEngine
import JSONTree
import Manifests
import Testing

@testable import IstioRoutes

/// Copies of users' requests.
struct MirrorTests {
    static func scene(_ extra: String = "", _ connections: String = "") -> String {
        """
        kind: VirtualService
        metadata: {name: reviews}
        spec:
          hosts: [reviews]
          http:
          - name: a
            route: [{destination: {host: reviews, port: {number: 9080}}}]
            \(extra)
          \(connections)
        """
    }

    static var mirroring: RouteScope {
        var scope = RouteScope.reviews.naming(RouteName(virtualService: "reviews"))
        scope.mirrors = true
        return scope
    }

    @Test func copiesToTheCandidateUntilTheFirstWeight() throws {
        let connections = "tcp: [{route: [{destination: {host: reviews}}]}]"
        let (pinned, edit) = try RouteScene(Self.scene("", connections)).pinned(Self.mirroring)
        let copied = try edit.mirrored(pinned, percent(10))
        let route = try #require(copied.spec["http"]?.items?.first)
        #expect(
            route
                == (try tree(
                    """
                    name: a
                    route: [{destination: {host: reviews, port: {number: 9080}, subset: v1}}]
                    mirror: {host: reviews, port: {number: 9080}, subset: v2}
                    mirrorPercentage: {value: 10}
                    """)))
        #expect(copied.spec["tcp"] == pinned.spec["tcp"])
        #expect(edit.states(in: copied).map { $0.1?.share.percent } == [0, 0])
        #expect(try edit.mirrored(copied, percent(20)) == edit.mirrored(pinned, percent(20)))
        #expect(edit.weighted(copied, percent(5)) == edit.weighted(pinned, percent(5)))
        #expect(edit.lowered(copied, to: .none) == pinned)
    }

    /// A dark route copies nothing.
    @Test func leavesTheDarkRouteAlone() throws {
        let (pinned, edit) = try RouteScene(Self.scene()).pinned(Self.mirroring)
        let dark = try edit.darkened(pinned, matching: RouteScope.reviews.dark)
        let copied = try edit.mirrored(dark, percent(10))
        #expect(copied.spec["http"]?.items?[0] == dark.spec["http"]?.items?[0])
        #expect(copied.spec["http"]?.items?[1]["mirror"] != nil)
        #expect(edit.unmirrored(copied) == dark)
    }

    /// Copies to others, as a list, go on beside ours.
    @Test func joinsAList() throws {
        let others = "mirrors: [{destination: {host: shadow}, percentage: {value: 5}}]"
        let (pinned, edit) = try RouteScene(Self.scene(others)).pinned(Self.mirroring)
        let copied = try edit.mirrored(pinned, percent(10))
        #expect(
            copied.spec["http"]?.items?[0]["mirrors"]
                == (try tree(
                    """
                    - {destination: {host: shadow}, percentage: {value: 5}}
                    - destination: {host: reviews, port: {number: 9080}, subset: v2}
                      percentage: {value: 10}
                    """)))
        #expect(edit.unmirrored(copied) == pinned)
    }

    @Test(arguments: [
        "mirror: {host: shadow}", "mirrorPercentage: {value: 3}", "mirror_percent: 5",
        "mirrors: all",
    ])
    func refusesWhereThereIsNoRoom(extra: String) throws {
        let scene = try RouteScene(Self.scene(extra))
        let refusal = #expect(throws: RouteRefusal.self) { try scene.survey(Self.mirroring) }
        #expect(
            refusal
                == RouteRefusal(.mirrorTaken, at: "VirtualService shop/reviews, http route a"))
        #expect(throws: Never.self) { try scene.survey() }
    }
}

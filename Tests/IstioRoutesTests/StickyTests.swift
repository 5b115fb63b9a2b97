import CanaryEngine
import JSONTree
import Manifests
import Testing

@testable import IstioRoutes

/// Users stay with the version that they met.
struct StickyTests {
    static let stay = Stickiness(cookie: "stay", ttl: .seconds(600))

    static var scope: RouteScope {
        var scope = RouteScope.reviews
        scope.stickiness = stay
        return scope
    }

    static func scene(_ list: String, _ extra: String = "timeout: 3s") -> String {
        """
        kind: VirtualService
        metadata: {name: reviews}
        spec:
          hosts: [reviews]
          http:
          - name: a
            match: [{uri: {prefix: /x}}]
            route: \(list)
            \(extra)
        """
    }

    private static func asks(_ value: String) -> String {
        "headers: {cookie: {regex: '^(.*;\\s*)?stay=r1-\(value)(;.*)?$'}}"
    }

    private static func sets(_ value: String) -> String {
        let cookie = "stay=r1-\(value); Path=/; Max-Age=600; HttpOnly; SameSite=Lax"
        return "headers: {response: {add: {Set-Cookie: \(cookie)}}}"
    }

    @Test func keepsBothSides() throws {
        let list =
            "[{destination: {host: reviews}, weight: 90}, {destination: {host: f}, weight: 10}]"
        let (pinned, edit) = try RouteScene(Self.scene(list)).pinned(Self.scope)
        let stuck = try edit.sticky(pinned, Self.stay)
        #expect(stuck.spec == pinned.spec)
        let moved = edit.weighted(stuck, percent(10))
        #expect(
            moved.spec["http"]
                == (try tree(
                    """
                    - name: theseus-keep-r1
                      match: [{uri: {prefix: /x}, \(Self.asks("new"))}]
                      route:
                      - destination: {host: reviews, subset: v2}
                        weight: 90
                        \(Self.sets("new"))
                      - {destination: {host: f}, weight: 10}
                      timeout: 3s
                    - name: theseus-stay-r1
                      match: [{uri: {prefix: /x}, \(Self.asks("10"))}]
                      route:
                      - destination: {host: reviews, subset: v1}
                        weight: 90
                        \(Self.sets("10"))
                      - {destination: {host: f}, weight: 10}
                      timeout: 3s
                    - name: a
                      match: [{uri: {prefix: /x}}]
                      route:
                      - destination: {host: reviews, subset: v1}
                        weight: 81
                        \(Self.sets("10"))
                      - destination: {host: reviews, subset: v2}
                        weight: 9
                        \(Self.sets("new"))
                      - {destination: {host: f}, weight: 10}
                      timeout: 3s
                    """)))
        #expect(edit.states(in: moved).map { $0.1?.share.percent } == [10])
        #expect(IstioRouter.difference(moved, edit, from: [percent(10)]) == nil)
        let home = edit.lowered(moved, to: .none)
        #expect(home.spec == pinned.spec)
        #expect(edit.loose(edit.weighted(moved, .all)).spec == edit.weighted(pinned, .all).spec)
    }

    /// Once everybody is on the candidate nobody is told to stay with stable.
    @Test func letsStableGoAtTheEnd() throws {
        let (pinned, edit) = try RouteScene(Self.scene("[{destination: {host: reviews}}]"))
            .pinned(Self.scope)
        let all = edit.weighted(try edit.sticky(pinned, Self.stay), .all)
        #expect(
            all.spec["http"]?.items?.compactMap { $0["name"]?.text } == ["theseus-keep-r1", "a"])
        let list = all.spec["http"]?.items?[1]["route"]?.items ?? []
        #expect(list.map { $0["headers"] != nil } == [false, true])
    }

    /// Headers that somebody set on a destination stay, on both versions' answers.
    @Test func addsToWhatIsThere() throws {
        let list = "[{destination: {host: reviews}, headers: {response: {add: {x: y}, set: {}}}}]"
        let (pinned, edit) = try RouteScene(Self.scene(list)).pinned(Self.scope)
        let moved = edit.weighted(try edit.sticky(pinned, Self.stay), percent(50))
        let base = moved.spec["http"]?.items?.last?["route"]?.items ?? []
        #expect(base.map { $0.at("headers", "response", "add", "x") } == ["y", "y"])
        #expect(edit.lowered(moved, to: .none).spec == pinned.spec)
    }

    /// What somebody changes on the base route meanwhile is the kept users' too from the next
    /// weight on, also where that is the same.
    @Test(arguments: [10, 50]) func copiesFollowTheirBase(weight: Int) throws {
        let (pinned, edit) = try RouteScene(Self.scene("[{destination: {host: reviews}}]"))
            .pinned(Self.scope)
        var moved = edit.weighted(try edit.sticky(pinned, Self.stay), percent(10))
        var http = moved.spec["http"]?.items ?? []
        http[http.count - 1]["timeout"] = "7s"
        moved.spec["http"] = .array(http)
        let timeouts = { (object: KubernetesObject) in
            object.spec["http"]?.items?.map { $0["timeout"]?.text }
        }
        #expect(timeouts(moved) == ["3s", "3s", "7s"])
        #expect(timeouts(edit.weighted(moved, percent(weight))) == ["7s", "7s", "7s"])
    }

    struct Case: Sendable {
        var list: String
        var extra: String
        var field: String
    }

    @Test(arguments: [
        Case(
            list: "[{destination: {host: reviews}}]",
            extra: "match: [{headers: {cookie: {exact: x}}}]", field: "match.headers.cookie"),
        Case(
            list: "[{destination: {host: reviews}, headers: {response: {add: {set-cookie: a}}}}]",
            extra: "timeout: 1s", field: "headers.response.add"),
        Case(
            list: "[{destination: {host: reviews}, headers: {response: {set: {Set-Cookie: a}}}}]",
            extra: "timeout: 1s", field: "headers.response.set"),
        Case(
            list: "[{destination: {host: reviews}, headers: {response: {remove: [set-cookie]}}}]",
            extra: "timeout: 1s", field: "headers.response.remove"),
        Case(
            list: "[{destination: {host: reviews}}]",
            extra: "headers: {response: {set: {SET-COOKIE: a}}}", field: "headers.response.set"),
        Case(
            list: "[{destination: {host: reviews}}]",
            extra: "headers: {response: {add: {Set-Cookie: a}}}", field: "headers.response.add"),
        Case(
            list: "[{destination: {host: reviews}}]",
            extra: "headers: {response: {remove: [x, Set-Cookie]}}",
            field: "headers.response.remove"),
        Case(
            list: "[{destination: {host: reviews}, headers: none}]", extra: "timeout: 1s",
            field: "headers"),
        Case(
            list: "[{destination: {host: reviews}, headers: {response: {add: none}}}]",
            extra: "timeout: 1s", field: "headers.response.add"),
    ])
    func refuses(_ example: Case) throws {
        let yaml = Self.scene(example.list, example.extra)
            .replacing("    match: [{uri: {prefix: /x}}]\n", with: "")
        var scope = Self.scope
        scope.dark = [["uri": ["exact": "/dark"]]]
        let refusal = #expect(throws: RouteRefusal.self) {
            try RouteScene(yaml).survey(scope)
        }
        #expect(
            refusal
                == RouteRefusal(
                    .stickyConflict(field: example.field),
                    at: "VirtualService shop/reviews, http route a"))
    }

    /// Istio joins a delegate's match with the delegating route's, and drops what contradicts.
    @Test(arguments: [true, false]) func heedsWhoDelegates(isCookie: Bool) throws {
        let header = isCookie ? "cookie" : "x-user"
        let scene = try RouteScene(
            """
            kind: VirtualService
            metadata: {name: root}
            spec:
              hosts: [reviews]
              http: [{match: [{headers: {\(header): {exact: x}}}], delegate: {name: reviews}}]
            ---
            kind: VirtualService
            metadata: {name: reviews}
            spec: {http: [{name: a, route: [{destination: {host: reviews}}]}]}
            """)
        var scope = Self.scope
        scope.dark = [["uri": ["exact": "/dark"]]]
        var refusal: RouteRefusal?
        do throws(RouteRefusal) { _ = try scene.survey(scope) } catch { refusal = error }
        let conflict = RouteRefusal(
            .stickyConflict(field: "match.headers.cookie"),
            at: "VirtualService shop/reviews, http route a")
        #expect(refusal == (isCookie ? conflict : nil))
    }
}

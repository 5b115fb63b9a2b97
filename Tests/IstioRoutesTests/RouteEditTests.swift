import CanaryEngine
import JSONTree
import Manifests
import Testing
import YAML

@testable import IstioRoutes

/// Edits of the http routes of one VirtualService, YAML in and YAML out.
struct RouteEditTests {
    enum Act: Sendable {
        case weigh(Int), lower(Int), darken, undarken, unpin, retire
    }

    struct Story: Sendable, CustomTestStringConvertible {
        var name: String
        var before: String
        var acts: [Act] = []
        var after: String
        var testDescription: String { name }
    }

    static func scene(_ http: String) throws -> RouteScene {
        try RouteScene(
            """
            kind: VirtualService
            metadata: {name: reviews}
            spec:
              hosts: [reviews]
              http: \(http)
            ---
            kind: DestinationRule
            metadata: {name: reviews}
            spec:
              host: reviews
              subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
            """)
    }

    static func play(_ acts: [Act], on object: KubernetesObject, _ edit: RouteEdit) throws
        -> KubernetesObject
    {
        var object = object
        for act in acts {
            object =
                switch act {
                case .weigh(let weight): edit.weighted(object, percent(weight))
                case .lower(let weight): edit.lowered(object, to: percent(weight))
                case .darken: try edit.darkened(object, matching: RouteScope.reviews.dark)
                case .undarken: edit.undarkened(object)
                case .unpin: edit.unpinned(object)
                case .retire: edit.withoutStable(object)
                }
        }
        return object
    }

    static let bare = "[{route: [{destination: {host: reviews}}]}]"
    static let ported = """
        [{name: a, timeout: 3s,
          route: [{headers: {request: {add: {x: y}}}, weight: 70,
                   destination: {port: {number: 80}, host: reviews.shop, subset: v1}},
                  {destination: {host: legacy}, weight: 30}]}]
        """

    static let weights: [Story] = [
        Story(
            name: "pins", before: bare,
            after: "[{route: [{destination: {host: reviews, subset: v1}}]}]"),
        Story(
            name: "shifts", before: bare, acts: [.weigh(25)],
            after: """
                [{route: [{destination: {host: reviews, subset: v1}, weight: 75},
                          {destination: {host: reviews, subset: v2}, weight: 25}]}]
                """),
        Story(
            name: "keeps stable at 0 when all has moved", before: bare,
            acts: [.weigh(1), .weigh(100)],
            after: """
                [{route: [{destination: {host: reviews, subset: v1}, weight: 0},
                          {destination: {host: reviews, subset: v2}, weight: 100}]}]
                """),
        Story(
            name: "is as pinned at 0", before: bare, acts: [.weigh(50), .weigh(0)],
            after: "[{route: [{destination: {host: reviews, subset: v1}}]}]"),
        Story(
            name: "gives back what was written", before: bare, acts: [.weigh(50), .unpin],
            after: bare),
        Story(
            name: "copies port and headers, leaves others their weight", before: ported,
            acts: [.weigh(30)],
            after: """
                [{name: a, timeout: 3s,
                  route: [{headers: {request: {add: {x: y}}}, weight: 49,
                           destination: {port: {number: 80}, host: reviews.shop, subset: v1}},
                          {headers: {request: {add: {x: y}}}, weight: 21,
                           destination: {port: {number: 80}, host: reviews.shop, subset: v2}},
                          {destination: {host: legacy}, weight: 30}]}]
                """),
        Story(
            name: "goes all the way back beside others", before: ported,
            acts: [.weigh(99), .lower(0), .unpin], after: ported),
        Story(
            name: "sets an empty place of the candidate aside, and puts it back",
            before: """
                [{route: [{destination: {host: reviews, subset: v1}, weight: 100},
                          {destination: {host: reviews, subset: v2}, weight: 0}]}]
                """, acts: [.weigh(10), .weigh(0), .unpin],
            after: """
                [{route: [{destination: {host: reviews, subset: v1}, weight: 100},
                          {destination: {host: reviews, subset: v2}, weight: 0}]}]
                """),
        Story(
            name: "lowers a part of the way", before: bare, acts: [.weigh(80), .lower(30)],
            after: """
                [{route: [{destination: {host: reviews, subset: v1}, weight: 70},
                          {destination: {host: reviews, subset: v2}, weight: 30}]}]
                """),
        Story(
            name: "never raises on the way home", before: bare, acts: [.weigh(10), .lower(30)],
            after: """
                [{route: [{destination: {host: reviews, subset: v1}, weight: 90},
                          {destination: {host: reviews, subset: v2}, weight: 10}]}]
                """),
        Story(
            name: "retires to the candidate alone", before: bare, acts: [.weigh(100), .retire],
            after: "[{route: [{destination: {host: reviews, subset: v2}}]}]"),
        Story(
            name: "retires beside others", before: ported, acts: [.weigh(100), .retire],
            after: """
                [{name: a, timeout: 3s,
                  route: [{headers: {request: {add: {x: y}}}, weight: 70,
                           destination: {port: {number: 80}, host: reviews.shop, subset: v2}},
                          {destination: {host: legacy}, weight: 30}]}]
                """),
    ]

    static let rich = """
        [{match: [{uri: {exact: /ping}}], directResponse: {status: 200}},
         {name: a, match: [{uri: {prefix: /api}}, {uri: {prefix: /old}, headers: {x: {exact: y}}}],
          rewrite: {uri: /}, timeout: 3s, retries: {attempts: 2}, corsPolicy: {maxAge: 1h},
          fault: {delay: {fixedDelay: 1s}}, mirror: {host: shadow}, mirrorPercentage: {value: 5},
          headers: {response: {remove: [server]}},
          route: [{destination: {host: reviews, port: {number: 9080}}}]}]
        """

    static let dark: [Story] = [
        Story(
            name: "darkens a bare route", before: bare, acts: [.darken],
            after: """
                [{name: theseus-r1, route: [{destination: {host: reviews, subset: v2}}],
                  match: [{headers: {cookie: {exact: user=jason}}}],
                  headers: {response: {set: {theseus-run: r1}}}},
                 {route: [{destination: {host: reviews, subset: v1}}]}]
                """),
        Story(
            name: "inherits all but mirrors, and crosses the matches", before: rich,
            acts: [.weigh(0), .darken],
            after: """
                [{match: [{uri: {exact: /ping}}], directResponse: {status: 200}},
                 {name: theseus-r1,
                  match: [{uri: {prefix: /api}, headers: {cookie: {exact: user=jason}}},
                          {uri: {prefix: /old},
                           headers: {x: {exact: y}, cookie: {exact: user=jason}}}],
                  rewrite: {uri: /}, timeout: 3s, retries: {attempts: 2},
                  corsPolicy: {maxAge: 1h}, fault: {delay: {fixedDelay: 1s}},
                  headers: {response: {remove: [server], set: {theseus-run: r1}}},
                  route: [{destination: {host: reviews, port: {number: 9080}, subset: v2}}]},
                 {name: a,
                  match: [{uri: {prefix: /api}}, {uri: {prefix: /old}, headers: {x: {exact: y}}}],
                  rewrite: {uri: /}, timeout: 3s, retries: {attempts: 2},
                  corsPolicy: {maxAge: 1h}, fault: {delay: {fixedDelay: 1s}},
                  mirror: {host: shadow}, mirrorPercentage: {value: 5},
                  headers: {response: {remove: [server]}},
                  route: [{destination: {host: reviews, port: {number: 9080}, subset: v1}}]}]
                """),
        Story(
            name: "leaves no trace of the dark", before: rich, acts: [.darken, .undarken, .unpin],
            after: rich),
        Story(
            name: "shifts under a dark route", before: bare, acts: [.darken, .weigh(50)],
            after: """
                [{name: theseus-r1, route: [{destination: {host: reviews, subset: v2}}],
                  match: [{headers: {cookie: {exact: user=jason}}}],
                  headers: {response: {set: {theseus-run: r1}}}},
                 {route: [{destination: {host: reviews, subset: v1}, weight: 50},
                          {destination: {host: reviews, subset: v2}, weight: 50}]}]
                """),
    ]

    @Test(arguments: weights + dark) func edits(_ story: Story) throws {
        let (object, edit) = try Self.scene(story.before).pinned()
        let after = try Self.play(story.acts, on: object, edit)
        let wanted = try tree(story.after)
        #expect(
            YAMLWriter.text(of: after.spec["http"] ?? .null) == YAMLWriter.text(of: wanted))
    }

    /// Several dark routes of one VirtualService each stand before their base.
    @Test func darkensEveryRoute() throws {
        let scope = RouteScope.reviews.naming(RouteName(virtualService: "reviews"))
        let (object, edit) = try Self.scene(
            """
            [{name: a, match: [{uri: {prefix: /a}}], route: [{destination: {host: reviews}}]},
             {name: x, route: [{destination: {host: ratings}}]},
             {name: b, route: [{destination: {host: reviews}}]}]
            """
        ).pinned(scope)
        let dark = try edit.darkened(object, matching: scope.dark)
        let names = RouteReading(dark).http.map { $0["name"]?.text }
        #expect(names == ["theseus-r1", "a", "x", "theseus-r1-2", "b"])
        #expect(edit.undarkened(dark) == object)
        #expect(DarkRoute(run: "r1").removed(from: dark) == object)
    }

    @Test(arguments: [
        ("r1", "theseus-r1"), ("Build #42 (main)", "theseus-build-42-main"), ("-x-", "theseus-x"),
        (
            String(repeating: "long", count: 30),
            "theseus-" + String(repeating: "long", count: 13) + "lon"
        ),
    ])
    func namesDarkRoutes(run: String, name: String) {
        #expect(DarkRoute(run: run).name(0) == name)
        #expect(DarkRoute(run: run).name(11).utf8.count <= 63)
    }

    @Test func recordTellsTheWayBack() throws {
        let (object, edit) = try Self.scene(Self.ported).pinned()
        let shifted = edit.weighted(object, percent(40))
        let record = try #require(RouteRecord(on: shifted))
        #expect(record.run == "r1")
        #expect(record.service == "reviews.shop.svc.cluster.local")
        #expect(record.stable.subset == "v1")
        #expect(record.candidate.subset == "v2")
        #expect(record.weight == percent(40))
        #expect(record.routes.map(\.key) == [.named("a")])
        #expect(RouteRecord(on: RouteEdit.forgotten(shifted)) == nil)
        let unnamed = RouteRecord(
            run: "r", service: "s", stableSubset: "a", candidateSubset: "b", isOurObject: true,
            routes: [.init(key: .unnamed(3), was: [1, "x", nil])])
        #expect(RouteRecord(on: unnamed.written(on: object)) == unnamed)
    }
}

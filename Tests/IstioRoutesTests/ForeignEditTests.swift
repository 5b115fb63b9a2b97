import CanaryEngine
import JSONTree
import Manifests
import Testing
import YAML

@testable import IstioRoutes

/// Somebody else edits the routes while a run moves them.
struct ForeignEditTests {
    struct Story: Sendable, CustomTestStringConvertible {
        var name: String
        /// The list as somebody left it, after we had shifted to 40.
        var found: String
        /// What was before the run.
        var was = "[{destination: {host: reviews}}]"
        var home: String
        var back: String
        var testDescription: String { name }
    }

    static let v1 = "{destination: {host: reviews, subset: v1}"
    static let v2 = "{destination: {host: reviews, subset: v2}"

    @Test(arguments: [
        Story(
            name: "raised the candidate", found: "[\(v1), weight: 10}, \(v2), weight: 90}]",
            home: "[\(v1)}]", back: "[{destination: {host: reviews}}]"),
        Story(
            name: "took stable away", found: "[\(v2)}]", home: "[\(v1)}]",
            back: "[{destination: {host: reviews}}]"),
        Story(
            name: "unpinned", found: "[{destination: {host: reviews}}]", home: "[\(v1)}]",
            back: "[{destination: {host: reviews}}]"),
        Story(
            name: "added a destination",
            found: "[\(v1), weight: 50}, \(v2), weight: 30}, {destination: {host: x}, weight: 20}]",
            home: "[\(v1), weight: 80}, {destination: {host: x}, weight: 20}]",
            back:
                "[{destination: {host: reviews}, weight: 80}, {destination: {host: x}, weight: 20}]"
        ),
        Story(
            name: "left one hundredth only",
            found: "[\(v2), weight: 1}, {destination: {host: x}, weight: 99}]",
            home: "[\(v1), weight: 1}, {destination: {host: x}, weight: 99}]",
            back:
                "[{destination: {host: reviews}, weight: 1}, {destination: {host: x}, weight: 99}]"
        ),
        Story(
            name: "took a destination away", found: "[\(v1), weight: 60}, \(v2), weight: 40}]",
            was:
                "[{destination: {host: reviews}, weight: 90}, {destination: {host: x}, weight: 10}]",
            home: "[\(v1), weight: 100}]", back: "[{destination: {host: reviews}, weight: 100}]"),
        Story(
            name: "wrote it twice",
            found: "[\(v1), weight: 30}, \(v1), weight: 30}, \(v2), weight: 40}]",
            home: "[\(v1)}]", back: "[{destination: {host: reviews}}]"),
    ])
    func goesHomeAllTheSame(_ story: Story) throws {
        let (pinned, edit) = try RouteEditTests.scene("[{name: a, route: \(story.was)}]").pinned()
        var object = edit.weighted(pinned, percent(40))
        var http = try #require(object.spec["http"]?.items)
        http[0]["route"] = try tree(story.found)
        http[0]["timeout"] = "9s"
        object.spec["http"] = .array(http)

        let home = edit.lowered(object, to: .none)
        #expect(home.spec["http"]?.items?[0]["route"] == (try tree(story.home)))
        let back = edit.unpinned(home)
        #expect(back.spec["http"]?.items?[0]["route"] == (try tree(story.back)))
        #expect(back.spec["http"]?.items?[0]["timeout"] == "9s")
    }

    @Test(arguments: [
        ("[\(v1), weight: 60}, \(v2), weight: 40}]", true),
        ("[\(v1), weight: 61}, \(v2), weight: 39}]", false),
        ("[\(v1), weight: 100}]", false),
        ("[{destination: {host: reviews}, weight: 60}, \(v2), weight: 40}]", false),
        (
            "[\(v1), weight: 60}, \(v2), weight: 40}, {destination: {host: reviews}, weight: 0}]",
            false
        ),
        // Theirs grew, ours shrank in proportion: no harm.
        ("[\(v1), weight: 30}, \(v2), weight: 20}, {destination: {host: x}, weight: 50}]", true),
        // Theirs grew at nobody's cost: the sum is off.
        ("[\(v1), weight: 60}, \(v2), weight: 40}, {destination: {host: x}, weight: 10}]", false),
    ])
    func isNoticed(list: String, isHarmless: Bool) throws {
        let (pinned, edit) = try RouteEditTests.scene(RouteEditTests.bare).pinned()
        var object = edit.weighted(pinned, percent(40))
        var http = try #require(object.spec["http"]?.items)
        http[0]["route"] = try tree(list)
        object.spec["http"] = .array(http)
        let difference = IstioRouter.difference(object, edit, from: [percent(40)])
        #expect((difference == nil) == isHarmless)
    }

    /// Somebody puts an unnamed route before ours, and another copies ours: what gives the
    /// candidate traffic goes home, and ours gets its own text back.
    @Test func findsOursAmongNewOnes() throws {
        let (pinned, edit) = try RouteEditTests.scene(RouteEditTests.bare).pinned()
        var object = edit.weighted(pinned, percent(40))
        let ours = try #require(object.spec["http"]?.items?[0])
        var copy = ours
        copy["name"] = "copy"
        let new = try tree("{timeout: 1s, route: [{destination: {host: reviews}}]}")
        object.spec["http"] = .array([new, copy, ours])
        let home = edit.lowered(object, to: .none)
        let back = edit.unpinned(home)
        #expect(
            back.spec["http"]
                == (try tree(
                    """
                    - {timeout: 1s, route: [{destination: {host: reviews}}]}
                    - {route: [{destination: {host: reviews, subset: v1}, weight: 100}], name: copy}
                    - {route: [{destination: {host: reviews}}]}
                    """)))
    }

    /// A part of the way home that is behind us already changes nothing, and blames nobody.
    @Test func blamesNobodyForOurOwnSteps() throws {
        let (pinned, edit) = try RouteEditTests.scene(RouteEditTests.bare).pinned()
        var object = edit.weighted(pinned, percent(40))
        for (share, weight) in [(60, 40), (30, 30), (35, 30), (0, 0)] {
            object = edit.lowered(object, to: percent(share))
            let own = try #require(RouteEdit(of: object, run: "r1"))
            #expect(own.record.weight == percent(weight))
            #expect(IstioRouter.difference(object, own, from: [own.record.weight]) == nil)
        }
    }

    @Test func saysWhoAndWhat() throws {
        let (pinned, edit) = try RouteEditTests.scene(RouteEditTests.bare).pinned()
        var object = edit.weighted(pinned, percent(40))
        let record = try #require(RouteEdit(of: object, run: "r1"))
        object = edit.weighted(object, percent(50))
        object.annotate(RouteRecord.annotation, record.record.text)
        object.tree.set(
            try tree(
                """
                - {manager: kubectl-edit, time: "2026-01-05T11:00:00Z"}
                - {manager: argocd-controller, time: "2026-01-05T12:00:00Z"}
                - {manager: theseus, time: "2026-01-05T11:30:00Z"}
                - {manager: istiod, time: "2026-01-05T13:00:00Z", subresource: status}
                """), at: "metadata", "managedFields")
        #expect(
            IstioRouter.difference(object, record, from: [percent(40)]) == """
                VirtualService shop/reviews, http route (unnamed 1): stable has 50, the candidate \
                50, where we had written 40%; changed by argocd-controller; to end this, in the \
                Application set spec.ignoreDifferences: [{group: networking.istio.io, kind: \
                VirtualService, name: reviews, namespace: shop, jqPathExpressions: [.spec.http]}] \
                and spec.syncPolicy.syncOptions: [RespectIgnoreDifferences=true]
                """)
    }

    static let settings = [
        (
            "argocd-controller",
            "in the Application set spec.ignoreDifferences: [{group: networking.istio.io,"
                + " kind: VirtualService, name: reviews, namespace: shop, jqPathExpressions:"
                + " [.spec.http, .spec.tcp]}] and spec.syncPolicy.syncOptions:"
                + " [RespectIgnoreDifferences=true]"
        ),
        (
            "kustomize-controller",
            "in the Kustomization add spec.patches: [{target: {kind: VirtualService, name: reviews},"
                + " patch: '{apiVersion: networking.istio.io/v1beta1, kind: VirtualService, metadata:"
                + " {name: reviews, annotations: {kustomize.toolkit.fluxcd.io/ssa: IfNotPresent}}}'}],"
                + " or annotate the object with kustomize.toolkit.fluxcd.io/reconcile: disabled for"
                + " the time of the run"
        ),
        (
            "helm-controller",
            "in the HelmRelease set spec.driftDetection.ignore: [{paths: [/spec/http, /spec/tcp],"
                + " target: {kind: VirtualService, name: reviews}}], and let no upgrade run meanwhile"
        ),
        (
            "helm",
            "hold 'helm upgrade' back for the time of"
                + " the run (Helm has no rule that ignores fields), and write"
                + " what was promoted into the chart before the next"
        ),
    ]

    static func written(by manager: String) throws -> KubernetesObject {
        KubernetesObject(
            try tree(
                """
                apiVersion: networking.istio.io/v1beta1
                kind: VirtualService
                metadata:
                  name: reviews
                  namespace: shop
                  managedFields: [{manager: \(manager), time: "2026-01-05T11:00:00Z"}]
                spec: {http: [], tcp: []}
                """))
    }

    @Test(arguments: settings)
    func knowsTheSetting(manager: String, setting: String) throws {
        let hand = ForeignHand(on: try Self.written(by: manager))
        #expect(hand.sentence == "changed by \(manager); to end this, \(setting)")
    }

    /// The marks on the object tell the same beforehand.
    @Test(arguments: [
        ("labels", "argocd.argoproj.io/instance", 0),
        ("annotations", "argocd.argoproj.io/tracking-id", 0),
        ("labels", "kustomize.toolkit.fluxcd.io/name", 1),
        ("labels", "helm.toolkit.fluxcd.io/name", 2),
    ])
    func knowsTheStewardsSetting(part: String, mark: String, setting: Int) throws {
        var object = try Self.written(by: "kubectl")
        object.tree.set("shop", at: "metadata", part, mark)
        let hand = ForeignHand(on: object)
        #expect(hand.stewardsSetting == Self.settings[setting].1)
        #expect(hand.setting == nil)
    }

    /// What we wrote after them has covered their name, and whoever wrote something else is not meant.
    @Test(arguments: [
        ("10:00:00", "changed by kubectl-patch"), ("11:00:00", "changed by kubectl-patch"),
        ("12:00:00", "changed by somebody who left no name"),
    ])
    func namesNobodyWhoMayNotBeMeant(ours: String, sentence: String) throws {
        var object = try Self.written(by: "kubectl-patch")
        let theirs = object.tree.at("metadata", "managedFields")?.items ?? []
        let own: JSONTree = [
            "manager": "theseus", "time": .string("2026-01-05T\(ours)Z"),
        ]
        object.tree.set(.array([own] + theirs), at: "metadata", "managedFields")
        #expect(ForeignHand(on: object).sentence == sentence)
        #expect(ForeignHand(on: object).lastOther == "kubectl-patch")
    }

    @Test func aPersonNeedsNoSetting() {
        #expect(
            ForeignHand(on: KubernetesObject([:])).sentence
                == "changed by somebody who left no name")
    }
}

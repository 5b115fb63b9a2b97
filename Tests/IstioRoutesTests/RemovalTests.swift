import CanaryEngine
import JSONTree
import KubernetesAPI
import Manifests
import Testing

@testable import IstioRoutes

/// The candidate leaves the routes for good.
@Suite struct RemovalTests {
    static let rule = """
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: reviews, namespace: shop}
        spec:
          host: reviews
          subsets:
            - {name: v1, labels: {version: v1}}
            - {name: canary, labels: {version: v2}, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
        """

    static func routes(_ list: String, before: String = "") -> String {
        """
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: reviews, namespace: shop}
        spec:
          hosts: [reviews]
          http:
        \(before)    - {name: primary, timeout: 3s, route: \(list)}
        """
    }

    static let scope: RouteScope = {
        var scope = RouteScope.reviews.withoutDark()
        scope.isRemoval = true
        return scope
    }()

    struct Case: Sendable, CustomTestStringConvertible {
        var was: String
        /// While the candidate still has pods.
        var handed: String
        /// Once it is gone.
        var end: String
        var ways: Int
        var isFirst = false

        var testDescription: String { was }
    }

    static let foreign = "{destination: {host: other}, weight: 20}"
    static func to(_ subset: String?, _ weight: Int? = nil) -> String {
        let name = subset.map { ", subset: \($0)" } ?? ""
        return "{destination: {host: reviews\(name)}"
            + (weight.map { ", weight: \($0)}" } ?? "}")
    }

    static let cases = [
        Case(was: "[\(to("v1"))]", handed: "[\(to("v1"))]", end: "[\(to("v1"))]", ways: 0),
        Case(
            was: "[\(to("v1", 100)), \(to("canary", 0))]", handed: "[\(to("v1", 100))]",
            end: "[\(to("v1", 100))]", ways: 0),
        Case(
            was: "[\(to("v1", 60)), \(to("canary", 40))]", handed: "[\(to("v1", 100))]",
            end: "[\(to("v1", 100))]", ways: 1),
        Case(
            was: "[\(foreign), \(to("canary", 50)), \(to("v1", 30))]",
            handed: "[\(foreign), \(to("v1", 80))]", end: "[\(foreign), \(to("v1", 80))]",
            ways: 1),
        Case(
            was: "[\(to("canary"))]", handed: "[\(to("v1"))]", end: "[\(to("v1"))]", ways: 1),
        Case(
            was: "[\(foreign), \(to("canary", 80))]", handed: "[\(foreign), \(to("v1", 80))]",
            end: "[\(foreign), \(to("v1", 80))]", ways: 1),
        // One that names no version is pinned meanwhile, and then finds whoever is there.
        Case(was: "[\(to(nil))]", handed: "[\(to("v1"))]", end: "[\(to(nil))]", ways: 1),
        Case(
            was: "[\(to("canary", 100))]", handed: "[\(to("theseus-nobody", 100))]",
            end: "[\(to(nil, 100))]", ways: 1, isFirst: true),
        Case(
            was: "[\(to(nil))]", handed: "[\(to("theseus-nobody"))]", end: "[\(to(nil))]",
            ways: 1, isFirst: true),
    ]

    private func list(_ object: KubernetesObject) -> [JSONTree] {
        object.spec["http"]?.items?.last?["route"]?.items ?? []
    }

    @Test(arguments: cases) func listsGoOverWhole(_ one: Case) throws {
        let scene = try RouteScene(Self.routes(one.was) + "\n" + Self.rule)
        var scope = Self.scope
        if one.isFirst { scope.stableVersion = nil }
        let survey = try scene.survey(scope)
        #expect(survey.ways.count == one.ways)
        let object = try #require(scene.virtualServices.first)
        let reference = try #require(survey.virtualServices.first)
        let edit = RouteEdit(survey.record(of: reference, run: scope.run))
        let handed = edit.handedOver(object)
        #expect(list(handed) == (try tree("a: " + one.handed))["a"]?.items)
        #expect(edit.handedOver(handed) == handed)
        let own = try #require(RouteEdit(of: handed, run: scope.run))
        let end = RouteEdit.forgotten(own.unpinned(handed))
        #expect(list(end) == (try tree("a: " + one.end))["a"]?.items)
        #expect(end.spec["http"]?.items?.last?["timeout"] == "3s")
    }

    /// The whole way over the API, twice each: what an ended run left goes too, users' own stays.
    @Test func theWholeWay() throws {
        let left = """
                - name: theseus-old
                  match: [{headers: {x-canary: {exact: "1"}}}]
                  route: [{destination: {host: reviews, subset: canary}}]
                - {name: other, match: [{uri: {prefix: /other}}], route: [{destination: {host: other}}]}

            """
        let waters = try RouterWaters(
            Self.routes("[\(Self.to("canary"))]", before: left) + "\n" + Self.rule)
        try waters.play {
            let router = waters.router(Self.scope)
            #expect(try await router.survey().namesCandidate)
            for reference in try await router.survey().managed {
                _ = try await router.writer.claim(reference)
            }
            for _ in 0..<2 { try await router.ensureStableSubset() }
            for _ in 0..<2 { try await router.handOver() }
            for _ in 0..<2 { try await router.removeLeftRoutes() }
            try await router.requireCandidateUnnamed()
            for _ in 0..<2 { try await router.retireCandidateSubset() }
            for _ in 0..<2 { try await router.unpin(backup: []) }
            for _ in 0..<2 { try await router.tidyRemoval() }
            #expect(try await router.survey().namesCandidate == false)
        }
        waters.audit(Self.scope)
        let names = waters.routes?.spec["http"]?.items?.compactMap { $0["name"]?.text }
        #expect(names == ["other", "primary"])
        let subsets = waters.rule.map(SubsetEdit.subsets) ?? []
        #expect(subsets.compactMap { $0["name"]?.text } == ["v1"])
        #expect(waters.routes?.tree.at("metadata", "annotations") == nil)
        #expect(waters.rule?.tree.at("metadata", "annotations") == nil)
    }

    /// Who stays has no subset yet: it gets one, with the policy that users had.
    @Test func whoStaysGetsASubset() throws {
        let bare = Self.rule.replacing("    - {name: v1, labels: {version: v1}}\n", with: "")
        let waters = try RouterWaters(Self.routes("[\(Self.to("canary"))]") + "\n" + bare)
        try waters.play {
            let router = waters.router(Self.scope)
            for reference in try await router.survey().managed {
                _ = try await router.writer.claim(reference)
            }
            try await router.ensureStableSubset()
            try await router.handOver()
            // A new holder finds its way from here.
            let next = waters.router(Self.scope, epoch: 2)
            for reference in try await next.survey().managed {
                _ = try await next.writer.claim(reference)
            }
            try await next.ensureStableSubset()
            try await next.handOver()
            try await next.retireCandidateSubset()
            try await next.unpin(backup: [])
            try await next.tidyRemoval()
        }
        waters.audit(Self.scope)
        let subsets = waters.rule.map(SubsetEdit.subsets) ?? []
        #expect(subsets.map { $0["name"]?.text } == ["v1"])
        #expect(subsets.first?.at("trafficPolicy", "tls", "mode") == "ISTIO_MUTUAL")
        #expect(list(try #require(waters.routes)).first?.at("destination", "subset") == "v1")
    }

    /// Both versions go by the names that are there, whatever labels stand beside the version's.
    @Test func subsetsMayHaveFurtherLabels() throws {
        let rule = Self.rule.replacing(
            "labels: {version: v2}", with: "labels: {app: a, version: v2}")
        let scene = try RouteScene(Self.routes("[\(Self.to("canary"))]") + "\n" + rule)
        let survey = try scene.survey(Self.scope)
        #expect(survey.subsets?.candidate.name == "canary")
        #expect(survey.subsets?.stable.name == "v1")
        #expect(survey.ways.count == 1)
    }

    /// What goes by two names would be found by one of them only.
    @Test func oneVersionByTwoNamesIsRefused() throws {
        let rule = Self.rule + "\n    - {name: blue, labels: {version: v2}}"
        let before = "    - {name: old, match: [{port: 1}], route: [\(Self.to("blue"))]}\n"
        let scene = try RouteScene(
            Self.routes("[\(Self.to("canary"))]", before: before) + "\n" + rule)
        var scope = Self.scope
        scope.routes = [RouteName(virtualService: "reviews", http: ["old", "primary"])]
        #expect {
            try scene.survey(scope)
        } throws: {
            ($0 as? RouteRefusal)?.code == .differentSubsets(first: "blue", second: "canary")
        }
    }

    @Test func itIsReadyBeforeAnyWrite() throws {
        let waters = try RouterWaters(Self.routes("[\(Self.to("canary"))]") + "\n" + Self.rule)
        let before = waters.routes
        try waters.play {
            let router = waters.router(Self.scope)
            for reference in try await router.survey().managed {
                _ = try await router.writer.claim(reference)
            }
            await #expect(throws: Setback.self) {
                try await router.handOver { throw Setback(.stableUnfit, "no pods") }
            }
        }
        #expect(waters.routes?.spec == before?.spec)
    }
}

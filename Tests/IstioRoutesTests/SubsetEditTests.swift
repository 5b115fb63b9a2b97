import JSONTree
import Manifests
import Testing

@testable import IstioRoutes

struct SubsetEditTests {
    static let edit = SubsetEdit(run: "r1")
    static let v1 = VersionSubset(
        name: "v1", tree: ["name": "v1", "labels": ["version": "v1"]])
    static let v2 = VersionSubset(
        name: "v2", tree: ["name": "v2", "labels": ["version": "v2"]])

    static func rule(_ spec: String) throws -> KubernetesObject {
        let object = try RouteScene("kind: DestinationRule\nmetadata: {name: a}\nspec: \(spec)")
            .rules.first
        return try #require(object)
    }

    @Test(arguments: [
        "{host: reviews}", "{host: reviews, subsets: []}",
        "{host: reviews, subsets: [{name: odd, labels: {a: b}}], trafficPolicy: {x: 1}}",
    ])
    func addsAndTakesAway(spec: String) throws {
        let rule = try Self.rule(spec)
        let one = try Self.edit.adding(Self.v1, to: rule)
        let both = try Self.edit.adding(Self.v2, to: one)
        #expect(try Self.edit.adding(Self.v2, to: both) == both)
        #expect(SubsetEdit.has(Self.v1, in: both) && SubsetEdit.has(Self.v2, in: both))
        #expect(RuleRecord(on: both)?.added == ["v1", "v2"])
        #expect(Self.edit.removing("v2", from: both) == one)
        #expect(Self.edit.removing("v1", from: one) == rule)
        #expect(Self.edit.removing("v1", from: rule) == rule)
    }

    @Test func leavesTheirsAlone() throws {
        let rule = try Self.rule(
            "{host: reviews, subsets: [{name: v1, labels: {version: v1}, trafficPolicy: {x: 1}}]}")
        #expect(try Self.edit.adding(Self.v1, to: rule) == rule)
        #expect(Self.edit.removing("v1", from: rule) == rule)
        let ours = try Self.edit.adding(Self.v2, to: rule)
        #expect(SubsetEdit(run: "r2").removing("v2", from: ours) == ours)
    }

    @Test func refusesATakenName() throws {
        let rule = try Self.rule("{host: reviews, subsets: [{name: v1, labels: {version: v9}}]}")
        let refusal = #expect(throws: RouteRefusal.self) {
            try Self.edit.adding(Self.v1, to: rule)
        }
        #expect(refusal?.code == .subsetTaken(subset: "v1", labels: "version=v9"))
    }

    @Test func retiresWhoeverAddedIt() throws {
        let rule = try Self.rule("{host: reviews, subsets: [{name: v1, labels: {version: v1}}]}")
        let both = try Self.edit.adding(Self.v2, to: rule)
        let retired = Self.edit.retiring(Self.v1, from: both)
        #expect(SubsetEdit.subsets(of: retired) == [Self.v2.tree])
        #expect(Self.edit.retiring(Self.v1, from: retired) == retired)
        let forgotten = SubsetEdit.forgotten(retired)
        #expect(RuleRecord(on: forgotten) == nil)
        #expect(forgotten.spec == retired.spec)
    }
}

import CanaryEngine
import JSONTree
import Lab
import Manifests
import Testing

@testable import IstioRoutes

/// What holds for every rule, and for every way through every cluster of strange objects.
struct RouterLawTests {
    static let versions = ["v1", "v2", "v3"].map { version in
        VersionSubset(
            name: version,
            tree: ["name": .string(version), "labels": ["version": .string(version)]])
    }

    /// The rule without what the run has added to it.
    private static func foreignPart(of rule: KubernetesObject) -> KubernetesObject {
        var clean = SubsetEdit.forgotten(rule)
        let added = RuleRecord(on: rule)?.added ?? []
        let hadList = RuleRecord(on: rule)?.hadList ?? (rule.spec["subsets"] != nil)
        let kept = SubsetEdit.subsets(of: rule).filter { entry in
            !added.contains { $0 == entry["name"]?.text }
        }
        clean.tree.set(kept.isEmpty && !hadList ? nil : .array(kept), at: "spec", "subsets")
        return clean
    }

    /// Whatever is added and taken away, in any order: a second time changes nothing, what is not
    /// ours survives untouched, and the way back ends where it began.
    @Test(arguments: UInt64(0)..<300) func rulesKeepWhatIsNotOurs(seed: UInt64) throws {
        var dice = StrangeRoutes(seed: seed)
        var before = dice.rule()
        // With all, some, or none of the subsets that a run asks for; with a list, or without.
        let kept = SubsetEdit.subsets(of: before).filter { _ in dice.coin() }
        before.tree.set(kept.isEmpty && dice.coin() ? nil : .array(kept), at: "spec", "subsets")
        let edit = SubsetEdit(run: "r1")
        var rule = before
        for _ in 0..<8 {
            let version = dice.one(of: Self.versions)
            if dice.coin() {
                rule = try edit.adding(version, to: rule)
                #expect(SubsetEdit.has(version, in: rule))
                #expect(try edit.adding(version, to: rule) == rule)
            } else {
                rule = edit.removing(version.name, from: rule)
                #expect(edit.removing(version.name, from: rule) == rule)
            }
            #expect(Self.foreignPart(of: rule) == before)
            // Another run finds nothing there that would be its own.
            for version in Self.versions {
                #expect(SubsetEdit(run: "r2").removing(version.name, from: rule) == rule)
            }
        }
        for version in Self.versions { rule = edit.removing(version.name, from: rule) }
        #expect(rule == before)
    }

    /// A cluster of strange objects, and a delegating VirtualService over them for every third.
    private static func cluster(_ seed: UInt64) throws
        -> (waters: RouterWaters, scope: RouteScope)
    {
        let night = try RouteEditLawTests.Night(seed: seed)
        var objects = [night.before, night.rule]
        objects[0].tree["status"] = nil
        // The cluster gives them versions of its own.
        for place in objects.indices {
            objects[place].tree.set(nil, at: "metadata", "resourceVersion")
        }
        if seed % 3 == 0 {
            for key in ["hosts", "gateways"] { objects[0].spec[key] = nil }
            objects.append(
                KubernetesObject([
                    "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
                    "metadata": ["name": "whole", "namespace": "shop"],
                    "spec": [
                        "hosts": ["reviews"],
                        "http": [["delegate": ["name": "reviews", "namespace": "shop"]]],
                    ],
                ]))
        }
        objects += RouterWaters.services
        let texts = objects.map { String(decoding: JSONWriter.bytes(of: $0.tree), as: UTF8.self) }
        return (try RouterWaters(texts.joined(separator: "\n---\n")), night.scope)
    }

    /// Every leg of the way there and back, each twice: the second time writes nothing at all, and
    /// the objects end as they began.
    @Test(arguments: UInt64(0)..<60) func theSecondTimeWritesNothing(seed: UInt64) throws {
        let (waters, scope) = try Self.cluster(seed)
        guard (try? waters.play { try await waters.router(scope).survey() }) != nil else {
            return  // refused by name, before anything was written; counted below
        }
        let before = RouterStoryTests.specs(waters)
        let legs = RouterLeg.whole.filter { leg in
            switch leg {
            case .mirror: scope.mirrors
            case .stick: scope.stickiness != nil
            default: true
            }
        }
        let idle = try waters.play {
            let router = waters.router(scope)
            let backup = try await router.backUp()
            var idle: [String] = []
            for leg in legs + RouterLeg.back {
                try await leg.sail(router, backup: backup)
                let revision = waters.lab.history().last?.revision
                try await leg.sail(router, backup: backup)
                if waters.lab.history().last?.revision != revision { idle.append("\(leg)") }
            }
            return idle
        }
        #expect(idle == [])
        #expect(RouterStoryTests.specs(waters) == before)
        waters.audit(scope)
    }

    /// Most of them are taken; else the test above shows little.
    @Test func mostAreTaken() throws {
        let taken = try (UInt64(0)..<60).filter { seed in
            let (waters, scope) = try Self.cluster(seed)
            return (try? waters.play { try await waters.router(scope).survey() }) != nil
        }
        #expect(taken.count >= 50)
        #expect(taken.count { $0 % 3 == 0 } >= 10)
    }
}

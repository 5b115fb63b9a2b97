import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing

@testable import IstioRoutes

/// What lands after the run went home is put right by the last look.
struct RouterLateTests {
    /// Two VirtualServices and a rule, all of other people's making.
    static let scene = RouterStoryTests.scenes[2]

    /// A create that was on its way when the run went home is removed by the last look.
    @Test(arguments: [RouterStoryTests.scenes[0], RouterStoryTests.scenes[4]])
    func removesWhatComesLate(_ scene: RouterStoryTests.Scene) throws {
        let waters = try RouterWaters(scene.objects)
        try waters.play {
            let router = waters.router(scene.scope)
            let backup = try await router.backUp()
            try await RouterLeg.stableSubset.sail(router, backup: backup)
            let rule = try #require(waters.rule)
            try await RouterLeg.pin.sail(router, backup: backup)
            let routes = try #require(waters.routes)
            for leg in RouterLeg.back { try await leg.sail(router, backup: backup) }
            #expect(waters.rule == nil)
            for (late, kind) in [(rule, ResourceKind.destinationRule), (routes, .virtualService)] {
                var late = late
                for field in ["resourceVersion", "uid", "creationTimestamp", "managedFields"] {
                    late.tree.set(nil, at: "metadata", field)
                }
                _ = try await router.client.create(late, as: kind)
            }
            #expect(try await router.verifyHome(backup: backup) == [])
            #expect(waters.rule == nil)
            #expect(waters.routes == nil)
        }
    }

    /// A holder that died right after it had sealed an object, or sealed it late, left nothing else
    /// on it.
    @Test func takesOffASealThatStandsAlone() throws {
        let waters = try RouterWaters(Self.scene.objects)
        let before = RouterStoryTests.specs(waters)
        let sentences = try waters.play {
            let router = waters.router(Self.scene.scope)
            let backup = try await router.backUp()
            try await router.claim()
            #expect(waters.routes?.seal?.run == "r1")
            #expect(try await router.verifyHome(backup: backup) == [])
            // Another run's is left to it.
            var other = Self.scene.scope
            other.run = "r2"
            try await waters.router(other).claim()
            return try await router.verifyHome(backup: Array(backup.dropFirst()))
        }
        #expect(sentences == [])
        #expect(waters.routes?.seal?.run == "r2")
        try waters.play {
            var other = Self.scene.scope
            other.run = "r2"
            let router = waters.router(other)
            let backup = try RouterFaultTests.originals()
            let strange = backup.filter { $0.name != "edge" }
            #expect(
                try await router.verifyHome(backup: strange) == [
                    "VirtualService shop/edge carried our seal and is not in the backup: it stays"
                        + " as it is"
                ])
        }
        #expect(RouterStoryTests.specs(waters) == before)
    }
}

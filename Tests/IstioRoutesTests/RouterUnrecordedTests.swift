import CanaryEngine
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing

@testable import IstioRoutes

/// Somebody took our record off a route in the middle of a run: the destinations say where users are.
struct RouterUnrecordedTests {
    private static let scenes = [1, 2].map { RouterStoryTests.scenes[$0] }

    /// At 50%, and then somebody does `deed` to the routes.
    private static func play(
        _ scene: RouterStoryTests.Scene,
        _ deed: @escaping @Sendable (RouterWaters) async throws -> Void,
        _ story: @escaping @Sendable (RouterWaters, IstioRouter) async throws -> Void
    ) throws {
        let waters = try RouterWaters(scene.objects)
        try waters.play {
            let surveyor = waters.router(scene.scope)
            let managed = try await surveyor.survey().managed
            let backup = try await surveyor.backUp()
            let router = waters.router(scene.scope, known: managed, backup: backup)
            _ = try await RouterForeignTests.advance(router, 6)
            #expect(try await router.currentShare().percent == 50)
            try await deed(waters)
            try await story(waters, router)
        }
        waters.audit(scene.scope)
    }

    private static func takeRecord(_ waters: RouterWaters) async throws {
        try await waters.edit(.virtualService, by: "kubectl-annotate") {
            $0.annotate(RouteRecord.annotation, nil)
        }
    }

    @Test(arguments: scenes) func weightsTellTheShare(_ scene: RouterStoryTests.Scene) throws {
        try Self.play(scene, Self.takeRecord) { waters, router in
            #expect(try await router.currentShare(unknown: .none).percent == 50)
            let report = try await router.sendHome(share: percent(40))
            #expect(report.overridden.contains { $0.contains("had lost our record") }, "\(report)")
            #expect(try await router.currentShare(unknown: .none).percent == 40)
            _ = try await router.sendHome(share: .none)
            #expect(try await router.currentShare() == .none)
        }
    }

    /// It leads to whoever is ready: nothing there says where users are, and nobody is moved by halves.
    @Test(arguments: scenes) func anUnpinnedOneWaits(_ scene: RouterStoryTests.Scene) throws {
        let unpin: @Sendable (RouterWaters) async throws -> Void = { waters in
            try await waters.edit(.virtualService, by: "kubectl-replace") { object in
                object.annotate(RouteRecord.annotation, nil)
                var routes = object.spec["http"]?.items ?? []
                for place in routes.indices {
                    routes[place]["route"] = [["destination": ["host": "reviews"]]]
                }
                object.tree.set(.array(routes), at: "spec", "http")
            }
        }
        try Self.play(scene, unpin) { waters, router in
            let before = waters.routes?.spec
            #expect(try await router.currentShare() == .all)
            _ = try await router.sendHome(share: percent(40))
            #expect(waters.routes?.spec == before)
            #expect(try await router.currentShare() == .all)
            _ = try await router.sendHome(share: .none)
            #expect(waters.routes?.spec != before)
            #expect(try await router.currentShare() == .none)
        }
    }

    @Test func oneThatIsGoneIsUnknown() throws {
        let delete: @Sendable (RouterWaters) async throws -> Void = {
            try await $0.delete(.virtualService)
        }
        try Self.play(Self.scenes[0], delete) { _, router in
            let shares = [
                try await router.currentShare(), try await router.currentShare(unknown: .none),
            ]
            #expect(shares == [.all, .none])
        }
    }
}

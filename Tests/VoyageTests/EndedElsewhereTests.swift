import CanaryEngine
import Chronicle
import IstioRoutes
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing
import Voyage

/// A journal comes back whose run was ended without it: nobody is led by what it remembers.
@Suite struct EndedElsewhereTests {
    private static func isAtHalf(_ fact: Fact) -> Bool {
        if case .done(_, let note) = fact { note.hasPrefix("50% with") } else { false }
    }

    /// By its marks and by hand, as `theseus abort` without the journal says.
    private static func end(_ port: Port) async throws {
        let client = port.rig.cluster
        for _ in 0..<2 {
            guard let mark = try await IstioRouter.marks(client, orIn: "demo").first else { return }
            let (_, rest) = try await UnrememberedEnd(
                client: client, holder: "there/2", pace: port.rig.pace
            ).carryOut(mark, by: "ada")
            guard case .objects(let left) = rest else { return }
            for reference in left {
                let object = try #require(port.world.snapshot().cluster.object(reference))
                try await client.delete(object, as: reference.kind)
            }
        }
    }

    private static func expectRefused(_ port: Port, _ run: String, saying why: String) async throws
    {
        let before = Self.specs(port)
        do {
            _ = try await port.take(run)
            Issue.record("it was taken")
        } catch let error as VoyageError {
            #expect(error.code == .endedElsewhere(why))
            #expect("\(error)".split(separator: "\n").count == 3)
        }
        #expect(Self.specs(port) == before)
        #expect(port.world.snapshot().cluster.objects(.lease).isEmpty)
    }

    private static func specs(_ port: Port) -> [JSONTree] {
        [ResourceKind.virtualService, .destinationRule, .deployment, .autoscaler].flatMap {
            port.world.snapshot().cluster.objects($0).map(\.tree)
        }
    }

    /// Its stable is gone since: users would be led to a version without a pod.
    @Test func whatAnotherRunHasPromotedStays() throws {
        let port = try Port()
        try port.turnable.run {
            _ = try await port.begin("r1", until: Self.isAtHalf)
            try await Self.end(port)
            let next = try await port.forgetful.begin("r2")
            #expect(try next.end.get().course == .promoted)
            try await Self.expectRefused(
                port, "r1", saying: "Deployment demo/demo-app-v1 is gone")
        }
    }

    /// Another one moves its routes, and its lease is gone.
    @Test func whatAnotherRunMovesStays() throws {
        let port = try Port()
        try port.turnable.run {
            _ = try await port.begin("r1", until: Self.isAtHalf)
            try await Self.end(port)
            _ = try await port.forgetful.begin("r2", until: Self.isAtHalf)
            let lease = ObjectReference(.lease, namespace: "demo", name: "theseus-demo-app")
            if let object = port.world.snapshot().cluster.object(lease) {
                try await port.rig.cluster.delete(object, as: .lease)
            }
            try await Self.expectRefused(
                port, "r1", saying: "VirtualService demo/demo-app carries marks of run r2")
        }
    }

    /// Both versions stand, and users were led to the other one by somebody else since.
    @Test(arguments: [
        ("v2", "VirtualService demo/demo-app leads to subset v2 alone"),
        ("v7", "VirtualService demo/demo-app leads to subset v7"),
    ])
    func whatServesNowStays(_ subset: String, _ why: String) throws {
        let port = try Port()
        try port.turnable.run {
            _ = try await port.begin("r1", until: Self.isAtHalf)
            try await Self.end(port)
            let routes = ObjectReference(
                .virtualService, namespace: "demo", name: "demo-app")
            var object = try #require(port.world.snapshot().cluster.object(routes))
            let there: JSONTree = ["host": "demo-app", "subset": .string(subset)]
            object.tree.set(
                [["name": "primary", "route": [["destination": there]]]], at: "spec", "http")
            _ = try await port.rig.cluster.update(object, as: .virtualService)
            try await Self.expectRefused(port, "r1", saying: why)
        }
    }

    /// All is as before the run: to take it undoes nothing, and ends it.
    @Test func whatIsAsBeforeIsTaken() throws {
        let port = try Port()
        try port.turnable.run {
            _ = try await port.begin("r1", until: Self.isAtHalf)
            try await Self.end(port)
            let end = try await port.take("r1").end.get()
            guard case .rolledBack = end.course else {
                Issue.record("\(end.course)")
                return
            }
        }
    }

    /// No mark stands there yet, and stable is not what refuses it.
    @Test func whatHasNotBegunIsTaken() throws {
        let port = try Port()
        try port.turnable.run {
            _ = try await port.begin("r1") { if case .backedUp = $0 { true } else { false } }
            let stable = ObjectReference(.deployment, namespace: "demo", name: "demo-app-v1")
            let object = try #require(port.world.snapshot().cluster.object(stable))
            #expect(object.seal == nil)
            let end = try await port.take("r1").end.get()
            #expect(end.course == .promoted)
        }
    }
}

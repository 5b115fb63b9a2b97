import CanaryEngine
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing

@testable import IstioRoutes

/// People take away, in the middle of a run, what its routes rest on.
struct RouterMendingTests {
    static let ours = RouterStoryTests.scenes[1]
    /// Rule and subset stood before the run, with a policy.
    static let theirs = RouterStoryTests.scenes[2]

    struct Deed: Sendable, CustomTestStringConvertible {
        var name: String
        var scene = ours
        /// How many legs the run has done.
        var legs = 6
        /// What a look says.
        var said: String
        var does: @Sendable (RouterWaters, IstioRouter) async throws -> Void
        var testDescription: String { name }
    }

    private static func turn(_ waters: RouterWaters) async throws {
        try await waters.edit(.destinationRule, by: "kubectl-patch") { rule in
            var subsets = rule.spec["subsets"]?.items ?? []
            subsets[0].set("v2", at: "labels", "version")
            rule.spec["subsets"] = .array(subsets)
        }
    }

    private static func deleteRule(_ waters: RouterWaters, _ router: IstioRouter) async throws {
        try await waters.delete(.destinationRule)
    }

    private static func deleteRoutes(_ waters: RouterWaters, _ router: IstioRouter) async throws {
        try await waters.delete(.virtualService)
    }

    private static func leadElsewhere(_ waters: RouterWaters, _ router: IstioRouter) async throws {
        try await waters.edit(.destinationRule, by: "kubectl-patch") { $0.spec["host"] = "ratings" }
    }

    private static let elsewhere =
        "DestinationRule shop/reviews is for the host ratings, where it must be for"
        + " reviews.shop.svc.cluster.local; changed by kubectl-patch"
    private static let gone = "is gone: somebody deleted it"
    private static let turned =
        "DestinationRule shop/reviews, subset v1: it means version=v2, where it must mean version=v1;"
        + " changed by kubectl-patch"

    static let deeds: [Deed] = [
        Deed(
            name: "the run's rule goes", said: "DestinationRule shop/reviews \(gone)",
            does: deleteRule),
        Deed(
            name: "the run's rule goes in the dark", legs: 4,
            said: "DestinationRule shop/reviews \(gone)", does: deleteRule),
        Deed(
            name: "somebody's own rule goes", scene: theirs,
            said: "DestinationRule shop/reviews \(gone)", does: deleteRule),
        Deed(name: "the run's subset is turned", said: turned) { waters, _ in
            try await turn(waters)
        },
        Deed(name: "the run's subset is turned in the dark", legs: 2, said: turned) { waters, _ in
            try await turn(waters)
        },
        Deed(name: "somebody's own subset is turned", scene: theirs, said: turned) { waters, _ in
            try await turn(waters)
        },
        Deed(
            name: "stable's subset goes",
            said: "DestinationRule shop/reviews has no subset v1; changed by kubectl-patch"
        ) { waters, _ in
            try await waters.edit(.destinationRule, by: "kubectl-patch") { rule in
                let subsets = rule.spec["subsets"]?.items ?? []
                rule.tree.set("x", at: "metadata", "labels", "team")
                rule.spec["subsets"] = .array(Array(subsets.dropFirst()))
            }
        },
        Deed(name: "the run's rule is led elsewhere", said: elsewhere, does: leadElsewhere),
        Deed(
            name: "the run's rule is led elsewhere in the dark", legs: 4, said: elsewhere,
            does: leadElsewhere),
        Deed(
            name: "somebody's own rule is led elsewhere", scene: theirs, said: elsewhere,
            does: leadElsewhere),
        Deed(
            name: "the VirtualService goes", said: "VirtualService shop/reviews \(gone)",
            does: deleteRoutes),
        Deed(
            name: "one of two goes", scene: theirs, said: "VirtualService shop/reviews \(gone)",
            does: deleteRoutes),
        Deed(
            name: "VirtualService and rule go", scene: theirs,
            said: "VirtualService shop/reviews \(gone)"
        ) { waters, router in
            try await deleteRoutes(waters, router)
            try await deleteRule(waters, router)
        },
        Deed(
            name: "the run's own VirtualService goes", scene: RouterStoryTests.scenes[0],
            said: "VirtualService shop/reviews \(gone)", does: deleteRoutes),
    ]

    /// Seen at the next look; on the way home users have stable under their feet before anything else, and
    /// in the end all is as it was.
    @Test(arguments: deeds) func seenAndPutBack(_ deed: Deed) throws {
        let waters = try RouterWaters(deed.scene.objects)
        let before = (waters.routes?.spec, waters.rule?.spec)
        let rest = try waters.play {
            let (router, backup) = try await Self.advanced(waters, deed)
            let weight = waters.routes.flatMap { RouteRecord(on: $0) }?.weight ?? .none
            var seen: [String] = []
            try await router.requireWritten(weight, seen: &seen)
            try await deed.does(waters, router)
            let setback = await #expect(throws: Setback.self) {
                try await router.requireWritten(weight, seen: &seen)
            }
            #expect(setback?.kind == .foreignEdit)
            #expect(setback?.reason == deed.said)

            let report = try await router.sendHome(share: .none)
            #expect(report.restored.contains("\(deed.said); put back"), "\(report)")
            let routes = try #require(waters.routes)
            let rule = try #require(waters.rule)
            let named = router.subsets(namedBy: router.edits(of: [routes]))
            #expect(named.contains { $0.version == "v1" })
            #expect(router.difference(rule, from: named) == nil)
            let again = try await router.sendHome(share: .none)
            #expect(again.restored == [])
            try await RouterForeignTests.goBack(router, backup)
            return try await router.verifyHome(backup: backup)
        }
        #expect(rest == [])
        #expect(waters.routes?.spec == before.0)
        #expect(waters.rule?.spec == before.1)
        waters.audit(deed.scene.scope)
    }

    /// The dark has no way home of the weights: what is missing is put back all the same.
    @Test(arguments: deeds) func mended(_ deed: Deed) throws {
        let waters = try RouterWaters(deed.scene.objects)
        try waters.play {
            let (router, _) = try await Self.advanced(waters, deed)
            try await deed.does(waters, router)
            #expect(try await router.mend(includingMade: true).contains("\(deed.said); put back"))
            #expect(try await router.mend(includingMade: true) == [])
        }
        waters.audit(deed.scene.scope)
    }

    /// Without a journal the names and labels on the routes must do.
    @Test func needsNoBackup() throws {
        let waters = try RouterWaters(Self.theirs.objects)
        try waters.play {
            let managed = try await waters.router(Self.theirs.scope).survey().managed
            let router = waters.router(Self.theirs.scope, known: managed)
            _ = try await RouterForeignTests.advance(router, 6)
            try await Self.turn(waters)
            let report = try await router.sendHome(share: .none)
            #expect(report.restored == ["\(Self.turned); put back"])
            let entry = waters.rule.map(SubsetEdit.subsets)?.first
            #expect(entry?.at("labels", "version")?.text == "v1")
            #expect(entry?["trafficPolicy"] != nil)
        }
        waters.audit(Self.theirs.scope)
    }

    /// A rule for another host is put back without one, too: by the service's whole name.
    @Test func aHostNeedsNoBackup() throws {
        let waters = try RouterWaters(Self.theirs.objects)
        try waters.play {
            let managed = try await waters.router(Self.theirs.scope).survey().managed
            let router = waters.router(Self.theirs.scope, known: managed)
            _ = try await RouterForeignTests.advance(router, 6)
            try await Self.leadElsewhere(waters, router)
            let report = try await router.sendHome(share: .none)
            #expect(report.restored == ["\(Self.elsewhere); put back"])
            #expect(waters.rule?.spec["host"]?.text == "reviews.shop.svc.cluster.local")
        }
        waters.audit(Self.theirs.scope)
    }

    /// What stood before the run comes back whole, though nobody could begin a run with it any more.
    @Test func needsNoSurvey() throws {
        let waters = try RouterWaters(Self.theirs.objects)
        let before = waters.rule
        try waters.play {
            let managed = try await waters.router(Self.theirs.scope).survey().managed
            let first = waters.router(Self.theirs.scope, known: managed)
            let backup = try await RouterForeignTests.advance(first, 6)
            let crooked = backup.map { object in
                var object = object
                if object.kind == "VirtualService" { object.spec["http"] = [] }
                return object
            }
            let router = waters.router(Self.theirs.scope, known: managed, backup: crooked)
            try await waters.delete(.destinationRule)
            let report = try await router.sendHome(share: .none)
            #expect(report.restored.first?.hasSuffix("\(Self.gone); put back") == true)
            let lack =
                "it stands as the backup alone has it, for no run could begin with that now: "
            #expect(report.restored.last?.hasPrefix(lack) == true, "\(report)")
            let entry = waters.rule.map(SubsetEdit.subsets)?.first
            #expect(entry == before.map(SubsetEdit.subsets)?.first)
            #expect(entry?["trafficPolicy"] != nil)
        }
    }

    /// Without its journal a run says what it could not bring back.
    @Test func saysThatTheBackupIsLost() throws {
        let waters = try RouterWaters(Self.theirs.objects)
        try waters.play {
            let managed = try await waters.router(Self.theirs.scope).survey().managed
            let known = waters.router(Self.theirs.scope, known: managed)
            _ = try await RouterForeignTests.advance(known, 6)
            let router = IstioRouter(scope: known.scope, writer: known.writer, known: managed) {
                throw Setback(.fault, "the disk is gone")
            }
            try await Self.turn(waters)
            let report = try await router.sendHome(share: .none)
            #expect(
                report.restored == [
                    "\(Self.turned); put back",
                    "the backup cannot be read, so it stands as the run noted it, without a policy"
                        + " that it may have had",
                ])
        }
    }

    /// Who can do nothing else leads nobody to what is not there.
    @Test func anEmergencyLeadsNobodyAstray() throws {
        let waters = try RouterWaters(Self.ours.objects)
        try waters.play {
            let router = waters.router()
            _ = try await RouterForeignTests.advance(router, 6)
            try await Self.turn(waters)
            let before = waters.routes?.spec
            let said = try await IstioRouter.emergencyHome(
                client: router.client, namespace: "shop", service: "reviews")
            #expect(
                said == [
                    "VirtualService shop/reviews: stays as it is: no rule has the subset v1 to pin it"
                        + " to"
                ])
            #expect(waters.routes?.spec == before)
        }
    }

    /// The old version's subset goes by its name, whatever somebody made it mean.
    @Test func retiresByName() throws {
        let waters = try RouterWaters(Self.ours.objects)
        try waters.play {
            let router = waters.router()
            let backup = try await RouterForeignTests.advance(router, 7)
            for leg in [RouterLeg.removeDark, .dropStable] {
                try await leg.sail(router, backup: backup)
            }
            try await Self.turn(waters)
            try await router.removeStableSubset()
            let names = waters.rule.map(SubsetEdit.subsets)?.compactMap { $0["name"]?.text }
            #expect(names == ["v2"])
        }
    }

    /// Another's way to stable is seen before stable may go.
    @Test func seesAnothersWayToStable() throws {
        let waters = try RouterWaters(Self.theirs.objects)
        try waters.play {
            let managed = try await waters.router(Self.theirs.scope).survey().managed
            let router = waters.router(Self.theirs.scope, known: managed)
            _ = try await RouterForeignTests.advance(router, 7)
            try await router.requireStableLeft()
            let there: JSONTree = ["host": "reviews", "subset": "v1"]
            let other = KubernetesObject([
                "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
                "metadata": ["name": "other", "namespace": "shop"],
                "spec": [
                    "hosts": ["other.example.com"],
                    "http": [["name": "aside", "route": [["destination": there]]]],
                ],
            ])
            _ = try await router.client.create(other, as: .virtualService)
            let setback = await #expect(throws: Setback.self) {
                try await router.requireStableLeft()
            }
            #expect(setback?.kind == .foreignEdit)
            #expect(
                setback?.reason.hasPrefix(
                    "VirtualService shop/other, http route aside leads to stable's subset v1,"
                        + " which goes with the promotion, and this run does not move it;") == true)
            let late = await #expect(throws: Setback.self) {
                try await router.requireStableUnnamed()
            }
            #expect(late?.reason.hasPrefix("subset v1 cannot go: VirtualService") == true)
        }
    }

    private static func advanced(_ waters: RouterWaters, _ deed: Deed) async throws
        -> (IstioRouter, [KubernetesObject])
    {
        let surveyor = waters.router(deed.scene.scope)
        let managed = try await surveyor.survey().managed
        let backup = try await surveyor.backUp()
        let router = waters.router(deed.scene.scope, known: managed, backup: backup)
        _ = try await RouterForeignTests.advance(router, deed.legs)
        return (router, backup)
    }
}

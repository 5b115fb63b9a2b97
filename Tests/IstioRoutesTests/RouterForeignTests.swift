import CanaryEngine
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing
import YAML

@testable import IstioRoutes

/// Other people and their tools write to the objects of a run in the Lab.
struct RouterForeignTests {
    static let scene = RouterStoryTests.scenes[1]

    static func advance(_ router: IstioRouter, _ legs: Int) async throws -> [KubernetesObject] {
        let backup = try await router.backUp()
        for leg in RouterLeg.forward.prefix(legs) { try await leg.sail(router, backup: backup) }
        return backup
    }

    static func goBack(_ router: IstioRouter, _ backup: [KubernetesObject]) async throws {
        for leg in RouterLeg.back { try await leg.sail(router, backup: backup) }
    }

    static func route(_ list: String) throws -> JSONTree { try tree(list) }

    /// A harmless edit survives the whole way there and back, and is named at the end.
    @Test func keepsWhatOthersWrote() throws {
        let waters = try RouterWaters(Self.scene.objects)
        let differences = try waters.play {
            let router = waters.router()
            let backup = try await Self.advance(router, 5)
            try await waters.edit(.virtualService, by: "kubectl-edit") { object in
                object.tree.set("x", at: "metadata", "labels", "team")
                var http = object.spec["http"]?.items ?? []
                http[http.count - 1]["timeout"] = "7s"
                object.spec["http"] = .array(http)
            }
            try await router.shift(to: percent(50), expecting: percent(1))
            try await Self.goBack(router, backup)
            return try await router.verifyHome(backup: backup)
        }
        #expect(
            differences == [
                """
                VirtualService shop/reviews: spec.http[0].timeout is new: "7s" \
                (last other writer: kubectl-edit)
                """
            ])
        #expect(waters.routes?.label("team") == "x")
        waters.audit()
    }

    /// A tool that reverts weights stops the way forward, and cannot stop the way home.
    @Test func stopsWhereOthersShift() throws {
        let waters = try RouterWaters(Self.scene.objects)
        let (setback, report, rest) = try waters.play {
            let router = waters.router()
            let backup = try await Self.advance(router, 6)
            try await waters.edit(.virtualService, by: "argocd-controller") { object in
                var http = object.spec["http"]?.items ?? []
                http[http.count - 1]["route"] = [["destination": ["host": "reviews"]]]
                object.spec["http"] = .array(http)
            }
            var setback: Setback?
            do {
                try await router.shift(to: .all, expecting: percent(50))
            } catch let error as Setback {
                setback = error
            }
            let report = try await router.sendHome(share: .none)
            let pinned = waters.routes?.spec["http"]?.items?.last?["route"]
            #expect(
                pinned == (try Self.route("[{destination: {host: reviews, subset: v1}}]")))
            try await Self.goBack(router, backup)
            return (setback, report, try await router.verifyHome(backup: backup))
        }
        #expect(setback?.kind == .foreignEdit)
        #expect(setback?.reason.contains("argocd-controller") == true)
        #expect(setback?.reason.contains("RespectIgnoreDifferences=true") == true)
        #expect(report.overridden.count == 1)
        #expect(report.overridden.first?.contains("changed by argocd-controller") == true)
        #expect(rest == [])
    }

    /// A tool that replaces whole objects takes our record along: home is found without it.
    @Test(arguments: [false, true]) func findsHomeWithoutRecord(isRuleGone: Bool) throws {
        let waters = try RouterWaters(Self.scene.objects)
        let rest = try waters.play {
            let managed = try await waters.router().survey().managed
            let router = waters.router(known: managed)
            let backup = try await Self.advance(router, 6)
            try await waters.edit(.virtualService, by: "helm") { object in
                object = object.unsealed
                object.spec = backup[0].spec
            }
            if isRuleGone {
                let rule = try #require(waters.rule)
                try await router.client.delete(rule, as: .destinationRule)
            }
            await #expect(throws: Setback.self) {
                try await router.shift(to: .all, expecting: percent(50))
            }
            let report = try await router.sendHome(share: .none)
            #expect(
                report.overridden == [
                    "VirtualService shop/reviews had lost our record; changed by helm; to end"
                        + " this, hold 'helm upgrade' back for the time of the run (Helm has no rule"
                        + " that ignores fields), and write what was promoted into the chart before"
                        + " the next"
                ])
            let pinned = waters.routes?.spec["http"]?.items?[0]["route"]
            #expect(
                pinned == (try Self.route("[{destination: {host: reviews, subset: v1}}]")))
            try await Self.goBack(router, backup)
            return try await router.verifyHome(backup: backup)
        }
        #expect(rest == [])
        waters.audit()
    }

    /// Without a record, routes that keep users with the candidate are taken home like the rest;
    /// as long as one stands the candidate's pods must not go.
    @Test func takesKeptRoutesHomeWithoutRecord() throws {
        let waters = try RouterWaters(Self.scene.objects)
        let rest = try waters.play {
            var scope = RouteScope.reviews
            scope.stickiness = Stickiness(cookie: "stay", ttl: .seconds(60))
            let managed = try await waters.router(scope).survey().managed
            let router = waters.router(scope, known: managed)
            let backup = try await router.backUp()
            for leg in RouterLeg.whole.prefix(7) { try await leg.sail(router, backup: backup) }
            let kept = waters.routes?.spec["http"]?.items?.compactMap { $0["name"]?.text } ?? []
            #expect(kept.contains("theseus-keep-r1") && kept.contains("theseus-stay-r1"))
            try await waters.edit(.virtualService, by: "helm") { object in
                object.annotate(RouteRecord.annotation, nil)
            }
            let early = await #expect(throws: Setback.self) {
                try await router.requireCandidateUnnamed()
            }
            #expect(early?.reason.hasPrefix("subset v2 cannot go: VirtualService") == true)
            _ = try await router.sendHome(share: .none)
            try await router.removeDarkRoute()
            try await router.requireCandidateUnnamed()
            let pinned = waters.routes?.spec["http"]?.items ?? []
            let alone = "[{destination: {host: reviews, subset: v1}, weight: 100}]"
            #expect(pinned.map { $0["route"] } == [try Self.route(alone)])
            for leg in RouterLeg.back.dropFirst(2) { try await leg.sail(router, backup: backup) }
            return try await router.verifyHome(backup: backup)
        }
        #expect(rest == [])
        waters.audit()
    }

    /// A new route to the service is a way into the dark: no step forward past it.
    @Test func noticesANewRoute() throws {
        let waters = try RouterWaters(Self.scene.objects)
        let setback = try waters.play {
            let router = waters.router()
            _ = try await Self.advance(router, 4)
            try await waters.edit(.virtualService, by: "kubectl-edit") { object in
                let extra: JSONTree = [
                    "name": "mine", "route": [["destination": ["host": "reviews"]]],
                ]
                object.spec["http"] = .array([extra] + (object.spec["http"]?.items ?? []))
            }
            return await #expect(throws: Setback.self) {
                try await router.shift(to: percent(1), expecting: .none)
            }
        }
        #expect(
            setback?.reason
                == "VirtualService shop/reviews has a new route to the service, mine: the candidate"
                + " is not dark on it; changed by kubectl-edit")
    }

    @Test func noticesADeletedObject() throws {
        let waters = try RouterWaters(Self.scene.objects)
        try waters.play {
            let managed = try await waters.router().survey().managed
            let router = waters.router(known: managed)
            _ = try await Self.advance(router, 6)
            let routes = try #require(waters.routes)
            try await router.client.delete(routes, as: .virtualService)
            let setback = await #expect(throws: Setback.self) {
                try await router.shift(to: .all, expecting: percent(50))
            }
            #expect(setback?.kind == .foreignEdit)
            let report = try await router.sendHome(share: .none)
            #expect(report.missing == ["VirtualService shop/reviews is gone"])
        }
    }

    /// No route is ever written that names a subset which is not there.
    @Test func needsTheSubset() throws {
        let waters = try RouterWaters(Self.scene.objects)
        try waters.play {
            let router = waters.router()
            _ = try await router.backUp()
            let early = await #expect(throws: Setback.self) { try await router.pin() }
            #expect(
                early?.reason
                    == "there is no DestinationRule for reviews.shop.svc.cluster.local any more")
            _ = try await Self.advance(router, 2)
            let shift = await #expect(throws: Setback.self) {
                try await router.shift(to: percent(1), expecting: .none)
            }
            #expect(shift?.reason.contains("DestinationRule shop/reviews has no subset v2") == true)
        }
        waters.audit()
    }

    /// Stable's destination goes only where the candidate has all, and nothing else of the service
    /// stands beside it.
    @Test(arguments: [
        "[{destination: {host: reviews, subset: v1}, weight: 10},"
            + " {destination: {host: reviews, subset: v2}, weight: 90}]",
        "[{destination: {host: reviews, subset: v2}, weight: 100},"
            + " {destination: {host: reviews}, weight: 0}]",
        "[{destination: {host: reviews, subset: v1}}]",
    ])
    func keepsStableWhereItIsNeeded(list: String) throws {
        let waters = try RouterWaters(Self.scene.objects)
        try waters.play {
            let router = waters.router()
            _ = try await Self.advance(router, 7)
            try await router.removeDarkRoute()
            let written = try Self.route(list)
            try await waters.edit(.virtualService, by: "kubectl-edit") { object in
                object.spec["http"] = [["route": written]]
            }
            let setback = await #expect(throws: Setback.self) { try await router.dropStable() }
            #expect(setback?.kind == .foreignEdit)
            #expect(setback?.reason.contains("where the candidate should have all") == true)
            guard list.contains("v1") else { return }
            let named = await #expect(throws: Setback.self) {
                try await router.removeStableSubset()
            }
            #expect(named?.reason.hasPrefix("subset v1 cannot go") == true)
        }
    }

    /// A subset that some other route came to name meanwhile does not go.
    @Test func keepsASubsetThatIsNamed() throws {
        let waters = try RouterWaters(Self.scene.objects)
        try waters.play {
            let router = waters.router()
            let backup = try await Self.advance(router, 4)
            for leg in [RouterLeg.home, .removeDark] { try await leg.sail(router, backup: backup) }
            try await waters.edit(.virtualService, by: "kubectl-edit") { object in
                let extra: JSONTree = [
                    "name": "mine",
                    "route": [["destination": ["host": "reviews", "subset": "v2"]]],
                ]
                object.spec["http"] = .array([extra] + (object.spec["http"]?.items ?? []))
            }
            let setback = await #expect(throws: Setback.self) {
                try await router.removeCandidateSubset()
            }
            #expect(
                setback?.reason
                    == "subset v2 cannot go: VirtualService shop/reviews, http route mine still"
                    + " names it")
        }
    }

    /// What is left when nothing but the API can be reached.
    @Test func bringsHomeInAnEmergency() throws {
        let waters = try RouterWaters(Self.scene.objects)
        let said = try waters.play {
            let router = waters.router()
            _ = try await Self.advance(router, 7)
            let client = router.client
            var said: [String] = []
            for epoch in [0, 1, 1] {
                said += try await IstioRouter.emergencyHome(
                    client: client, namespace: "shop", service: "reviews", run: "r1",
                    epoch: epoch)
            }
            said += try await IstioRouter.emergencyHome(
                client: client, namespace: "other", service: "reviews")
            return said
        }
        #expect(
            said == [
                "VirtualService shop/reviews: is held by epoch 1",
                "VirtualService shop/reviews: brought home",
                "VirtualService shop/reviews: is at home",
            ])
        let list = waters.routes?.spec["http"]?.items?.last?["route"]
        #expect(list == (try Self.route("[{destination: {host: reviews, subset: v1}}]")))
        waters.audit()
    }

    /// A seal of a later epoch ends everything that the older holder tries.
    @Test func yieldsToTheNextHolder() throws {
        let waters = try RouterWaters(Self.scene.objects)
        try waters.play {
            let old = waters.router()
            _ = try await Self.advance(old, 5)
            let next = waters.router(epoch: 2)
            try await next.shift(to: percent(50), expecting: percent(1))
            let error = await #expect(throws: KubernetesError.self) {
                try await old.shift(to: .all, expecting: percent(50))
            }
            #expect(error?.code == .fenced(by: "r1"))
        }
    }
}

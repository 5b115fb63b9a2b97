import CanaryEngine
import JSONTree
import Manifests
import Testing

@testable import IstioRoutes

/// What holds for every edit of every object, however strange.
struct RouteEditLawTests {
    struct Night {
        var dice: StrangeRoutes
        let before: KubernetesObject
        let rule: KubernetesObject
        /// With copies and cookies, where the routes have room for them.
        let scope: RouteScope
        let edit: RouteEdit
        let pinned: KubernetesObject

        init(seed: UInt64) throws {
            var dice = StrangeRoutes(seed: seed)
            before = dice.virtualService()
            rule = dice.rule()
            let world = RouteWorld(virtualServices: [before], rules: [rule])
            scope = Self.scope(in: world, byHosts: dice.byHosts)
            let survey = try RouteSurvey(of: world, for: scope)
            let reference = try #require(survey.virtualServices.first)
            edit = RouteEdit(survey.record(of: reference, run: scope.run))
            pinned = edit.pinned(before)
            self.dice = dice
        }

        static let stay = Stickiness(cookie: "stay", ttl: .seconds(60))

        private static func scope(in world: RouteWorld, byHosts: Bool) -> RouteScope {
            let named = RouteScope.reviews.naming(RouteName(virtualService: "reviews"))
            let plain = byHosts ? named.byHosts() : named
            var best = plain
            var mirroring = plain
            mirroring.mirrors = true
            if (try? RouteSurvey(of: world, for: mirroring)) != nil { best.mirrors = true }
            var sticking = plain
            sticking.stickiness = stay
            if (try? RouteSurvey(of: world, for: sticking)) != nil { best.stickiness = stay }
            return best
        }

        /// The object with everything that we may touch taken out.
        func foreignPart(of object: KubernetesObject) -> JSONTree {
            var clean = edit.unmirrored(edit.loose(edit.undarkened(object)))
            clean = RouteEdit.forgotten(clean)
            clean = edit.changingLists(of: clean) { _, list in
                let reading = RouteReading(object)
                list.removeAll { edit.side(of: $0, in: reading) != .foreign }
            }
            return clean.tree
        }

        func checkSums(_ object: KubernetesObject) {
            let reading = RouteReading(object)
            for place in reading.places(leadingTo: edit.record.hosts) {
                let sum = reading.destinations(of: reading[place])?.reduce(0) { $0 + $1.weight }
                #expect(sum == 100)
            }
        }

        /// One edit of the run, by the dice; the weight that it leaves behind.
        mutating func step(_ object: KubernetesObject, _ weight: TrafficWeight) throws
            -> (KubernetesObject, TrafficWeight)
        {
            switch dice.below(7) {
            case 0, 1:
                let next = percent(dice.one(of: [0, 1, 2, 50, 99, 100]))
                return (edit.weighted(object, next), next)
            case 5 where scope.mirrors:
                return (try edit.mirrored(object, percent(1 + dice.below(100))), weight)
            case 6 where scope.stickiness != nil:
                let again = Stickiness(cookie: "stay", ttl: .seconds(1 + dice.below(99)))
                return (try edit.sticky(object, dice.coin() ? Self.stay : again), weight)
            case 2: return (try edit.darkened(object, matching: scope.dark), weight)
            case 3: return (edit.undarkened(object), weight)
            default:
                let next = percent(dice.below(101))
                return (edit.lowered(object, to: next), min(next, weight))
            }
        }
    }

    /// Whatever a run does: what is not ours survives untouched, sums hold, a second time changes
    /// nothing, and the way back ends where it began.
    @Test(arguments: UInt64(0)..<300) func keepsWhatIsNotOurs(seed: UInt64) throws {
        var night = try Night(seed: seed)
        let foreign = night.foreignPart(of: night.before)
        var object = night.pinned
        var weight = TrafficWeight.none
        #expect(night.foreignPart(of: object) == foreign)
        for _ in 0..<6 {
            (object, weight) = try night.step(object, weight)
            #expect(night.foreignPart(of: object) == foreign)
            night.checkSums(object)
            let state = IstioRouter.difference(object, night.edit, from: [weight])
            #expect(state == nil)
        }
        let back = RouteEdit.forgotten(
            night.edit.unpinned(night.edit.lowered(night.edit.undarkened(object), to: .none)))
        #expect(back == night.before)
    }

    /// Doing it twice is like doing it once.
    @Test(arguments: UInt64(0)..<100) func repeatsWithoutEffect(seed: UInt64) throws {
        let night = try Night(seed: seed)
        let edit = night.edit
        #expect(edit.pinned(night.pinned) == night.pinned)
        let shifted = edit.weighted(night.pinned, percent(30))
        #expect(edit.weighted(shifted, percent(30)) == shifted)
        #expect(edit.lowered(shifted, to: percent(30)) == shifted)
        let dark = try edit.darkened(shifted, matching: night.scope.dark)
        #expect(try edit.darkened(dark, matching: night.scope.dark) == dark)
        if night.scope.mirrors {
            let copied = try edit.mirrored(dark, percent(10))
            #expect(copied != dark)
            #expect(try edit.mirrored(copied, percent(10)) == copied)
            #expect(edit.weighted(copied, percent(30)) == dark)
        }
        if night.scope.stickiness != nil {
            let stuck = try edit.sticky(dark, Night.stay)
            #expect(stuck != dark)
            #expect(try edit.sticky(stuck, Night.stay) == stuck)
            #expect(edit.weighted(stuck, percent(30)) == stuck)
            #expect(edit.loose(edit.loose(stuck)) == edit.loose(stuck))
        }
        let back = edit.unpinned(edit.weighted(edit.undarkened(dark), .none))
        #expect(edit.unpinned(back) == back)
        let moved = edit.withoutStable(edit.weighted(dark, .all))
        #expect(edit.withoutStable(moved) == moved)
    }

    /// A world that the run has changed already gives the survey of the one before.
    @Test(arguments: UInt64(0)..<100) func surveysTheSameAgain(seed: UInt64) throws {
        var dice = StrangeRoutes(seed: seed)
        let before = RouteWorld(virtualServices: [dice.virtualService()], rules: [dice.rule()])
        let night = try Night(seed: seed)
        let first = try RouteSurvey(of: before, for: night.scope)
        var changed = try night.edit.darkened(night.pinned, matching: night.scope.dark)
        if night.scope.stickiness != nil { changed = try night.edit.sticky(changed, Night.stay) }
        if night.scope.mirrors, seed % 2 == 0 {
            changed = try night.edit.mirrored(changed, percent(10))
        } else {
            changed = night.edit.weighted(changed, percent(50))
        }
        var rule = before.rules[0]
        if let subset = first.subsets?.candidate {
            rule = try SubsetEdit(run: "r1").adding(subset, to: rule)
        }
        #expect((first.subsets == nil) == night.dice.byHosts)
        let again = try RouteSurvey(
            of: RouteWorld(virtualServices: [changed], rules: [rule]), for: night.scope)
        #expect(again == first)
    }
}

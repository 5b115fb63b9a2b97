import CanaryEngine
import Testing

/// Tests side by side, and hooks at the moments of a run's life.
@Suite struct HookTests {
    private static let bad = TestReport(passed: false, sentence: "500")
    private static let good = TestReport(passed: true, sentence: "fine")

    private static func plan(_ change: (inout RunPlan) -> Void = { _ in }) -> RunPlan {
        var plan = RunPlan(steps: [
            .backup, .deploy(deadline: .seconds(60)), .route,
            .tests([
                TestCall("one", baseline: .record), TestCall("two", attempts: 2),
            ]), .notify(TestCall("chat", attempts: 2)), Plans.weight(50), Plans.weight(100),
            .retire,
        ])
        for moment in LifeHooks.Moment.allCases where moment != .notify {
            plan.hooks[moment] = [TestCall("\(moment)")]
        }
        change(&plan)
        return plan
    }

    private static func name(_ order: Order?) -> String? {
        if case .test(let call, _)? = order?.work { call.name } else { nil }
    }

    @Test func callsThemAtTheirMoments() {
        var run = Rehearsal(Self.plan())
        var called: [String] = []
        for _ in 0..<500 where !run.state.isOver {
            for order in run.work {
                guard let name = Self.name(order) else { continue }
                let moment = run.plan.moment(of: order.id).map { "\($0.rawValue):" } ?? ""
                if called.last != moment + name { called.append(moment + name) }
            }
            _ = run.answerWell()
        }
        #expect(run.state.course == .promoted)
        #expect(
            called == [
                "start:start", "one", "two", "notify:chat", "beforeWeight:beforeWeight",
                "afterWeight:afterWeight", "beforeWeight:beforeWeight", "afterWeight:afterWeight",
                "beforePromotion:beforePromotion", "promoted:promoted",
            ])
    }

    /// A hook that decides turns the run round; one on the way home can stop nothing.
    @Test func theWayHomeIsStoppedByNoHook() throws {
        var run = Rehearsal(Self.plan())
        run.walk(toStep: 5)
        run.tell(.stepBegun(try #require(run.work.first).id))
        let hook = try #require(run.work.first)
        #expect(Self.name(hook) == "beforeWeight")
        run.tell(.tested(hook.id, Self.bad))
        for _ in 0..<100 where Self.name(run.work.first) != "rolledBack" { _ = run.answerWell() }
        let told = try #require(run.work.first)
        #expect(Self.name(told) == "rolledBack")
        run.tell(.tested(told.id, Self.bad))
        #expect(run.state.course == .rolledBack(Setback(.testFailed, "500")))
    }

    @Test(arguments: [true, false])
    func aHookThatHangsOrCannotBeCalledStopsNothing(_ hangs: Bool) throws {
        var run = Rehearsal(Self.plan())
        #expect(run.walk { if case .closing = $0.course { true } else { false } })
        for _ in 0..<100 where Self.name(run.work.first) != "promoted" { _ = run.answerWell() }
        let told = try #require(run.work.first)
        if hangs {
            let deadline = try #require(
                run.state.orders(run.plan).first { $0.id.lane == .deadline })
            run.tell(.deadlinePassed(deadline.id))
        } else {
            run.tell(.failed(told.id, Setback(.fault, "no such test")))
        }
        #expect(run.state.course == .promoted)
    }

    /// Nothing is written before the backup: then there is only somebody to tell.
    @Test func whoIsStoppedAtTheStartTellsOnly() throws {
        var run = Rehearsal(Self.plan())
        run.tell(.stepBegun(try #require(run.work.first).id))
        run.tell(.tested(try #require(run.work.first).id, Self.bad))
        #expect(run.work.compactMap(Self.name) == ["rolledBack"])
        run.tell(.tested(try #require(run.work.first).id, Self.good))
        #expect(run.state.course == .rolledBack(Setback(.testFailed, "500")))
    }

    /// A run that needs a person rests only when all were called, and each trouble calls anew.
    @Test func callsAPersonUntilItIsDone() throws {
        var run = Rehearsal(
            Self.plan {
                $0.hooks[.personNeeded] = [TestCall("pager", attempts: 2), TestCall("mail")]
            })
        var keys: [OrderID] = []
        for time in 1...2 {
            if time == 1 {
                run.walk(toStep: 6)
                run.tell(.wished(Wish(.abort, by: "mia", number: 1)))
            } else {
                run.tell(.wished(Wish(.resume, by: "mia", number: 2)))
            }
            for _ in 0..<3 {
                run.tell(.failed(try #require(run.work.first).id, Setback(.denied, "no")))
            }
            guard case .personNeeded(let trouble) = run.state.course else {
                Issue.record("goes on")
                return
            }
            #expect(trouble.setback == Setback(.denied, "no"))
            #expect(!run.state.isOver)
            let first = try #require(run.work.first)
            #expect(Self.name(first) == "pager")
            #expect(run.plan.moment(of: first.id) == .personNeeded)
            #expect(run.plan.call(of: first.id, in: run.state)?.name == "pager")
            // A crash: whoever takes the run calls again, and is known by the same order.
            run.tell(.held(Holding(epoch: 1 + time, holder: "b", version: "1", absence: .zero)))
            #expect(run.work.first?.id == first.id)
            run.tell(.tested(first.id, Self.bad))
            let second = try #require(run.work.first)
            #expect(second.id.attempt == 1)
            run.tell(.tested(second.id, Self.bad))
            let last = try #require(run.work.first)
            #expect(Self.name(last) == "mail")
            let deadline = try #require(
                run.state.orders(run.plan).first { $0.id.lane == .deadline })
            run.tell(.deadlinePassed(deadline.id))
            #expect(run.state.isOver)
            #expect(run.work.isEmpty)
            keys += [first.id, second.id, last.id]
        }
        #expect(Set(keys).count == 6)
    }

    /// Whoever helps need not wait until everybody was called.
    @Test func helpMayComeBeforeTheCallsAreOver() throws {
        var run = Rehearsal(Self.plan())
        run.walk(toStep: 6)
        run.tell(.wished(Wish(.abort, by: "mia", number: 1)))
        for _ in 0..<3 {
            run.tell(.failed(try #require(run.work.first).id, Setback(.denied, "no")))
        }
        #expect(!run.state.isOver)
        run.tell(.wished(Wish(.resume, by: "mia", number: 2)))
        guard case .returning = run.state.course else {
            Issue.record("stands still")
            return
        }
    }

    @Test func aTellingIsTriedAgainAndThenLetBe() throws {
        var run = Rehearsal(Self.plan())
        run.walk(toStep: 4)
        run.tell(.stepBegun(try #require(run.work.first).id))
        let first = try #require(run.work.first)
        run.tell(.tested(first.id, Self.bad))
        let second = try #require(run.work.first)
        #expect(second.id.attempt == 1)
        #expect(run.isAt(step: 4))
        run.tell(.tested(second.id, Self.bad))
        #expect(run.isAt(step: 5))
    }

    // MARK: Side by side

    @Test func allOfAStepMustPass() throws {
        var run = Rehearsal(Self.plan())
        run.walk(toStep: 3)
        run.tell(.stepBegun(try #require(run.work.first).id))
        let both = run.work
        #expect(both.compactMap(Self.name) == ["one", "two"])
        run.tell(
            .tested(both[0].id, TestReport(passed: true, sentence: "", measures: [.init("a", 1)])))
        #expect(run.work.compactMap(Self.name) == ["two"])
        #expect(run.state.baselines == [Baseline(test: "one", measures: [.init("a", 1)])])
        run.tell(.tested(both[1].id, Self.bad))
        let again = try #require(run.work.first)
        #expect(again.id.attempt == 1)
        run.tell(.tested(both[1].id, Self.good))  // late
        #expect(run.isAt(step: 3))
        run.tell(.tested(again.id, Self.good))
        #expect(run.isAt(step: 4))
    }

    @Test func oneThatFailsTurnsTheRunRound() throws {
        var run = Rehearsal(Self.plan())
        run.walk(toStep: 3)
        run.tell(.stepBegun(try #require(run.work.first).id))
        run.tell(.tested(try #require(run.work.first).id, Self.bad))
        guard case .returning(let way) = run.state.course else {
            Issue.record("goes on")
            return
        }
        #expect(way.why == Setback(.testFailed, "one: 500"))
    }

    // MARK: Tries

    @Test func triesWaitLongerAndLonger() {
        let call = TestCall("a", attempts: 9, wait: .seconds(2), longestWait: .seconds(10))
        #expect(
            (0..<5).map { call.wait(before: $0) }
                == [.zero, .seconds(2), .seconds(4), .seconds(8), .seconds(10)])
    }

    @Test func triesEndWithTheirBudget() throws {
        let call = TestCall("a", attempts: 100, wait: .seconds(1), budget: .seconds(20))
        var run = Rehearsal(Self.plan { $0.steps[3] = .test(call) })
        run.walk(toStep: 3)
        run.tell(.stepBegun(try #require(run.work.first).id))
        let begun = run.now
        while run.isAt(step: 3) {
            run.now += .seconds(3)
            run.tell(.tested(try #require(run.work.first).id, Self.bad))
        }
        // One that failed later than the budget allows is not tried again.
        #expect(run.now - begun < .seconds(24))
        #expect(run.now - begun > .seconds(8))
    }

    /// S8: what was called before the decision is not called again by the next holder.
    @Test func aHookBeforeThePromotionRunsOnce() throws {
        let once = TestCall("beforePromotion", repetition: .atMostOnce)
        var run = Rehearsal(Self.plan { $0.hooks[.beforePromotion] = [once] })
        while run.work.first?.work != .carryOut(.decidePromotion) {
            if run.work.first?.repetition == .atMostOnce {
                run.tell(.started(try #require(run.work.first).id))
            }
            let isAnswered = run.answerWell()
            try #require(isAnswered)
        }
        run.tell(.held(Holding(epoch: 2, holder: "b", version: "1", absence: .zero)))
        #expect(run.work.first?.work == .carryOut(.prepare(.all)))
    }
}

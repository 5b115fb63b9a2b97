import CanaryEngine
import FlowFiles
import Lab
import Rehearsal
import Testing

@testable import WorstDay

@Suite struct TrialTests {
    /// Every kind of mishap that the flow can meet is there, and has its place.
    @Test func everyKindOfMishapIsPlayed() throws {
        let list = TrialList(try Played.playground("once"))
        let day = list.day()
        let trials =
            list.mishaps + list.deaths(of: day, isWhole: false)
            + list.aborts(of: day, isWhole: false) + list.calls(of: day, isWhole: false, seed: 1)
        let kinds = Set(trials.map(\.what))
        let absent: Set<Trial.What> = [
            .nothing, .outOfReach, .unanswered, .rejected, .hookHangs,
        ]
        #expect(kinds == Set(Trial.What.allCases).subtracting(absent))
        #expect(Set(trials.map(\.id)).count == trials.count)
        #expect(
            list.deaths(of: day, isWhole: true).count > list.deaths(of: day, isWhole: false).count)
        let every = list.calls(of: day, isWhole: true, seed: 1)
        #expect(
            every.count
                == day.calls.reduce(0) {
                    $0
                        + ($1.url.contains("watch=1")
                        ? CallOutcome.ofStreams : CallOutcome.everyOne).count
                })
    }

    /// The same seed picks the same, and another another.
    @Test func aSeedIsTheWholeSample() throws {
        let list = TrialList(try Played.playground("sound"))
        let day = list.day()
        let one = list.calls(of: day, isWhole: false, seed: 3).map(\.id)
        #expect(one == list.calls(of: list.day(), isWhole: false, seed: 3).map(\.id))
        #expect(one != list.calls(of: day, isWhole: false, seed: 4).map(\.id))
    }

    /// A process that dies at an effect does die there, and another ends the run.
    @Test func aDeathHappensWhereItIsSaid() throws {
        let ground = try Played.playground("sound")
        let list = TrialList(ground)
        let deaths = list.deaths(of: list.day(), isWhole: false)
        let death = try #require(deaths.first { $0.place == .step(4) })
        let bill = death.play(on: ground)
        #expect(bill.deaths == 1)
        #expect(bill.effects.count == 2)
        #expect(TrialResult(death, bill, ground.flow.plan).end == .promoted)
    }

    /// An abort at a step's moment turns the run there.
    @Test(arguments: [1, 4, 6, 9]) func anAbortTurnsTheRunWhereItIsSaid(_ step: Int) throws {
        let ground = try Played.playground("sound")
        let list = TrialList(ground)
        let aborts = list.aborts(of: list.day(), isWhole: false)
        let abort = try #require(aborts.first { $0.place == .step(step) })
        let result = TrialResult(abort, abort.play(on: ground), ground.flow.plan)
        #expect(result.end == .rolledBack)
        #expect(result.turned == .step(step))
        #expect(result.broken == [])
    }

    /// Where nobody may lose requests, pods that crash are a broken promise, and told as one.
    @Test func aBrokenInvariantIsTold() throws {
        let ground = try Played.playground("sound")
        var crash = try #require(TrialList(ground).mishaps.first { $0.id == "pods-crash:8" })
        let forgiven = TrialResult(crash, crash.play(on: ground), ground.flow.plan)
        #expect(forgiven.broken == [])
        crash.mayLoseRequests = false
        let result = TrialResult(crash, crash.play(on: ground), ground.flow.plan)
        #expect(result.broken.count == 1)
        #expect(result.broken.first?.hasSuffix(" requests of users were lost") == true)
        let report = RehearsalReport(ground: ground, results: [result], isWhole: false)
        #expect(!report.isSound)
    }

    @Test func placesThatAreNeighboursAreTold() throws {
        let names = StepNames(try Played.playground("sound").flow.plan)
        let all = [Place.beforehand, .step(1), .step(2), .step(4), .step(6), .closing]
        #expect(names.names(of: all, among: all) == "wherever it can happen")
        #expect(
            names.names(of: [.step(6), .step(2), .step(4), .closing, .beforehand], among: all)
                == "the beginning, 3 route … promotion")
        #expect(names.names(of: [.step(1)], among: [.step(1)]) == "2 deploy")
    }
}

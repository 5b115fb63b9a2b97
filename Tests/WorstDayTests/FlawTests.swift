import FlowFiles
import Foundation
import Lab
import Rehearsal
import Testing

@testable import WorstDay

/// Flows with one flaw each: the rehearsal names the step at fault, by playing.
@Suite struct FlawTests {
    struct Planted: Sendable, CustomTestStringConvertible {
        var flow: String
        var code: Flaw.Code
        /// As its number in the flow and its word.
        var step: String
        var says: String
        var testDescription: String { flow }
    }

    @Test(arguments: [
        Planted(
            flow: "no-gate-at-50", code: .unjudgedShare, step: "6 weight 50",
            says: "from 50% on is given 100% of the users before 8 bake at 100% notices"),
        Planted(
            flow: "once", code: .fragileStep, step: "4 test migrate",
            says: "a crash there rolls the release back"),
        Planted(
            flow: "blocked-abort", code: .blockedAbort, step: "the way home",
            says: "hook tell (hooks.rolledBack), where it hangs, holds an abort up for 1800 s"),
        Planted(
            flow: "short-bake", code: .shortBake, step: "7 bake at 50%",
            says: "where metrics come by 10 s late a good candidate is rolled back"),
        Planted(
            flow: "no-last-bake", code: .unjudgedShare, step: "6 weight 100",
            says: "from 100% on is promoted: nothing behind this weight notices"),
    ])
    func namesTheStep(_ planted: Planted) throws {
        let flaws = try Played.mishaps(of: planted.flow).flaws
        let found = try #require(flaws.first, "\(planted.flow): nothing was found")
        #expect(found.code == planted.code)
        let names = StepNames(try Played.playground(planted.flow).flow.plan)
        #expect(names.name(of: found.place) == planted.step)
        #expect(found.sentence.contains(planted.says), "\(found.sentence)")
        #expect(flaws.allSatisfy { $0.code == planted.code && $0.place == found.place })
        // The play that it names shows it again.
        let again = try Played.rehearsal(planted.flow).replay(try #require(found.plays.first))
        #expect(again.telling.count > 50)
    }

    @Test func nothingIsWrongWithASoundFlow() throws {
        let report = try Played.mishaps(of: "sound")
        #expect(report.flaws == [])
        #expect(report.broken == [])
    }

    /// What the reading refuses has no worst day: it is told with its line.
    @Test func aStepBehindRetireIsRefused() throws {
        let error = #expect(throws: FlowError.self) { _ = try Played.playground("early-retire") }
        #expect(error?.description.contains("stands after retire") == true)
        #expect(error?.description.contains("early-retire.yaml:22:7") == true)
    }
}

/// Rehearsals of the flows in `Flows`.
enum Played {
    static func read(_ name: String) throws -> (flow: Flow, source: FlowSource) {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Flows").path()
        return try FlowReader.load(
            path: "\(name).yaml", workingDirectory: folder,
            readFile: {
                try Array(
                    Data(contentsOf: URL(filePath: $0.hasPrefix("/") ? $0 : folder + "/" + $0)))
            })
    }

    static func playground(_ name: String) throws -> Playground {
        let (flow, source) = try read(name)
        return try Playground(flow, from: source, load: Playground.usualLoad, seed: 1)
    }

    static func rehearsal(_ name: String) throws -> FlowRehearsal {
        FlowRehearsal(on: try playground(name))
    }

    /// The good day, everything that is no matter of a moment, and deaths at tests.
    static func mishaps(of name: String) throws -> RehearsalReport {
        let ground = try playground(name)
        let list = TrialList(ground)
        let deaths = list.deaths(of: list.day(), isWhole: false).filter {
            $0.detail.contains(" test ") || $0.detail.contains("deployments")
        }
        let trials = [TrialList.goodDay] + list.mishaps + deaths
        let results = trials.map { TrialResult($0, $0.play(on: ground), ground.flow.plan) }
        return RehearsalReport(ground: ground, results: results, isWhole: false)
    }
}

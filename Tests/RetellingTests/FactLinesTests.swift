import CanaryEngine
import Chronicle
import FlowFiles
import Rehearsal
import Testing
import Voyage

@testable import Retelling

/// What people read while a run goes.
@Suite struct FactLinesTests {
    /// Users who cannot come home are waited for thrice, and lost once.
    @Test func aWaitInVainFailsOnce() throws {
        let play = try Play(try #require(Repertoire.scenario("stable-lost")))
        let lines = FactLines(plan: play.charter.flow.plan)
        let said = play.facts.compactMap(lines.line).filter {
            $0.contains("not all traffic came home in time")
        }
        #expect(said.count == 1, "\(said)")
        #expect(said.first?.contains("FAILED: not all traffic") == true)
        let heard = play.facts.count {
            if case .failed(let id, _) = $0.fact { id.course == .home } else { false }
        }
        #expect(heard == 3)
    }
}

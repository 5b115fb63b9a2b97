import Diagrams
import Foundation
import Rehearsal
import Testing

@Suite struct DiagramTests {
    /// `sequence-diagram.txt` at the top is what the happy path really does.
    @Test func theDiagramIsWhatHappens() throws {
        let drawn = SequenceDiagram(try Stage(Scenario("demo-app v2", ends: .promoted))).text(
            """
            The sequence of one delivery: what the Lab's happy path shows.
            Made by the tests of Rehearsal; THESEUS_RECORD=1 makes it anew.
            """)
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../sequence-diagram.txt").standardized
        if ProcessInfo.processInfo.environment["THESEUS_RECORD"] == "1" {
            try Data(drawn.utf8).write(to: file)
        }
        #expect(
            drawn == (try String(contentsOf: file, encoding: .utf8)),
            "differs from \(file.lastPathComponent); record with THESEUS_RECORD=1")
    }
}

import Foundation
import Testing

/// One release over real HTTP, told line by line.
@Suite struct WalkTests {
    @Test func aGoodReleaseIsPromoted() async throws {
        try await ServedLab.serving { lab in
            let flow = try ShortFlow(lab).write()
            let ending = try await lab.run("deploy", flow, "--run-id", "r1")
            #expect(ending.code == 0, "\(ending)")
            let lines = ending.output.components(separatedBy: "\n")
            #expect(
                lines.first
                    == "run r1 of \(lab.api) demo/demo-app; `theseus abort r1` brings it home")
            #expect(ending.output.contains("promoted  "))
            #expect(!ending.output.contains("\u{1B}"))
            try await lab.expectWholeWeights()
            let verify = try await lab.run("verify")
            #expect(verify.code == 0, "\(verify)")
        }
    }
}

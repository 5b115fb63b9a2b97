import CanaryEngine
import KubernetesAPI
import Lab
import Testing
import Voyage

/// A run that stood still before its first seal, while another came and went.
@Suite struct OvertakenTests {
    @Test func leavesAloneWhatAnotherRunMade() throws {
        let port = try Port()
        try port.turnable.run {
            let first = try await port.begin("r1") {
                if case .backedUp = $0 { true } else { false }
            }
            #expect(throws: Stranding.interrupted) { try first.end.get() }
            let second = try await port.begin("r2")
            #expect(try second.end.get().course == .promoted)
            let before = port.route

            let late = try await port.take("r1")
            guard case .rolledBack(let why) = try late.end.get().course else {
                Issue.record("it went on: \(late.end)")
                return
            }
            #expect(why.kind == .foreignEdit)
            #expect(
                why.reason
                    == "VirtualService demo/demo-app was changed after it was copied: deploy again")
            #expect(port.route == before)
        }
    }
}

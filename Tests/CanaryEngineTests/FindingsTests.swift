import CanaryEngine
import Testing

/// What a finding holds is what the journal keeps of it.
@Suite struct FindingsTests {
    @Test func aTestLastsWholeMicroseconds() {
        let report = TestReport(
            passed: true, sentence: "", duration: .seconds(2) + .nanoseconds(3_999))
        #expect(report.duration == .seconds(2) + .microseconds(3))
    }
}

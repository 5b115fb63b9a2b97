import Foundation
import Testing

@testable import MetricsSources

@Suite struct WireTimeTests {
    @Test(arguments: [
        ("2023-11-14T22:13:20Z", 1_700_000_000), ("2023-11-14T23:13:20+01:00", 1_700_000_000),
        ("2023-11-14T22:13:20.25Z", 1_700_000_000.25), ("2023-11-14t20:43:20-01:30", 1_700_000_000),
        ("1970-01-01T00:00:00Z", 0), ("2024-02-29T12:00:00Z", 1_709_208_000),
    ])
    func reads(_ text: String, _ instant: Double) {
        #expect(WireTime.instant(text) == instant)
    }

    @Test(arguments: [
        "", "now", "2023-11-14", "2023-11-14T22:13:20", "2023-13-14T22:13:20Z",
        "2023-11-14T25:13:20Z", "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20Zz",
        "2023-11-14T22:13:20+1:00", "2023-11-14 22:13:20Z", "aaaa-11-14T22:13:20Z",
    ])
    func readsNothingElse(_ text: String) {
        #expect(WireTime.instant(text) == nil)
    }

    /// Held against Foundation, on 2,000 days of two centuries.
    @Test func isTheCalendars() {
        let format = ISO8601DateFormatter()
        for number in 0..<2000 {
            let instant = Double(number) * 3_456_789
            let text = WireTime.date(instant)
            #expect(text == format.string(from: Date(timeIntervalSince1970: instant)))
            #expect(WireTime.instant(text) == instant)
        }
    }
}

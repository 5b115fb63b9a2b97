import Testing

@testable import FlowFiles

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("5m", 300_000), ("30s", 30_000), ("1h30m", 5_400_000), ("500ms", 500), ("0s", 0),
        ("1h1m1s1ms", 3_661_001), ("90m", 5_400_000), ("999999999h", 3_599_999_996_400_000),
    ])
    func reads(_ text: String, _ milliseconds: Int) {
        #expect(DurationText.duration(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "", "5", "m", "5 m", "5M", "-5m", "+5m", "1.5h", "30m1h", "5m5m", "5d", "5mm",
        "1000000000s",
        "5m ", "٣m",
    ])
    func refuses(_ text: String) { #expect(DurationText.duration(text) == nil) }

    @Test func readsShares() {
        #expect(DurationText.share("20%") == 0.2)
        #expect(DurationText.share("0%") == 0)
        #expect(DurationText.share("12.5%") == 0.125)
        for text in ["20", "%", "-5%", "1e3%", ".5%", "5.%", "20 %", "nan%", "20000%"] {
            #expect(DurationText.share(text) == nil, "\(text)")
        }
    }

    @Test func readsStatuses() {
        #expect(StatusRange.range("200") == 200...200)
        #expect(StatusRange.range("200-299") == 200...299)
        #expect(StatusRange.range("3xx") == 300...399)
        for text in ["", "20", "299-200", "200-", "6xx", "xxx", "200-299-300", "099", "200 - 299"] {
            #expect(StatusRange.range(text) == nil, "\(text)")
        }
    }
}

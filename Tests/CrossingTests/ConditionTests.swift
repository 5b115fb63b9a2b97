import JSONTree
import Testing

@testable import Crossing

/// A condition, and the bounds that it comes to.
struct Bound: Sendable, CustomTestStringConvertible {
    var text: String
    var isGood: Bool
    var low: Double?
    var high: Double?
    var fold: String?

    init(
        good text: String, min low: Double? = nil, max high: Double? = nil, fold: String? = nil
    ) {
        (self.text, isGood, self.low, self.high, self.fold) = (text, true, low, high, fold)
    }

    init(bad text: String, min low: Double? = nil, max high: Double? = nil, fold: String? = nil) {
        (self.text, isGood, self.low, self.high, self.fold) = (text, false, low, high, fold)
    }

    var testDescription: String { "\(isGood ? "good" : "bad"): \(text)" }
}

@Suite struct ConditionTests {
    static let simple = [
        Bound(good: "result[0] < 0.05", max: 0.05),
        Bound(good: "result <= 1", max: 1),
        Bound(good: "0.95 <= result[0]", min: 0.95),
        Bound(good: "result[0] >= 0.9 && result[0] <= 1", min: 0.9, max: 1),
        Bound(good: "result > -3 and result < 1e3", min: -3, max: 1000),
        Bound(good: "result == 4", min: 4, max: 4),
        Bound(good: "len(result) == 0 || result[0] >= 0.95", min: 0.95),
        Bound(good: "len(result) > 0 && result[0] >= 0.95", min: 0.95),
        Bound(good: "!isNaN(result[0]) && result[0] < 2", max: 2),
        Bound(good: "default(result, 0) <= 1", max: 1),
        Bound(good: "default(result[0], 1) >= 0.95", min: 0.95),
        Bound(good: "asFloat(result) < 0.5", max: 0.5),
        Bound(good: "(result[0]) < 0.5", max: 0.5),
        Bound(good: "!(result[0] > 7)", max: 7),
        Bound(good: "all(result, {# < 1})", max: 1, fold: "max"),
        Bound(good: "all(result, # >= 0.9)", min: 0.9, fold: "min"),
        Bound(bad: "result[0] >= 0.95", max: 0.95),
        Bound(bad: "result[0] > 1 || result[0] < 0", min: 0, max: 1),
        Bound(bad: "isNaN(result[0]) || result[0] > 0.5", max: 0.5),
        Bound(bad: "len(result) > 0 && result[0] > 0.5", max: 0.5),
        Bound(bad: "any(result, {# >= 500})", max: 500, fold: "max"),
        Bound(bad: "result[0] != 3", min: 3, max: 3),
    ]

    @Test(arguments: simple) func comesToBounds(_ bound: Bound) throws {
        let found = try #require(Condition(bound.text, isGood: bound.isGood))
        #expect(found.minimum == bound.low)
        #expect(found.maximum == bound.high)
        #expect(found.fold?.rawValue == bound.fold)
    }

    /// What would be guessed is not read at all.
    @Test(arguments: [
        "result[0] * 100 < 5", "result.ok && result.rate > 0.9", "result[1] < 3",
        "result[0] < result[1]",
        "result[0] < 1 || result[0] > 5", "result[0] > 5 && result[0] < 1", "any(result, {# < 1})",
        "all(result[0].Values, {# <= 0.01})", "result", "len(result) > 3", "result == 'ok'",
        "result != 3",
        "asInt(result) < 3", "result[0] <", "< 3", "", "result[0] < 0.05 &&", "(result[0] < 3",
        "result[0] < \"3", "all(result, {# < 1}) && all(result, {# > 0})", "result[0] < 3 result",
        "all(result, {# < 1 && # > 0})",
    ])
    func isNoSimpleComparison(_ text: String) { #expect(Condition(text, isGood: true) == nil) }

    @Test func remembersWhatDiffers() {
        #expect(Condition("result[0] < 1", isGood: true)?.isStrict == true)
        #expect(Condition("result[0] <= 1", isGood: true)?.isStrict == false)
        #expect(Condition("result[0] >= 1", isGood: false)?.isStrict == true)
        #expect(Condition("len(result) == 0 || result[0] > 1", isGood: true)?.allowsNothing == true)
        #expect(Condition("result[0] > 1", isGood: true)?.allowsNothing == false)
    }

    @Test func knowsWords() {
        #expect(Condition.literal("result == 'ok'") == "ok")
        #expect(Condition.literal("result == true") == true)
        #expect(Condition.literal("result") == true)
        #expect(Condition.literal("!result") == false)
        #expect(Condition.literal("result == 3") == nil)
    }
}

@Suite struct TimeSpanTests {
    @Test(arguments: [
        ("10", 10_000), ("90s", 90_000), ("1h30m", 5_400_000), ("1.5h", 5_400_000), ("500ms", 500),
        ("1min", 60_000), ("0", 0),
    ])
    func isRead(_ text: String, _ length: Int) { #expect(TimeSpan.milliseconds(text) == length) }

    @Test(arguments: ["", "-3", "5x", "m", "1e99h", "3d", "9999999999"])
    func isNone(_ text: String) { #expect(TimeSpan.milliseconds(text) == nil) }

    @Test(arguments: [
        (90_000, "1m30s"), (5_400_000, "1h30m"), (86_400_000, "24h"), (1, "1ms"), (0, "0s"),
    ])
    func isWritten(_ length: Int, _ text: String) { #expect(TimeSpan.text(length) == text) }
}

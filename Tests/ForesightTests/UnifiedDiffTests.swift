import Foresight
import Testing

@Suite struct UnifiedDiffTests {
    private static func numbers(_ range: ClosedRange<Int>) -> String {
        range.map { "\($0)\n" }.joined()
    }

    @Test func showsAChangeWithWhatStandsAroundIt() {
        let old = Self.numbers(1...12)
        #expect(
            UnifiedDiff.lines(old, old.replacing("6\n", with: "six\nsix and a half\n")) == [
                "@@ -3,7 +3,8 @@", " 3", " 4", " 5", "-6", "+six", "+six and a half", " 7", " 8",
                " 9",
            ])
    }

    @Test func changesThatStandApartHaveHeadsOfTheirOwn() {
        let old = Self.numbers(1...30)
        let new = old.replacing("\n10\n", with: "\n").replacing("\n25\n", with: "\n25\n25½\n")
        #expect(
            UnifiedDiff.lines(old, new) == [
                "@@ -7,7 +7,6 @@", " 7", " 8", " 9", "-10", " 11", " 12", " 13",
                "@@ -23,6 +22,7 @@", " 23", " 24", " 25", "+25½", " 26", " 27", " 28",
            ])
    }

    @Test func whatIsMadeOrGoesIsWhole() {
        #expect(UnifiedDiff.lines("", "a\nb\n") == ["@@ -0,0 +1,2 @@", "+a", "+b"])
        #expect(UnifiedDiff.lines("a\nb\n", "") == ["@@ -1,2 +0,0 @@", "-a", "-b"])
        #expect(UnifiedDiff.lines("a\n", "a\n") == [])
    }

    /// Whoever applies what is shown to the old text has the new one.
    @Test(arguments: UInt64(0)..<200) func canBeApplied(seed: UInt64) throws {
        var dice = Dice(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
        let old = (0..<Int.random(in: 0...40, using: &dice)).map { _ in Self.letter(&dice) }
        let new = old.flatMap { line -> [String] in
            switch Int.random(in: 0..<10, using: &dice) {
            case 0: []
            case 1: [Self.letter(&dice)]
            case 2: [line, Self.letter(&dice)]
            default: [line]
            }
        }
        let shown = UnifiedDiff.lines(Self.text(old), Self.text(new))
        #expect(try Self.applied(shown, to: old) == new)
        #expect(shown.isEmpty == (old == new))
    }

    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private static func letter(_ dice: inout Dice) -> String {
        ["a", "b", "c"].randomElement(using: &dice) ?? "a"
    }

    private static func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

    private static func applied(_ shown: [String], to old: [String]) throws -> [String] {
        var new: [String] = []
        var read = 0
        for line in shown {
            let rest = String(line.dropFirst())
            switch line.first {
            case "@":
                let range = try #require(line.split(separator: " ").dropFirst().first)
                let numbers = range.dropFirst().split(separator: ",").compactMap { Int($0) }
                let begin = numbers[1] == 0 ? numbers[0] : numbers[0] - 1
                new += old[read..<begin]
                read = begin
            case "+": new.append(rest)
            default:
                #expect(old[read] == rest)
                read += 1
                if line.first == " " { new.append(rest) }
            }
        }
        return new + old[read...]
    }
}

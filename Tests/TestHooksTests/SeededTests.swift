import Lab
import Processes
import Secrets
import Testing

@testable import TestHooks

/// What must hold for any dice.
@Suite struct SeededTests {
    /// S20: wherever a secret stands in the output, and however much of it was cut off.
    @Test(arguments: UInt64(0)..<300) func noSecretGetsThrough(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        let letters = Array("abcXYZ019-_.~+/=")
        let text = { (count: Int, dice: inout SeededGenerator) in
            String((0..<count).map { _ in letters[Int.random(in: 0..<16, using: &dice)] })
        }
        let secret = "s" + text(Int.random(in: 9...40, using: &dice), &dice)
        var output = ""
        for _ in 0..<Int.random(in: 1...6, using: &dice) {
            output += text(Int.random(in: 0...30, using: &dice), &dice)
            if Bool.random(using: &dice) { output += secret }
            if Bool.random(using: &dice) {
                output += [" ", "\n", "\r\n", "\t"].randomElement(using: &dice) ?? ""
            }
        }
        var bytes = Array(output.utf8)
        var dropped = 0
        let cap = Int.random(in: 20...200, using: &dice) * 2
        if bytes.count > cap {
            dropped = bytes.count - cap
            bytes = Array(bytes.prefix(cap / 2) + bytes.suffix(cap / 2))
        }
        let redaction = Redaction(known: [.init(name: "CI_TOKEN", value: secret)], given: [])
        let ending = CommandEnding(
            .init(exit: .code(1), output: bytes, dropped: dropped, duration: .zero),
            redaction: redaction)
        let words = ending.lastWords ?? ""
        #expect(!words.contains(secret), "\(output)")
        // Nor most of it.
        #expect(!words.contains(secret.dropFirst(secret.count / 2)), "\(output)")
    }

    /// Whatever pattern there is: an example that fits, or a refusal.
    @Test(arguments: UInt64(0)..<400) func examplesFit(seed: UInt64) throws {
        var dice = SeededGenerator(seed: seed)
        let pieces = [
            "a", "b", "user=", "\\d", "\\s", "\\.", ".", "[abc]", "[^;]", "(", ")", "|", "*", "+",
            "?", "{2}", "(?:", "^", "$", "x", ";",
        ]
        let pattern = (0..<Int.random(in: 1...10, using: &dice))
            .map { _ in pieces[Int.random(in: 0..<pieces.count, using: &dice)] }.joined()
        guard let text = try? PatternExample.text(for: pattern),
            let regex = try? Regex(pattern)
        else { return }
        #expect(try regex.wholeMatch(in: text) != nil, "\(pattern) gave \(text)")
    }
}

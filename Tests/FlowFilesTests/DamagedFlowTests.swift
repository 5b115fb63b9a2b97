import FlowFiles
import Testing

/// Whatever happens to a good flow, it is read or refused in three lines, and twice the same.
@Suite struct DamagedFlowTests {
    /// A small generator, so that a seed names one damage.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static func damaged(_ text: String, seed: UInt64) -> String {
        var dice = Dice(state: seed)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for _ in 0..<Int.random(in: 1...3, using: &dice) {
            let line = Int.random(in: lines.indices, using: &dice)
            switch Int.random(in: 0..<6, using: &dice) {
            case 0: lines.remove(at: line)
            case 1: lines.insert(lines[line], at: line)
            case 2: lines.swapAt(line, Int.random(in: lines.indices, using: &dice))
            case 3:
                lines[line] +=
                    ["{", "]", ":", " x", "${", " {a: [b]}"].randomElement(using: &dice) ?? ""
            case 4: lines[line] = String(lines[line].dropLast())
            default:
                let scalars = Array(lines[line])
                guard let index = scalars.indices.randomElement(using: &dice) else { continue }
                var changed = scalars
                changed[index] = Array("z0-:{}[]\"$ é").randomElement(using: &dice) ?? "z"
                lines[line] = String(changed)
            }
        }
        return lines.joined(separator: "\n")
    }

    @Test func isReadOrRefusedInThreeLines() throws {
        var refused = 0
        for seed in 0..<400 as Range<UInt64> {
            var files = Files.good
            files.texts["reviews.yaml"] = Self.damaged(Files.design, seed: seed)
            guard let words = files.complaint() else {
                let (flow, source) = try files.load()
                #expect(try FlowReader.read(source) == flow, "seed \(seed)")
                continue
            }
            refused += 1
            let lines = words.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 3, "seed \(seed): \(words)")
            #expect(lines[0].hasPrefix("flow: ") && lines[0].count > 10, "seed \(seed)")
            #expect(lines[1].hasPrefix("  where: reviews.yaml"), "seed \(seed): \(words)")
            #expect(lines[2].hasPrefix("  do:    ") && lines[2].count > 12, "seed \(seed)")
            #expect(files.complaint() == words, "seed \(seed)")
        }
        #expect(refused > 200, "\(refused)")
        #expect(refused < 400)
    }
}

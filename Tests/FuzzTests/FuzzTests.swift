import Foundation
import FuzzTargets
import Journal
import Testing

/// Some seconds of what `make fuzz` does for minutes: every reader of others' bytes, with bytes that
/// were damaged by dice (`THESEUS_SEED` chooses others).
@Suite(.timeLimit(.minutes(5))) struct FuzzTests {
    static let here = URL(filePath: #filePath).deletingLastPathComponent()

    /// What is damaged: the corpus, and what the golden pages and old journals hold.
    static func seeds(of target: FuzzTarget) throws -> [[UInt8]] {
        let tests = here.deletingLastPathComponent()
        switch target {
        case .fact, .state:
            let page = tests.appending(path: "ChronicleTests/Golden/\(target.rawValue)s.txt")
            return try Data(contentsOf: page).split(separator: UInt8(ascii: "\n")).map(Array.init)
        case .journal:
            let page = tests.appending(path: "JournalTests/Histories/v1.journal")
            return [Array(try Data(contentsOf: page))]
        case .crossing:
            return try contents(of: tests.appending(path: "CrossingTests/Resources"))
        case .flow, .manifest, .kubeconfig, .plugin, .results, .prometheus, .record:
            return try contents(of: here.appending(path: "Corpus/\(target.rawValue)"))
        }
    }

    private static func contents(of folder: URL) throws -> [[UInt8]] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            Array(try Data(contentsOf: folder.appending(path: $0)))
        }
    }

    /// A file is written and opened for each turn of a journal.
    static func turns(of target: FuzzTarget) -> Int { target == .journal ? 60 : 1500 }

    @Test(arguments: FuzzTarget.allCases) func comesBackFromAnything(_ target: FuzzTarget) throws {
        let seeds = try Self.seeds(of: target)
        #expect(!seeds.isEmpty)
        for seed in seeds { #expect(target.read(seed) == nil) }
        let first = ProcessInfo.processInfo.environment["THESEUS_SEED"].flatMap(UInt64.init) ?? 0
        for turn in 0..<Self.turns(of: target) {
            var damage = Damage(seed: first &+ UInt64(turn))
            let bytes = damage.damaged(seeds)
            if let flaw = target.read(bytes) {
                Issue.record("THESEUS_SEED=\(damage.seed): \(flaw)")
            }
        }
    }

    /// What the corpus holds of the cluster's records is what is written today.
    @Test func theCorpusHasARecord() throws {
        let states = try Self.seeds(of: .state)
        let record = JournalRecord(
            RecordDraft(
                epoch: 1, date: 1_795_240_800_000, actor: "mia", kind: 1,
                payload: Array(#"{"plan":"ab12"}"#.utf8), state: states[0]),
            of: "reviews-1", after: .start)
        let file = Self.here.appending(path: "Corpus/record/planned")
        if ProcessInfo.processInfo.environment["THESEUS_RECORD"] == "1" {
            try Data(record.bytes).write(to: file)
        }
        #expect(try Array(Data(contentsOf: file)) == record.bytes)
    }
}

/// Damages bytes, always the same way for one seed.
struct Damage: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// What breaks readers: the signs of their languages, and numbers at the edges.
    private static let words = [
        "{", "}", "[", "]", ":", "\"", "- ", "*a", "&a ", "!!int ", "|\n", "\n", "\t", "null",
        "9223372036854775808", "-9223372036854775809", "1e309", "1e300", "-1e300", "NaN", "+Inf",
        "0x7f", "1_0", "\u{0}", "\\u0000", "\\ud800", "é", "${", "<<: ", "---\n", "%YAML 9.9\n",
        "9999999h", "100%", "-1", "<", "/>", "]]>", "<!--", "&#x0;", "ok ", "1..", " # SKIP",
    ]

    mutating func damaged(_ seeds: [[UInt8]]) -> [UInt8] {
        var bytes = seeds.randomElement(using: &self) ?? []
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            let start = Int.random(in: 0...bytes.count, using: &self)
            let end = Int.random(in: start...min(bytes.count, start + 24), using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0 where start < bytes.count:
                bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1: bytes.removeSubrange(start..<end)
            case 2: bytes.insert(contentsOf: bytes[start..<end], at: start)
            case 3:
                let other = seeds.randomElement(using: &self) ?? []
                bytes = Array(bytes[..<start]) + other.suffix(max(0, other.count - start))
            case 4 where start < bytes.count:
                bytes[start] = UInt8.random(in: .min ... .max, using: &self)
            default:
                let word = Self.words.randomElement(using: &self) ?? ""
                let replaced = start..<(Bool.random(using: &self) ? end : start)
                bytes.replaceSubrange(replaced, with: word.utf8)
            }
        }
        return bytes
    }
}

import CanaryEngine
import HTTPMessages
import JSONTree
import Lab
import MetricsSources
import Testing

@testable import MetricsGate

/// What must hold for any dice.
@Suite struct SeededTests {
    /// A mesh that stays at the old share is not taken for one that moved, however often one looks.
    @Test(arguments: [(0.0, 0.01), (0.01, 0.5), (0.5, 1.0), (1.0, 0.5), (0.5, 0.0)])
    func theOldShareIsNotTheNewOne(_ old: Double, _ new: Double) {
        for seed in UInt64(0)..<50 {
            var dice = SeededGenerator(seed: seed)
            var hits = 0.0
            for total in 1...2000 {
                hits += Double.random(in: 0..<1, using: &dice) < old ? 1 : 0
                let seen = ShareObserver.observe(
                    candidate: hits, stable: Double(total) - hits, old: old, new: new)
                // A handful of requests can deceive anybody; half of them do so for 0.5 and 1.
                if total > 10, case .seen = seen {
                    Issue.record("seed \(seed): \(seen) at \(total)")
                    return
                }
            }
        }
    }

    /// A mesh that moved is seen to have done so, and soon.
    @Test(arguments: [(0.0, 0.01, 2000), (0.01, 0.5, 30), (0.5, 1.0, 30), (0.01, 0.0, 381)])
    func theNewShareIsSeen(_ old: Double, _ new: Double, _ requests: Int) {
        for seed in UInt64(0)..<100 {
            var dice = SeededGenerator(seed: seed)
            var hits = 0.0
            var isSeen = false
            for total in 1...requests where !isSeen {
                hits += Double.random(in: 0..<1, using: &dice) < new ? 1 : 0
                let seen = ShareObserver.observe(
                    candidate: hits, stable: Double(total) - hits, old: old, new: new)
                if case .seen = seen { isSeen = true }
            }
            #expect(isSeen, "seed \(seed)")
        }
    }

    /// What is left out lies in the window, in order, and nothing twice.
    @Test(arguments: UInt64(0)..<200) func leavesOutEachSecondOnce(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        let length = Duration.seconds(Int.random(in: 1...600, using: &dice))
        let own = (0..<Int.random(in: 0...8, using: &dice)).map { _ in
            let ended = Int.random(in: 0...700, using: &dice)
            return OwnSpell(
                .unknown, began: .seconds(ended + Int.random(in: 0...90, using: &dice)),
                ended: .seconds(ended))
        }
        let spans = GateWindow(sinceEffect: length, own: own).leftOut(scrape: .seconds(15))
        for span in spans {
            #expect(length >= span.from && span.from > span.to && span.to >= .zero)
        }
        for (older, newer) in zip(spans, spans.dropFirst()) { #expect(older.to > newer.from) }
        for spell in own where spell.ended < length {
            #expect(
                spans.contains {
                    $0.from >= min(length, spell.began) && $0.to <= spell.ended
                })
        }
    }

    /// Damaged answers give an error or a finite number, and never end the process.
    @Test(arguments: UInt64(0)..<300) func survivesDamagedAnswers(seed: UInt64) async {
        var dice = SeededGenerator(seed: seed)
        let answer: JSONTree = [
            "status": "success",
            "data": [
                "resultType": "vector",
                "result": [["metric": ["a": "b"], "value": [1_700_000_000.5, "0.25"]]],
            ],
        ]
        var bytes = JSONWriter.bytes(of: answer)
        for _ in 0...Int.random(in: 0...3, using: &dice) {
            let place = Int.random(in: 0..<bytes.count, using: &dice)
            switch Int.random(in: 0...2, using: &dice) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &dice)
            case 1: bytes.remove(at: place)
            default: bytes.insert(UInt8.random(in: 32...126, using: &dice), at: place)
            }
        }
        let response = HTTPResponse(status: 200, body: .bytes(bytes))
        let source = PrometheusSource(
            address: "http://prom", transport: ScriptedPrometheus([.answer(with: response)]))
        do {
            let reading = try await source.reading(of: "up", at: 1_700_000_000.5)
            #expect(reading.value.isFinite && abs(reading.at - 1_700_000_000.5) <= 1)
        } catch {
            #expect("\(error)".split(separator: "\n").count == 3)
        }
    }
}

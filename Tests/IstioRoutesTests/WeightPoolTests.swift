import CanaryEngine
import Testing

@testable import IstioRoutes

struct WeightPoolTests {
    struct Division: Sendable, CustomTestStringConvertible {
        var foreign: Int, weight: Int, stable: Int, candidate: Int
        var testDescription: String { "\(weight)% beside \(foreign)" }
    }

    @Test(arguments: [
        Division(foreign: 0, weight: 0, stable: 100, candidate: 0),
        Division(foreign: 0, weight: 1, stable: 99, candidate: 1),
        Division(foreign: 0, weight: 50, stable: 50, candidate: 50),
        Division(foreign: 0, weight: 99, stable: 1, candidate: 99),
        Division(foreign: 0, weight: 100, stable: 0, candidate: 100),
        // 30 × 0.7 = 21; 1 × 0.7 rounds to 1; 99 × 0.7 = 69.3.
        Division(foreign: 30, weight: 30, stable: 49, candidate: 21),
        Division(foreign: 30, weight: 1, stable: 69, candidate: 1),
        Division(foreign: 30, weight: 99, stable: 1, candidate: 69),
        Division(foreign: 30, weight: 100, stable: 0, candidate: 70),
        // Held within 1…pool−1: neither version is forgotten by rounding.
        Division(foreign: 90, weight: 1, stable: 9, candidate: 1),
        Division(foreign: 90, weight: 99, stable: 1, candidate: 9),
        Division(foreign: 98, weight: 1, stable: 1, candidate: 1),
        Division(foreign: 98, weight: 99, stable: 1, candidate: 1),
        // Halves round up.
        Division(foreign: 50, weight: 25, stable: 37, candidate: 13),
    ])
    func divides(_ division: Division) throws {
        let pool = try #require(WeightPool(foreign: division.foreign))
        let weight = percent(division.weight)
        #expect(pool.stable(at: weight) == division.stable)
        #expect(pool.candidate(at: weight) == division.candidate)
    }

    @Test(arguments: [-1, 99, 100, 130]) func refuses(foreign: Int) {
        #expect(WeightPool(foreign: foreign) == nil)
    }

    /// Every pool and every weight: sums, bounds, and more weight never means less traffic.
    @Test(arguments: 0...98) func adds(foreign: Int) throws {
        let pool = try #require(WeightPool(foreign: foreign))
        var last = 0
        for whole in 0...100 {
            let weight = percent(whole)
            let (stable, candidate) = (pool.stable(at: weight), pool.candidate(at: weight))
            #expect(stable + candidate + foreign == 100)
            #expect(stable >= 0 && candidate >= last)
            #expect((1...99).contains(whole) ? stable > 0 && candidate > 0 : true)
            #expect(whole == 0 ? candidate == 0 : true)
            #expect(whole == 100 ? stable == 0 : true)
            #expect(pool.share(of: candidate) >= percent(candidate > 0 ? 1 : 0))
            last = candidate
        }
    }
}

import Foundation
import Testing

@testable import Statistics

/// A thousand cases of each kind as SciPy has them; `scripts/statistics-reference` writes them.
enum Reference {
    struct Case: Sendable {
        var line: Int
        var fields: [[Double]]

        /// Of both samples.
        var size: Int { fields[0].count + fields[1].count }
    }

    static let cases: [String: [Case]] = {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Reference/scipy.txt")
        guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [:] }
        var cases: [String: [Case]] = [:]
        for (index, line) in text.split(separator: "\n").enumerated() where line.first != "#" {
            let parts = line.split(separator: "|")
            let words = parts[0].split(separator: " ")
            let first = words.dropFirst().compactMap { Double($0) }
            let rest = parts.dropFirst().map { $0.split(separator: " ").compactMap { Double($0) } }
            cases[String(words[0]), default: []].append(
                Case(line: index + 1, fields: (first.isEmpty ? [] : [first]) + rest))
        }
        return cases
    }()

    /// Alike to 1e-9, of the number where it is tiny or large.
    static func isAlike(_ ours: Double, _ theirs: Double) -> Bool {
        ours == theirs || abs(ours - theirs) <= 1e-9 * abs(theirs)
    }
}

@Suite struct ReferenceTests {
    @Test(arguments: ["ranks", "proportion", "normal", "beta"])
    func thereAreAThousand(_ kind: String) {
        #expect(Reference.cases[kind]?.count == 1000)
    }

    /// A table of comfortable samples would show little.
    @Test func tinyOnesAndTiesAreAmongThem() throws {
        let ranks = try #require(Reference.cases["ranks"])
        let tiny = ranks.count { max($0.fields[0].count, $0.fields[1].count) <= 4 }
        let tied = ranks.count { Set($0.fields[0] + $0.fields[1]).count < $0.size }
        let alike = ranks.count { Set($0.fields[0] + $0.fields[1]).count == 1 }
        #expect(tiny >= 250 && tied >= 250 && alike >= 10, "\(tiny), \(tied), \(alike)")
    }

    @Test func ranks() throws {
        var exact = 0
        for one in try #require(Reference.cases["ranks"]) {
            let (x, y) = (one.fields[0], one.fields[1])
            let test = try #require(MannWhitneyTest(x, y))
            exact += test.isExact ? 1 : 0
            #expect(test.statistic == one.fields[2][0], "line \(one.line)")
            #expect(
                Reference.isAlike(test.probability, one.fields[2][1]),
                "line \(one.line): \(test.probability), not \(one.fields[2][1])")
            let shift = try #require(ShiftInterval(x, above: y, confidence: one.fields[3][0]))
            for (ours, theirs) in zip([shift.estimate, shift.lower, shift.upper], one.fields[4]) {
                // Differences of values near 5, so 1e-9 of the values.
                #expect(abs(ours - theirs) < 1e-9, "line \(one.line): \(ours), not \(theirs)")
            }
            let effects = try #require(SampleEffects(x, over: y))
            #expect(
                effects.commonLanguage == test.statistic / Double(x.count * y.count))
        }
        #expect((100...900).contains(exact))
    }

    @Test func proportions() throws {
        for one in try #require(Reference.cases["proportion"]) {
            let count = RateCount(failures: one.fields[0][0], of: one.fields[0][1])
            let confidence = one.fields[0][2]
            let exact = ProportionInterval.exact(count, confidence: confidence)
            let wilson = ProportionInterval.wilson(count, confidence: confidence)
            let ours = [exact.lower, exact.upper, wilson.lower, wilson.upper]
            for (ours, theirs) in zip(ours, one.fields[1] + one.fields[2]) {
                #expect(
                    Reference.isAlike(ours, theirs), "line \(one.line): \(ours), not \(theirs)")
            }
        }
    }

    @Test func normals() throws {
        for one in try #require(Reference.cases["normal"]) {
            let quantile = try #require(NormalDistribution.quantile(one.fields[0][0]))
            #expect(
                Reference.isAlike(quantile, one.fields[0][1]),
                "line \(one.line): \(quantile), not \(one.fields[0][1])")
            let x = one.fields[1][0]
            #expect(Reference.isAlike(NormalDistribution.below(x), one.fields[1][1]))
            #expect(Reference.isAlike(NormalDistribution.above(x), one.fields[1][2]))
        }
    }

    @Test func betas() throws {
        for one in try #require(Reference.cases["beta"]) {
            let beta = try #require(BetaDistribution(one.fields[0][0], one.fields[0][1]))
            let quantile = try #require(beta.quantile(one.fields[1][0]))
            #expect(
                Reference.isAlike(quantile, one.fields[1][1]),
                "line \(one.line): \(quantile), not \(one.fields[1][1])")
            let below = beta.below(one.fields[2][0])
            #expect(
                Reference.isAlike(below, one.fields[2][1]),
                "line \(one.line): \(below), not \(one.fields[2][1])")
        }
    }
}

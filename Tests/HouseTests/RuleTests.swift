import Foundation
import Golden
import Testing

/// One thing that is not written in this house.
struct Rule: Sendable, CustomTestStringConvertible {
    enum Scope { case sources, tests, everywhere }

    var why: String
    var pattern: String
    var scope = Scope.sources
    /// The only files in which it may stand.
    var except: [String] = []
    var testDescription: String { why }

    var files: [SourceFile] {
        switch scope {
        case .sources: Repository.sources
        case .tests: Repository.tests
        case .everywhere: Repository.sources + Repository.tests
        }
    }
}

/// What nobody may write, and where the exceptions stand.
@Suite struct RuleTests {
    static let rules = [
        Rule(
            why: "concurrency is structured", pattern: #"\bTask\s*(\{|\(|\.detached|\.init)"#,
            except: ["Sources/Lab/TurnableWorld.swift"]),
        Rule(
            why: "no Dispatch", pattern: #"\bimport Dispatch|\bDispatch[A-Z]"#),
        Rule(
            why: "the compiler checks what is shared",
            pattern: #"@unchecked|@preconcurrency|\bnonisolated\(unsafe\)"#, scope: .everywhere),
        Rule(
            why: "no Foundation in production", pattern: #"\bimport (struct |class )?Foundation"#),
        Rule(
            why: "one clock",
            pattern: #"\b(ContinuousClock|SuspendingClock|clock_gettime|gettimeofday)\b"#,
            except: [
                "Sources/Timekeeping/RealTime.swift",
                // A second interrupt counts two seconds after the first, in real seconds.
                "Sources/Processes/SignalWatch.swift",
                // How long a sweep takes is told in real seconds.
                "Sources/SweepCommand/",
            ]),
        Rule(
            why: "only the roof speaks to the terminal", pattern: #"(?m)(^|[^.\w])print\("#,
            except: ["Sources/SweepCommand/", "Sources/RigCommand/"]),
        Rule(
            why: "package, not public",
            pattern: #"\bpublic (\w+ )*(func|var|let|struct|enum|actor|class|init)\b"#,
            scope: .everywhere),
        Rule(
            why: "no test sleeps",
            pattern: #"\b(Task|Thread)\.sleep|(?<![.\w]|func )u?sleep\(|\bnanosleep\(|bin/sleep"#,
            scope: .tests),
        Rule(
            why: "nothing is forced", pattern: #"\btry!|\bas! "#,
            scope: .everywhere),
        Rule(
            why: "nobody gives up", pattern: #"\bfatalError\("#,
            scope: .everywhere),
        Rule(
            why: "no trap but on what we ourselves wrote", pattern: #"\bpreconditionFailure\("#,
            // Worlds that the binary carries within itself; tests read them.
            except: ["Sources/Lab/DemoWorld.swift", "Sources/Rehearsal/DemoVariations.swift"]),
    ]

    /// The rules stand here themselves.
    static let here = "Tests/HouseTests/RuleTests.swift"

    @Test(arguments: rules) func isKept(_ rule: Rule) {
        let allowed = rule.except + [Self.here]
        for file in rule.files where !allowed.contains(where: file.path.hasPrefix) {
            for (line, words) in SourceFile.places(of: rule.pattern, in: file.code) {
                Issue.record("\(rule.why): \(file.path):\(line) says '\(words[0])'")
            }
        }
    }

    /// A rule that cannot find what it looks for would always be kept.
    @Test func findsWhatItLooksFor() {
        let wrong = [
            "    Task { await work() }", "internal import Dispatch",
            "extension Pod: @unchecked Sendable", "import Foundation",
            "let start = ContinuousClock.now", "        print(line)", "public func open()",
            "try await Task.sleep(for: .seconds(1))", "let tree = try! read()", "fatalError()",
            "preconditionFailure(text)",
        ]
        #expect(wrong.count == Self.rules.count)
        for (rule, line) in zip(Self.rules, wrong) {
            #expect(SourceFile.places(of: rule.pattern, in: line).count == 1, "\(rule.why)")
        }
    }

    /// Where C's pointers may be held: each of these files is read with that in mind.
    @Test func unsafeStaysBehindItsDoors() throws {
        let files = (Repository.sources + Repository.tests).filter { file in
            file.path != Self.here
                && !SourceFile.places(of: "\\bunsafe\\s", in: file.code).isEmpty
        }
        try expectGolden(files.map { $0.path + "\n" }.joined(), named: "unsafe.txt")
    }
}

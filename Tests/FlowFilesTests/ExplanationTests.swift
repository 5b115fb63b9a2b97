import Foundation
import Testing

@testable import FlowFiles

/// `explain` and docs/KEYS.md, from the table of keys.
@Suite struct ExplanationTests {
    /// Every path of the table: `spec.gates.errorRatio`, `bake.for`.
    static let paths: [String] = {
        var paths: [String] = []
        func descend(_ path: String, _ keys: [FlowKey]) {
            for key in keys {
                let here = path.isEmpty ? key.name : "\(path).\(key.name)"
                paths.append(here)
                // Steps have paths of their own.
                switch key.shape {
                case .steps, .step: continue
                default: descend(here, key.shape.inside)
                }
            }
        }
        descend("", FlowKeys.file.keys)
        for step in FlowKeys.steps {
            paths.append(step.name)
            descend(step.name, step.shape.inside)
        }
        return paths
    }()

    @Test func everyKeyIsExplained() throws {
        #expect(Self.paths.count > 250)
        for path in Self.paths {
            let told = try FlowExplanation.of(path)
            #expect(told.path == path)
            #expect(
                told.itself.summary.hasSuffix(".") && told.itself.summary.count > 5,
                "\(path): \(told.itself.summary)")
            #expect(!told.itself.type.isEmpty, "\(path)")
        }
    }

    /// A default is something that the key takes.
    @Test func everyDefaultFits() throws {
        for path in Self.paths {
            guard let usual = try FlowExplanation.of(path).itself.usual else { continue }
            #expect(!usual.isEmpty && !usual.contains(" ") || path == "spec.guard.schedule")
            #expect(try !FlowExplanation.of(path).itself.isRequired, "\(path) is required")
        }
    }

    @Test func tellsAStep() throws {
        let told = try FlowExplanation.of("bake")
        #expect(told.itself.summary == "Lets users and gates look on for a while.")
        #expect(told.rows.map(\.name) == ["for", "maxFor", "gates", "tests"])
        #expect(
            told.rows.map(\.type) == ["duration", "duration", "list of texts", "list of texts"])
        #expect(told.rows.map(\.isRequired) == [true, false, false, false])
    }

    @Test(
        arguments: [
            ("deploy.deadline", "deploy.deadline"), ("gates", "spec.gates"),
            ("spec.steps.bake.for", "spec.steps.bake.for"),
            ("target.service", "spec.target.service"),
            ("spec.routes[0].http", "spec.routes.http"),
            ("spec.gates.errors.max", "spec.gates.max"),
            ("spec.tests.http.expect.status", "spec.tests.http.expect.status"),
        ] as [(String, String)])
    func findsTheWay(_ asked: String, _ path: String) throws {
        #expect(try FlowExplanation.of(asked).path == path)
    }

    /// `tests` is a step, and what steps name.
    @Test func tellsOfTheOther() throws {
        #expect(try FlowExplanation.of("tests").namesake == "spec.tests")
        #expect(try FlowExplanation.of("spec.tests").namesake == nil)
        #expect(try FlowExplanation.of("bake").namesake == nil)
    }

    @Test(
        arguments: [
            ("bake.form", "form", "bake", "for"), ("bakes", "bakes", "", "bake"),
            ("spec.gate.max", "gate", "spec", "gates"),
            ("shrink.minimum.x", "x", "shrink.minimum", nil),
        ] as [(String, String, String, String?)])
    func namesWhatIsNotThere(_ asked: String, _ name: String, _ place: String, _ near: String?) {
        do throws(FlowExplanation.Unknown) {
            _ = try FlowExplanation.of(asked)
            Issue.record("\(asked) is explained")
        } catch {
            #expect(error.name == name)
            #expect(error.place == place)
            #expect(error.nearest == near)
        }
    }

    // MARK: The page

    private static let page = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/KEYS.md").standardized

    /// Every key stands on the page with what the table says of it.
    @Test func thePageIsTheTable() throws {
        let drawn = try Self.drawn()
        if ProcessInfo.processInfo.environment["THESEUS_RECORD"] == "1" {
            try Data(drawn.utf8).write(to: Self.page)
        }
        #expect(
            drawn == (try String(contentsOf: Self.page, encoding: .utf8)),
            "differs from \(Self.page.lastPathComponent); record with THESEUS_RECORD=1")
    }

    private static func drawn() throws -> String {
        var text = """
            # Every key of a flow

            From the table that `theseus explain`, `theseus schema` and the reader of flows share
            (`Sources/FlowFiles/FlowKeys*.swift`); made anew by `ExplanationTests` with THESEUS_RECORD=1.
            Names of the writer's choosing, and numbers of items, are left out of the paths. In bold:
            required.

            ## The file

            | key | value | default | meaning |
            |---|---|---|---|

            """
        let steps = Set(FlowKeys.steps.map(\.name))
        var isInSteps = false
        for path in paths {
            let first = path.prefix { $0 != "." }
            if !isInSteps, path == "backup" {
                isInSteps = true
                text += """

                    ## Steps

                    | key | value | default | meaning |
                    |---|---|---|---|

                    """
            }
            #expect(isInSteps == steps.contains(String(first)))
            let row = try FlowExplanation.of(path).itself
            let name = row.isRequired ? "**`\(path)`**" : "`\(path)`"
            let usual = row.usual.map { "`\($0)`" } ?? ""
            text += "| \(name) | \(row.type) | \(usual) | \(row.summary) |\n"
        }
        return text
    }
}

import CanaryEngine
import Foundation
import MetricsGate
import Testing

@testable import FlowFiles

/// A flow that can be run, and what is unwise in it.
struct UnwiseFlow: Sendable, CustomTestStringConvertible {
    var title: String
    var steps: [String]
    var more: String
    var rate: Double?
    var words: String

    init(
        _ title: String, _ steps: [String], more: String = "", rate: Double? = nil,
        _ words: String
    ) {
        self.title = title
        self.steps = steps
        self.more = more
        self.rate = rate
        self.words = words
    }

    var testDescription: String { title }

    var files: Files {
        let end = Files.design.firstRange(of: "  steps:")?.lowerBound ?? Files.design.endIndex
        var files = Files.good
        files.texts["reviews.yaml"] =
            Files.design[..<end] + more + "  steps:\n" + steps.map { "    - \($0)\n" }.joined()
        return files
    }
}

@Suite struct LintTests {
    static func examine(_ files: Files, rate: Double? = nil) -> FlowExamination {
        FlowReader.examine(
            path: "reviews.yaml", workingDirectory: "/repo", rate: rate,
            readFile: { path in
                guard let text = files.texts[path] else { throw Files.Missing() }
                return Array(text.utf8)
            }, programs: { files.programs[$0] ?? .missing })
    }

    private static func words(_ seen: FlowExamination) -> String {
        seen.warnings.map { warning in
            """
            \(warning.code.rawValue): \(warning.what)
              where: \(warning.file):\(warning.line):\(warning.column) (\(warning.path))
              do:    \(warning.suggestion)
            """
        }.joined(separator: "\n")
    }

    /// Gates look away while a test runs whose requests nobody counts, and a scrape more.
    @Test func shortRestsAreTold() {
        #expect(!Self.words(Self.examine(Files.good)).contains("short-rest"))
        let often = Files.with("timeout: 5m, retries: 3}", "timeout: 5m, retries: 3, every: 30s}")
        #expect(
            Self.words(Self.examine(often)).contains(
                """
                short-rest: test "smoke" rests 30s between its runs; what it sends is not counted, so \
                gates look away from it and a scrape (15s) before and behind it
                """))
        let silent = Files.with(
            "timeout: 5m, retries: 3}", "timeout: 5m, retries: 3, every: 30s, requests: none}")
        #expect(!Self.words(Self.examine(silent)).contains("short-rest"))
    }

    /// Each gate at each share, and which bake is too short for it.
    @Test func waitsAreTold() throws {
        let files = Files.with("prometheus: {query: \"…\"}, max: 0.01", "errorRatio: {}, max: 0.01")
        let flow = try #require(Self.examine(files).flow)
        let waits = flow.waits(under: UsersLoad.Figure(perSecond: 5))
        #expect(waits.map(\.step) == [9, 13, 18])
        #expect(waits.map(\.weight.percent) == [1, 50, 100])
        #expect(waits.map(\.outlook.gate) == ["errors", "errors", "errors"])
        #expect(waits.map(\.outlook.time) == [.seconds(2000), .seconds(40), .seconds(30)])
        #expect(waits.map(\.longest) == [.seconds(1800), .seconds(600), .seconds(300)])
        #expect(waits.map(\.isTooLong) == [true, false, false])
        let none = flow.waits(under: UsersLoad.Figure(perSecond: 0))
        #expect(none.map(\.isTooLong) == [true, true, true])
    }

    @Test func theDesignsExampleIsClean() {
        let seen = Self.examine(Files.good, rate: 100)
        #expect(seen.flow != nil)
        #expect(Self.words(seen) == "")
    }

    /// Nobody is warned of what we ship.
    @Test(arguments: FlowTemplates.names)
    func templatesAreClean(_ name: String) {
        let files = ParameterTests.files {
            $0.replace("template: canary", with: "template: \(name)")
        }
        #expect(Self.words(Self.examine(files, rate: 100)) == "")
    }

    @Test(arguments: shares + bakes + others)
    func warns(_ unwise: UnwiseFlow) {
        let seen = Self.examine(unwise.files, rate: unwise.rate)
        #expect(seen.faults.map(\.description) == [])
        #expect(Self.words(seen) == unwise.words)
    }

    /// Each code is shown above, and stands on the page.
    @Test func everyCodeIsShown() throws {
        let shown = (Self.shares + Self.bakes + Self.others).map(\.words).joined()
        let page = try String(
            contentsOf: TemplateTests.root.appending(path: "docs/FLOWS.md"), encoding: .utf8)
        // LintPlaceTests show these.
        let elsewhere: Set<FlowWarning.Code> = [
            .shortRest,
            .cutOff, .unusedParameter, .autoscalerRange, .autoscalerTarget,
        ]
        for code in FlowWarning.Code.allCases {
            #expect(shown.contains("\(code.rawValue): ") || elsewhere.contains(code), "\(code)")
            #expect(page.contains("| `\(code.rawValue)` |"), "\(code)")
        }
    }

    // MARK: Who judges

    static let begin = ["backup", "deploy", "route", "test: smoke"]
    static let look = "bake: {for: 5m, maxFor: 30m, gates: [errors]}"

    static let shares = [
        UnwiseFlow(
            "no gate at all", begin + ["test: performance", "weight: 100", "retire"],
            """
            no-gate: no gate decides anything: what fails only for users goes to all of them
              where: reviews.yaml:21:3 (spec.steps)
              do:    add spec.gates, and name them in the bakes; see docs/GATES.md
            unused-gate: gate "errors" is used nowhere
              where: reviews.yaml:20:5 (spec.gates.errors)
              do:    name it in a bake, or in - gate: NAME, or take it away
            """),
        UnwiseFlow(
            "no gate before half",
            begin + [
                "weight: 1", "test: performance", "weight: 50", look, "weight: 100", look, "retire",
            ],
            """
            no-early-gate: 50% of the users meet a version that no gate has judged
              where: reviews.yaml:28:7 (spec.steps[6])
              do:    bake with a gate before it: - bake: {for: 5m, maxFor: 30m, gates: [NAME]}
            """),
        UnwiseFlow(
            "a great first share",
            begin + ["test: performance", "weight: 60", look, "weight: 100", look, "retire"],
            """
            great-first-share: the first users are 60% of them: what only users show hurts as many
              where: reviews.yaml:27:7 (spec.steps[5])
              do:    begin with a smaller weight and a gate, for example 1
            """),
        UnwiseFlow(
            "no gate at half, none before stable goes",
            begin + [
                "weight: 1", look, "test: performance", "weight: 50", "pause: 5m", "weight: 100",
                "retire",
            ],
            """
            unjudged-weight: no gate looks on between "weight: 50" and "weight: 100"
              where: reviews.yaml:29:7 (spec.steps[7])
              do:    bake with a gate behind it: - bake: {for: 5m, maxFor: 30m, gates: [NAME]}
            unjudged-weight: no gate looks on between "weight: 100" and stable goes
              where: reviews.yaml:31:7 (spec.steps[9])
              do:    bake with a gate behind it: - bake: {for: 5m, maxFor: 30m, gates: [NAME]}
            """),
    ]

    // MARK: What gates see

    private static let canary =
        begin + ["test: performance", "weight: 1", look, "weight: 100", look, "retire"]

    static let bakes = [
        UnwiseFlow(
            "a bake shorter than two scrapes",
            begin + [
                "test: performance", "weight: 1", "bake: {for: 20s, gates: [errors]}",
                "weight: 100", look, "retire",
            ],
            """
            short-bake: a bake of 20s ends before its gates can see two scrapes (one every 15s)
              where: reviews.yaml:28:14 (spec.steps[6].bake.for)
              do:    make it 1m at least, or add maxFor
            """),
        UnwiseFlow(
            "a bake shorter than what a gate needs",
            begin + [
                "test: performance", "weight: 1",
                "bake: {for: 5m, gates: [errors, shape, budget]}", "weight: 100", look, "retire",
            ],
            more: """
                    shape: {distributions: {metrics: {cpu: {query: "c{v='${candidate}'}"}}}}
                    budget:
                      errorRatio: {}
                      burnRate: {objective: 99.9%, windows: [{short: 6m, long: 20m, factor: 6}]}

                """,
            """
            short-bake: gate "shape" needs 10m (10 points, one every 1m), and the bake ends after 5m
              where: reviews.yaml:32:39 (spec.steps[6].bake.gates[1])
              do:    give the bake maxFor: 20m
            short-bake: gate "budget" needs 6m (its shortest window), and the bake ends after 5m
              where: reviews.yaml:32:46 (spec.steps[6].bake.gates[2])
              do:    give the bake maxFor: 12m
            """),
        UnwiseFlow(
            "too few requests at this weight", canary, rate: 2,
            """
            few-samples: gate "errors" needs 100 requests at the candidate: 1% of 2 a second are 36 \
            in 30m
              where: reviews.yaml:28:44 (spec.steps[6].bake.gates[0])
              do:    give the bake maxFor: 1h40m, or begin higher
            """),
        UnwiseFlow(
            "sequential needs more than minimumSamples",
            begin + [
                "test: performance", "weight: 1",
                look.replacing("[errors]", with: "[errors, worse]"),
                "weight: 100", look, "retire",
            ],
            more: "    worse: {errorRatio: {}, sequential: {noWorseThan: 2%}}\n", rate: 10,
            """
            few-samples: gate "worse" needs 194 requests at the candidate: 1% of 10 a second are 180 \
            in 30m
              where: reviews.yaml:29:52 (spec.steps[6].bake.gates[1])
              do:    give the bake maxFor: 38m48s, or begin higher
            """),
        UnwiseFlow(
            "sequential where users stay",
            begin + [
                "test: performance", "sticky: {cookie: ab, ttl: 1h}", "weight: 1",
                "bake: {for: 5m, gates: [errors, worse]}", "weight: 100", look, "retire",
            ],
            more: "    worse: {errorRatio: {}, sequential: {}}\n",
            """
            sticky-sequential: gate "worse" takes each request for itself, and users stay with a \
            version here
              where: reviews.yaml:30:39 (spec.steps[7].bake.gates[1])
              do:    judge by max or compare where users stay; docs/GATES.md says why
            """),
    ]

    // MARK: The rest

    static let others = [
        UnwiseFlow(
            "used nowhere", begin + ["weight: 1", look, "weight: 100", look, "retire"],
            more: "  sources: {old: {graphite: {address: \"http://graphite\"}}}\n",
            """
            unused-test: test "performance" is used nowhere
              where: reviews.yaml:18:5 (spec.tests.performance)
              do:    name it in a step, a bake or a hook, or take it away
            unused-source: source "old" is used nowhere
              where: reviews.yaml:21:13 (spec.sources.old)
              do:    let a gate ask it, or take it away
            """),
        UnwiseFlow(
            "a hook that may hold the end up", canary,
            more: "  hooks: {rolledBack: [smoke], promoted: [smoke]}\n",
            """
            slow-hook: test "smoke" may hold the end of the run up for 20m (rolledBack)
              where: reviews.yaml:21:24 (spec.hooks.rolledBack[0])
              do:    give it timeout: 30s and few retries; it only tells
            """),
    ]
}

/// What no list of steps can show.
@Suite struct LintPlaceTests {
    private static func codes(_ files: Files) -> [String] {
        LintTests.examine(files).warnings.map { warning in
            "\(warning.code.rawValue) \(warning.line):\(warning.column) \(warning.what)"
        }
    }

    @Test func tellsOfParameters() {
        let own = Files.with("{smoke: ./tests", "{nobody: 1, smoke: ./tests")
        #expect(Self.codes(own) == ["unused-parameter 5:16 parameter \"nobody\" is used nowhere"])
        // Given to a template of which the flow drops what would use it.
        let dropped = ParameterTests.files {
            $0.replace("{smoke:", with: "{longBake: 1h, smoke:")
            $0 += "  adjust: [{drop: bake-at-50}]\n"
        }
        #expect(
            Self.codes(dropped) == [
                "unjudged-weight 49:7 no gate looks on between \"weight: 50\" and \"weight: 100\"",
                "unused-parameter 6:16 parameter \"longBake\" is used nowhere",
            ])
    }

    @Test func tellsOfTestsThatRunOnce() {
        let files = Files.with("retries: 3}", "repeat: once}")
        var texts = files.texts["reviews.yaml"] ?? ""
        texts.replace(", tests: [smoke]", with: "")
        var once = files
        once.texts["reviews.yaml"] = texts
        #expect(
            Self.codes(once) == [
                "cut-off 17:49 test \"smoke\" may run only once: a crash meanwhile rolls the run back"
            ])
        once.texts["reviews.yaml"] = texts.replacing(
            "  steps:", with: "  onCutOff: rollback\n  steps:")
        #expect(Self.codes(once) == [])
    }

    @Test func tellsOfAutoscalers() {
        var files = Files.good
        files.texts["k8s/reviews-v2.yaml"]? += """
            ---
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: reviews-v2}
            spec:
              minReplicas: 5
              maxReplicas: 3
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: reviews-v1}
            """
        #expect(
            Self.codes(files) == [
                "autoscaler-range 9:5 autoscaler \"reviews-v2\" has minReplicas 5 above maxReplicas 3",
                "autoscaler-target 9:5 autoscaler \"reviews-v2\" scales \"reviews-v1\", and the"
                    + " candidate is \"reviews-v2\"",
            ])
    }

    /// All at once, in the order of the file.
    @Test func findsEveryFault() {
        var files = Files.with("- retire ", "- retyre ")
        files.texts["reviews.yaml"]?.replace("service: reviews", with: "servise: reviews")
        files.texts["reviews.yaml"]?.replace("manifest: k8s", with: "manifest: k9s")
        files.texts["reviews.yaml"]?.replace("tests: [smoke]}", with: "tests: [smok]}")
        let seen = LintTests.examine(files)
        #expect(seen.flow == nil)
        #expect(seen.warnings == [])
        #expect(
            seen.faults.map { "\($0.line ?? 0) \($0.what)" } == [
                "8 unknown key \"servise\"", "9 missing file: k9s/reviews-v2.yaml",
                "31 unknown test \"smok\"", "35 unknown test \"smok\"",
                "41 unknown step \"retyre\"",
            ])
        #expect(seen.line(8, of: "reviews.yaml") == "    servise: reviews")
        #expect(seen.line(99, of: "reviews.yaml") == nil)
        #expect(seen.line(1, of: "k8s/reviews-v2.yaml") == nil)
    }

    /// An unknown template hides nothing else, and nothing else is made of it.
    @Test func goesOnWithoutATemplate() {
        let files = ParameterTests.files {
            $0.replace("template: canary", with: "template: carnary")
            $0.replace("gateway: {url:", with: "gateway: {urll:")
            $0 += "  adjust: [{drop: drill}]\n"
        }
        #expect(
            LintTests.examine(files).faults.map { "\($0.line ?? 0) \($0.what)" } == [
                "5 unknown template \"carnary\"", "8 unknown key \"urll\"",
            ])
    }

    @Test func linesWithSecretsAreNotShown() {
        let files = Files.with("prometheus.istio", "me:hunter2@prometheus.istio")
        let faults = LintTests.examine(files).faults
        #expect(faults.map(\.hidesLine) == [true])
    }
}

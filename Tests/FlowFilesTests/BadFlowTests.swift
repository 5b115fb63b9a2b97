import FlowFiles
import Testing

/// A good flow with one thing changed, and the exact words about it.
struct BadFlow: Sendable, CustomTestStringConvertible {
    var title: String
    var old: String
    var new: String
    var words: String

    init(_ title: String, _ old: String, _ new: String, _ words: String) {
        self.title = title
        self.old = old
        self.new = new
        self.words = words
    }

    var testDescription: String { title }
}

/// What is wrong with keys, values and names is told with its place.
@Suite struct BadFlowTests {
    @Test(arguments: keys + values)
    func tells(_ flow: BadFlow) {
        #expect(Files.with(flow.old, flow.new).complaint() == flow.words)
    }

    @Test func hasNothingToSayOfAGoodOne() {
        #expect(Files.good.complaint() == nil)
    }

    @Test func tellsTheFirstInTheOrderOfTheFile() {
        var files = Files.with("- retire ", "- retyre ")
        files.texts["reviews.yaml"]?.replace("tests: [smoke]}", with: "tests: [smok]}")
        files.texts["reviews.yaml"]?.replace("service: reviews", with: "servise: reviews")
        #expect(files.complaint()?.hasPrefix("flow: unknown key \"servise\"") == true)
        files.texts["reviews.yaml"]?.replace("servise: reviews", with: "service: reviews")
        #expect(files.complaint()?.hasPrefix("flow: unknown test \"smok\"") == true)
        files.texts["reviews.yaml"]?.replace("tests: [smok]}", with: "tests: [smoke]}")
        #expect(files.complaint()?.hasPrefix("flow: unknown step \"retyre\"") == true)
    }

    static let keys = [
        BadFlow(
            "unknown key", "  steps: ", "  stepz: ",
            """
            flow: unknown key "stepz"
              where: reviews.yaml:21:3 (spec.stepz)
              do:    did you mean "steps"?
            """),
        BadFlow(
            "missing key", "    service: reviews\n", "",
            """
            flow: "target" has no "service"
              where: reviews.yaml:6:3 (spec.target)
              do:    add service: the Service that users call
            """),
        BadFlow(
            "no metadata", "metadata: {name: reviews}\n", "",
            """
            flow: the file has no "metadata"
              where: reviews.yaml:1:1
              do:    add metadata: what the flow is called
            """),
        BadFlow(
            "another kind", "kind: Flow", "kind: Rollout",
            """
            flow: "kind" must be Flow, found "Rollout"
              where: reviews.yaml:2:7 (kind)
              do:    write Flow
            """),
        BadFlow(
            "unknown key in a test", "timeout: 5m", "time: 5m",
            """
            flow: unknown key "time"
              where: reviews.yaml:17:36 (spec.tests.smoke.time)
              do:    there are: command, shell, http, webhook, tcp, ssh, job, requests, env, \
            limits, results, timeout, retries, every, repeat, tolerance, higherIsBetter
            """),
        BadFlow(
            "unknown key in a step", "deadline: 10m", "deadlin: 10m",
            """
            flow: unknown key "deadlin"
              where: reviews.yaml:23:16 (spec.steps[1].deploy.deadlin)
              do:    did you mean "deadline"?
            """),
        BadFlow(
            "no YAML", "metadata: {name: reviews}", "metadata: {name: reviews",
            """
            flow: while parsing a flow mapping: did not find expected ',' or '}'
              where: reviews.yaml:4:5
              do:    check the indentation and the quotes here and on the line before
            """),
        BadFlow(
            "a key twice", "    service: reviews\n", "    service: a\n    service: b\n",
            """
            flow: duplicate key "service"
              where: reviews.yaml:9:5
              do:    remove one of the two
            """),
    ]

    static let values = [
        BadFlow(
            "writing back, in a word", "  steps: ", "  gitops: writeBack\n  steps: ",
            """
            flow: "gitops" must be keep, found "writeBack"
              where: reviews.yaml:21:11 (spec.gitops)
              do:    write keep
            """),
        BadFlow(
            "another way with gitops", "  steps: ", "  gitops: remove\n  steps: ",
            """
            flow: "gitops" must be keep, found "remove"
              where: reviews.yaml:21:11 (spec.gitops)
              do:    write keep
            """),
        BadFlow(
            "a list for text", "service: reviews", "service: [reviews]",
            """
            flow: "service" must be a name of a-z, 0-9, '-' and '.', found a list
              where: reviews.yaml:8:5 (spec.target.service)
              do:    write the name as kubectl shows it
            """),
        BadFlow(
            "no name", "service: reviews", "service: Reviews_1",
            """
            flow: "service" must be a name of a-z, 0-9, '-' and '.', found "Reviews_1"
              where: reviews.yaml:8:14 (spec.target.service)
              do:    write the name as kubectl shows it
            """),
        BadFlow(
            "a word for a list", "http: [primary]", "http: primary",
            """
            flow: "http" must be a list of texts, found text
              where: reviews.yaml:12:44 (spec.routes[0].http)
              do:    write for example [one, two]
            """),
        BadFlow(
            "no address", "http://prometheus.istio-system:9090", "prometheus:9090",
            """
            flow: "address" must be an address that begins with http:// or https://
              where: reviews.yaml:14:25 (spec.prometheus.address)
              do:    write for example http://prometheus.istio-system:9090
            """),
        BadFlow(
            "a password", "prometheus.istio", "me:hunter2@prometheus.istio",
            """
            flow: "address" has a user or password in it
              where: reviews.yaml:14:25 (spec.prometheus.address)
              do:    write for example http://prometheus.istio-system:9090
            """),
        BadFlow(
            "no unit", "timeout: 5m", "timeout: 5",
            """
            flow: "timeout" must be a duration above 0, found "5"
              where: reviews.yaml:17:45 (spec.tests.smoke.timeout)
              do:    write for example 500ms, 30s, 5m or 1h30m
            """),
        BadFlow(
            "an odd unit", "deadline: 10m", "deadline: 10min",
            """
            flow: "deadline" must be a duration above 0, found "10min"
              where: reviews.yaml:23:26 (spec.steps[1].deploy.deadline)
              do:    write for example 500ms, 30s, 5m or 1h30m
            """),
        BadFlow(
            "no time", "drill: {within: 10s}", "drill: {within: 0s}",
            """
            flow: "within" must be a duration above 0, found "0s"
              where: reviews.yaml:28:23 (spec.steps[6].drill.within)
              do:    write for example 500ms, 30s, 5m or 1h30m
            """),
        BadFlow(
            "no percentage", "tolerance: 20%", "tolerance: 0.2",
            """
            flow: "tolerance" must be a percentage, found "0.2"
              where: reviews.yaml:18:69 (spec.tests.performance.tolerance)
              do:    write for example 20%
            """),
        BadFlow(
            "too heavy", "- weight: 50", "- weight: 150",
            """
            flow: "weight" must be a whole number from 0 to 100, found "150"
              where: reviews.yaml:32:15 (spec.steps[10].weight)
              do:    write for example 50
            """),
        BadFlow(
            "a weight in words", "- weight: 50", "- weight: half",
            """
            flow: "weight" must be a whole number from 0 to 100, found text
              where: reviews.yaml:32:15 (spec.steps[10].weight)
              do:    write for example 50
            """),
        BadFlow(
            "no weight", "- weight: 50", "- weight",
            """
            flow: step "weight" says too little
              where: reviews.yaml:32:7 (spec.steps[10])
              do:    write - weight: and behind it a whole number from 0 to 100
            """),
        BadFlow(
            "a step with too much", "- backup", "- backup: now",
            """
            flow: "backup" takes nothing behind it, found text
              where: reviews.yaml:22:15 (spec.steps[0].backup)
              do:    take away what stands behind it
            """),
        BadFlow(
            "two steps in one", "- backup\n", "- backup:\n      deploy:\n",
            """
            flow: two steps in one item: backup, deploy
              where: reviews.yaml:22:7 (spec.steps[0])
              do:    write each after a '- ' of its own, and what belongs to it deeper in
            """),
        BadFlow(
            "a list as a step", "- backup\n", "- [backup]\n",
            """
            flow: a step must be a word or a mapping with one key, found a list
              where: reviews.yaml:22:7 (spec.steps[0])
              do:    write for example - backup or - weight: 1
            """),
        BadFlow(
            "a number for a list", "gates: [errors], tests", "gates: 3, tests",
            """
            flow: "gates" must be a list of texts, found a number
              where: reviews.yaml:31:43 (spec.steps[9].bake.gates)
              do:    write for example [one, two]
            """),
        BadFlow(
            "an odd baseline", "{baseline: record}", "{baseline: recorded}",
            """
            flow: "baseline" must be one of record, compare or stable, found "recorded"
              where: reviews.yaml:30:38 (spec.steps[8].test.performance.baseline)
              do:    did you mean "record"?
            """),
    ]
}

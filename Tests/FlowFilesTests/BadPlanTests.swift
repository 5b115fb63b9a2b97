import FlowFiles
import Testing

/// Names that lead nowhere, steps in no order, parts that do not go together.
@Suite struct BadPlanTests {
    @Test(arguments: names + order + together)
    func tells(_ flow: BadFlow) {
        #expect(Files.with(flow.old, flow.new).complaint() == flow.words)
    }

    private static let names = [
        BadFlow(
            "unknown step", "- retire ", "- retier ",
            """
            flow: unknown step "retier"
              where: reviews.yaml:41:7 (spec.steps[19])
              do:    did you mean "retire"?
            """),
        BadFlow(
            "unknown test", "- test: smoke\n", "- test: smoek\n",
            """
            flow: unknown test "smoek"
              where: reviews.yaml:26:13 (spec.steps[4].test)
              do:    did you mean "smoke"?
            """),
        BadFlow(
            "unknown gate", "gates: [errors], tests", "gates: [error], tests",
            """
            flow: unknown gate "error"
              where: reviews.yaml:31:44 (spec.steps[9].bake.gates[0])
              do:    did you mean "errors"?
            """),
        BadFlow(
            "nothing near", "gates: [errors], tests", "gates: [latency], tests",
            """
            flow: unknown gate "latency"
              where: reviews.yaml:31:44 (spec.steps[9].bake.gates[0])
              do:    there are: errors
            """),
        BadFlow(
            "guard without fields", "spec:  ",
            "spec:\n  guard: {image: a, schedule: \"@daily\"} #",
            """
            flow: "schedule" must have five fields, as cron has them
              where: reviews.yaml:5:31 (spec.guard.schedule)
              do:    write for example "*/2 * * * *"
            """),
        BadFlow(
            "unknown template, and steps", "spec:  ", "spec:\n  template: carnary #",
            """
            flow: both template and steps are there
              where: reviews.yaml:5:3 (spec.template)
              do:    keep one of them: a template brings its steps
            """),
        BadFlow(
            "unknown parameter", "[\"${smoke}\"]", "[\"${smoek}\"]",
            """
            flow: unknown parameter "smoek"
              where: reviews.yaml:17:23 (spec.tests.smoke.command[0])
              do:    did you mean "smoke"?
            """),
        BadFlow(
            "undeclared parameter", "path: /reviews", "path: \"/${where}\"",
            """
            flow: unknown parameter "where"
              where: reviews.yaml:18:32 (spec.tests.performance.http.path)
              do:    there are: smoke
            """),
        BadFlow(
            "open parameter", "path: /reviews", "path: \"/${where\"",
            """
            flow: "${" without "}"
              where: reviews.yaml:18:32 (spec.tests.performance.http.path)
              do:    close it, or write $${ for a plain ${
            """),
        BadFlow(
            "unknown placeholder", "query: \"…\"", "query: \"sum(x[${windo}])\"",
            """
            flow: gate errors: no placeholder ${windo}; there are ${window} ${candidate} \
            ${stable} ${namespace} ${service}
              where: reviews.yaml:20:5 (spec.gates.errors)
              do:    mend what is named; docs/GATES.md shows every key with its neighbours
            """),
        BadFlow(
            "parameter without value", "{smoke: ./tests/smoke.sh}", "{smoke: }",
            """
            flow: parameter "smoke" has no value
              where: reviews.yaml:17:23 (spec.tests.smoke.command[0])
              do:    give it under spec.parameters, or with --set smoke=…
            """),
        BadFlow(
            "missing command", "./tests/smoke.sh", "./tests/smoky.sh",
            """
            flow: missing file: ./tests/smoky.sh
              where: reviews.yaml:17:23 (spec.tests.smoke.command[0])
              do:    check the path: it starts from the flow's folder
            """),
        BadFlow(
            "a command that may not be executed", "./tests/smoke.sh", "./tests/unfit.sh",
            """
            flow: this file may not be executed: ./tests/unfit.sh
              where: reviews.yaml:17:23 (spec.tests.smoke.command[0])
              do:    chmod +x it, or name its interpreter first: ["sh", "./tests/unfit.sh"]
            """),
        BadFlow(
            "missing manifest", "k8s/reviews-v2.yaml", "k8s/reviews-v3.yaml",
            """
            flow: missing file: k8s/reviews-v3.yaml
              where: reviews.yaml:9:15 (spec.target.manifest)
              do:    check the path: it starts from the flow's folder
            """),
    ]

    private static let order = [
        BadFlow(
            "nothing first", "- backup\n", "- autoscale\n",
            """
            flow: the first step must be "backup", found "autoscale"
              where: reviews.yaml:22:7 (spec.steps[0])
              do:    begin with - backup
            """),
        BadFlow(
            "steps after the end", "- backup\n", "- backup\n    - retire\n",
            """
            flow: step "retire" stands before "weight: 100"
              where: reviews.yaml:23:7 (spec.steps[1])
              do:    move it behind: until then users need all of stable
            """),
        BadFlow(
            "no deploy", "    - deploy: {deadline: 10m}      # pins the routes first\n", "",
            """
            flow: step "route" stands before "deploy"
              where: reviews.yaml:23:7 (spec.steps[1])
              do:    add - deploy further up
            """),
        BadFlow(
            "no route", "    - route                        # the dark match\n", "",
            """
            flow: step "reach" stands before "route"
              where: reviews.yaml:24:7 (spec.steps[2])
              do:    add - route further up
            """),
        BadFlow(
            "a falling weight", "- weight: 50", "- weight: 1",
            """
            flow: weight 1 does not rise: the candidate has 1 already
              where: reviews.yaml:32:7 (spec.steps[10])
              do:    write a number from 2 to 100; rolling back needs no step
            """),
        BadFlow(
            "a late drill", "- weight: 50\n", "- weight: 50\n    - drill\n",
            """
            flow: step "drill" stands after a weight
              where: reviews.yaml:33:7 (spec.steps[11])
              do:    move it before the first weight: it goes back to 0 %
            """),
        BadFlow(
            "scaled to nothing", "- weight: 50\n", "- scale: {candidate: 0.5%}\n    - weight: 50\n",
            """
            flow: "candidate" must be from 1% to 100%
              where: reviews.yaml:32:26 (spec.steps[10].scale.candidate)
              do:    write for example candidate: 50%
            """),
        BadFlow(
            "scaled to more than all", "- weight: 50\n",
            "- scale: {candidate: 101%}\n    - weight: 50\n",
            """
            flow: "candidate" must be from 1% to 100%
              where: reviews.yaml:32:26 (spec.steps[10].scale.candidate)
              do:    write for example candidate: 50%
            """),
        BadFlow(
            "scaled to what is there", "- weight: 50\n",
            "- weight: 50\n    - scale: {candidate: 50%}\n",
            """
            flow: step "scale" adds no pods: there are enough for 50% already
              where: reviews.yaml:33:7 (spec.steps[11])
              do:    write more than 50%, or take it away
            """),
        BadFlow(
            "scaled before there is anything", "- backup\n",
            "- backup\n    - scale: {candidate: 7%}\n",
            """
            flow: step "scale" stands before "deploy"
              where: reviews.yaml:23:7 (spec.steps[1])
              do:    add - deploy further up
            """),
        BadFlow(
            "scaled, then given an autoscaler", "- autoscale\n",
            "- scale: {candidate: 50%}\n    - autoscale\n",
            """
            flow: step "autoscale" stands behind "scale"
              where: reviews.yaml:28:7 (spec.steps[6])
              do:    move it before: a new autoscaler takes the pods away again
            """),
        BadFlow(
            "an early shrink", "- weight: 50\n", "- weight: 50\n    - shrink\n",
            """
            flow: step "shrink" stands before "weight: 100"
              where: reviews.yaml:33:7 (spec.steps[11])
              do:    move it behind: until then users need all of stable
            """),
        BadFlow(
            "an early end", "- weight: 50\n", "- weight: 50\n    - retire\n",
            """
            flow: step "retire" stands before "weight: 100"
              where: reviews.yaml:33:7 (spec.steps[11])
              do:    move it behind: until then users need all of stable
            """),
        BadFlow(
            "no comparison", "{baseline: record}", "{baseline: compare}",
            """
            flow: test "performance" is compared before it was recorded
              where: reviews.yaml:30:7 (spec.steps[8])
              do:    add - test: {performance: {baseline: record}} further up
            """),
        BadFlow(
            "a second backup", "- autoscale\n", "- backup\n",
            """
            flow: a second step "backup"
              where: reviews.yaml:27:7 (spec.steps[5])
              do:    take one of them away
            """),
        BadFlow(
            "a bake's gate before users", "- drill: ", "- bake: {for: 1m, gates: [errors]} # ",
            """
            flow: gate "errors" stands before the first weight: there are no users to judge by
              where: reviews.yaml:28:31 (spec.steps[6].bake.gates[0])
              do:    move it behind the first weight, or let a test look here
            """),
        BadFlow(
            "a gate before users", "- drill: {within: 10s}", "- gate: errors",
            """
            flow: gate "errors" stands before the first weight: there are no users to judge by
              where: reviews.yaml:28:13 (spec.steps[6].gate)
              do:    move it behind the first weight, or let a test look here
            """),
        BadFlow(
            "a gate after the drill alone", "- weight: 1\n", "- gate: errors\n",
            """
            flow: gate "errors" stands before the first weight: there are no users to judge by
              where: reviews.yaml:29:13 (spec.steps[7].gate)
              do:    move it behind the first weight, or let a test look here
            """),
        BadFlow(
            "something behind retire", "- retire  ", "- retire\n    - pause: 5m #",
            """
            flow: step "pause" cannot be reached: it stands after retire
              where: reviews.yaml:42:7 (spec.steps[20])
              do:    make retire the last step
            """),
    ]

    private static let together = [
        BadFlow(
            "template and steps", "spec:  ", "spec:\n  template: canary #",
            """
            flow: both template and steps are there
              where: reviews.yaml:5:3 (spec.template)
              do:    keep one of them: a template brings its steps
            """),
        BadFlow(
            "a step that needs what a first release has not", "stable: reviews-v1 ",
            "\n  firstRelease: true ",
            """
            flow: step "drill" needs a stable version, and a first release has none
              where: reviews.yaml:29:7 (spec.steps[6])
              do:    take it away; the only weight is 100
            """),
        BadFlow(
            "stable in a first release", "spec:  ", "spec:\n  firstRelease: true #",
            """
            flow: a first release has no stable version
              where: reviews.yaml:12:5 (spec.target.stable)
              do:    take it away, or leave firstRelease out
            """),
        BadFlow(
            "no steps", "  steps:   ", "  labels: #",
            """
            flow: "spec" has neither steps nor template
              where: reviews.yaml:4:1 (spec)
              do:    add steps, or template: and ab-test, blue-green, bootstrap, canary, \
            canary-stepped, dark-only or mirror-then-canary
            """),
        BadFlow(
            "dark without match", "dark: {match", "#",
            """
            flow: step "route" needs a dark match
              where: reviews.yaml:24:7 (spec.steps[2])
              do:    add spec.dark.match: which requests meet the candidate
            """),
        BadFlow(
            "an empty match", "dark: {match: [", "dark: {match: []} # ",
            """
            flow: the dark match is empty
              where: reviews.yaml:15:10 (spec.dark.match)
              do:    say which requests meet the candidate, or leave dark out
            """),
        BadFlow(
            "an empty block", "dark: {match: [", "dark: {match: [{}]} # ",
            """
            flow: spec.dark.match[0] must be a mapping with conditions
              where: reviews.yaml:15:18 (spec.dark.match[0])
              do:    write for example {headers: {x-canary: {exact: "1"}}}
            """),
        BadFlow(
            "no way in", "  gateway: ", "  # ",
            """
            flow: test "performance" needs a way into the mesh
              where: reviews.yaml:18:32 (spec.tests.performance.http.path)
              do:    add spec.gateway.url, or write a whole address
            """),
        BadFlow(
            "no metrics", "  prometheus: ", "  # ",
            """
            flow: gate "errors" needs metrics
              where: reviews.yaml:20:5 (spec.gates.errors)
              do:    add spec.prometheus.address
            """),
        BadFlow(
            "a namespace with a point", "namespace: bookinfo", "namespace: book.info",
            """
            flow: "namespace" must have no '.' and at most 63 letters, found "book.info"
              where: reviews.yaml:7:16 (spec.target.namespace)
              do:    write the name as kubectl shows it
            """),
        BadFlow(
            "two tests in one", "path: /reviews, requests: 200}", "path: /a}, command: [b]",
            """
            flow: "performance" has both command and http
              where: reviews.yaml:18:5 (spec.tests.performance)
              do:    give exactly one of them
            """),
        BadFlow(
            "no test at all", "{command: [\"${smoke}\"], ", "{",
            """
            flow: "smoke" has neither command nor shell nor http nor webhook nor tcp nor ssh nor job
              where: reviews.yaml:17:5 (spec.tests.smoke)
              do:    give exactly one of them
            """),
        BadFlow(
            "no program", "command: [\"${smoke}\"]", "command: []",
            """
            flow: a command needs a program
              where: reviews.yaml:17:13 (spec.tests.smoke.command)
              do:    write for example ["./tests/smoke.sh"]
            """),
        BadFlow(
            "too short a wait", "maxFor: 30m", "maxFor: 3m",
            """
            flow: "maxFor" is shorter than "for"
              where: reviews.yaml:31:31 (spec.steps[9].bake.maxFor)
              do:    make it as long as "for" at least, or leave it out
            """),
        BadFlow(
            "once, again and again", "retries: 3", "repeat: once",
            """
            flow: test "smoke" may run only once, a bake repeats it
              where: reviews.yaml:31:61 (spec.steps[9].bake.tests[0])
              do:    take it out of the bake, or take repeat: once away
            """),
        BadFlow(
            "a match that no test can meet", "headers: {cookie", "uri: {cookie",
            """
            flow: no request can be worked out that this matches: only headers and queryParams \
            can be met by a test's request
              where: reviews.yaml:15:10 (spec.dark.match)
              do:    give the headers of a request that does as spec.dark.example
            """),
    ]
}

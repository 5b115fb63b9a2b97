import CanaryEngine
import FlowFiles
import Testing

/// Flows of services that speak no HTTP.
@Suite struct ConnectionFlowTests {
    static func flow(_ routes: String, _ steps: String) -> Files {
        var files = Files.good
        files.texts["reviews.yaml"] = """
            apiVersion: theseus.dev/v1
            kind: Flow
            metadata: {name: reviews}
            spec:
              target: {namespace: shop, service: reviews, manifest: k8s/reviews-v2.yaml}
              routes: [{virtualService: reviews, \(routes)}]
              steps: [backup, deploy, \(steps)]

            """
        return files
    }

    static let tcp = "tcp: [{port: 3306}]"
    static let tls = "tls: [{port: 443, sniHosts: [a.example.com]}]"

    @Test(arguments: [tcp, tls, tcp + ", " + tls])
    func needsNoDarkRoute(_ routes: String) throws {
        let flow = try Self.flow(routes, "drill, weight: 10, weight: 100, retire").load().flow
        #expect(!flow.plan.steps.contains(.route))
    }

    @Test(arguments: [
        (
            tcp, "route, weight: 100",
            """
            flow: step "route" needs an http route to stand before
              where: reviews.yaml:7:27 (spec.steps[2])
              do:    take it away: TLS and TCP routes can have no dark route
            """
        ),
        (
            "http: [a], " + tcp, "weight: 100",
            """
            flow: step "weight" stands before "route"
              where: reviews.yaml:7:27 (spec.steps[2])
              do:    add - route further up
            """
        ),
        (
            "tls: [{}]", "weight: 100",
            """
            flow: spec.routes[0].tls[0] says neither "port" nor "sniHosts"
              where: reviews.yaml:6:44 (spec.routes[0].tls[0])
              do:    say by which of them the route is told from others
            """
        ),
        (
            "tcp: [{port: 70000}]", "weight: 100",
            """
            flow: "port" must be a whole number from 1 to 65535, found "70000"
              where: reviews.yaml:6:51 (spec.routes[0].tcp[0].port)
              do:    write for example 3
            """
        ),
    ])
    func tells(_ routes: String, _ steps: String, _ words: String) {
        #expect(Self.flow(routes, steps).complaint() == words)
    }
}

/// What a GitOps tool's source must say after the promotion.
@Suite struct WriteBackFlowTests {
    private func complaint(_ gitops: String, _ steps: String) -> String? {
        var files = ConnectionFlowTests.flow("tcp: [{port: 1}]", steps)
        files.texts["reviews.yaml"]?.replace("  steps:", with: "  gitops: \(gitops)\n  steps:")
        return files.complaint()
    }

    @Test func readsTheFolder() throws {
        var files = ConnectionFlowTests.flow("tcp: [{port: 1}]", "weight: 100, retire")
        files.texts["reviews.yaml"]?.replace(
            "  steps:", with: "  gitops: {writeBack: out/prod, within: 3h}\n  steps:")
        let flow = try files.load().flow
        #expect(flow.writesBackTo == "/repo/out/prod")
        #expect(flow.keepsGitOps)
        #expect(flow.plan.writesBack)
        #expect(flow.plan.limits.writeBack == .seconds(10_800))
        #expect(
            flow.plan.legs(ofStep: 3).map(\.name) == [
                "beginning the step", "writing what the source must say",
                "waiting until the source is applied", "making room for 100%",
                "deciding the promotion",
            ])
    }

    @Test func needsTheStepThatWaits() {
        #expect(
            complaint("{writeBack: out}", "weight: 100") == """
                flow: "writeBack" needs the step "retire", which waits for it
                  where: reviews.yaml:7:12 (spec.gitops.writeBack)
                  do:    add - retire at the end, or write gitops: keep
                """)
    }
}

/// Copies and users who stay come before the first weight.
@Suite struct BesideTheWeightsTests {
    @Test(arguments: [
        BadFlow(
            "too many copies", "- autoscale\n", "- mirror: 0\n",
            """
            flow: "mirror" must be a whole number from 1 to 100, found "0"
              where: reviews.yaml:27:15 (spec.steps[5].mirror)
              do:    write for example 50
            """),
        BadFlow(
            "copies after a weight", "- weight: 50\n", "- mirror: 5\n",
            """
            flow: step "mirror" stands after a weight
              where: reviews.yaml:32:7 (spec.steps[10])
              do:    move it before the first
            """),
        BadFlow(
            "staying without a name", "- autoscale\n", "- sticky: {ttl: 1h}\n",
            """
            flow: "sticky" has no "cookie"
              where: reviews.yaml:27:7 (spec.steps[5].sticky)
              do:    add cookie: the cookie's name
            """),
        BadFlow(
            "an odd name", "- autoscale\n", "- sticky: {cookie: \"a;b\", ttl: 1h}\n",
            """
            flow: "cookie" must be of letters, digits, - and _
              where: reviews.yaml:27:24 (spec.steps[5].sticky.cookie)
              do:    write for example cookie: theseus
            """),
        BadFlow(
            "staying before the dark route", "- route                        # the dark match\n",
            "- sticky: {cookie: a, ttl: 1h}\n    - route\n",
            """
            flow: step "sticky" stands before "route"
              where: reviews.yaml:24:7 (spec.steps[2])
              do:    add - route further up
            """),
    ])
    func tells(_ flow: BadFlow) {
        #expect(Files.with(flow.old, flow.new).complaint() == flow.words)
    }
}

import CanaryEngine
import JSONTree
import Lab
import MetricsSources
import Testing

@testable import MetricsGate

private let ratio = GateSpec("errors", .errorRatio(codes: "5.."), maximum: 0.01)

private let query = GateSpec(
    "errors",
    .query(
        """
        sum(rate(istio_requests_total{reporter="source",destination_service_name="${service}",\
        destination_version="${candidate}",response_code=~"5.."}[${window}])) or vector(0) \
        / sum(rate(istio_requests_total{reporter="source",destination_version="${candidate}"}\
        [${window}]))
        """), maximum: 0.01)

private let latency = GateSpec(
    "p99",
    .query(
        """
        histogram_quantile(0.99, sum by (le) (rate(istio_request_duration_milliseconds_bucket{\
        reporter="source",destination_version="${candidate}"}[${window}])))
        """), maximum: 500)

@Suite struct LabTests {
    @Test(arguments: [ratio, query, latency]) func aGoodCandidatePasses(_ gate: GateSpec) throws {
        let verdict = try LabStory.tell(weight: 10) { story in
            try await story.pass(120)
            return await story.judge().judge(gate, window: GateWindow(sinceEffect: .seconds(120)))
        }
        #expect(verdict.ruling == .pass, "\(verdict.sentence)")
    }

    /// Pods of the Lab use three tenths of their limits, unless their version says otherwise.
    @Test func podsAreJudged() throws {
        for (question, most, isCrashing, ruling) in [
            (.saturation(.memory), 0.8, false, .pass), (.saturation(.cpu), 0.8, false, .pass),
            (.saturation(.memory), 0.2, false, .fail), (.restarts, 0, false, .pass),
            (.restarts, 0, true, .fail),
        ] as [(GateSpec.Question, Double, Bool, Verdict.Ruling)] {
            let verdict = try LabStory.tell(weight: 10) { story in
                try await story.pass(120)
                if isCrashing {
                    story.world.reach {
                        $0.cluster.setBehaviour(
                            .crash, namespace: "demo", deployment: "demo-app-v2")
                    }
                }
                try await story.pass(60)
                return await story.judge().judge(
                    GateSpec("pods", question, maximum: most),
                    window: GateWindow(sinceEffect: .seconds(180)))
            }
            #expect(verdict.ruling == ruling, "\(question) \(most): \(verdict.sentence)")
        }
    }

    @Test func aBadCandidateFails() throws {
        let verdict = try LabStory.tell(candidate: "v3", weight: 50) { story in
            try await story.pass(120)
            return await story.judge(candidate: "v3")
                .judge(ratio, window: GateWindow(sinceEffect: .seconds(120)))
        }
        #expect(verdict.ruling == .fail, "\(verdict.sentence)")
        let share = try #require(verdict.measures.first { $0.name == "errors" }).value
        #expect(abs(share - 0.05) < 0.01)
    }

    /// S13: a subset without pods gives 503 without a workload, and no counter of the candidate.
    @Test func aCandidateWithoutPodsFails() throws {
        let verdict = try LabStory.tell(weight: 10) { story in
            try await story.pass(60)
            try await story.removeCandidate()
            try await story.pass(60)
            return await story.judge().judge(ratio, window: GateWindow(sinceEffect: .seconds(120)))
        }
        #expect(verdict.ruling == .fail, "\(verdict.sentence)")
        #expect(verdict.sentence.contains("failed without a workload"), "\(verdict.sentence)")
    }

    @Test func nobodyAtTheCandidateIsNotEnough() throws {
        let verdict = try LabStory.tell(weight: 0) { story in
            try await story.pass(120)
            return await story.judge().judge(ratio, window: GateWindow(sinceEffect: .seconds(120)))
        }
        #expect(
            verdict
                == Verdict(
                    .notEnough, "errors: no requests of users yet",
                    measures: [Measure("errors.samples", 0)]))
    }

    @Test(arguments: [
        ("nan", "the value is not a number, as when nothing is divided by nothing"),
        ("infinite", "the value is infinite, as when something is divided by nothing"),
        ("empty", "the query finds no series"),
        (
            "many-series",
            "the query gives several series, such as {replica=\"a\"} and {replica=\"b\"}"
        ),
        ("hang", "Prometheus does not answer in time"),
        ("server-error", "Prometheus answers with status 500"),
        (
            "timeout",
            "Prometheus answers with status 503 (query timed out in expression evaluation)"
        ),
        ("undecodable", "the answer is not Prometheus's"),
        (
            "partial",
            "Prometheus could not read everything"
                + " (remote read of 1 of 2 stores failed: results may be incomplete)"
        ),
    ])
    func everyFaultIsNotEnough(_ fault: String, _ words: String) throws {
        for gate in [ratio, query, latency] {
            let verdict = try LabStory.tell(weight: 10) { story in
                try await story.pass(120)
                story.turn("prometheus", ["fault": .string(fault)])
                return await story.judge()
                    .judge(gate, window: GateWindow(sinceEffect: .seconds(120)))
            }
            #expect(verdict == Verdict(.notEnough, "\(gate.name): \(words)"))
        }
    }

    @Test(arguments: [["frozen": true], ["lag": 120]] as [JSONTree])
    func oldSamplesAreNotEnough(_ setting: JSONTree) throws {
        let verdict = try LabStory.tell(weight: 10) { story in
            try await story.pass(120)
            story.turn("prometheus", setting)
            try await story.pass(60)
            return await story.judge().judge(ratio, window: GateWindow(sinceEffect: .seconds(180)))
        }
        #expect(verdict.ruling == .notEnough)
        #expect(verdict.sentence.hasPrefix("errors: the newest sample is "), "\(verdict.sentence)")
    }

    /// S14: 200 matched requests of a test of ours at a dark candidate are nobody's.
    @Test func ownRequestsAreNoSamples() throws {
        let verdicts = try LabStory.tell(weight: 0) { story in
            try await story.pass(60)
            for _ in 0..<200 { _ = try await story.ask(matched: true) }
            try await story.pass(30)
            let spell = { (traffic: OwnTraffic) in
                GateWindow(
                    sinceEffect: .seconds(80),
                    own: [OwnSpell(traffic, began: .seconds(36), ended: .seconds(30))])
            }
            let counted = OwnTraffic.counted(
                candidate: 200, candidateErrors: 0, stable: 0, stableErrors: 0)
            let judge = story.judge()
            return [
                await judge.judge(ratio, window: spell(.none)),
                await judge.judge(ratio, window: spell(counted)),
                await judge.judge(ratio, window: spell(.unknown)),
            ]
        }
        #expect(verdicts[0].ruling == .pass, "who forgets them is deceived")
        #expect(verdicts[1].ruling == .notEnough)
        #expect(verdicts[2].ruling == .notEnough)
        for verdict in verdicts[1...] {
            let samples = try #require(verdict.measures.last)
            #expect(samples.value < 1, "\(verdict.sentence)")
        }
    }

    /// A test just before the first weight is scraped together with the first users.
    @Test func aTestJustBeforeTheWeightIsNoSample() throws {
        let verdicts = try LabStory.tell(weight: 0) { story in
            // Scrapes are at whole fives: all of it lies between two of them.
            try await story.pass(66)
            for _ in 0..<100 { _ = try await story.ask(matched: true) }
            let asked = story.time.now
            try await story.setWeight(1)
            let effect = story.time.now
            try await story.pass(20)
            let now = story.time.now
            let traffic = OwnTraffic.counted(
                candidate: 100, candidateErrors: 0, stable: 0, stableErrors: 0)
            var verdicts: [Verdict] = []
            for traffic in [.none, traffic, .unknown] {
                let spell = OwnSpell(traffic, began: now - .seconds(66), ended: now - asked)
                verdicts.append(
                    await story.judge().judge(
                        ratio, window: GateWindow(sinceEffect: now - effect, own: [spell])))
            }
            return verdicts
        }
        #expect(verdicts.map(\.ruling) == [.pass, .notEnough, .notEnough])
    }

    /// At 1 % each kind of failure is a counter that is born in the window.
    @Test func newCountersCountFromZero() throws {
        let verdict = try LabStory.tell(candidate: "v3", weight: 0) { story in
            try await story.pass(60)
            try await story.setWeight(2, candidate: "v3")
            try await story.pass(12)
            story.turn("versions", ["v3": ["errorRate": 0.5]])
            try await story.pass(4)
            story.turn("versions", ["v3": ["errorRate": 0]])
            try await story.pass(60)
            return await story.judge(candidate: "v3").judge(
                GateSpec("errors", .errorRatio(codes: "5.."), maximum: 0.01, minimumSamples: 50),
                window: GateWindow(sinceEffect: .seconds(75)))
        }
        #expect(verdict.ruling == .fail, "\(verdict.sentence)")
    }

    @Test func theMeshShowsTheWeight() throws {
        let (before, seconds, after) = try LabStory.tell(weight: 1) { story in
            try await story.pass(60)
            let observer = ShareObserver(source: story.source, scope: story.scope())
            let look = { (since: Int) in
                await observer.seen(
                    old: 0.01, new: 0.5, window: GateWindow(sinceEffect: .seconds(since)))
            }
            let before = await look(60)
            try await story.setWeight(50)
            var seconds = 0
            var last = before
            while seconds < 120 {
                try await story.pass(1)
                seconds += 1
                last = await look(seconds)
                if case .seen = last { break }
            }
            return (before, seconds, last)
        }
        guard case .notYet(let share?, let requests) = before else {
            Issue.record("\(before)")
            return
        }
        #expect(abs(share - 0.01) < 0.005)
        #expect(requests > 2000)
        #expect(seconds < 60, "\(after)")
        if case .seen(let share, _) = after { #expect(abs(share - 0.5) < 0.1) }
    }

    @Test func aLeakIsNamedByItsSource() throws {
        let findings = try LabStory.tell(weight: 0) { story in
            let check = LeakCheck(source: story.source, scope: story.scope())
            try await story.pass(60)
            let dark = await check.look(over: .seconds(60))
            try await story.setWeight(3)
            try await story.pass(60)
            let leaks = await check.look(over: .seconds(120))
            return (dark, leaks)
        }
        #expect(findings.0 == .dark)
        guard case .leaks(let leaks) = findings.1 else {
            Issue.record("\(findings.1)")
            return
        }
        #expect(leaks.allSatisfy { $0.requests > 10 })
        #expect(!leaks.isEmpty)
    }
}

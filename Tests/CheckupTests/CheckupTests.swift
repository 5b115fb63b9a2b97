import FlowFiles
import HTTPMessages
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Processes
import Rehearsal
import Testing
import Voyage

@testable import Checkup

/// What is wrong with a world is found, each by one symptom with a remedy.
@Suite struct CheckupTests {
    /// What the checkup says of the demo's world, changed by `change`, as `state name: said`.
    private static func symptoms(
        manifest: String = DemoFlow.good, extra: String = "", hasFlow: Bool = true,
        outside: (any HTTPTransport)? = nil, _ change: (inout JSONTree) -> Void = { _ in }
    ) throws -> [Symptom] {
        var tree = DemoWorld.tree
        tree["warmUp"] = "10m"
        change(&tree)
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        let world = LabWorld(try LabWorldFile(tree).begin(date: clock.date), time: clock)
        let rig = Rig(
            cluster: KubernetesClient(
                server: LabWorld.server, token: "lab", transport: outside ?? world, time: clock),
            outside: world, spawner: NoPrograms(), time: clock, keepFile: { _, _ in })
        let source = FlowSource(
            files: [
                FlowSource.File(
                    path: "flow.yaml", bytes: Array(DemoFlow.text(extra: extra).utf8)),
                FlowSource.File(path: "manifest.yaml", bytes: Array(manifest.utf8)),
            ], folder: "/checkup", overrides: FlowOverrides())
        let flow = hasFlow ? (try FlowReader.read(source), source) : nil
        return try turnable.run {
            await Examination(rig, namespace: "demo", flow: flow, remembersInCluster: true)
                .symptoms()
        }
    }

    private static func objects(
        _ kind: String, in tree: inout JSONTree, _ change: (inout JSONTree) -> Void
    ) {
        tree["objects"] = .array(
            (tree["objects"]?.items ?? []).map { object in
                var object = object
                if object["kind"]?.text == kind { change(&object) }
                return object
            })
    }

    private func odd(_ symptoms: [Symptom]) -> [Symptom] {
        symptoms.filter { $0.state != .good }
    }

    @Test func aGoodWorldIsGood() throws {
        let symptoms = try Self.symptoms()
        #expect(odd(symptoms) == [])
        #expect(
            symptoms.map(\.name) == [
                "API server", "clock", "mesh", "autoscaling", "sidecars", "other tools",
                "left behind", "metrics", "release",
            ])
        #expect(symptoms.last?.said == "could begin: demo-app-v1 (v1) -> demo-app-v2 (v2)")
    }

    @Test func withoutAFlowItSaysWhatItDidNotSee() throws {
        #expect(
            odd(try Self.symptoms(hasFlow: false)) == [
                Symptom("release", .unseen, "no flow was named", do: "theseus doctor FLOW")
            ])
    }

    @Test func podsWithoutAProxyAreCounted() throws {
        let found = odd(
            try Self.symptoms { tree in
                Self.objects("Namespace", in: &tree) { $0.set(nil, at: "metadata", "labels") }
            })
        #expect(found.map(\.name) == ["sidecars"])
        #expect(found[0].state == .odd)
        #expect(found[0].said.hasPrefix("3 of 3 pods of Service demo/demo-app have no proxy: "))
    }

    @Test func whoKeepsObjectsIsNamed() throws {
        func kept(_ extra: String) throws -> [Symptom] {
            try Self.symptoms(extra: extra) { tree in
                for kind in ["VirtualService", "Deployment"] {
                    Self.objects(kind, in: &tree) {
                        $0.set("shop", at: "metadata", "labels", "argocd.argoproj.io/instance")
                    }
                }
            }
        }
        let found = odd(try kept(""))
        #expect(found.map(\.name) == ["other tools", "release"])
        #expect(
            found[0].said
                == "Argo CD (application shop) keeps Deployment demo/demo-app-v1 and 1 more")
        #expect(found[1].state == .bad)
        // Where the flow knows of it, what is left to do is the tool's own setting.
        let foreseen = odd(try kept("gitops: keep"))
        #expect(foreseen.map(\.name) == ["release"])
        #expect(foreseen.first?.state == .odd)
        #expect(foreseen.first?.said.contains("spec.ignoreDifferences") == true)
    }

    @Test func marksOfALostRunAreFound() throws {
        let found = odd(
            try Self.symptoms { tree in
                Self.objects("HorizontalPodAutoscaler", in: &tree) {
                    $0.set("r7", at: "metadata", "annotations", "theseus.dev/run")
                }
            })
        #expect(
            found.first
                == Symptom(
                    "left behind", .odd,
                    "HorizontalPodAutoscaler demo/demo-app-v1 carries marks of run r7, which nobody"
                        + " drives", do: "theseus resume r7, or theseus abort r7"))
    }

    @Test func slowScrapesAreMeasured() throws {
        let found = odd(
            try Self.symptoms { $0["prometheus"] = ["scrapeInterval": "15s"] })
        #expect(
            found == [
                Symptom(
                    "metrics", .odd, "samples come about every 15 s, and the flow says every 5s",
                    do: "write scrape: 15s below spec.prometheus")
            ])
    }

    @Test func metricsThatStandStillAreBad() throws {
        let found = odd(try Self.symptoms { $0["prometheus"] = ["lag": "90s"] })
        #expect(found.map(\.name) == ["metrics"])
        #expect(found.first?.state == .bad)
        #expect(found.first?.said.hasSuffix("old: gates take nothing that old") == true)
    }

    @Test func nobodyCountsRequests() throws {
        let found = odd(try Self.symptoms { $0["users"] = nil })
        #expect(found.map(\.name) == ["metrics"])
        #expect(found.first?.said.contains("has no istio_requests_total") == true)
    }

    /// Each version has a Service, and the route leads to these: requests are counted there.
    private static func byHosts(_ tree: inout JSONTree) {
        let services = ["v1", "v2"].map { version -> JSONTree in
            [
                "apiVersion": "v1", "kind": "Service",
                "metadata": ["name": .string("demo-app-\(version)"), "namespace": "demo"],
                "spec": [
                    "ports": [["name": "http", "port": 80, "targetPort": 8080]],
                    "selector": ["app": "demo-app", "version": .string(version)],
                ],
            ]
        }
        tree["objects"] = .array((tree["objects"]?.items ?? []) + services)
        objects("VirtualService", in: &tree) {
            $0.set(
                [["name": "primary", "route": [["destination": ["host": "demo-app-v1"]]]]],
                at: "spec", "http")
        }
    }

    @Test func requestsToTheVersionsServicesAreFound() throws {
        #expect(odd(try Self.symptoms(Self.byHosts)) == [])
        let found = odd(
            try Self.symptoms { tree in
                Self.byHosts(&tree)
                tree["users"] = nil
            })
        #expect(
            found.map(\.said) == [
                "Prometheus answers, and has no istio_requests_total of this service or demo-app-v1,"
                    + " demo-app-v2 with reporter=\"source\""
            ])
    }

    /// In the words in which `deploy` refuses it.
    @Test func whatADeployWouldRefuseIsSaid() throws {
        let found = odd(try Self.symptoms(manifest: DemoFlow.manifest(version: "v1")))
        #expect(found.map(\.name) == ["release"])
        #expect(found.first?.state == .bad)
        #expect(found.first?.remedy != nil)
    }

    /// Nothing is asked of a cluster that does not answer, and nothing is said of it.
    @Test func aSilentClusterIsAllThatIsSaid() throws {
        let found = try Self.symptoms(outside: Silence())
        #expect(found.map(\.name) == ["API server"])
        #expect(found[0].state == .bad)
    }
}

private struct NoPrograms: ProcessSpawner {
    func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
        throw ProcessFailure(.notExecutable, place: job.arguments.first ?? "")
    }
}

private struct Silence: HTTPTransport {
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        throw HTTPFailure(.timedOut, reached: .perhaps, place: request.place)
    }
}

import Diagrams
import FlowFiles
import Golden
import HTTPMessages
import KubernetesAPI
import Lab
import Processes
import Testing
import Voyage

@testable import Foresight

/// Who says what to whom, drawn from a flow and its manifest alone.
@Suite struct DiagramTests {
    private struct Missing: Error {}

    private static let manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: reviews-v2}
        spec:
          replicas: 1
          selector: {matchLabels: {app: reviews, version: v2}}
          template:
            metadata: {labels: {app: reviews, version: v2}}
            spec:
              containers:
                - name: reviews
                  image: registry.example.com/reviews:v2
                  ports: [{containerPort: 9080}]

        """

    private static func diagram(_ spec: String, manifest: String = manifest) throws
        -> SequenceDiagram
    {
        let files = [
            "reviews.yaml": """
            apiVersion: theseus.dev/v1
            kind: Flow
            metadata: {name: reviews}
            spec:
            \(spec)
              target: {namespace: bookinfo, service: reviews, manifest: reviews-v2.yaml}
              prometheus: {address: "http://prometheus.example.com:9090"}
            """,
            "reviews-v2.yaml": manifest,
            "contract.yaml": """
            apiVersion: batch/v1
            kind: Job
            metadata: {name: contract}
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: contract, image: "registry.example.com/contract:1"}]
            """,
        ]
        let (flow, source) = try FlowReader.load(
            path: "reviews.yaml", workingDirectory: "/repo",
            readFile: { path in
                guard let text = files[path] else { throw Missing() }
                return Array(text.utf8)
            })
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        let world = LabWorld(
            try ManifestWorld(flow).file().begin(date: clock.date), time: clock)
        let lookout = Lookout()
        let rig = Rig(
            cluster: KubernetesClient(
                server: LabWorld.server, token: "lab",
                transport: lookout.through(world, to: LabWorld.server), time: clock),
            outside: NobodyAnswers(), spawner: NothingRuns(), time: clock, keepFile: { _, _ in })
        let forecast = Forecast(rig: rig, lookout: lookout, terms: Departure.Terms())
        return try turnable.run { try await forecast.diagram(flow, from: source) }
    }

    private static let gateway = """
          gateway: {url: "https://shop.example.com"}
          dark: {match: [{headers: {x-canary: {exact: "1"}}}]}
        """

    @Test(arguments: FlowTemplates.names) func template(_ name: String) throws {
        let diagram = try Self.diagram(
            "  template: \(name)\n  parameters: {smoke: ./smoke.sh}\n\(Self.gateway)")
        try expectGolden(diagram.text("Template \(name)."), named: "diagram-\(name).txt")
    }

    /// Several VirtualServices with several routes, tests and sources of all kinds, a person, a guard.
    @Test func aFlowOfItsOwn() throws {
        let diagram = try Self.diagram(
            """
            \(Self.gateway)
              routes:
                - {virtualService: reviews, http: [api, rest]}
                - {virtualService: partners, http: [all]}
              sources: {old: {graphite: {address: "http://graphite.example.com"}}}
              gates: {cpu: {source: old, query: a, samplesQuery: b, max: 1}}
              tests:
                chat: {webhook: {url: "https://chat.example.com"}, requests: none}
                box: {ssh: {host: box, command: check}, requests: none}
                contract: {job: {manifest: contract.yaml}, requests: none}
              guard: {image: "registry.example.com/theseus:1"}
              hooks: {start: [chat], promoted: [chat]}
              steps:
                - backup
                - deploy
                - route
                - approve: {timeout: 1h}
                - tests: [box]
                - weight: 10
                - test: contract
                - bake: {for: 1m, gates: [cpu], tests: [box]}
                - approve: {timeout: 1h}
                - weight: 100
                - retire
            """)
        try expectGolden(diagram.text("A flow of its own."), named: "diagram-own.txt")
    }

    @Test func connectionsAlone() throws {
        let diagram = try Self.diagram(
            """
              routes: [{virtualService: reviews, tcp: [{port: 3306}]}]
              observe: none
              steps: [backup, deploy, weight: 50, pause: 1m, weight: 100, retire]
            """)
        try expectGolden(diagram.text("Connections."), named: "diagram-connections.txt")
    }

    /// What a candidate's manifest brings along, and that its version may be called anything.
    @Test func aManifestWithItsHousehold() throws {
        let household =
            Self.manifest.replacing("version: v2", with: "version: stable") + """
                ---
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: reviews-v2}
                spec:
                  minReplicas: 1
                  maxReplicas: 2
                  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: reviews-v2}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: reviews-v2}
                data: {colour: blue}
                """
        let diagram = try Self.diagram(
            "  template: canary\n  parameters: {smoke: ./smoke.sh}\n\(Self.gateway)",
            manifest: household)
        let text = diagram.text("")
        #expect(text.contains("create ConfigMap bookinfo/reviews-v2\n"))
        #expect(text.contains("create HorizontalPodAutoscaler bookinfo/reviews-v2\n"))
        #expect(text.contains("delete Deployment bookinfo/reviews-v2-before\n"))
        #expect(text.hasSuffix("theseus -> team: promoted\n"))
    }

    /// Pods that never turn ready have no good day: said, and nothing is drawn.
    @Test func whatCannotBePlayedIsNotDrawn() throws {
        let manifest = Self.manifest.replacing(
            "metadata: {labels: {app: reviews, version: v2}}",
            with: """
                metadata:
                        labels: {app: reviews, version: v2}
                        annotations: {lab.theseus.dev/behaviour: never-ready}
                """)
        let error = #expect(throws: ForesightError.self) {
            _ = try Self.diagram(
                "  template: canary\n  parameters: {smoke: ./smoke.sh}\n\(Self.gateway)",
                manifest: manifest)
        }
        guard case .badDay? = error?.code else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func otherForms() throws {
        let diagram = try Self.diagram(
            "  template: bootstrap\n  parameters: {smoke: ./smoke.sh}\n\(Self.gateway)")
        try expectGolden(diagram.mermaid, named: "diagram-bootstrap.mmd")
        try expectGolden(diagram.svg, named: "diagram-bootstrap.svg")
    }
}

/// A diagram asks nobody but the cluster.
private struct NobodyAnswers: HTTPTransport {
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        Issue.record("asked \(request.place)")
        throw HTTPFailure(.refused, reached: .never, place: request.place)
    }
}

private struct NothingRuns: ProcessSpawner {
    func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
        Issue.record("ran \(job.arguments)")
        throw ProcessFailure(.notExecutable, place: job.arguments.first ?? "", detail: "a test")
    }
}

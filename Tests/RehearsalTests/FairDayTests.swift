import FlowFiles
import Golden
import Rehearsal
import Testing

/// The happy path of people's own flows.
@Suite struct FairDayTests {
    private struct Missing: Error {}

    private static func diagram(_ spec: String) throws -> SequenceDiagram {
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
            "reviews-v2.yaml": """
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
            """,
        ]
        let (flow, source) = try FlowReader.load(
            path: "reviews.yaml", workingDirectory: "/repo",
            readFile: { path in
                guard let text = files[path] else { throw Missing() }
                return Array(text.utf8)
            })
        return try SequenceDiagram(of: flow, from: source)
    }

    private static let gateway = """
          gateway: {url: "https://shop.example.com"}
          dark: {match: [{headers: {x-canary: {exact: "1"}}}]}
        """

    @Test(arguments: FlowTemplates.names)
    func template(_ name: String) throws {
        let diagram = try Self.diagram(
            "  template: \(name)\n  parameters: {smoke: ./smoke.sh}\n\(Self.gateway)")
        try expectGolden(diagram.text("Template \(name)."), named: "diagram-\(name).txt")
    }

    /// Several VirtualServices with several routes, tests of all kinds, a person, other sources.
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
              guard: {image: "registry.example.com/theseus:1"}
              hooks: {start: [chat], promoted: [chat]}
              steps:
                - backup
                - deploy
                - route
                - approve: {timeout: 1h}
                - tests: [box]
                - weight: 10
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
        #expect(diagram.end == .promoted)
    }

    @Test func otherForms() throws {
        let diagram = try Self.diagram(
            "  template: bootstrap\n  parameters: {smoke: ./smoke.sh}\n\(Self.gateway)")
        try expectGolden(diagram.mermaid, named: "diagram-bootstrap.mmd")
        try expectGolden(diagram.svg, named: "diagram-bootstrap.svg")
    }
}

import JSONTree
import Testing

/// Two services on one VirtualService: one run at a time moves it.
@Suite struct TwoServicesTests {
    private static let other = """
          - apiVersion: v1
            kind: Service
            metadata: {name: other, namespace: demo}
            spec:
              ports: [{name: http, port: 80, targetPort: 8080}]
              selector: {app: other}
          - apiVersion: apps/v1
            kind: Deployment
            metadata: {name: other-v1, namespace: demo, labels: {app: other, version: v1}}
            spec:
              replicas: 1
              selector:
                matchLabels: {app: other, version: v1}
              template:
                metadata:
                  labels: {app: other, version: v1}
                spec:
                  containers:
                    - name: app
                      image: registry.example.test/other:v1
                      ports: [{containerPort: 8080, name: http}]
        """

    /// Whoever comes second is told which run it is, of which service, how far, and whether it lives.
    @Test func theOtherRunIsNamed() async throws {
        let world = [
            (
                "  - apiVersion: autoscaling/v2\n",
                Self.other + "\n  - apiVersion: autoscaling/v2\n"
            ),
            (
                "        - name: primary\n",
                """
                        - name: other
                          match: [{uri: {prefix: /other}}]
                          route: [{destination: {host: other}}]
                        - name: primary

                """
            ),
        ]
        try await ServedLab.serving(world: world) { lab in
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            let holder = try lab.start("deploy", try flow.write(), "--run-id", "r1")
            try await holder.line { $0.contains(" 5/7 ") && $0.hasSuffix("begins") }
            try lab.folder.write(
                try lab.folder.read("demo-app-v2.yaml").replacing("demo-app", with: "other"),
                to: "other-v2.yaml")
            let second = try lab.folder.write(
                flow.text.replacing("service: demo-app", with: "service: other")
                    .replacing("demo-app-v2.yaml", with: "other-v2.yaml")
                    .replacing("http: [primary]", with: "http: [other]"), to: "other.yaml")
            let told = try await lab.run("deploy", second, "--run-id", "r2")
            #expect(told.code == 5, "\(told)")
            #expect(
                told.complaint.hasPrefix(
                    "run: run r1 of demo/demo-app moves this object too: at 50%, and under way\n"),
                "\(told)")
            #expect(
                told.complaint.hasSuffix(
                    "  do:    wait for it, or end it with `theseus abort r1`\n"), "\(told)")
            await holder.stop()
        }
    }
}

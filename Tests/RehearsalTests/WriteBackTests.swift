import Rehearsal
import Testing

/// What a run writes for the repository of a GitOps tool.
@Suite struct WriteBackTests {
    @Test func writesWhatTheSourceMustSay() throws {
        let scenario = try #require(Repertoire.scenario("write-back"))
        let bill = try Stage(scenario).play()
        #expect(bill.complaints(scenario) == [])
        #expect(
            bill.files.keys.sorted() == [
                "/rehearsal/source/deployment-demo-demo-app-v2.yaml",
                "/rehearsal/source/destinationrule-demo-demo-app.yaml",
                "/rehearsal/source/take-out.txt",
                "/rehearsal/source/virtualservice-demo-demo-app.yaml",
            ])
        #expect(
            bill.files["/rehearsal/source/virtualservice-demo-demo-app.yaml"] == """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata:
                  name: demo-app
                  namespace: demo
                spec:
                  gateways:
                  - demo-gateway
                  - mesh
                  hosts:
                  - demo-app
                  - demo.example.test
                  http:
                  - name: primary
                    route:
                    - destination:
                        host: demo-app
                        subset: v2

                """)
        #expect(
            bill.files["/rehearsal/source/destinationrule-demo-demo-app.yaml"] == """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata:
                  name: demo-app
                  namespace: demo
                spec:
                  host: demo-app
                  subsets:
                  - name: v2
                    labels:
                      version: v2

                """)
        #expect(bill.files["/rehearsal/source/take-out.txt"] == "")
    }
}

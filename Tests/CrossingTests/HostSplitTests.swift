import Crossing
import FlowFiles
import JSONTree
import Manifests
import Testing

/// Argo's split between two Services behind the host of a third one: users stay divided by hosts.
@Suite struct HostSplitTests {
    private static func translation(_ hosts: String, template labels: String = "{app: cart}") throws
        -> FlowTranslation
    {
        let text = """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: cart, namespace: shop}
            spec:
              selector: {matchLabels: \(labels)}
              template:
                metadata: {labels: \(labels)}
                spec: {containers: [{name: cart, image: "example.com/cart:1.4"}]}
              strategy:
                canary:
                  stableService: cart-stable
                  canaryService: cart-canary
                  trafficRouting: {istio: {virtualService: {name: cart, routes: [primary]}}}
                  steps: [{setWeight: 10}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: cart, namespace: shop}
            spec:
              hosts: \(hosts)
              http:
                - name: primary
                  route:
                    - {destination: {host: cart-stable}, weight: 100}
                    - {destination: {host: cart-canary}, weight: 0}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: cart-stable, namespace: shop}
            spec: {selector: {app: cart}, ports: [{name: http, port: 8080}]}
            """
        return try FlowTranslation.of([ForeignFile(name: "a.yaml", bytes: Array(text.utf8))])
    }

    @Test func bringsAServiceForTheVersion() throws {
        let translation = try Self.translation("[cart.example.com, cart]")
        let seen = translation.examined()
        #expect(seen.faults.map(\.description) == [])
        let flow = try #require(seen.flow)
        #expect(flow.target.service == "cart")
        #expect(
            flow.target.manifest.map { "\($0.kind) \($0.name)" } == [
                "Deployment cart-1-4", "Service cart-1-4",
            ])
        let selector: JSONTree = ["app": "cart", "version": "1.4"]
        #expect(flow.target.manifest.last?.spec["selector"] == selector)
        let ports: JSONTree = [["name": "http", "port": 8080]]
        #expect(flow.target.manifest.last?.spec["ports"] == ports)
        func remedy(_ path: String) -> String? {
            translation.notes.first { $0.path == "spec.strategy.canary.\(path)" }?.remedy
        }
        #expect(
            remedy("stableService")
                == "let Service cart select the pods of both versions; and let Service cart-stable say"
                + " version: and what users have now, in place of rollouts-pod-template-hash")
        #expect(
            remedy("canaryService")
                == "take it off route primary of VirtualService cart, and delete it")
    }

    /// The Deployment has a version already, so what belongs to it is called by that.
    @Test func keepsTheVersionThatIsThere() throws {
        let flow = try #require(
            try Self.translation("[cart]", template: "{app: cart, version: v7}").examined().flow)
        #expect(flow.target.manifest.last?.name == "cart-v7")
        #expect(flow.target.manifest.last?.spec.at("selector", "version") == "v7")
    }

    /// Where clients call one of the two, or only come from outside, it becomes one Service.
    @Test(arguments: ["[cart-stable]", "[cart.example.com]", "['*.shop.svc.cluster.local']"])
    func isElseOneService(_ hosts: String) throws {
        let translation = try Self.translation(hosts)
        let flow = try #require(translation.examined().flow)
        #expect(flow.target.service == "cart-stable")
        #expect(flow.target.manifest.map(\.kind) == ["Deployment"])
        let note = translation.notes.first { $0.path.hasSuffix("canaryService") }
        #expect(
            note?.remedy
                == "take rollouts-pod-template-hash out of the selector of Service cart-stable, that it"
                + " selects the pods of both versions; lead route primary of VirtualService cart to it"
                + " alone with weight 100; and delete this one")
    }
}

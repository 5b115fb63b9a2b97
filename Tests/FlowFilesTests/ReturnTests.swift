import FlowFiles
import Manifests
import Testing

/// The flow of a run that brings an old version back.
struct ReturnTests {
    @Test func readsTheBackupInPlaceOfTheManifest() throws {
        var overrides = FlowOverrides()
        overrides.images = [.init(name: "reviews", value: "example/reviews:v3")]
        overrides.parameters = [.init(name: "version", value: "v2")]
        let (_, source) = try Files.good.load("reviews.yaml", overrides)
        let old = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: reviews-v1}
            spec:
              template:
                metadata: {labels: {app: reviews, version: v1}}
                spec: {containers: [{name: reviews, image: "example/reviews:v1"}]}
            """
        let back = source.returning(to: old, of: "r1", from: "reviews-v2")
        let flow = try FlowReader.read(back)
        #expect(flow.target.stable == "reviews-v2")
        #expect(flow.target.manifest.map(\.name) == ["reviews-v1"])
        let again = try #require(FlowSource(tree: back.tree))
        #expect(again == back)
        #expect(try FlowReader.read(again) == flow)
    }
}

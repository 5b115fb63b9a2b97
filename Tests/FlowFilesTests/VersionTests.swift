import JSONTree
import Manifests
import Testing

@testable import FlowFiles

/// Manifests that speak of one name, and the versions that are made of them.
struct VersionTests {
    private static let manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: reviews}
        spec:
          selector: {matchLabels: {app: reviews}}
          template:
            metadata: {labels: {app: reviews}}
            spec:
              volumes: [{name: a, configMap: {name: settings}}, {name: b, configMap: {name: other}}]
              containers:
                - {name: proxy, image: "example/proxy:7"}
                - name: reviews
                  image: "example.test:5000/reviews:1.4_RC"
                  envFrom: [{configMapRef: {name: settings}}]
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: reviews}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: reviews}
        spec: {selector: {matchLabels: {app: reviews}}}
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: reviews}
        spec: {scaleTargetRef: {kind: Deployment, name: reviews}}

        """

    private static func files(_ manifest: String = manifest) -> Files {
        var files = Files.good
        files.texts["k8s/reviews-v2.yaml"] = manifest
        return files
    }

    private static func saying(_ version: String) -> FlowOverrides {
        var overrides = FlowOverrides()
        overrides.parameters = [.init(name: "version", value: version)]
        return overrides
    }

    @Test func givesEachItsName() throws {
        let objects = try Self.files().load().flow.target.manifest
        #expect(
            objects.map { "\($0.kind) \($0.name)" } == [
                "Deployment reviews-1-4-rc", "ConfigMap settings-1-4-rc", "Service reviews",
                "PodDisruptionBudget reviews-1-4-rc", "HorizontalPodAutoscaler reviews-1-4-rc",
            ])
        let deployment = objects[0].tree
        let labels: JSONTree = ["app": "reviews", "version": "1.4_RC"]
        #expect(deployment.at("spec", "template", "metadata", "labels") == labels)
        #expect(deployment.at("spec", "selector", "matchLabels") == labels)
        let spec = deployment.at("spec", "template", "spec")
        let volumes = spec?["volumes"]?.items?.map { $0.at("configMap", "name")?.text }
        #expect(volumes == ["settings-1-4-rc", "other"])
        let container = spec?["containers"]?.items?.last
        #expect(
            container?["envFrom"]?.items?.first?.at("configMapRef", "name")?.text
                == "settings-1-4-rc")
        #expect(objects[3].spec.at("selector", "matchLabels") == labels)
        #expect(objects[4].spec.at("scaleTargetRef", "name")?.text == "reviews-1-4-rc")
    }

    /// Where users are divided by hosts: each version brings a Service of its own.
    @Test func givesAVersionsServiceItsName() throws {
        let own = """
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: reviews-at}
            spec: {selector: {app: reviews, version: candidate}}

            """
        let objects = try Self.files(Self.manifest + own).load().flow.target.manifest
        let services = objects.filter { $0.kind == "Service" }
        #expect(services.map(\.name) == ["reviews", "reviews-at-1-4-rc"])
        let selector: JSONTree = ["app": "reviews", "version": "1.4_RC"]
        #expect(services.last?.spec["selector"] == selector)
        // One that names a version already means that one.
        let other = own.replacing("version: candidate", with: "version: v1")
        let named = try Self.files(Self.manifest + other).load().flow.target.manifest
        #expect(named.last?.name == "reviews-at")
    }

    @Test func takesTheVersionThatIsSaid() throws {
        let objects = try Self.files().load("reviews.yaml", Self.saying("v9")).flow.target.manifest
        #expect(objects[0].name == "reviews-v9")
        var again = Self.files()
        again.texts["reviews.yaml"] = Files.design.replacing(
            "manifest: k8s", with: "version: \"10\"\n    manifest: k8s")
        #expect(try again.load().flow.target.manifest[0].name == "reviews-10")
    }

    @Test func leavesVersionedManifestsAlone() throws {
        #expect(try Files.good.load().flow.target.manifest[0].name == "reviews-v2")
        #expect(try Files.good.load("reviews.yaml", Self.saying("v2")).flow.name == "reviews")
        #expect(
            Files.good.complaint("reviews.yaml", Self.saying("v3")) == """
                flow: Deployment reviews-v2 has the version v2 already, not v3
                  where: k8s/reviews-v2.yaml
                  do:    leave the version out here or there
                """)
    }

    @Test(arguments: [
        ("example/reviews:1.0", "1.0"), ("example.test:5000/reviews", nil),
        ("reviews:latest", nil), ("reviews", nil), ("", nil),
        ("a/b:2@sha256:0123456789abcdef", "2"), ("a/b@sha256:0123456789abcdef", "0123456789ab"),
        ("a/b:latest@sha256:0123456789abcdef", "0123456789ab"),
    ])
    func readsImages(image: String, version: String?) {
        #expect(ManifestVersion.told(byImage: image) == version)
    }

    @Test(arguments: [
        ("1.4", "1-4"), ("V2_rc.1", "v2-rc-1"), ("", nil), ("-a", nil), ("a.", nil), ("a/b", nil),
        (String(repeating: "a", count: 64), nil),
    ])
    func isALabelAndASuffix(text: String, suffix: String?) {
        #expect(ManifestVersion(text)?.suffix == suffix)
    }

    @Test func saysWhereNoVersionIs() {
        let bare = Self.manifest.replacing("reviews:1.4_RC", with: "reviews:latest")
        #expect(
            Self.files(bare).complaint() == """
                flow: Deployment reviews has no version: its pods have no label version, and its image \
                no tag
                  where: k8s/reviews-v2.yaml
                  do:    give the image a tag, or say --set version=…
                """)
    }
}

import FlowFiles
import JSONTree
import Manifests
import Testing

/// The candidate's objects: which may be there, and how they are read.
@Suite struct ManifestTests {
    private static let path = "k8s/reviews-v2.yaml"

    private static func files(adding more: String) -> Files {
        var files = Files.good
        files.texts[path] = Files.manifest + "---\n" + more
        return files
    }

    private static func setting(_ name: String, _ value: String) -> FlowOverrides {
        var overrides = FlowOverrides()
        overrides.images = [.init(name: name, value: value)]
        return overrides
    }

    @Test(arguments: [
        BadFlow(
            "two Deployments", "",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: ratings-v2}
            """,
            """
            flow: the manifest must provide exactly 1 Deployment, 2 found: reviews-v2, ratings-v2
              where: k8s/reviews-v2.yaml:13:1
              do:    keep the candidate's; give each other service a flow of its own
            """),
        BadFlow(
            "a foreign namespace", "",
            """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: reviews-settings
              namespace: elsewhere
            """,
            """
            flow: ConfigMap reviews-settings is for the namespace elsewhere, the flow for bookinfo
              where: k8s/reviews-v2.yaml:17:14 (metadata.namespace)
              do:    leave its namespace out, or change spec.target.namespace
            """),
        BadFlow(
            "an object of the cluster", "",
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: bookinfo}
            """,
            """
            flow: Namespace bookinfo belongs to the whole cluster, and a run to one namespace
              where: k8s/reviews-v2.yaml:14:7 (kind)
              do:    take it out and apply it before the run
            """),
        BadFlow(
            "a Secret", "",
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: reviews-password}
            stringData: {password: hunter2}
            """,
            """
            flow: Secret reviews-password would be kept in the run's journal
              where: k8s/reviews-v2.yaml:14:7 (kind)
              do:    take it out and apply it before the run
            """),
        BadFlow(
            "a kind that no run makes", "",
            """
            apiVersion: batch/v1
            kind: Job
            metadata: {name: migrate}
            """,
            """
            flow: a run does not make objects of this kind: Job migrate
              where: k8s/reviews-v2.yaml:14:7 (kind)
              do:    take it out and apply it before the run; a run makes: ServiceAccount, Role, \
            RoleBinding, ConfigMap, Service, NetworkPolicy, PodDisruptionBudget, Deployment, \
            HorizontalPodAutoscaler, ScaledObject
            """),
        BadFlow(
            "another version of a kind", "",
            """
            apiVersion: autoscaling/v2beta1
            kind: HorizontalPodAutoscaler
            metadata: {name: reviews-v2}
            """,
            """
            flow: HorizontalPodAutoscaler reviews-v2 has another apiVersion than a run can make
              where: k8s/reviews-v2.yaml:13:13 (apiVersion)
              do:    write apiVersion: autoscaling/v2
            """),
        BadFlow(
            "one object twice", "", Files.manifest,
            """
            flow: Deployment reviews-v2 is there twice
              where: k8s/reviews-v2.yaml:13:1
              do:    keep one of them
            """),
        BadFlow(
            "no object", "", "password: hunter2",
            """
            flow: this is no Kubernetes object: it lacks apiVersion, kind or metadata.name
              where: k8s/reviews-v2.yaml:13:1
              do:    complete it, or take it out
            """),
        BadFlow(
            "no YAML", "", "password: *hunter2",
            """
            flow: an alias of an anchor that is not there
              where: k8s/reviews-v2.yaml:13:11
              do:    define the anchor first, or quote a text that begins with *
            """),
    ])
    func tells(_ bad: BadFlow) {
        let words = Self.files(adding: bad.new).complaint()
        #expect(words == bad.words)
        #expect(words?.contains("hunter2") == false)
    }

    @Test func tellsThatThereIsNoDeployment() {
        var files = Files.good
        files.texts[Self.path] = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings}
            """
        #expect(
            files.complaint() == """
                flow: the manifest must provide exactly 1 Deployment, 0 found
                  where: k8s/reviews-v2.yaml
                  do:    add the candidate's Deployment, or check target.manifest
                """)
    }

    @Test func tellsThatTheManifestOfTheCommandLineIsMissing() {
        var overrides = FlowOverrides()
        overrides.manifest = "built/reviews.yaml"
        #expect(
            Files.good.complaint("reviews.yaml", overrides) == """
                flow: missing file: built/reviews.yaml
                  where: --manifest
                  do:    check the path: it starts from the working directory
                """)
    }

    @Test func tellsWhichContainersThereAre() {
        #expect(
            Files.good.complaint("reviews.yaml", Self.setting("web", "secret/image:1")) == """
                flow: Deployment reviews-v2 has no container "web"
                  where: --image
                  do:    there are: reviews, sidecar
                """)
    }

    // MARK: What is read

    @Test func givesAContainerAnotherImage() throws {
        let flow = try Files.good.load("reviews.yaml", Self.setting("sidecar", "mine:2")).flow
        let pod = try #require(flow.target.manifest.first?.tree.at("spec", "template", "spec"))
        let images = pod["containers"]?.items?.map { $0["image"] }
        #expect(images == ["example/reviews:v2", "mine:2"])
        #expect(pod["initContainers"] == nil)
    }

    @Test func readsNumbersAsKubernetesDoes() throws {
        let files = Self.files(
            adding: """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: modes}
                data: {plain: 0644, quoted: "0644", odd: 0899, zero: 0, word: yes, whole: 644}
                """)
        let flow = try files.load().flow
        let modes: JSONTree = [
            "plain": 420, "quoted": "0644", "odd": "0899", "zero": 0, "word": "yes", "whole": 644,
        ]
        #expect(flow.target.manifest.last?.tree["data"] == modes)
    }

    @Test func readsTheItemsOfAList() throws {
        var files = Files.good
        files.texts[Self.path] = """
            apiVersion: v1
            kind: List
            items:
              - {apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: bookinfo}}
              - apiVersion: apps/v1
                kind: Deployment
                metadata: {name: reviews-v2}
                spec: {template: {metadata: {labels: {version: v2}}}}
            ---
            ---
            """
        #expect(
            try files.load().flow.target.manifest.map(\.kind) == ["ConfigMap", "Deployment"])
    }

    @Test func findsTheManifestFromTheFlowsFolder() throws {
        let files = Files(
            texts: [
                "flows/reviews.yaml": Files.design,
                "flows/k8s/reviews-v2.yaml": Files.manifest,
                "built/v3.yaml": Files.manifest.replacing("v2", with: "v3"),
            ], programs: ["/repo/flows/tests/smoke.sh": .runs])
        let (flow, source) = try files.load("flows/reviews.yaml")
        #expect(flow.target.manifest.first?.name == "reviews-v2")
        #expect(source.folder == "/repo/flows")
        #expect(source.files.map(\.path) == ["flows/reviews.yaml", "k8s/reviews-v2.yaml"])
        var overrides = FlowOverrides()
        overrides.manifest = "built/v3.yaml"
        let other = try files.load("flows/reviews.yaml", overrides)
        #expect(other.flow.target.manifest.first?.name == "reviews-v3")
        let remembered = try #require(FlowSource(tree: other.source.tree))
        #expect(try FlowReader.read(remembered) == other.flow)
    }
}

import Foundation
import JSONTree
import Testing

/// `theseus import`, from the command line.
@Suite struct ImportTests {
    static let rollout = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: cart, namespace: shop}
        spec:
          selector: {matchLabels: {app: cart}}
          template:
            metadata: {labels: {app: cart}}
            spec: {containers: [{name: cart, image: "example/cart:7"}]}
          strategy:
            canary:
              stableService: cart
              maxSurge: 1
              analysis: {templates: [{templateName: errors}]}
              trafficRouting: {istio: {virtualService: {name: cart}}}
              steps: [{setWeight: 20}, {pause: {duration: 5m}}]

        """
    static let template = """
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: errors, namespace: shop}
        spec:
          metrics:
            - name: errors
              interval: 1m
              successCondition: result[0] <= 0.01
              provider: {prometheus: {address: "http://prometheus:9090", query: "vector(0)"}}

        """

    private func folder() throws -> Folder {
        let folder = try Folder()
        try folder.write(Self.rollout, to: "rollout.yaml")
        try folder.write(Self.template, to: "template.yaml")
        return folder
    }

    /// Nothing is made on the way but the files.
    @Test func aFolderThatIsNotThereIsNamed() async throws {
        let folder = try folder()
        let ending = try await Program.run(
            ["import", "rollout.yaml", "template.yaml", "--out", "new/flows/cart.yaml"],
            in: folder.path)
        #expect(ending.code == 3, "\(ending)")
        #expect(
            ending.complaint == """
                file: there is no folder new/flows to write to
                  where: new/flows/cart.yaml
                  do:    mkdir -p new/flows, or give another path

                """)
        #expect(try folder.files() == ["rollout.yaml", "template.yaml"])
    }

    @Test func severalFilesBecomeOneFlow() async throws {
        let folder = try folder()
        let ending = try await Program.run(
            ["import", "rollout.yaml", "template.yaml"], in: folder.path)
        #expect(ending.code == 0, "\(ending)")
        #expect(ending.output.contains("kind: Flow\n"))
        #expect(
            ending.output.contains(
                "errors: {prometheus: {query: \"vector(0)\"}, max: 0.01, every: 1m}"))
        #expect(ending.complaint.contains("not carried over (1):\n"))
        #expect(
            ending.complaint.contains(
                "Rollout cart: spec.strategy.canary.maxSurge (rollout.yaml:12)\n"))
        #expect(ending.complaint.contains("to fill in (2):\n"))
        #expect(!ending.complaint.contains("cannot be read"))
        #expect(ending.complaint.hasSuffix("then `theseus lint FILE`\n"))
        #expect(try folder.files() == ["rollout.yaml", "template.yaml"])
    }

    @Test func writesTheFlowAndWhatItNamesOnce() async throws {
        let folder = try folder()
        let words = ["import", "rollout.yaml", "template.yaml", "--out", "flow.yaml"]
        let first = try await Program.run(words, in: folder.path)
        #expect(first.code == 0, "\(first)")
        #expect(first.output == "")
        #expect(
            first.complaint.contains("written: flow.yaml, and beside it cart-deployment.yaml\n"))
        #expect(
            try folder.files() == [
                "cart-deployment.yaml", "flow.yaml", "rollout.yaml", "template.yaml",
            ])
        let lint = try await Program.run(["lint", "flow.yaml"], in: folder.path)
        #expect(lint.code == 0, "\(lint)")
        let second = try await Program.run(words, in: folder.path)
        #expect(second.code == 3)
        #expect(
            second.complaint == """
                import: the file is there already, and nothing was written
                  where: flow.yaml
                  do:    move it away, or give --out another folder

                """)
    }

    /// It is written, and what keeps it from being read is told by the file that was written.
    @Test func aFlowThatCannotBeReadIsNoSuccess() async throws {
        let folder = try folder()
        try folder.change("rollout.yaml", [("stableService: cart", "stableService: Cart")])
        try FileManager.default.createDirectory(
            atPath: folder.file("made"), withIntermediateDirectories: false)
        for (words, place, file) in [
            (["--out", "made/flow.yaml"], "made/flow.yaml", "made/flow.yaml"),
            ([], "standard output", "FILE"),
        ] {
            let ending = try await Program.run(
                ["import", "rollout.yaml", "template.yaml"] + words, in: folder.path)
            #expect(ending.code == 3, "\(ending)")
            #expect(
                ending.complaint.hasSuffix(
                    """
                    the flow cannot be read yet:
                    flow: "service" must be a name of a-z, 0-9, '-' and '.', found "Cart"
                      where: \(place):9:14 (spec.target.service)
                      do:    write the name as kubectl shows it
                    next: mend that in \(file), then `theseus lint \(file)`

                    """), "\(ending)")
        }
        let lint = try await Program.run(["lint", "made/flow.yaml"], in: folder.path)
        #expect(lint.output.contains("where: made/flow.yaml:9:14 (spec.target.service)"), "\(lint)")
    }

    @Test func readsStandardInput() async throws {
        let folder = try folder()
        let ending = try await Program.run(
            ["import", "-"], through: ["/bin/sh", "-c", "exec \"$@\" < rollout.yaml", "sh"],
            in: folder.path)
        #expect(ending.code == 0, "\(ending)")
        #expect(ending.complaint.contains("(standard input:12)"), "\(ending)")
    }

    @Test func tellsMachines() async throws {
        let folder = try folder()
        let ending = try await Program.run(
            ["import", "rollout.yaml", "--output", "json"], in: folder.path)
        #expect(ending.code == 0, "\(ending)")
        let tree = try JSONReader.tree(of: Array(ending.output.utf8))
        #expect(tree["source"] == "Rollout cart")
        #expect(tree["flow"]?.text?.contains("kind: Flow\n") == true)
        #expect(tree["files"]?.items?.first?["path"] == "cart-deployment.yaml")
        let paths = tree["notes"]?.items?.compactMap { $0["path"]?.text } ?? []
        #expect(paths.contains("spec.strategy.canary.analysis.templates[0].templateName"))
        #expect(tree["fault"] == nil)
    }

    @Test func refusesWhatIsNothing() async throws {
        let folder = try folder()
        let none = try await Program.run(["import", "template.yaml"], in: folder.path)
        #expect(none.code == 3)
        #expect(
            none.complaint.hasPrefix(
                "import: no Argo Rollout and no Flagger Canary, found AnalysisTemplate\n"))
        let missing = try await Program.run(["import", "rollout.yaml", "no.yaml"], in: folder.path)
        #expect(missing.code == 3)
        #expect(missing.complaint.contains("where: no.yaml\n"))
        try folder.write("a: [", to: "bad.yaml")
        let bad = try await Program.run(["import", "rollout.yaml", "bad.yaml"], in: folder.path)
        #expect(bad.code == 3)
        #expect(bad.complaint.contains("where: bad.yaml:2:1\n"))
    }
}

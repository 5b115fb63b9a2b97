import CanaryEngine
import Foundation
import Testing
import YAML

@testable import FlowFiles

/// The templates that come with the product, and those that a team keeps.
@Suite struct TemplateTests {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Somebody who copies a template out of `flows/` has what the name means.
    @Test(arguments: FlowTemplates.names)
    func standsAsAFileToo(_ name: String) throws {
        let file = try Data(contentsOf: Self.root.appending(path: "flows/\(name).yaml"))
        #expect(String(decoding: file, as: UTF8.self) == FlowTemplates.text(of: name))
    }

    @Test func noFileIsForgotten() throws {
        let files = try FileManager.default.contentsOfDirectory(
            atPath: Self.root.appending(path: "flows").path())
        #expect(Set(files) == Set(FlowTemplates.names.map { "\($0).yaml" }))
    }

    @Test(arguments: FlowTemplates.names)
    func saysWhatItDoesInItsFirstLine(_ name: String) {
        let summary = FlowTemplates.summary(of: name)
        #expect(summary.hasSuffix(".") && summary.count > 30, "\(summary)")
    }

    /// A flow of ten lines is enough for each.
    @Test(arguments: FlowTemplates.names)
    func isFilledByASmokeTestAlone(_ name: String) throws {
        let flow = try ParameterTests.files {
            $0.replace("template: canary", with: "template: \(name)")
        }.load().flow
        #expect(flow.plan.steps.first == .backup)
        #expect(flow.plan.isFirstRelease == (name == "bootstrap"))
        let weights = flow.plan.steps.compactMap { step in
            if case .weight(let weight) = step { weight.percent } else { nil }
        }
        #expect(weights == Self.weights[name])
        #expect(flow.plan.steps.contains(.retire) == (name != "bootstrap"))
    }

    private static let weights = [
        "ab-test": [1, 50, 100], "blue-green": [100], "bootstrap": [100], "canary": [1, 50, 100],
        "canary-stepped": [1, 5, 25, 50, 100], "dark-only": [100],
        "mirror-then-canary": [1, 50, 100],
    ]

    /// Each parameter is declared with what it is for, each has a type or is text, and is used.
    @Test(arguments: FlowTemplates.names)
    func declaresItsParametersWhole(_ name: String) throws {
        let text = try #require(FlowTemplates.text(of: name))
        let document = FlowField(
            file: name, document: try YAMLReader.document(of: Array(text.utf8)))
        for (parameter, field) in document.at("spec", "parameters")?.members ?? [] {
            #expect(field["description"]?.text?.hasSuffix(".") == true, "\(name): \(parameter)")
            #expect(text.contains("${\(parameter)}"), "\(name) never uses \(parameter)")
        }
    }

    // MARK: Templates of a team

    private static func files(_ template: String, _ text: String? = nil) -> Files {
        var files = ParameterTests.files {
            $0.replace("template: canary", with: "template: \(template)")
        }
        files.texts["flows/ours.yaml"] = text ?? FlowTemplates.text(of: "canary")
        return files
    }

    @Test(arguments: ["flows/ours.yaml", "./flows/ours.yaml"])
    func isReadFromAFile(_ path: String) throws {
        var files = Self.files(path)
        files.texts["./flows/ours.yaml"] = files.texts["flows/ours.yaml"]
        let (flow, source) = try files.load()
        #expect(flow.plan == (try ParameterTests.files().load().flow.plan))
        #expect(source.files.map(\.path) == ["reviews.yaml", "k8s/reviews-v2.yaml", path])
        #expect(try FlowReader.read(source) == flow)
    }

    /// A run goes on with the template that it began with, whatever a later theseus ships.
    @Test func isRememberedWithTheRun() throws {
        var (flow, source) = try ParameterTests.files().load()
        #expect(source.files.map(\.path).last == "template canary")
        let text = try #require(FlowTemplates.text(of: "canary"))
        source.files[2].bytes = Array(text.replacing("    - drill\n", with: "").utf8)
        let steps = try FlowReader.read(source).plan.steps
        #expect(steps.count == flow.plan.steps.count - 1)
        flow = try FlowReader.read(source.returning(to: Files.manifest, of: "r1", from: "v1"))
        #expect(flow.plan.steps == steps)
    }

    @Test func itsFaultsAreToldWithItsOwnPlace() {
        let text = FlowTemplates.text(of: "canary")?.replacing("- drill\n", with: "- dril\n")
        #expect(
            Self.files("flows/ours.yaml", text).complaint() == """
                flow: unknown step "dril"
                  where: flows/ours.yaml:38:7 (spec.steps[6])
                  do:    did you mean "drill"?
                """)
    }

    @Test func aMissingFileIsNamed() {
        #expect(
            Self.files("flows/theirs.yaml").complaint() == """
                flow: missing template: flows/theirs.yaml
                  where: reviews.yaml:5:13 (spec.template)
                  do:    check the path: it starts from the flow's folder
                """)
    }

    @Test func anUnknownOneIsNamed() {
        #expect(
            Self.files("carnary").complaint() == """
                flow: unknown template "carnary"
                  where: reviews.yaml:5:13 (spec.template)
                  do:    did you mean "canary"?
                """)
    }

    @Test func aTemplateHasNone() {
        let text = ParameterTests.templated
        #expect(
            Self.files("flows/ours.yaml", text).complaint() == """
                flow: a template has no template of its own
                  where: flows/ours.yaml:5:3 (spec.template)
                  do:    write its steps out; theseus flows show NAME prints those of a template
                """)
    }
}

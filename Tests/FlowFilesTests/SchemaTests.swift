import Foundation
import JSONTree
import Testing
import YAML

@testable import FlowFiles

/// The schema says of files what the reader says of them, as far as a schema can.
@Suite struct SchemaTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func faults(_ text: String, _ schema: FlowSchema = .flow) throws -> [String] {
        let tree = try YAMLReader.document(of: Array(text.utf8)).tree
        var check = SchemaCheck(schema.tree)
        let faults = check.faults(tree)
        #expect(check.unknown == [])
        return faults
    }

    private static func file(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    @Test(arguments: ["examples/demo/good.yaml", "examples/demo/bad.yaml"])
    func takesTheExamples(_ path: String) throws {
        #expect(try Self.faults(Self.file(path)) == [])
    }

    @Test(arguments: FlowTemplates.names)
    func takesTheTemplates(_ name: String) throws {
        let text = try #require(FlowTemplates.text(of: name))
        #expect(try Self.faults(text, .template) == [])
        #expect(try Self.faults(text) == ["$.spec: no target"])
    }

    @Test func takesEveryKey() throws {
        #expect(try Self.faults(EveryKeyTests.text) == [])
        #expect(try Self.faults(Files.design) == [])
        #expect(try Self.faults(ParameterTests.templated) == [])
    }

    /// What the reader refuses for its shape the schema refuses, too.
    @Test(arguments: BadFlowTests.keys.prefix(6) + BadFlowTests.values)
    func refusesBadOnes(_ bad: BadFlow) throws {
        let text = Files.with(bad.old, bad.new).texts["reviews.yaml"] ?? ""
        #expect(try !Self.faults(text).isEmpty)
    }

    @Test func tellsWhatEachKeyIsFor() {
        let spec = FlowSchema.flow.tree.at("properties", "spec", "properties")
        for key in FlowKeys.spec.keys {
            #expect(spec?.at(key.name, "description")?.text == key.summary)
        }
        let steps = FlowSchema.flow.tree.at("$defs", "step", "anyOf")?.items?.last
        for key in FlowKeys.steps {
            #expect(steps?.at("properties", key.name, "description")?.text == key.summary)
        }
    }
}

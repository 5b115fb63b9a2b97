import Foundation
import JSONTree
import Testing
import YAML

@testable import RealRig

/// The rules that the rig's accounts have are those that people copy.
@Suite struct DeployerRoleTests {
    @Test func isTheExample() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../examples/rbac/deployer.yaml")
        let example = try YAMLReader.document(of: Array(Data(contentsOf: file)), file: nil).tree
        #expect(Self.verbs(DeployerRole.rules) == Self.verbs(example["rules"]?.items ?? []))
        #expect(!DeployerRole.rules.isEmpty)
    }

    private static func verbs(_ rules: [JSONTree]) -> Set<String> {
        Set(
            rules.flatMap { rule in
                (rule["verbs"]?.items ?? []).map { verb in
                    "\(verb.text ?? "") \(rule["resources"]?.items?.first?.text ?? "")"
                        + ".\(rule["apiGroups"]?.items?.first?.text ?? "")"
                }
            })
    }
}

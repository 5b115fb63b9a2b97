import CanaryEngine
import FlowFiles
import Foundation
import JSONTree
import KubernetesAPI
import Manifests
import Rehearsal
import Testing
import Voyage
import YAML

@testable import Foresight
@testable import Lab

/// What `theseus rbac` prints is enough, and nothing of it can be taken away.
@Suite struct RoleTests {
    private static func scenario(_ name: String = "good-in-cluster") throws -> Scenario {
        try #require(Repertoire.scenario(name))
    }

    private static func rights(_ scenario: Scenario) throws -> [AccessRight] {
        try PlannedAndDone(scenario).planned().plan.rights.map(\.right)
    }

    /// The same world, in which the account may do what the rights say and nothing else.
    private static func world(
        of scenario: Scenario, allowing rights: [AccessRight],
        _ change: (inout LabState) -> Void = { _ in }
    ) throws -> LabState {
        var state = try scenario.world.begin(date: LabClock.defaultEpoch)
        state.cluster.listsRights = true
        for resource in LabCatalog.all {
            let name = resource.qualified
            for verb in LabDenial.verbs {
                let spaces = rights.filter {
                    $0.verb == verb && $0.group == resource.group && $0.resource == resource.plural
                }.map(\.namespace)
                // Rights of Roles end with their namespace.
                for space in ["demo", "edge", "default", ""] where !spaces.contains(space) {
                    state.cluster.denials.append(
                        LabDenial(verb: verb, kind: name, namespace: space))
                }
            }
        }
        change(&state)
        return state
    }

    @Test(arguments: ["good-in-cluster", "good", "guarded", "job", "without-routes", "two-routes"])
    func theLeastIsEnough(_ name: String) throws {
        let scenario = try Self.scenario(name)
        let state = try Self.world(of: scenario, allowing: try Self.rights(scenario))
        let day = try PlannedAndDone(scenario).done(in: state)
        #expect(day.end.course == .promoted, "\(day.end.course)")
    }

    @Test func oneVerbFewerIsRefusedBeforeAnythingChanges() throws {
        let scenario = try Self.scenario()
        let rights = try Self.rights(scenario)
        let verbs = Rules(rights).all.flatMap { rule in
            rule.verbs.map {
                AccessRight(
                    verb: $0, group: rule.group, resource: rule.resource, namespace: rule.namespace)
            }
        }
        #expect(verbs.count > 20)
        for lacking in Set(verbs) {
            let fewer = rights.filter {
                $0.verb != lacking.verb || $0.group != lacking.group
                    || $0.resource != lacking.resource
            }
            let state = try Self.world(of: scenario, allowing: fewer)
            let (error, written) = try PlannedAndDone(scenario).refusal(in: state)
            #expect(error.contains(lacking.resource), "\(lacking): \(error)")
            #expect(written == 0, "\(lacking): \(written) writes")
        }
    }

    // MARK: The sheet

    /// `examples/rbac/deployer.yaml` is what is printed for the demo's flow, whatever is named there.
    @Test func theExampleIsAPrintedOne() throws {
        let scenario = try Self.scenario("good")
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../examples/rbac/deployer.yaml")
        let example = try YAMLReader.document(of: Array(Data(contentsOf: file)), file: nil).tree
        let printed = RoleSheet(try Self.rights(scenario), name: "x", for: nil).objects
        #expect(printed.count == 1)
        #expect(Self.verbs(of: example) == Self.verbs(of: try #require(printed.first)))
    }

    private static func verbs(of role: JSONTree) -> Set<String> {
        Set(
            (role["rules"]?.items ?? []).flatMap { rule in
                (rule["verbs"]?.items ?? []).map { verb in
                    "\(verb.text ?? "") \(rule["resources"]?.items?.first?.text ?? "")"
                        + ".\(rule["apiGroups"]?.items?.first?.text ?? "")"
                }
            })
    }

    @Test func aRightOnAllObjectsCoversTheOneOnOne() {
        let all = AccessRight(
            verb: "get", group: "apps", resource: "deployments", namespace: "demo")
        var one = all
        one.name = "a"
        var other = AccessRight(verb: "get", group: "", resource: "configmaps", namespace: "demo")
        other.name = "b"
        let rules = Rules([one, all, other]).all.map(\.description)
        #expect(rules == ["demo: deployments.apps: get", "demo: configmaps b: get"])
    }

    @Test func isBoundToWhomItIsFor() {
        let right = AccessRight(verb: "list", group: "", resource: "pods", namespace: "demo")
        let account = RoleSheet(
            [right], name: "theseus-a", for: .serviceAccount(namespace: "ci", name: "jenkins"))
        #expect(
            YAMLWriter.text(ofDocuments: account.objects) == """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata:
                  name: theseus-a
                  namespace: demo
                rules:
                - apiGroups:
                  - ""
                  resources:
                  - pods
                  verbs:
                  - list
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata:
                  name: theseus-a
                  namespace: demo
                roleRef:
                  apiGroup: rbac.authorization.k8s.io
                  kind: Role
                  name: theseus-a
                subjects:
                - kind: ServiceAccount
                  namespace: ci
                  name: jenkins

                """)
    }
}

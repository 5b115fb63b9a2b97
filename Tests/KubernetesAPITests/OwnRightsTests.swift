import JSONTree
import Testing

@testable import KubernetesAPI

/// What the API server says of our own rights.
@Suite struct OwnRightsTests {
    private static let own = OwnRights(rules: [
        ["apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list"]],
        ["apiGroups": [""], "resources": ["*"], "verbs": ["list"]],
        ["apiGroups": ["*"], "resources": ["leases"], "verbs": ["*"]],
        [
            "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["settings"],
            "verbs": ["get"],
        ],
        ["apiGroups": [""], "resources": ["secrets"], "resourceNames": [], "verbs": ["get"]],
    ])

    @Test(arguments: [
        ("get", "apps", "deployments", true), ("update", "apps", "deployments", false),
        ("get", "", "deployments", false), ("list", "", "pods", true), ("get", "", "pods", false),
        ("delete", "coordination.k8s.io", "leases", true),
    ])
    func covers(verb: String, group: String, resource: String, isCovered: Bool) {
        let right = AccessRight(verb: verb, group: group, resource: resource, namespace: "a")
        #expect(Self.own.cover(right) == isCovered)
    }

    @Test(
        arguments: [
            ("configmaps", "settings", true), ("configmaps", "others", false),
            ("configmaps", nil, false), ("secrets", nil, true),
        ] as [(String, String?, Bool)])
    func aRuleForNamedObjectsCoversOnlyThese(resource: String, name: String?, isCovered: Bool) {
        let right = AccessRight(
            verb: "get", group: "", resource: resource, namespace: "a", name: name)
        #expect(Self.own.cover(right) == isCovered)
    }

    @Test func anApiServerThatCannotSayAllSaysNothing() async throws {
        let whole: JSONTree = ["status": ["resourceRules": [], "incomplete": false]]
        let part: JSONTree = ["status": ["resourceRules": [], "incomplete": true]]
        let server = CannedServer(
            .tree(whole, status: 201), .tree(part, status: 201),
            .status(404, "not found"))
        let client = client(server)
        #expect(try await client.ownRights(in: "a") != nil)
        #expect(try await client.ownRights(in: "a") == nil)
        #expect(try await client.ownRights(in: "a") == nil)
    }
}

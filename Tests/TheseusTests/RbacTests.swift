import Golden
import Testing

/// `theseus rbac`, to the letter.
@Suite struct RbacTests {
    private func demo(_ words: String...) async throws -> Program.Ending {
        let folder = try Folder()
        let flow = try folder.demo("good.yaml")
        try folder.demo("demo-app-v2.yaml")
        return try await Program.run(["rbac", flow, "--cluster", "lab"] + words, in: folder.path)
    }

    @Test func theDemosRole() async throws {
        let sheet = try await demo("--service-account", "jenkins")
        #expect(sheet.code == 0, "\(sheet)")
        #expect(sheet.complaint == "")
        try expectGolden(sheet.output, named: "rbac-demo.txt")
    }

    @Test func isBoundToNobodyOrToAUser() async throws {
        let role = try await demo()
        #expect(role.output.contains("kind: Role\n"))
        #expect(!role.output.contains("RoleBinding"))
        let user = try await demo("--user", "mia")
        #expect(user.output.hasSuffix("  kind: User\n  name: mia\n"), "\(user)")
    }

    @Test func oneOfTheTwo() async throws {
        let both = try await demo("--user", "mia", "--service-account", "jenkins")
        #expect(both.code == 2)
        #expect(both.complaint.contains("one of the two: an account, or --user"), "\(both)")
        let odd = try await demo("--service-account", "a:b:c")
        #expect(odd.code == 2)
        #expect(odd.complaint.contains("NAME or NAMESPACE:NAME"), "\(odd)")
    }
}

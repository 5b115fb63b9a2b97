import Foundation
import Testing

/// What a newcomer does who has the README and nothing else: its files, its commands, to the letter.
@Suite struct ReadmeTests {
    /// What stands between the fences, in order.
    private static var blocks: [String] {
        get throws {
            let root = URL(filePath: #filePath).resolvingSymlinksInPath()
                .deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            let text = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
            let parts = text.components(separatedBy: "```")
            return parts.indices.filter { $0 % 2 == 1 }.map { index in
                String(parts[index].drop { $0 != "\n" }.dropFirst())
            }
        }
    }

    private func block(_ beginning: String) throws -> String {
        try #require(try Self.blocks.first { $0.hasPrefix(beginning) }, "\(beginning)")
    }

    @Test func aReleaseOfYourOwnWithoutACluster() async throws {
        let folder = try Folder()
        try folder.write(try block("apiVersion: theseus.dev/v1"), to: "reviews.yaml")
        try folder.write(try block("apiVersion: apps/v1"), to: "reviews-v2.yaml")
        let smoke = try folder.write(try block("#!/bin/sh"), to: "smoke.sh")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: smoke)

        let lines = try block("theseus flows ").split(separator: "\n").map(String.init)
        for line in lines.prefix(6) {
            // All of a rehearsal takes a minute or two.
            let one = line.replacing("--without-cluster", with: "--without-cluster --play good")
            let shell = ["/bin/sh", "-c", "PATH=\"${0%/*}:$PATH\"; \(one)"]
            let ending = try await Program.run([], through: shell, in: folder.path)
            #expect(ending.code == 0, "\(line): \(ending)")
        }
        #expect(lines[3].hasPrefix("theseus lint reviews.yaml --rps 50 "))
        let lint = try await Program.run(["lint", "reviews.yaml", "--strict"], in: folder.path)
        #expect(lint.code == 0, "\(lint)")
        let cluster = try await Program.run(["rehearse", "reviews.yaml"], in: folder.path)
        #expect(cluster.code == 3)
        #expect(
            cluster.complaint == """
                rehearse: there is no kubeconfig
                  where: \(folder.path)/.kube/config
                  do:    give --kubeconfig FILE, or --without-cluster to play the flow's files alone

                """)
    }

    /// The lab's part: from nothing to a plan of a flow that `init` wrote.
    @Test func aFlowOfYourOwnInTheLab() async throws {
        try await ServedLab.serving { lab in
            let lines = try block("theseus init ").split(separator: "\n").map(String.init)
            #expect(lines.count == 5)
            for line in lines.prefix(3) {
                let words = line.split(separator: " ").dropFirst().map { word in
                    String(word).replacing("http://127.0.0.1:7081", with: lab.gateway)
                        .replacing("http://127.0.0.1:7080", with: lab.api)
                }
                let ending = try await Program.run(
                    words + ["--kubeconfig", lab.folder.file("kubeconfig")], in: lab.folder.path)
                #expect(ending.code == 0, "\(line): \(ending)")
            }
            #expect(try lab.folder.files().contains("demo-app-candidate.yaml"))
        }
    }
}

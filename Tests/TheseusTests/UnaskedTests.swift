import JSONTree
import Testing

/// What is said of runs whose cluster cannot be asked: never that all is well with them.
@Suite struct UnaskedTests {
    /// Leaves a run that nobody drives; gives how many records it has.
    private func leave(_ lab: ServedLab) async throws -> Int {
        var flow = ShortFlow(lab)
        flow.steps = ShortFlow.longBake
        let run = try lab.start("deploy", try flow.write(), "--run-id", "r1")
        try await run.line("50% with")
        await run.stop()
        let told = try await lab.run("verify", "--output", "json")
        #expect(told.code == 0, "\(told)")
        let line = try JSONReader.tree(of: Array(told.output.utf8)).items?.first
        #expect(line?["clean"] == true)
        return try #require(line?["records"]?.whole)
    }

    /// An API server that has nothing but 503 is asked for as long as our patience lasts; by two who
    /// look, at the same time.
    @Test func aClusterThatDoesNotAnswer() async throws {
        try await ServedLab.serving { lab in
            let records = try await leave(lab)
            try await lab.post("/lab/api", ["failNext": 1_000_000, "status": 503])
            async let verifying = lab.run("verify")
            async let looking = lab.run("status", "--output", "json")
            let (verify, status) = (try await verifying, try await looking)
            #expect(verify.code == 3, "\(verify)")
            #expect(
                verify.output
                    == "r1  \(records) records  whole in itself; its cluster did not answer\n")
            #expect(verify.complaint.hasPrefix("kubernetes: "), "\(verify)")
            #expect(verify.complaint.split(separator: "\n").count == 3, "\(verify)")

            #expect(status.code == 3, "\(status)")
            let row = try JSONReader.tree(of: Array(status.output.utf8)).items?.first
            #expect(row?["state"] == "unknown")
            #expect(row?["reason"] == "its cluster did not answer")
            #expect(row?["next"] == "theseus resume r1")

            try await lab.post("/lab/api", ["failNext": 0])
            let again = try await lab.run("verify")
            #expect(again.output == "r1  \(records) records  clean\n", "\(again)")
        }
    }

    @Test func noClusterIsKnown() async throws {
        try await ServedLab.serving { lab in
            let records = try await leave(lab)
            let journal = "sqlite:\(lab.folder.file("journal.sqlite"))"
            let verify = try await Program.run(
                ["verify", "--journal", journal], environment: ["KUBECONFIG": "/no/such/file"],
                in: lab.folder.path)
            #expect(verify.code == 3, "\(verify)")
            #expect(
                verify.output
                    == "r1  \(records) records  whole in itself; its cluster was not asked\n")
            #expect(verify.complaint.hasPrefix("cluster: there is no kubeconfig\n"), "\(verify)")
            let told = try await Program.run(
                ["verify", "--journal", journal, "--output", "json"],
                environment: ["KUBECONFIG": "/no/such/file"], in: lab.folder.path)
            #expect(
                told.output == """
                    [{"run":"r1","records":\(records),"clean":false,\
                    "unasked":"its cluster was not asked"}]

                    """)
        }
    }

    /// `KUBECONFIG` names a cluster as an option does: what it means is not to be read elsewhere.
    @Test(arguments: [["status"], ["history"], ["verify"], ["abort", "demo-app"]])
    func aKubeconfigThatIsNotThere(_ words: [String]) async throws {
        let ending = try await Program.run(words, environment: ["KUBECONFIG": "/no/such/file"])
        #expect(ending.code == 3)
        #expect(ending.output == "")
        #expect(ending.complaint.hasPrefix("cluster: there is no kubeconfig\n"), "\(ending)")
    }

    @Test func aDiskThatIsFull() async throws {
        let ending = try await Program.run(
            ["schema"], through: ["/bin/sh", "-c", "exec \"$0\" \"$@\" > /dev/full"])
        #expect(ending.code == 3)
        #expect(
            ending.complaint == """
                output: not all of it could be written: No space left on device
                  where: standard output
                  do:    make room there, or send it elsewhere

                """)
    }

    /// Another cluster answers, and knows nothing of it.
    @Test func anotherCluster() async throws {
        try await ServedLab.serving { lab in
            let records = try await leave(lab)
            let other = lab.api.replacing("127.0.0.1", with: "localhost")
            try lab.turnKubeconfig("server: \(lab.api)", "server: \(other)")
            let verify = try await lab.run("verify")
            #expect(verify.code == 0, "\(verify)")
            #expect(
                verify.output == """
                    r1  \(records) records  whole in itself; it is of another cluster, which was \
                    not asked

                    """)
            let status = try await lab.run("status", "--output", "json")
            #expect(status.code == 0, "\(status)")
            let row = try JSONReader.tree(of: Array(status.output.utf8)).items?.first
            #expect(row?["state"] == "unknown")
            #expect(row?["reason"] == "it is of another cluster, which was not asked")
        }
    }
}

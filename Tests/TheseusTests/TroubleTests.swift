import Foundation
import JSONTree
import Testing

/// API servers, kubeconfigs and journals that are not as they should be.
@Suite struct TroubleTests {
    static let grounds = [
        Refused(
            testDescription: "nobody listens where the lab should be",
            said: """
                http: nobody listens there
                  where: GET http://127.0.0.1:9/lab
                  do:    check that the server runs and that no firewall is between
                """,
            before: { try $0.turnKubeconfig("server: \($0.api)", "server: http://127.0.0.1:9") }),
        Refused(
            testDescription: "a lab that is none",
            said: """
                cluster: the kubeconfig says that this is a lab, and the server does not
                  where: GATEWAY
                  do:    take the extension theseus.dev/lab out of the kubeconfig
                """,
            before: { try $0.turnKubeconfig("server: \($0.api)", "server: \($0.gateway)") }),
        Refused(
            testDescription: "a lab of another speed",
            said: """
                cluster: the kubeconfig says that this is a lab, and the server does not
                  where: API
                  do:    take the extension theseus.dev/lab out of the kubeconfig
                """,
            before: { try $0.turnKubeconfig("speed: 100", "speed: 999") }),
        Refused(
            testDescription: "no kubeconfig",
            said: """
                cluster: there is no kubeconfig
                  where: FOLDER/none
                  do:    give --kubeconfig FILE, or --cluster lab for the embedded lab
                """,
            words: {
                ["deploy", $0.folder.file("flow.yaml"), "--kubeconfig", $0.folder.file("none")]
            }),
        Refused(
            testDescription: "a kubeconfig that is no YAML",
            said: """
                cluster: the kubeconfig cannot be read: while parsing a flow node: did not find \
                expected node content
                  where: FOLDER/kubeconfig:2:1
                  do:    mend the file
                """,
            before: { try $0.folder.write("a: [", to: "kubeconfig") }),
        Refused(
            testDescription: "a context that is not there",
            said: """
                cluster: the kubeconfig has no context "prod"
                  where: FOLDER/kubeconfig
                  do:    see `kubectl config get-contexts`
                """,
            words: { ["deploy", $0.folder.file("flow.yaml"), "--cluster", "prod"] }),
        Refused(
            testDescription: "a way of signing in that is gone",
            said: """
                cluster: auth-provider gcp is no longer a way to sign in
                  where: FOLDER/kubeconfig:15:5
                  do:    let the cluster's own tool write the user anew: it will name an exec program
                """,
            before: {
                try $0.turnKubeconfig("token: lab-token", "auth-provider: {name: gcp}")
            }),
        Refused(
            testDescription: "a program that nobody wants to be started",
            said: """
                cluster: aws would sign in for us, and --deny-exec-plugins forbids it
                  where: FOLDER/kubeconfig:15:5
                  do:    leave the option away, or use a kubeconfig with a token
                """,
            before: {
                try $0.turnKubeconfig(
                    "token: lab-token",
                    "exec: {command: aws, apiVersion: client.authentication.k8s.io/v1beta1}")
            },
            words: {
                [
                    "deploy", $0.folder.file("flow.yaml"), "--run-id", "r1",
                    "--deny-exec-plugins",
                ]
            }),
        Refused(
            testDescription: "an API server that nobody answers for",
            said: """
                kubernetes: the API server cannot be reached: nobody listens there (not sent)
                  where: GET services in demo
                  do:    check the address in the kubeconfig, and the network
                """,
            before: { lab in
                try lab.turnKubeconfig("server: \(lab.api)", "server: http://127.0.0.1:9")
                try lab.turnKubeconfig("name: theseus.dev/lab", "name: other")
            }),
    ]

    @Test(arguments: grounds) func ofTheGround(_ refused: Refused) async throws {
        try await expectRefusal(refused)
    }

    @Test func aServerThatFallsSilentForAWhileIsWaitedFor() async throws {
        try await ServedLab.serving { lab in
            let flow = try ShortFlow(lab).write()
            try await lab.post("/lab/api", ["failNext": 3, "status": 503])
            let ending = try await lab.run("deploy", flow, "--dry-run")
            #expect(ending.code == 0, "\(ending)")
        }
    }

    @Test func pathsAsPeopleWriteThem() async throws {
        try await ServedLab.serving { lab in
            let flow = try ShortFlow(lab).write()
            let list = "/no/such/file:\(lab.folder.file("kubeconfig"))"
            let ending = try await Program.run(
                ["deploy", flow, "--dry-run", "--journal", "sqlite:~/home.sqlite"],
                environment: ["KUBECONFIG": list], in: lab.folder.path)
            #expect(ending.code == 0, "\(ending)")
            let end = try await Program.run(
                ["deploy", flow, "--journal", "sqlite:~/home.sqlite"],
                environment: ["KUBECONFIG": list], in: lab.folder.path)
            #expect(end.code == 0, "\(end)")
            #expect(FileManager.default.fileExists(atPath: lab.folder.file("home.sqlite")))
        }
    }

    // MARK: Journals

    static let journals = [
        Refused(
            testDescription: "a folder that is not there",
            said: """
                journal: cannot make the file: No such file or directory (errno 2) (unwritable)
                  where: sqlite:/no/such/folder/j.sqlite, open
                  do:    make room, or make file and folder writable; `theseus abort` goes on without it
                """,
            words: {
                [
                    "deploy", $0.folder.file("flow.yaml"), "--journal",
                    "sqlite:/no/such/folder/j.sqlite",
                ]
            }),
        Refused(
            testDescription: "a folder in which nobody may write",
            said: """
                journal: cannot make the file: No such file or directory (errno 2) (unwritable)
                  where: sqlite:/proc/j.sqlite, open
                  do:    make room, or make file and folder writable; `theseus abort` goes on without it
                """,
            words: {
                ["deploy", $0.folder.file("flow.yaml"), "--journal", "sqlite:/proc/j.sqlite"]
            }),
        Refused(
            testDescription: "no database",
            said: """
                journal: file is not a database (SQLite 26) (damaged)
                  where: sqlite:FOLDER/journal.sqlite, open
                  do:    keep it as it is; `theseus abort SERVICE` works without it, \
                a new run with another --journal
                """,
            before: {
                try $0.folder.write(String(repeating: "no", count: 5000), to: "journal.sqlite")
            }),
    ]

    @Test(arguments: journals) func ofTheJournal(_ refused: Refused) async throws {
        try await expectRefusal(refused)
    }

    @Test func beforeTheFirstRunThereIsNothingWrong() async throws {
        let folder = try Folder()
        let status = try await Program.run(["status"], in: folder.path)
        #expect(status.output.hasPrefix("no runs in /"))
        #expect(status.output.hasSuffix("/journal.sqlite; there is no kubeconfig\n"), "\(status)")
        #expect(status.code == 0)
        let json = try await Program.run(["status", "--output", "json"], in: folder.path)
        #expect(json.output == "[]\n")
        let verify = try await Program.run(["verify", "-o", "json"], in: folder.path)
        #expect(verify.output == "[]\n")
        let abort = try await Program.run(["abort", "shop"], in: folder.path)
        #expect(abort.code == 3)
        #expect(
            abort.complaint.hasPrefix("run: no such run\n  where: shop, in /")
                && abort.complaint.contains("/journal.sqlite, since there is no kubeconfig\n"),
            "\(abort)")
        // Who only asks makes no file.
        let other = folder.file("other.sqlite")
        let array = try await Program.run(
            ["status", "-o", "json", "--journal", "sqlite:\(other)"], in: folder.path)
        #expect(array.output == "[]\n")
        #expect(array.code == 3)
        for command in ["status", "history", "verify", "abort shop", "resume shop"] {
            let words = command.split(separator: " ").map(String.init)
            let ending = try await Program.run(
                words + ["--journal", "sqlite:\(other)"], in: folder.path)
            #expect(ending.code == 3, "\(command)")
            #expect(ending.complaint.hasPrefix("journal: unable to open database file"))
        }
        #expect(!FileManager.default.fileExists(atPath: other))
    }

    /// A byte in the middle of the file is flipped: whoever reads the run says so, and
    /// changes nothing.
    @Test func aFlippedByteIsFound() async throws {
        try await ServedLab.serving(speed: 200) { lab in
            let flow = try ShortFlow(lab).write()
            #expect(try await lab.run("deploy", flow, "--run-id", "r1").code == 0)
            try lab.folder.flip("journal.sqlite") { bytes in
                let text = Array("demo-app-v2 applied".utf8)
                return bytes.indices.first { bytes[$0...].starts(with: text) }
            }
            let writes = try await lab.ourWrites().count
            for command in ["verify", "show r1", "resume r1"] {
                let words = command.split(separator: " ").map(String.init)
                let ending = try await Program.run(lab.words(words), in: lab.folder.path)
                #expect(ending.code == 4, "\(command): \(ending)")
                #expect(ending.complaint.contains("(damaged)"), "\(command): \(ending)")
                #expect(ending.complaint.split(separator: "\n").count == 3)
            }
            #expect(try await lab.ourWrites().count == writes)
        }
    }
}

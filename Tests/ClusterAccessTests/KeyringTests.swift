import JSONTree
import Processes
import Secrets
import Testing

@testable import ClusterAccess

/// The credential of the moment, on a clock that stands until it is turned.
@Suite struct KeyringTests {
    private let machine = MadeUpMachine()

    private func answer(_ token: String, expires: String? = nil) -> String {
        let until = expires.map { #","expirationTimestamp":"\#($0)""# } ?? ""
        return #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","#
            + #""status":{"token":"\#(token)"\#(until)}}"#
    }

    private func keyring(_ credential: Credential, _ spawner: any ProcessSpawner = NoPrograms())
        -> Keyring
    {
        var plan = AccessPlan(server: "https://api")
        plan.credential = credential
        return Keyring(plan, machine.doors(["PATH": "/bin", "COLOUR": "red"], spawner: spawner))
    }

    private func plugin(_ spawner: any ProcessSpawner) -> Keyring {
        machine.write("", to: "/bin/sign", mode: 0o700)
        var plugin = ExecPlugin(command: "sign", version: .beta, folder: "/k")
        plugin.arguments = ["in"]
        plugin.environment = [.init(name: "COLOUR", value: Secret("blue"))]
        plugin.wantsCluster = true
        let note = ExecClusterNote(server: "https://api", isInsecure: false)
        return keyring(.plugin(plugin, note), spawner)
    }

    @Test func aFileIsReadAgainEveryMinute() async throws {
        machine.write(" first \n", to: "/t")
        let keyring = keyring(.tokenFile("/t", besides: nil))
        #expect(try await keyring.pass().authorization?.text == "Bearer first")
        machine.write("second", to: "/t")
        machine.clock.turn(by: .seconds(59))
        #expect(try await keyring.pass().authorization?.text == "Bearer first")
        machine.clock.turn(by: .seconds(1))
        #expect(try await keyring.pass().authorization?.text == "Bearer second")
        // While it is away, what was read last goes on.
        machine.remove("/t")
        machine.clock.turn(by: .seconds(61))
        #expect(try await keyring.pass().authorization?.text == "Bearer second")
        #expect(keyring.concealed("no first, no second") == "no …, no …")
    }

    @Test func aFileThatIsNotThere() async throws {
        let error = await #expect(throws: AccessError.self) {
            try await keyring(.tokenFile("/t", besides: nil)).pass()
        }
        #expect(
            error?.description == """
                cluster: the token file is not there
                  where: /t
                  do:    check the path, and that you may read it
                """)
        let besides = keyring(.tokenFile("/t", besides: Secret("besides")))
        #expect(try await besides.pass().authorization?.text == "Bearer besides")
    }

    @Test func nameAndPassword() async throws {
        let keyring = keyring(.password(user: "mia", Secret("s3cret")))
        #expect(try await keyring.pass().authorization?.text == "Basic bWlhOnMzY3JldA==")
        #expect(keyring.concealed("Basic bWlhOnMzY3JldA==") == "…")
    }

    @Test func aProgramIsAskedOnceForAll() async throws {
        let prompter = Prompter([answer("one", expires: "2026-11-21T07:00:00Z"), answer("two")])
        let keyring = plugin(prompter)
        let shown = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<20 {
                group.addTask { try await keyring.pass().authorization?.text }
            }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(shown == ["Bearer one"])
        let job = try #require(prompter.jobs.first)
        #expect(prompter.jobs.count == 1)
        #expect(job.arguments == ["/bin/sign", "in"])
        #expect(job.errorsAreShown)
        #expect(job.environment.map(\.name) == ["PATH", "COLOUR", "KUBERNETES_EXEC_INFO"])
        #expect(job.environment[1].value == "blue")
        #expect(
            try JSONReader.tree(of: job.environment[2].value) == [
                "kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1beta1",
                "spec": ["interactive": false, "cluster": ["server": "https://api"]],
            ])
        // A minute before its end it is renewed; until then nobody is asked.
        machine.clock.turn(by: .seconds(3539))
        #expect(try await keyring.pass().authorization?.text == "Bearer one")
        machine.clock.turn(by: .seconds(1))
        #expect(try await keyring.pass().authorization?.text == "Bearer two")
        #expect(prompter.jobs.count == 2)
    }

    /// The old one counts until its end, even where the program fails before that.
    @Test func anEarlyRenewalMayFail() async throws {
        let prompter = Prompter([answer("one", expires: "2026-11-21T07:00:00Z")])
        let keyring = plugin(prompter)
        _ = try await keyring.pass()
        machine.clock.turn(by: .seconds(3550))
        for _ in 0..<5 {
            #expect(try await keyring.pass().authorization?.text == "Bearer one")
        }
        // Not at every call: it may hang.
        #expect(prompter.jobs.map(\.timeLimit) == [.seconds(60), .seconds(15)])
        machine.clock.turn(by: .seconds(50))
        let error = await #expect(throws: AccessError.self) { try await keyring.pass() }
        #expect(
            error?.description == """
                cluster: sign gave no credential: exit code 7
                  where: exec of the kubeconfig's user, for https://api
                  do:    run kubectl with this kubeconfig; where that works, this does
                """)
        #expect(prompter.jobs.count == 3)
    }

    /// What was refused is asked for again; what is young and refused is not.
    @Test func aRefusalRenews() async throws {
        let keyring = plugin(Prompter([answer("one"), answer("two"), answer("three")]))
        let first = try await keyring.pass()
        #expect(try await keyring.pass(insteadOf: first).number == first.number)
        machine.clock.turn(by: .seconds(5))
        let second = try await keyring.pass(insteadOf: first)
        #expect(second.authorization?.text == "Bearer two")
        // Another call had shown the first as well: it gets what is there now.
        #expect(try await keyring.pass(insteadOf: first).number == second.number)
        #expect(try await keyring.pass().number == second.number)
    }

    @Test func aProgramThatIsNotThere() async throws {
        let keyring = plugin(NoPrograms())
        machine.remove("/bin/sign")
        let error = await #expect(throws: AccessError.self) { try await keyring.pass() }
        #expect(error?.code == .pluginMissing("sign", hint: ""))
    }
}

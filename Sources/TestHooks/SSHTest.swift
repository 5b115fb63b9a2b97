internal import CanaryEngine
internal import Processes

extension TestSpec {
    /// A command on another machine, by the system's own `ssh`; exit 0 passes.
    package struct SSH: Hashable, Sendable {
        package var host: String
        package var user: String?
        package var port: Int?
        /// What the shell over there is told.
        package var command: String
        /// A file with the key; nil: what ssh finds by itself.
        package var identity: String?
        /// A file with the host keys to trust; nil: ssh's own.
        package var knownHosts: String?
        /// Names of variables that ssh gets from ours: `SSH_AUTH_SOCK`.
        package var environment: [String]
        package var sendsRequests: Bool

        package init(
            _ host: String, _ command: String, user: String? = nil, port: Int? = nil,
            identity: String? = nil, knownHosts: String? = nil, environment: [String] = [],
            sendsRequests: Bool = true
        ) {
            self.host = host
            self.command = command
            self.user = user
            self.port = port
            self.identity = identity
            self.knownHosts = knownHosts
            self.environment = environment
            self.sendsRequests = sendsRequests
        }

        /// A word that ssh could take for an option, or that could say more than a name.
        package static func isName(_ text: String) -> Bool {
            !text.isEmpty && text.utf8.count <= 255 && !text.hasPrefix("-")
                && text.utf8.allSatisfy { byte in
                    0x61...0x7A ~= byte || 0x41...0x5A ~= byte || 0x30...0x39 ~= byte
                        || [0x2D, 0x2E, 0x5F, 0x3A].contains(byte)
                }
        }
    }
}

extension TestSpec.SSH: TestWork {
    func carryOut(_ place: TestPlace) async throws -> TestReport {
        var report = await CommandTest(
            command: local, context: place.context, spawner: place.doors.spawner,
            environment: place.doors.environment, timeLimit: place.timeLimit
        ).run()
        // ssh's own word for "no command was run, or nobody knows how it ended".
        if !report.passed, report.sentence.hasPrefix("exit 255") {
            let said = report.sentence.dropFirst(8)
            report.sentence =
                "ssh \(host)" + (said.isEmpty ? ": it could not do it, and does not say why" : said)
        }
        return report
    }

    var ending: Duration { CommandTest.grace * 2 }

    /// Nobody is asked for anything, no host is trusted for the first time, nothing is forwarded.
    var local: TestSpec.Command {
        var words = ["ssh", "-T"]
        var options = [
            "BatchMode=yes", "StrictHostKeyChecking=yes", "UpdateHostKeys=no",
            "ClearAllForwardings=yes", "ForwardAgent=no", "ForwardX11=no",
            "PermitLocalCommand=no", "ControlMaster=no", "ControlPath=none",
            "ConnectTimeout=10", "ConnectionAttempts=1", "ServerAliveInterval=5",
            "ServerAliveCountMax=3",
        ]
        if let identity { options += ["IdentityFile=\(identity)", "IdentitiesOnly=yes"] }
        if let knownHosts {
            options += ["UserKnownHostsFile=\(knownHosts)", "GlobalKnownHostsFile=/dev/null"]
        }
        for option in options { words += ["-o", option] }
        if let user { words += ["-l", user] }
        if let port { words += ["-p", "\(port)"] }
        return TestSpec.Command(
            words + ["--", host, command], environment: environment,
            sendsRequests: sendsRequests)
    }
}

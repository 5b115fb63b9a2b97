import Testing

/// A command line that means nothing, and what is said to it.
struct Slip: Sendable, CustomTestStringConvertible {
    var words: [String]
    var what: String
    var place: String
    var remedy: String

    init(_ line: String, _ what: String, at place: String, _ remedy: String) {
        words = line.split(separator: " ").map(String.init)
        self.what = what
        self.place = place
        self.remedy = remedy
    }

    var testDescription: String { words.joined(separator: " ") }
}

/// Every error of usage, to the letter.
@Suite struct UsageTests {
    static let slips = [
        Slip("deplyo x", "unknown command \"deplyo\"", at: "theseus", "did you mean \"deploy\"?"),
        Slip("frobnicate", "unknown command \"frobnicate\"", at: "theseus", "see `theseus help`"),
        Slip("lab", "unknown command \"lab\"", at: "theseus", "did you mean \"lab serve\"?"),
        Slip(
            "lab sevre", "unknown command \"lab sevre\"", at: "theseus",
            "did you mean \"lab serve\"?"),
        Slip(
            "help stauts", "unknown command \"stauts\"", at: "theseus", "did you mean \"status\"?"),
        Slip(
            "--cluster lab status", "--cluster stands before the command", at: "theseus",
            "name the command first: theseus COMMAND [OPTIONS]"),
        Slip(
            "deploy --imgae a=b f", "unknown option --imgae", at: "theseus deploy",
            "did you mean \"--image\"?"),
        Slip(
            "status --takeover", "unknown option --takeover", at: "theseus status",
            "see `theseus help status`"),
        Slip("deploy", "FLOW is missing", at: "theseus deploy", "see `theseus help deploy`"),
        Slip("delete", "FLOW is missing", at: "theseus delete", "see `theseus help delete`"),
        Slip("import", "FILE… is missing", at: "theseus import", "see `theseus help import`"),
        Slip(
            "import - -", "one word too many: \"-\"", at: "theseus import",
            "see `theseus help import`"),
        Slip("delte f", "unknown command \"delte\"", at: "theseus", "did you mean \"delete\"?"),
        Slip(
            "delete f --force=yes", "--force takes no value", at: "theseus delete",
            "see `theseus help delete`"),
        Slip(
            "delete f --run-id -x-", "--run-id cannot be \"-x-\"", at: "theseus delete",
            "give at most 63 letters and digits, with -, _ and . between"),
        Slip(
            "resume --all --junit a.xml", "--junit cannot stand beside --all",
            at: "theseus resume", "leave one of them out"),
        Slip(
            "deploy f --dry-run --report a.html", "--report cannot stand beside --dry-run",
            at: "theseus deploy", "leave one of them out"),
        Slip(
            "show r --junit a --report a", "--report cannot be \"a\"", at: "theseus show",
            "give another file than --junit"),
        Slip(
            "show r --junit=", "--junit cannot be \"\"", at: "theseus show",
            "give the path of a file"),
        Slip("resume", "RUN|SERVICE is missing", at: "theseus resume", "see `theseus help resume`"),
        Slip(
            "deploy f --image", "--image needs a value: NAME=REF", at: "theseus deploy",
            "see `theseus help deploy`"),
        Slip(
            "deploy f --manifest --dry-run", "--manifest needs a value: FILE",
            at: "theseus deploy", "see `theseus help deploy`"),
        Slip(
            "status --no-color=1", "--no-color takes no value", at: "theseus status",
            "see `theseus help status`"),
        Slip(
            "deploy f g", "one word too many: \"g\"", at: "theseus deploy",
            "see `theseus help deploy`"),
        Slip(
            "status --output json --output text", "--output is given twice", at: "theseus status",
            "see `theseus help status`"),
        Slip(
            "deploy f --output yaml", "--output cannot be \"yaml\"", at: "theseus deploy",
            "give text or json"),
        Slip(
            "status -n a -o json -o text", "--output is given twice", at: "theseus status",
            "see `theseus help status`"),
        Slip(
            "deploy f --on-interrupt never", "--on-interrupt cannot be \"never\"",
            at: "theseus deploy", "give rollback or stop"),
        Slip(
            "deploy f --stable-unhealthy=maybe", "--stable-unhealthy cannot be \"maybe\"",
            at: "theseus deploy", "give accept"),
        Slip(
            "deploy f --run-id a/b", "--run-id cannot be \"a/b\"", at: "theseus deploy",
            "give at most 63 letters and digits, with -, _ and . between"),
        Slip(
            "deploy f --namespace Shop_1", "--namespace cannot be \"Shop_1\"",
            at: "theseus deploy", "give a name of a-z, 0-9 and '-', at most 63 of them"),
        Slip(
            "status --namespace=", "--namespace cannot be \"\"", at: "theseus status",
            "give a name of a-z, 0-9 and '-', at most 63 of them"),
        Slip(
            "status -n my.shop", "--namespace cannot be \"my.shop\"", at: "theseus status",
            "give a name of a-z, 0-9 and '-', at most 63 of them"),
        Slip(
            "status --journal postgres:x", "--journal cannot be \"postgres:x\"",
            at: "theseus status", "give cluster or sqlite:PATH"),
        Slip(
            "resume --all --stale soon", "--stale cannot be \"soon\"", at: "theseus resume",
            "give a time such as 2m"),
        Slip(
            "abort x --wait soon", "--wait cannot be \"soon\"", at: "theseus abort",
            "give a time such as 2s"),
        Slip(
            "lab serve --speed 0", "--speed cannot be \"0\"", at: "theseus lab serve",
            "give a whole number, 1 to 1000"),
        Slip(
            "lab serve --listen 0.0.0.0:80", "--listen cannot be \"0.0.0.0:80\"",
            at: "theseus lab serve",
            "give a loopback address and a port, such as 127.0.0.1:7080"),
        Slip(
            "lab serve --gateway 127.0.0.1", "--gateway cannot be \"127.0.0.1\"",
            at: "theseus lab serve",
            "give a loopback address and a port, such as 127.0.0.1:7081"),
    ]

    @Test(arguments: slips) func isNamed(_ slip: Slip) async throws {
        let ending = try await Program.run(slip.words)
        #expect(ending.code == 2)
        #expect(ending.output == "")
        #expect(
            ending.complaint
                == "usage: \(slip.what)\n  where: \(slip.place)\n  do:    \(slip.remedy)\n")
    }

    @Test(arguments: ["--image=x", "--image==ref", "--image=x=", "--set=x", "--set==1"])
    func settingsHaveNameAndValue(option: String) async throws {
        let folder = try Folder()
        for name in ["good.yaml", "demo-app-v2.yaml"] { try folder.demo(name) }
        let ending = try await Program.run(
            ["deploy", folder.file("good.yaml"), option, "--cluster", "lab"], in: folder.path)
        let parts = option.split(separator: "=", maxSplits: 1)
        let form = parts[0] == "--image" ? "NAME=REF" : "KEY=VALUE"
        #expect(ending.code == 2)
        #expect(
            ending.complaint == """
                usage: \(parts[0]) cannot be "\(parts[1])"
                  where: theseus deploy
                  do:    give \(form)

                """)
    }
}

/// One command: what it is called with, and what it does, in a sentence.
struct CommandEntry: Sendable {
    var name: String
    /// As shown: `FLOW`, `RUN|SERVICE`; empty for none; `FLOW…` for one or more.
    var operand: String
    var operandIsNeeded: Bool
    var summary: String
    var options: [OptionEntry]

    init(
        _ name: String, _ operand: String = "", needed: Bool = true, _ summary: String,
        _ options: [OptionEntry] = []
    ) {
        self.name = name
        self.operand = operand
        operandIsNeeded = needed && !operand.isEmpty
        self.summary = summary
        self.options = options
    }

    /// The options of every command, but those that this one has in a form of its own.
    var common: [OptionEntry] {
        CommandTable.common.filter { option in !options.contains { $0.name == option.name } }
    }
}

/// One option; `value` nil for a switch.
struct OptionEntry: Sendable {
    var name: String
    var value: String?
    var summary: String
    /// May be given more than once.
    var repeats: Bool
    /// Where it is given, the operand is not needed.
    var bringsOperand: Bool

    init(
        _ name: String, _ value: String? = nil, _ summary: String, repeats: Bool = false,
        bringsOperand: Bool = false
    ) {
        self.name = name
        self.value = value
        self.summary = summary
        self.repeats = repeats
        self.bringsOperand = bringsOperand
    }
}

/// Every command and option that this version has: help texts, parser and suggestions read it.
enum CommandTable {
    static let common: [OptionEntry] = [
        OptionEntry(
            "--cluster", "lab|CONTEXT", "the embedded lab, or a context of the kubeconfig"),
        OptionEntry("--kubeconfig", "FILE", "instead of $KUBECONFIG or ~/.kube/config"),
        OptionEntry(
            "--deny-exec-plugins", nil, "start no program that the kubeconfig names to sign in"),
        OptionEntry("--namespace", "NAME", "instead of the flow's; only runs of this one (or -n)"),
        OptionEntry(
            "--journal", "cluster|sqlite:PATH",
            "where runs are remembered (default: cluster; of the embedded lab, a file)"),
        OptionEntry("--output", "text|json", "for people, or one JSON object a line (or -o)"),
        OptionEntry("--no-color", nil, "plain text"),
    ]

    static let interrupt = OptionEntry(
        "--on-interrupt", "rollback|stop", "what SIGINT and SIGTERM do (default: rollback)")

    private static let reports = [
        OptionEntry("--junit", "FILE", "the run's steps and tests as JUnit's XML, at its end"),
        OptionEntry("--report", "FILE.html", "and as one page: steps, numbers, the way home"),
    ]

    private static let image = OptionEntry(
        "--image", "NAME=REF", "the image of a container", repeats: true)
    private static let manifest = OptionEntry(
        "--manifest", "FILE", "the candidate's objects, instead of the flow's")
    private static let setting = OptionEntry(
        "--set", "KEY=VALUE", "a parameter of the flow", repeats: true)
    private static let runID = OptionEntry(
        "--run-id", "ID", "the run's name; the same again resumes it")

    private static let unhealthy = OptionEntry(
        "--stable-unhealthy", "accept", "stable may have no ready pod: this release mends it")

    static let commands: [CommandEntry] = [
        CommandEntry(
            "plan", "FLOW", "what a deploy would write, object by object; changes nothing",
            [
                image, manifest, setting, unhealthy,
                OptionEntry("--out", "FILE", "keep the plan for `deploy --plan FILE`"),
                OptionEntry(
                    "--rps", "N", "users' requests in a second (default: as the mesh tells)"),
            ]),
        CommandEntry(
            "rehearse", "FLOW",
            "play the flow in a lab with everything that can go wrong; changes nothing",
            [
                image, manifest, setting,
                OptionEntry(
                    "--without-cluster", nil, "from the flow's files alone; asks no cluster"),
                OptionEntry(
                    "--rps", "N", "users' requests in a second (default: as the mesh tells, or 50)"),
                OptionEntry("--html", "FILE", "and as one page, with the chart"),
                OptionEntry(
                    "--all", nil, "every call with every outcome, every effect: takes minutes"),
                OptionEntry("--seed", "N", "the dice: the same again plays the same (default: 1)"),
                OptionEntry("--play", "ID", "only this play, and every fact of it"),
                OptionEntry("--lanes", "N", "plays side by side (default: the machine's cores)"),
            ]),
        CommandEntry(
            "deploy", "FLOW", "take a service to a new version, or home again",
            [
                image, manifest, setting, runID, interrupt, unhealthy,
                OptionEntry(
                    "--plan", "FILE",
                    "no flow, but this kept plan; refuse if what it stands on has changed",
                    bringsOperand: true),
                OptionEntry("--dry-run", nil, "look, refuse or list the steps; change nothing"),
            ] + reports),
        CommandEntry(
            "abort", "RUN|SERVICE", "bring traffic home and undo the run",
            [
                OptionEntry(
                    "--wait", "DURATION", "how long the holder may take to answer (default: 2s)")
            ] + reports),
        CommandEntry(
            "resume", "RUN|SERVICE", needed: false, "go on with a paused or a lost run",
            [
                OptionEntry(
                    "--all", nil,
                    "every run that nobody drives, paused ones too; with SERVICE, of that one"),
                OptionEntry("--stale", "DURATION", "with --all: silent for so long (default: 2m)"),
                OptionEntry("--takeover", nil, "do not wait for the old holder's lease"),
                interrupt,
            ] + reports),
        CommandEntry("approve", "RUN|SERVICE", "say yes to a run that asks"),
        CommandEntry("reject", "RUN|SERVICE", "say no to a run that asks: it rolls back"),
        CommandEntry("pause", "RUN|SERVICE", "stand still before the next step; gates go on"),
        CommandEntry(
            "promote", "RUN|SERVICE", "end the present bake or pause, as if it had passed"),
        CommandEntry(
            "undo", "SERVICE", "bring back the version that the last promotion retired",
            [
                runID, interrupt,
                OptionEntry(
                    "--stable-unhealthy", "accept",
                    "the present version may have no ready pod: this mends it"),
                OptionEntry("--dry-run", nil, "look, refuse or list the steps; change nothing"),
            ] + reports),
        CommandEntry(
            "delete", "FLOW", "take the flow's version off the routes, and its pods away",
            [
                image, manifest, setting, runID, interrupt,
                OptionEntry(
                    "--force", nil, "it may have users: the version that stays gets them, or nobody"
                ),
                OptionEntry("--dry-run", nil, "look, refuse or list what goes; change nothing"),
            ] + reports),
        CommandEntry(
            "rbac", "FLOW", "the least Role that a deploy of it needs, as YAML; changes nothing",
            [
                image, manifest, setting, unhealthy,
                OptionEntry(
                    "--service-account", "NAME",
                    "bind it to this account, of the flow's namespace or as NAMESPACE:NAME"),
                OptionEntry("--user", "NAME", "bind it to this user"),
            ]),
        CommandEntry("status", "SERVICE", needed: false, "where runs stand, and what is next"),
        CommandEntry("history", "SERVICE", needed: false, "the runs in this journal"),
        CommandEntry(
            "show", "RUN", "every fact of a run, and why",
            [
                OptionEntry(
                    "--measurements", nil, "only the numbers: what gates and tests measured")
            ] + reports),
        CommandEntry(
            "judge", "FLOW", "what the flow's gates say of the past; changes nothing",
            [
                OptionEntry(
                    "--from", "DATE|AGO", "the stretch's beginning (default: 10m before its end)"),
                OptionEntry(
                    "--to", "DATE|AGO", "its end, as 2026-11-29T03:00:00Z or 30m (default: now)"),
                OptionEntry(
                    "--calibrate", "AGO",
                    "play the gates on stable's own requests since then, as 7d: how often they err"),
                OptionEntry("--gate", "NAME", "only this gate", repeats: true),
                OptionEntry("--stable", "LABEL", "the old version, instead of the cluster's"),
                OptionEntry("--candidate", "LABEL", "the new version, instead of the manifest's"),
                OptionEntry("--manifest", "FILE", "the candidate's objects, instead of the flow's"),
            ]),
        CommandEntry(
            "lint", "FLOW…", "all that is wrong with flows, and what is unwise; asks no cluster",
            [
                image, manifest, setting,
                OptionEntry(
                    "--rps", "N", "users' requests in a second: how long do the gates need then?"),
                OptionEntry("--strict", nil, "warnings are errors: exit 3"),
                OptionEntry(
                    "--template", nil, "they are templates: what a service gives may be missing"),
            ]),
        CommandEntry(
            "diagram", "FLOW",
            "who says what to whom when all goes well; asks a cluster only where one is named",
            [
                image, manifest, setting,
                OptionEntry("--out", "FILE", "write it there"),
                OptionEntry("--output", "text|mermaid|svg|json", "how it is drawn (default: text)"),
            ]),
        CommandEntry(
            "explain", "STEP[.FIELD]", needed: false,
            "what a step or a key of the flow is for, as spec.gates"),
        CommandEntry(
            "schema", "a JSON Schema of flows, for editors",
            [OptionEntry("--template", nil, "of files that are templates: they may lack more")]),
        CommandEntry("flows", "the templates that theseus ships"),
        CommandEntry("flows show", "NAME", "one of them, as a file would have it"),
        CommandEntry(
            "init", "write the first flow of a service, from what stands in the cluster",
            [
                OptionEntry(
                    "--service", "NAME", "the service (asked for, where there are several)"),
                OptionEntry("--out", "FOLDER", "where the files go (default: here)"),
                OptionEntry("--gateway", "URL", "where tests knock, instead of what was found"),
                OptionEntry("--prometheus", "URL", "instead of what was found"),
            ]),
        CommandEntry(
            "doctor", "FLOW", needed: false,
            "look at everything that a release stands on; changes nothing",
            [image, manifest, setting]),
        CommandEntry(
            "import", "FILE…", "a flow of an Argo Rollout or a Flagger Canary; - is standard input",
            [
                OptionEntry(
                    "--name", "NAME", "which Rollout or Canary, where the files have several"),
                OptionEntry(
                    "--out", "FILE", "write the flow there, and beside it what it names"),
            ]),
        CommandEntry(
            "verify", "RUN", needed: false, "check the journal's chain, and the cluster against it"),
        CommandEntry(
            "lab serve", "a cluster, a mesh, users and Prometheus on loopback",
            [
                OptionEntry("--listen", "ADDRESS:PORT", "the API (default: 127.0.0.1:7080)"),
                OptionEntry(
                    "--gateway", "ADDRESS:PORT", "the mesh's gateway (default: 127.0.0.1:7081)"),
                OptionEntry("--world", "FILE", "another world than the demo's"),
                OptionEntry("--speed", "N", "its clock runs N times as fast"),
            ]),
        CommandEntry(
            "completion", "SHELL", "what bash, zsh or fish needs to complete commands and options"),
        CommandEntry("help", "COMMAND", needed: false, "this page, or one command's"),
        CommandEntry("version", "which theseus this is"),
    ]

    /// Whose exit code tells where a release stands, whether or not anybody could read its lines.
    static func moves(_ name: String?) -> Bool {
        let movers = [
            "deploy", "resume", "undo", "delete", "abort", "approve", "reject", "pause", "promote",
        ]
        return name.map(movers.contains) ?? false
    }

    static func command(_ name: String) -> CommandEntry? { commands.first { $0.name == name } }
}

extension CommandEntry {
    init(_ name: String, _ summary: String, _ options: [OptionEntry] = []) {
        self.init(name, "", summary, options)
    }
}

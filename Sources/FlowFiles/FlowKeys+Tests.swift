/// The checks that a team owns.
extension FlowKeys {
    static let test = FlowPart(
        [
            FlowKey("command", .texts, "A program and its arguments; exit 0 passes."),
            FlowKey("shell", .text, "A line for /bin/sh; exit 0 passes."),
            FlowKey("http", .part(http), "Requests through the gateway."),
            FlowKey("webhook", .part(webhook), "A POST to a server of yours; any 2xx passes."),
            FlowKey("tcp", .part(tcpTalk), "A bare connection, and what is said over it."),
            FlowKey("ssh", .part(ssh), "A command on another machine; exit 0 passes."),
            FlowKey("job", .part(job), "A Kubernetes Job; exit 0 of its test container passes."),
            FlowKey(
                "requests", .words(["none"]), "none: it sends no requests through the mesh."),
            FlowKey("env", .texts, "Names of variables that the command gets from ours."),
            FlowKey("limits", .part(testLimits), "What the command may use, with all it starts."),
            FlowKey("results", .part(results), "What the command says of its parts."),
            FlowKey("timeout", .duration, default: "5m", "After so long it has failed."),
            FlowKey(
                "retries", .either(.whole(0...100), .part(retries)), default: "0",
                "How often it is tried again."
            ),
            FlowKey("every", .duration, "How long it rests between its runs in a bake."),
            FlowKey(
                "repeat", .words(["safe", "once"]),
                "Whether it may run again after a crash."),
            FlowKey(
                "tolerance", .either(.percentage, .named(.change)), default: "20%",
                "How much worse numbers may be than recorded: all of them, or these."),
            FlowKey("higherIsBetter", .texts, "Numbers of which more is better."),
        ], oneOf: testKinds)

    static let testKinds = ["command", "shell", "http", "webhook", "tcp", "ssh", "job"]

    static let webhook = FlowPart([
        FlowKey("url", .address, isRequired: true, "Where the context is posted."),
        FlowKey("signature", .secret, "The key that signs each request (HMAC-SHA256)."),
        FlowKey("bearer", .secret, "Shown as Authorization: Bearer."),
        FlowKey(
            "plain", .flag, default: "false", "http:// is meant, though it is not this machine."),
        FlowKey(
            "anyAddress", .flag, default: "false",
            "Link-local addresses and clouds' own may be met."),
        FlowKey("poll", .duration, default: "2s", "How long before asking again after a 202."),
        FlowKey("patience", .duration, default: "10s", "The time limit of a single request."),
    ])

    static let tcpTalk = FlowPart([
        FlowKey("host", .text, isRequired: true, "Its name or address."),
        FlowKey("port", .whole(1...65535), isRequired: true, "Its port."),
        FlowKey(
            "tls", .flag, default: "false",
            "With a handshake, and a certificate that is good for the host."),
        FlowKey("send", .text, "What is said."),
        FlowKey("expect", .text, "What must come back."),
    ])

    static let ssh = FlowPart([
        FlowKey("host", .text, isRequired: true, "Its name or address."),
        FlowKey("command", .text, isRequired: true, "What the shell over there is told."),
        FlowKey("user", .text, "Who we are there."),
        FlowKey("port", .whole(1...65535), "Its port."),
        FlowKey("identity", .text, "The file with our key, from the flow's folder."),
        FlowKey(
            "knownHosts", .text, "The file with the host keys to trust, from the flow's folder."),
    ])

    static let job = FlowPart([
        FlowKey(
            "manifest", .text, isRequired: true, "The file with the Job, from the flow's folder."),
        FlowKey("container", .name, "The container whose end is the test's; the first."),
    ])

    static let hooks = FlowPart([
        FlowKey("start", .texts, "Before anything is copied or written; these may end the run."),
        FlowKey("beforeWeight", .texts, "Before each weight; these may end the run."),
        FlowKey("afterWeight", .texts, "After each weight; these may end the run."),
        FlowKey(
            "beforePromotion", .texts, "Before the decision to promote; these may end the run."),
        FlowKey("promoted", .texts, "Told that the run is promoted."),
        FlowKey("rolledBack", .texts, "Told that the run is rolled back, and why."),
        FlowKey("personNeeded", .texts, "Told that a person is needed, and why."),
    ])

    static let testLimits = FlowPart([
        FlowKey("memory", .size, "Memory; pages that processes share count for each."),
        FlowKey("processorTime", .duration, "Time on processors."),
    ])

    static let results = FlowPart(
        [
            FlowKey("junit", .text, "A file with JUnit's XML, from the flow's folder."),
            FlowKey("tap", .text, "A file with the Test Anything Protocol, or stdout."),
            FlowKey("numbers", .text, "A file with one JSON object of numbers, or stdout."),
        ], oneOf: ["junit", "tap", "numbers"])

    static let retries = FlowPart([
        FlowKey("times", .whole(1...100), isRequired: true, "How often it is tried again."),
        FlowKey(
            "wait", .duration, "How long before the second try; doubled before each further one."),
        FlowKey("longestWait", .duration, default: "1m", "No wait is longer."),
        FlowKey("within", .duration, "After so long no further try begins."),
    ])

    static let http = FlowPart([
        FlowKey("path", .text, isRequired: true, "A path at the gateway, or a whole address."),
        FlowKey("method", .text, default: "GET", "The method of each request."),
        FlowKey("body", .text, "Sent with each of them."),
        FlowKey("requests", .whole(1...1_000_000), default: "1", "How many."),
        FlowKey("for", .duration, "For so long, instead of a number."),
        FlowKey("rate", .whole(1...10_000), "How many begin in a second."),
        FlowKey("concurrency", .whole(1...256), "How many at a time."),
        FlowKey(
            "expect", .either(.statuses, .part(answer)), default: "2xx",
            "Which statuses are good, and what else an answer must have."),
        FlowKey("headers", .textMap, "Sent with each of them."),
        FlowKey("dark", .flag, default: "false", "Sends what the dark match asks for."),
        FlowKey("maxErrors", .whole(0...1_000_000), default: "0", "How many may fail."),
        FlowKey("versionHeader", .text, "A response header that names the version."),
        FlowKey("patience", .duration, default: "10s", "The time limit of a single request."),
    ])

    static let answer = FlowPart([
        FlowKey("status", .statuses, default: "2xx", "Which statuses are good."),
        FlowKey("headers", .textMap, "Headers that must be there, and what each must hold."),
        FlowKey("json", .named(.anything), "Values in its JSON, each by its path: $.items[0].id."),
        FlowKey("body", .text, "What must stand in its body."),
    ])
}

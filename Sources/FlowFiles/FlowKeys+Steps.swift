/// The kinds of steps, in the order in which they usually stand.
extension FlowKeys {
    static let steps: [StepKey] = [
        StepKey(
            "backup", .nothing, isBare: true,
            "Copies everything that the run may touch into the journal."),
        StepKey(
            "deploy", .part(deploy), isBare: true,
            "Pins the routes to stable, then starts the candidate in the dark."),
        StepKey("route", .nothing, isBare: true, "Leads the dark match to the candidate."),
        StepKey(
            "reach", .part(reach), isBare: true,
            "Asks through the mesh until the dark route does what it says."),
        StepKey("test", .either(.text, .named(.part(call))), "Runs a test."),
        StepKey(
            "tests", .list(.either(.text, .named(.part(call)))),
            "Runs several tests at the same time; all must pass."),
        StepKey("notify", .text, "Runs a test that tells somebody; the run goes on in any case."),
        StepKey(
            "autoscale", .nothing, isBare: true, "Gives the candidate an autoscaler like stable's."
        ),
        StepKey(
            "scale", .part(scale),
            "Brings the candidate to a part of stable's size, ahead of the weight that needs it."),
        StepKey(
            "drill", .part(drill), isBare: true,
            "Goes from 1 % home and back: the way home is measured before it is needed."),
        StepKey(
            "mirror", .whole(1...100),
            "Copies so many percent of the users' requests to the candidate, until the first weight."
        ),
        StepKey(
            "sticky", .part(sticky),
            "Users stay with the version that they met while the weight only rises."),
        StepKey("weight", .whole(0...100), "Gives the candidate so many percent of the users."),
        StepKey("bake", .part(bake), "Lets users and gates look on for a while."),
        StepKey("gate", .text, "Asks a gate once."),
        StepKey("approve", .part(approve), "Asks a person."),
        StepKey("pause", .duration, "Waits."),
        StepKey(
            "shrink", .part(shrink), isBare: true,
            "Lowers stable's autoscaler minimum, and awaits the scale-down."),
        StepKey("retire", .nothing, isBare: true, "The point of no return: stable goes."),
    ]

    static let deploy = FlowPart([
        FlowKey(
            "deadline", .duration, default: "10m",
            "How long the candidate's pods may take to be ready.")
    ])

    static let reach = FlowPart([
        FlowKey("deadline", .duration, default: "2m", "How long it may take."),
        FlowKey("every", .duration, default: "1s", "How long to wait before asking again."),
    ])

    static let call = FlowPart([
        FlowKey(
            "baseline", .words(["record", "compare", "stable"]),
            "Keeps the numbers, or holds them against the kept ones, or against stable's.")
    ])

    static let sticky = FlowPart([
        FlowKey("cookie", .text, isRequired: true, "The cookie's name."),
        FlowKey("ttl", .duration, isRequired: true, "How long it is kept after the last request."),
    ])

    static let scale = FlowPart([
        FlowKey(
            "candidate", .percentage, isRequired: true,
            "Of the pods that stable had ready at the backup, 1% to 100%; awaited as before a weight."
        )
    ])

    static let drill = FlowPart([
        FlowKey("within", .duration, default: "10s", "How long the way home may take.")
    ])

    static let bake = FlowPart([
        FlowKey("for", .duration, isRequired: true, "How long."),
        FlowKey("maxFor", .duration, "How long to wait on for enough samples."),
        FlowKey("gates", .texts, "Gates that look on."),
        FlowKey("tests", .texts, "Tests that run again and again."),
    ])

    static let approve = FlowPart([
        FlowKey("timeout", .duration, isRequired: true, "After so long the run rolls back.")
    ])

    static let shrink = FlowPart([
        FlowKey("minimum", .whole(1...100_000), default: "1", "How many pods stable keeps.")
    ])
}

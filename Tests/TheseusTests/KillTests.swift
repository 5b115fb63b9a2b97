import JSONTree
import Testing

/// `kill -9` after any line: some other process brings every run to its end.
@Suite struct KillTests {
    /// Two kills each; the lines after which they come are spread over the whole run.
    static let runs = 0..<25
    @Test func fiftyKillsLoseNothing() async throws {
        let voyages = try await withThrowingTaskGroup(of: Voyage.self) { group in
            for number in Self.runs {
                group.addTask { try await Self.survive(number) }
            }
            var voyages: [Voyage] = []
            for try await voyage in group { voyages.append(voyage) }
            return voyages
        }
        #expect(voyages.filter { $0.kills != 2 }.map(\.number).sorted() == [])
        // Both ends were met, and no other.
        #expect(Set(voyages.map(\.code)) == [0, 1])
    }

    /// What one run went through.
    struct Voyage: Sendable {
        var number: Int
        var kills = 0
        /// The exit code of the process that ended it.
        var code = 0
    }

    /// One run with two kills; every other one is remembered in the cluster.
    ///
    /// On a busy machine a process may have ended before its kill arrives. Such a run has ended
    /// well, but was not killed twice: another is told, whose kills come sooner.
    private static func survive(_ number: Int) async throws -> Voyage {
        for hurry in [1, 2, 4] {
            let voyage = try await survive(number, hurry: hurry)
            if voyage.kills == 2 { return voyage }
        }
        return try await survive(number, hurry: 8)
    }

    private static func survive(_ number: Int, hurry: Int) async throws -> Voyage {
        try await ServedLab.serving(speed: 200) { lab in
            let before = try await lab.get(ServedLab.virtualService)["spec"]
            let lifeline = try Lifeline(lab.folder.file("lifeline"))
            let isBad = number % 3 == 2
            let journal = number.isMultiple(of: 2) ? [] : ["--journal", "cluster"]
            var flow = ShortFlow(lab)
            if isBad { flow.manifest = "demo-app-v3.yaml" }
            flow.tests = """
                    smoke: {command: [/bin/sh, -c, "\(lifeline.script())"], timeout: 10m, retries: 3}

                """
            // On this clock the usual two minutes are 600 ms, and the machine may be busy.
            flow.limits = "write: 20m"
            flow.steps[9] = "bake: {for: 20s, maxFor: 10m, gates: [errors], tests: [smoke]}"
            let path = try flow.write()
            var voyage = Voyage(number: number)

            // A run that nobody kills says a little more than this; the way home is shorter.
            let lines = isBad ? 33 : 38
            let isAborted = number % 5 == 1
            let first = 1 + number * (lines - 1) / runs.count / hurry
            let second = 1 + number * 5 % max(1, isAborted ? 2 : lines - first) / hurry
            var next = ["deploy", path, "--run-id", "r\(number)"]
            for line in [first, second] {
                let process = try Program(lab.words(next + journal), in: lab.folder.path)
                await process.lines(atLeast: line)
                process.signal(9)
                if await process.end().code == -9 { voyage.kills += 1 }
                // The second of some is killed on the way home.
                let isSecond = next[0] == "deploy"
                next = ["resume", "r\(number)"]
                if isAborted, isSecond { next = ["abort", "r\(number)", "--wait", "200ms"] }
            }
            let ending = try await Program.run(lab.words(next + journal), in: lab.folder.path)
            #expect([0, 1].contains(ending.code), "run \(number): \(ending)")
            try await lab.expectWholeWeights()
            let verify = try await Program.run(lab.words(["verify"] + journal), in: lab.folder.path)
            #expect(verify.code == 0, "run \(number): \(verify)")
            #expect(
                !lifeline.wasHeld || lifeline.isLet(),
                "run \(number): a process of a test is still there")
            try await expectEnd(of: lab, ending.code == 0, isBad ? "v3" : "v2", before)
            voyage.code = ending.code
            return voyage
        }
    }

    /// The cluster is as the exit code says.
    private static func expectEnd(
        of lab: ServedLab, _ isPromoted: Bool, _ version: String, _ before: JSONTree?
    ) async throws {
        let list = try await lab.get(ServedLab.deployments)["items"]?.items ?? []
        let names = list.compactMap { $0.at("metadata", "name")?.text }
        #expect(names == [isPromoted ? "demo-app-\(version)" : "demo-app-v1"])
        let service = try await lab.get(ServedLab.virtualService)
        if isPromoted {
            #expect(ServedLab.weights(service).map(\.weight) == [100])
        } else {
            #expect(service["spec"] == before)
        }
    }
}

import CanaryEngine
import Chronicle
import Golden
import JSONTree
import Testing

@Suite struct StateCodecTests {
    private static let place = Progress(step: 9, leg: 1, entered: .milliseconds(61_500))

    private static let bakingPlace: Progress = {
        var place = StateCodecTests.place
        place.attempt = 2
        place.tally.hasLastedLongEnough = true
        place.tally.verdicts = [1: .fail, 0: .pass, 2: .notEnough]
        var rounds = BakeTally.Rounds()
        rounds.finished = 3
        rounds.passed = 2
        rounds.failedInARow = 1
        place.tally.rounds = [0: rounds]
        return place
    }()

    private static let triedPlace: Progress = {
        var place = StateCodecTests.place
        place.attempt = 1
        place.firstTry = .seconds(60)
        return place
    }()

    private static let why = Setback(.gateFailed, "5% failed")

    private static let courses: [Course] = [
        .advancing(place), .advancing(bakingPlace), .asking(place), .paused(place, by: "mia"),
        .returning(Return(why: why, place: place)), .closing(place), .promoted, .rolledBack(why),
        .personNeeded(
            Trouble(setback: why, stop: .returning(Return(why: why, place: place)))),
        .personNeeded(Trouble(setback: why, stop: .closing(place))),
        .personNeeded(
            Trouble(
                setback: why, stop: .closing(place),
                calling: Progress(step: 1, leg: 0, entered: .seconds(70)))),
        .advancing(triedPlace),
    ]

    static let states: [RunState] =
        courses.map { course in
            var state = RunState()
            state.course = course
            return state
        } + [full]

    private static let full: RunState = {
        var state = RunState()
        state.epoch = 4
        state.holder = "node-1/77"
        state.clock = .microseconds(987_654_321)
        state.begun = 9
        state.backup = Backup(digest: "cd34", stableReady: 3)
        state.weight = TrafficWeight(percent: 50) ?? .none
        state.weightSince = .seconds(700)
        state.ownRuns = [
            OwnRun(start: .seconds(701), end: .seconds(702), traffic: .unknown),
            OwnRun(
                start: .seconds(800), end: .seconds(801),
                traffic: .counted(candidate: 9, candidateErrors: 1, stable: 8, stableErrors: 0)),
            OwnRun(start: .seconds(802), end: .seconds(802), traffic: .none),
        ]
        state.baselines = [Baseline(test: "performance", measures: [Measure("p99", 12.5)])]
        state.startedOnce = FactTable.order
        state.pauseWish = "tom"
        state.answeredWish = 3
        state.troubles = 2
        return state
    }()

    @Test func isWrittenAsEver() throws {
        let lines = Self.states.map {
            String(decoding: JSONWriter.bytes(of: StateCodec.encode($0)), as: UTF8.self)
        }
        try expectGolden(lines.joined(separator: "\n") + "\n", named: "states.txt")
    }

    @Test(arguments: states)
    func comesBackAsItWas(_ state: RunState) throws {
        let read = try JSONReader.tree(of: JSONWriter.bytes(of: StateCodec.encode(state)))
        #expect(try StateCodec.decode(read, place: "here") == state)
    }

    @Test(arguments: ["epoch", "holder", "clock", "course", "begun", "weight", "answeredWish"])
    func whatIsMissingIsNotGuessed(_ key: String) {
        var tree = StateCodec.encode(Self.full)
        tree[key] = nil
        let error = #expect(throws: ChronicleError.self) {
            try StateCodec.decode(tree, place: "run r-1, record 7")
        }
        #expect(
            error?.description == """
                journal: a state that cannot be read
                  where: run r-1, record 7
                  do:    use the version of theseus that wrote it; `theseus show RUN` names it
                """)
    }

    @Test func anotherMachineIsRefusedByName() {
        var tree = StateCodec.encode(Self.full)
        tree["machine"] = 99
        let error = #expect(throws: ChronicleError.self) {
            try StateCodec.decode(tree, place: "run r-1, record 7")
        }
        #expect(error?.what == "state of the unknown machine 99")
    }
}

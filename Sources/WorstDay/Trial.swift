internal import CanaryEngine
internal import Lab
internal import Rehearsal

/// One play: something that goes wrong somewhere.
package struct Trial: Sendable {
    /// What goes wrong, as a row of the matrix.
    package enum What: String, Hashable, Sendable, CaseIterable {
        case nothing = "nothing"
        case turnsBad = "candidate fails from this share on"
        case slower = "candidate slower"
        case neverReady = "candidate never ready"
        case crashLoop = "candidate crash-loops"
        case podsCrash = "candidate's pods crash"
        case outOfReach = "dark route leads nowhere"
        case testFails = "test fails"
        case testHangs = "test hangs"
        case gateFails = "gate fails"
        case noMetrics = "no metrics"
        case metricsHang = "metrics hang"
        case metricsLate = "metrics come late"
        case unanswered = "nobody answers"
        case rejected = "person says no"
        case killed = "process killed, resumed"
        case aborted = "abort"
        case hookHangs = "abort, and a hook hangs"
        case denied = "API: 401, 403, 404, 410, 422"
        case conflict = "API: 409"
        case errs = "API: 429, 500, 503"
        case breaks = "API: reset, time-out"
        case slow = "API: slow, dead watch"
        case toolReverts = "GitOps tool puts routes back"
        case personEdits = "person edits the weights"

        /// In the order of the matrix.
        var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// What `--play` is given.
    package let id: String
    package let what: What
    package let place: Place
    var script = Script()
    var events: [Scenario.Event] = []
    var death: Lifeline.Death?
    var call: (number: Int, outcome: CallOutcome)?
    /// Nobody says yes at this step.
    var unansweredStep: Int?
    var hasForeignHands = false
    var mayLoseRequests = false
    var excuses: [String] = []
    /// More of what goes wrong: a test's name, an outcome.
    package var detail = ""

    init(_ id: String, _ what: What, at place: Place) {
        self.id = id
        self.what = what
        self.place = place
    }

    func with(_ change: (inout Trial) -> Void) -> Trial {
        var trial = self
        change(&trial)
        return trial
    }

    /// Plays it; blocks the thread that it runs on.
    func play(on ground: Playground, noting calls: FaultPlan? = nil) -> Playbill {
        let (script, flow) = (script, ground.flow)
        let stage = Stage(ground.stage) { scenario in
            scenario.events += events
            scenario.events += ground.approvals.filter { $0.key != unansweredStep }
                .sorted { $0.key < $1.key }.map(\.value)
            scenario.hasForeignHands = hasForeignHands
            scenario.understudy = { crew, outside in
                ScriptedCrew(
                    crew: crew, script: script, flow: flow, time: outside.time, life: outside.life)
            }
        }
        var mishap = Mishap(deaths: death.map { [$0] } ?? [], calls: calls)
        if let call { mishap.calls = FaultPlan(call: call.number, call.outcome) }
        return stage.play(mishap)
    }
}

extension CallOutcome {
    var what: Trial.What {
        switch self {
        case .status(409, _): .conflict
        case .status(429, _), .status(500, _), .status(503, _): .errs
        case .status: .denied
        case .resetApplied, .resetNotApplied, .timeOutApplied, .timeOutNotApplied: .breaks
        case .slow, .deadStream, .brokenStream: .slow
        }
    }

    var isTimeOut: Bool { self == .timeOutApplied || self == .timeOutNotApplied }
}

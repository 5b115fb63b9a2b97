/// The steps of one run, in order: a flow resolved against one cluster and one candidate.
package struct RunPlan: Hashable, Sendable {
    package var steps: [Step]
    package var limits: Limits
    /// What becomes of a test that may run only once and was cut off by a crash.
    package var onCutOff: CutOffPolicy
    /// What follows when a gate had not enough evidence in time.
    package var onNotEnough = CutOffPolicy.rollBack
    /// There is no stable version: the routes are pinned to nobody until the candidate has them.
    package var isFirstRelease: Bool
    /// A GitOps tool's source is written before the point of no return, which waits for the tool.
    package var writesBack = false
    /// A guard stands in the cluster while the run lasts.
    package var isGuarded = false
    package var hooks = LifeHooks()
    /// The candidate stands already and is to go; stable, where there is one, stays and has all.
    package var isRemoval = false

    package init(
        steps: [Step], limits: Limits = Limits(), onCutOff: CutOffPolicy = .rollBack,
        isFirstRelease: Bool = false
    ) {
        self.steps = steps
        self.limits = limits
        self.onCutOff = onCutOff
        self.isFirstRelease = isFirstRelease
    }
}

package enum CutOffPolicy: Hashable, Sendable {
    case rollBack
    case ask
}

extension RunPlan {
    /// The plan that takes the candidate of `plan` away: looks and copies, makes room on what stays,
    /// and only then is it decided.
    package static func removal(like plan: RunPlan) -> RunPlan {
        var removal = RunPlan(steps: [.backup], limits: plan.limits)
        removal.isGuarded = plan.isGuarded
        removal.isRemoval = true
        return removal
    }
}

/// One stage of a plan.
package enum Step: Hashable, Sendable {
    /// Copies everything that the run may touch into the journal.
    case backup
    /// Pins the routes to stable, then starts the candidate in the dark.
    case deploy(deadline: Duration)
    /// Adds the dark route: matched requests, and only those, meet the candidate.
    case route
    /// Polls through the mesh until the dark route does what it says.
    case reach(deadline: Duration, every: Duration)
    case test(TestCall)
    /// Runs several at the same time; all must pass.
    case tests([TestCall])
    /// Tells somebody; whatever comes of it, the run goes on.
    case notify(TestCall)
    /// Gives the candidate an autoscaler like stable's.
    case autoscale
    /// Brings the candidate to so much of stable's size, ahead of the weight that will need it.
    case scale(TrafficWeight)
    /// 1 → 0 → 1 over the rollback path: the way home is measured before it is needed.
    case drill(within: Duration)
    case weight(TrafficWeight)
    /// Copies so much of the users' requests to the candidate, until the first weight.
    case mirror(TrafficWeight)
    /// Who met the candidate stays with it while its weight only rises.
    case sticky(Stickiness)
    case bake(Bake)
    /// One judgement of a gate.
    case gate(String)
    /// Asks a person; until the answer the bake's gates go on.
    case approve(timeout: Duration)
    case pause(Duration)
    /// Lowers stable's autoscaler minimum and awaits the scale-down.
    case shrink(minimum: Int)
    /// The point of no return, and the removal of the old version.
    case retire
}

/// How users are told apart who met a version before.
package struct Stickiness: Hashable, Sendable {
    /// The cookie's name.
    package var cookie: String
    /// How long it is kept after the last request, in whole seconds.
    package var ttl: Duration

    package init(cookie: String, ttl: Duration) {
        self.cookie = cookie
        self.ttl = .seconds(max(1, ttl.components.seconds))
    }
}

/// Traffic flows while gates and tests look on, again and again.
package struct Bake: Hashable, Sendable {
    package var duration: Duration
    /// How long to wait on for enough evidence; at least `duration`.
    package var longest: Duration
    package var gates: [String]
    package var tests: [TestCall]
    /// Gates whose verdicts are told and decide nothing.
    package var watched: [String]

    package init(
        duration: Duration, longest: Duration? = nil, gates: [String] = [], tests: [TestCall] = [],
        watched: [String] = []
    ) {
        self.watched = watched
        self.duration = duration
        self.longest = max(duration, longest ?? duration)
        self.gates = gates
        self.tests = tests
    }
}

/// How long the parts may take that no step gives a time of its own.
package struct Limits: Hashable, Sendable {
    /// Any write, with its retries.
    package var write = Duration.seconds(120)
    /// How long a change of routes needs to reach every proxy.
    package var settle = Duration.seconds(10)
    /// How long to look for a new weight in the mesh before it counts as unseen.
    package var observe = Duration.seconds(60)
    /// How long to look who meets a dark candidate: some scrapes, and the time for their questions.
    package var darkness = Duration.seconds(180)
    /// How long a version may take to grow for a weight.
    package var capacity = Duration.seconds(600)
    /// How long the candidate's pods must have been ready in a row before they count.
    package var ready = Duration.seconds(5)
    /// How long requests in flight may take once the share is 0.
    package var drain = Duration.seconds(30)
    /// The whole way home may wait this long for stable's pods.
    package var home = Duration.seconds(600)
    /// How long a run may stand paused.
    package var pause = Duration.seconds(24 * 3600)
    /// How long a source of metrics may err without a break.
    package var metrics = Duration.seconds(600)
    /// How long a GitOps tool may take to apply what was written for it.
    package var writeBack = Duration.seconds(24 * 3600)

    package init() {}
}

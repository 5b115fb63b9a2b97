internal import CanaryEngine

/// How long a run may take at most, by its plan; the auditor's own sum.
enum RunBound {
    static func whole(_ plan: RunPlan) -> Duration {
        plan.steps.reduce(.zero) { $0 + bound(of: $1, plan.limits) }
            + home(plan.limits) + closing(plan.limits) + hooks(plan)
            + (plan.writesBack ? plan.limits.write * 2 + plan.limits.writeBack : .zero)
    }

    private static func bound(of step: Step, _ limits: Limits) -> Duration {
        let write = limits.write
        return switch step {
        case .backup: write * 3
        case .deploy(let deadline): write * 4 + limits.settle * 2 + deadline + limits.darkness
        case .route: write * 3 + limits.settle * 2
        case .reach(let deadline, _): write + deadline
        case .test(let call), .notify(let call): write + bound(of: call)
        case .tests(let calls): write + (calls.map(bound).max() ?? .zero)
        case .autoscale: write * 2
        case .scale: write + limits.capacity
        case .drill(let within):
            write * 2 + limits.darkness + limits.capacity + limits.observe * 2 + within
        case .weight: write * 2 + limits.darkness + limits.capacity + limits.observe
        case .mirror: write * 2 + limits.darkness + limits.capacity + limits.settle
        case .sticky: write * 2
        case .bake(let bake): write + bake.longest
        case .gate: write * 2
        case .approve(let timeout): write + max(timeout, limits.pause)
        case .pause(let duration): write + max(duration, limits.pause)
        case .shrink: write * 2 + limits.capacity
        case .retire: write
        }
    }

    private static func bound(of call: TestCall) -> Duration {
        (call.timeout + call.longestWait + .seconds(30)) * max(1, call.attempts)
    }

    /// Those of the weights are called at each of them.
    private static func hooks(_ plan: RunPlan) -> Duration {
        LifeHooks.Moment.allCases.reduce(.zero) { sum, moment in
            let isOfWeights = moment == .beforeWeight || moment == .afterWeight
            return plan.hooks[moment].reduce(sum) {
                $0 + bound(of: $1) * (isOfWeights ? plan.steps.count : 1)
            }
        }
    }

    /// Each leg may be tried three times.
    private static func home(_ limits: Limits) -> Duration {
        (limits.home * 2 + limits.observe + limits.settle * 2 + limits.drain + limits.capacity
            + limits.write * 7) * 3
    }

    private static func closing(_ limits: Limits) -> Duration {
        (limits.settle * 2 + limits.drain + limits.capacity * 2 + limits.write * 5) * 3
    }
}

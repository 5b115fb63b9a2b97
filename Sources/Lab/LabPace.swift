/// How quickly things happen in the Lab.
package struct LabPace: Hashable, Sendable {
    /// What every request costs, half of it on the way there.
    package var latency: Duration = .milliseconds(2)
    /// From a change until a controller acts on it.
    package var controllers: Duration = .milliseconds(20)
    /// From a pod's creation until it is ready.
    package var readyAfter: Duration = .seconds(3)
    /// From a pod's end until it is gone; its terminationGracePeriodSeconds where that is less.
    package var goneAfter: Duration = .seconds(1)
    /// From a change until an autoscaler looks at it.
    package var autoscalers: Duration = .seconds(2)
    /// How long an autoscaler waits before it scales down.
    package var scaleDownAfter: Duration = .seconds(30)
    /// Changes older than this many revisions can no longer be watched from.
    package var watchable = 10_000

    package init() {}
}

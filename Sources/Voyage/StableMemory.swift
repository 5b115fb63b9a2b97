internal import CanaryEngine
internal import Synchronization
internal import Workloads

/// When stable was last found as large as it must be, and with how many pods.
///
/// A list of the Service's pods, made anyway, tells at no cost when one of stable's goes; only then
/// what scales them is looked at. Where no such list is made the Deployment is, every now and then.
final class StableMemory: Sendable {
    private struct Last {
        var looked: Duration?
        var pods: Int?
    }

    private let last = Mutex(Last())

    /// So long the Deployment is not looked at again where no list tells of its pods.
    static let pause = Duration.seconds(10)

    /// What must be looked at now.
    enum Look { case nothing, deployment, both }

    /// `pods`: stable's, as a list showed them just now; nil: none was made.
    func due(_ needs: StableNeeds, pods: Int?, at now: Duration) -> Look {
        last.withLock { last in
            guard let pods else {
                return last.looked.map { now - $0 < Self.pause } ?? false ? .nothing : .deployment
            }
            let least = last.pods ?? max(needs.pods, needs.held ?? 0)
            if pods < least { return .both }
            last.pods = pods
            return .nothing
        }
    }

    /// It was looked at, and is large enough.
    func stands(pods: Int?, at now: Duration) {
        last.withLock { last in
            last.looked = now
            last.pods = pods ?? last.pods
        }
    }
}

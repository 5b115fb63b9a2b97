internal import CanaryEngine
internal import FlowFiles
package import KubernetesAPI
package import Voyage

/// What a delivery will do, step by step, as the cluster is now.
package struct DeliveryPlan: Sendable {
    package struct Right: Hashable, Sendable {
        package let right: AccessRight
        /// nil: the server would not say.
        package let isGranted: Bool?
    }

    package let charter: RunCharter
    package let day: PlayedDay
    package let rights: [Right]
    /// Stable's pods that are ready now.
    package let readyPods: Int
    package let terms: Departure.Terms
    package let footing: [Footing]

    init(
        charter: RunCharter, day: PlayedDay, rights: [Right], readyPods: Int,
        terms: Departure.Terms, footing: [Footing]
    ) {
        self.charter = charter
        self.day = day
        self.rights = rights
        self.readyPods = readyPods
        self.terms = terms
        self.footing = footing
    }

    /// Nothing fails and nobody lets it wait.
    package var earliest: Duration { day.lasted }
    /// Every wait takes all that it may.
    package var latest: Duration { charter.flow.plan.longestForward }
    /// From the last step back to the first, every wait at its limit.
    package var wayHome: Duration { charter.flow.plan.longestHome }

    package func writes(in chapter: PlannedWrite.Chapter) -> [PlannedWrite] {
        day.writes.filter { $0.chapter == chapter }
    }
}

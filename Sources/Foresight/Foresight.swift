// Foresight — what a delivery will write, learned by letting the production rooms write it.
//
//   Forecast            the door: a flow and a cluster -> a DeliveryPlan
//   Lookout             looks at the cluster, and remembers what it saw
//   ReadOnlyTransport   the wall that it stands behind: no write goes through
//   LiveObjects         what was seen of the cluster, path by path
//   Likening            a lab's world that stands as the cluster did
//   Rehearsing          the good day in that world: every write, in order
//   FairWeather         why the day is good: tests pass, gates pass, people say yes
//   Scribe              who writes down what the run said to the API server
//   PlannedWrite        one write: the object before and after
//   DeliveryPlan        all of it; Footing: what it stands on; PlanFile: kept for a later deploy
//   ManifestWorld       a lab's world made of a flow and its manifest, where no cluster is asked
//   RightsReview        whether the account may; TestsNow: whether the tests' needs are there
//   Rules, RoleSheet    rights as the rules of Roles
//   UnifiedDiff         two texts as `diff -u` shows them
//
// Writes nothing anywhere but in its own lab.

internal import CanaryEngine

extension RunPlan {
    /// Where in a plan a run stands, as a plan's reader sees it.
    func chapter(_ state: RunState) -> PlannedWrite.Chapter {
        switch state.course {
        case .advancing(let place), .asking(let place), .paused(let place, _):
            state.begun == 0 ? .beforehand : .step(min(place.step, steps.count - 1))
        case .returning, .rolledBack: .beforehand
        case .closing, .promoted, .personNeeded: .closing
        }
    }
}

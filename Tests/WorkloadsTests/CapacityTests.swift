import CanaryEngine
import Testing
import Workloads

struct CapacityTests {
    @Test(arguments: [
        (0, 0, 0), (0, 3, 0), (-1, 3, 0), (1, 0, 100), (1, 3, 33), (2, 3, 66), (3, 3, 100),
        (4, 3, 100), (1, 1, 100), (1, 7, 14), (99, 100, 99), (199, 200, 99), (1, 101, 0),
        (1, .max, 0), (.max, 1, 100), (.max, .max, 100),
    ])
    func carries(ready: Int, ofStable: Int, share: Int) {
        #expect(Capacity.carry(ready: ready, ofStableReady: ofStable) == share)
    }

    @Test(arguments: [
        (0, 10, 0), (1, 0, 1), (1, 1, 1), (1, 3, 1), (1, 100, 1), (1, 101, 2), (33, 3, 1),
        (34, 3, 2), (50, 3, 2), (50, 4, 2), (67, 3, 3), (99, 100, 99), (100, 7, 7), (100, 0, 1),
        (100, .max, .max), (1, -5, 1),
    ])
    func floors(percent: Int, stableReady: Int, pods: Int) throws {
        let weight = try #require(TrafficWeight(percent: percent))
        #expect(Capacity.floor(for: weight, stableReady: stableReady) == pods)
    }

    /// The floor of a weight carries that weight, and one pod less does not.
    @Test func floorAndCarryAgree() throws {
        for stable in 1...120 {
            for percent in 1...100 {
                let weight = try #require(TrafficWeight(percent: percent))
                let floor = Capacity.floor(for: weight, stableReady: stable)
                #expect(Capacity.carry(ready: floor, ofStableReady: stable) >= percent)
                #expect(Capacity.carry(ready: floor - 1, ofStableReady: stable) < percent)
            }
        }
    }
}

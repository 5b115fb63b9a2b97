import JSONTree
import Lab
import Manifests
import Rehearsal
import Testing

@Suite struct StoryTests {
    /// Each scenario ends as it should, loses nobody, leaks nothing, and passes the audit.
    @Test(arguments: Repertoire.all.map(\.name))
    func story(_ name: String) throws {
        let scenario = try #require(Repertoire.scenario(name))
        let bill = try Stage(scenario).play()
        #expect(bill.complaints(scenario) == [])
        #expect(bill.jobs > 0)
    }

    /// Strangers excuse nobody but those whom the plain Service leads to them.
    @Test(arguments: ["stranger-in-the-dark", "side-door"])
    func aLeakIsSeenBesideAnothers(_ name: String) throws {
        let scenario = try #require(Repertoire.scenario(name))
        let honest = try Stage(scenario).play()
        #expect(honest.leakedRequests == 0)
        #expect(honest.candidateRequests > 0)
        // As if the run had led users to its candidate itself.
        let routes = ObjectReference(.virtualService, namespace: "demo", name: "demo-app")
        let there: JSONTree = [["destination": ["host": "demo-app"]]]
        let leaking = scenario.with {
            $0.events.append(
                .init(
                    .upon(after: .zero) { $0.isAwaitingReady },
                    .world { state in
                        state.cluster.edit(routes, by: "theseus") {
                            $0.tree.set(
                                [["name": "primary", "route": there]], at: "spec", "http")
                        }
                    }))
        }
        let bill = try Stage(leaking).play()
        #expect(bill.leakedRequests > 0)
        let said = bill.complaints(leaking)
        #expect(said.contains { $0.hasSuffix("requests of users met a dark candidate") }, "\(said)")
    }

    /// At least a dozen scenarios are swept without a gap in every build.
    @Test func thoroughOnesAreThere() {
        let names = Repertoire.all.map(\.name)
        #expect(Repertoire.thorough.allSatisfy(names.contains))
        #expect(Set(Repertoire.thorough).count >= 12)
    }

    @Test func namesDiffer() {
        let names = Repertoire.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.count >= 12)
    }
}

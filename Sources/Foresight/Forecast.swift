internal import CanaryEngine
package import Diagrams
package import FlowFiles
internal import KubernetesAPI
internal import Lab
package import Voyage

/// A flow and a cluster in, the plan of its delivery out.
///
/// Looks at the cluster as deploy does, refuses as deploy does, then lets the very crew that would
/// deploy do so in a likeness of the cluster. Whatever that crew looks at in the likeness is looked
/// up in the cluster first: the day is played again until it asks nothing new.
package struct Forecast: Sendable {
    /// Reaches the cluster by the lookout and by nothing else.
    private let rig: Rig
    private let lookout: Lookout
    private let terms: Departure.Terms

    /// A run's id in a plan: no run has it.
    package static let run = "planned"
    /// So often the day may lead to something that nobody has looked at.
    private static let mostRounds = 6

    package init(rig: Rig, lookout: Lookout, terms: Departure.Terms) {
        self.rig = rig
        self.lookout = lookout
        self.terms = terms
    }

    /// Throws deploy's own first refusal, but for a target that is held and looks untouched; writes
    /// nothing.
    package func plan(_ flow: Flow, from source: FlowSource) async throws -> DeliveryPlan {
        let prospect = try await Departure(rig: rig, run: Self.run, terms: terms)
            .prospect(flow, from: source)
        let rights = try await RightsReview(client: client).require(prospect.rights)
        let day = try await day(of: prospect.charter)
        return DeliveryPlan(
            charter: prospect.charter, day: day, rights: rights, readyPods: prospect.readyPods,
            terms: terms, footing: Footing.all(under: day, prospect.charter, in: lookout.seen))
    }

    /// Who says what to whom on that day.
    ///
    /// Nothing will be carried out: which rights it would take, and whether another run holds the
    /// target, is not asked.
    package func diagram(_ flow: Flow, from source: FlowSource) async throws -> SequenceDiagram {
        let prospect = try await Departure(rig: rig, run: Self.run, terms: terms)
            .prospect(flow, from: source, forOthers: true)
        return try await day(of: prospect.charter).diagram(of: flow)
    }

    /// The run that somebody drives on the target right now: it may have written nothing yet but its
    /// Lease, and what was seen may move; nil: none.
    package func driver(of flow: Flow) async throws -> String? {
        try await TargetLease.driver(of: flow.target, on: rig)
    }

    private var client: KubernetesClient { rig.cluster.patient(for: rig.pace.patience) }

    private func day(of charter: RunCharter) async throws -> PlayedDay {
        for _ in 0..<Self.mostRounds {
            let likening = try Likening(
                of: lookout.seen, for: charter)
            let day = try Rehearsing(
                charter: charter, likening: likening, pace: pace,
                remembersInCluster: terms.remembersInCluster
            ).play()
            let before = lookout.seen.objects.count
            let isNew = try await lookUp(day.looks)
            if !isNew || lookout.seen.objects.count == before {
                return try promoted(day, charter)
            }
        }
        throw ForesightError(.endless, place: charter.target)
    }

    private func promoted(_ day: PlayedDay, _ charter: RunCharter) throws(ForesightError)
        -> PlayedDay
    {
        let why: String
        switch day.end.course {
        case .promoted: return day
        case .rolledBack(let setback): why = setback.reason
        case .personNeeded(let trouble): why = trouble.setback.reason
        case .advancing, .asking, .paused, .returning, .closing: why = "it did not end"
        }
        throw ForesightError(.badDay(why), place: charter.target)
    }

    /// As deploy paces itself: looks into an inbox in the cluster are calls.
    private var pace: Pace {
        var pace = rig.pace
        if terms.remembersInCluster, let patience = pace.patience {
            pace.inbox = max(pace.inbox, patience / 20)
        }
        return pace
    }

    /// Looks in the cluster at what the played run looked at; whether there was anything to ask.
    private func lookUp(_ looks: [String]) async throws -> Bool {
        var hasAsked = false
        for path in Footing.lookedFor(looks) where !lookout.seen.knows(path) {
            hasAsked = true
            do {
                try await client.patiently { _ = try await $0.look(at: path) }
            } catch let error as KubernetesError where !error.isPassing {
                // What we may not see, the run itself will not see either.
            }
        }
        return hasAsked
    }
}

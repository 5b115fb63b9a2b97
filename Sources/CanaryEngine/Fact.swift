/// What happened, in the past tense: all that the journal keeps.
///
/// Facts that answer an order name it.
///
/// Each case has a kind number in the journal that is its for ever: see docs/JOURNAL.md.
package enum Fact: Hashable, Sendable {
    /// The run was resolved; its plan is the blob of that digest.
    case planned(digest: String)
    /// A process took the run.
    case held(Holding)
    case stepBegun(OrderID)
    case promotionDecided(OrderID)
    /// An order that may run only once is about to start.
    case started(OrderID)
    case done(OrderID, note: String)
    case backedUp(OrderID, Backup)
    /// The candidate's pods are ready, and this is what they consist of.
    case recognised(OrderID, Likeness, note: String)
    case tested(OrderID, TestReport)
    case judged(OrderID, gate: String, Verdict)
    /// The mesh was looked at: whether it shows the weight.
    case observed(OrderID, seen: Bool, note: String)
    /// A part of the way home is done: no more than this share is left with the candidate.
    case lowered(OrderID, TrafficWeight)
    case failed(OrderID, Setback)
    case deadlinePassed(OrderID)
    case wished(Wish)
    case refused(Wish, why: String)
    /// Worth knowing, moves nothing.
    case noticed(String)
}

package struct Holding: Hashable, Sendable {
    package let epoch: Int
    package let holder: String
    package let version: String
    /// How long nobody held the run, by the API server's date; counts against rollback deadlines only.
    package let absence: Duration

    package init(epoch: Int, holder: String, version: String, absence: Duration) {
        self.epoch = epoch
        self.holder = holder
        self.version = version
        self.absence = absence
    }
}

/// What a person asks; unlike a fact it can be refused.
package struct Wish: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case abort
        case approve
        case reject
        case pause
        case resume
        case promote
    }

    package let kind: Kind
    package let by: String
    /// Its number in the inbox; 0 for one that came by a signal.
    package let number: Int

    package init(_ kind: Kind, by: String, number: Int = 0) {
        self.kind = kind
        self.by = by
        self.number = number
    }
}

extension Fact {
    /// The order that this fact answers.
    package var order: OrderID? {
        switch self {
        case .stepBegun(let id), .promotionDecided(let id), .started(let id), .done(let id, _),
            .backedUp(let id, _), .recognised(let id, _, _), .tested(let id, _),
            .judged(let id, _, _),
            .observed(let id, _, _), .lowered(let id, _), .failed(let id, _),
            .deadlinePassed(let id):
            id
        case .planned, .held, .wished, .refused, .noticed: nil
        }
    }
}

/// A check that a team owns.
package struct TestSpec: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case command(Command)
        case http(Load)
        case webhook(Webhook)
        case tcp(Talk)
        case ssh(SSH)
        case job(Job)
    }

    package var name: String
    package var kind: Kind
    /// By how much a number may be worse than the baseline's; 0.2 is 20 %.
    package var tolerance: Double
    /// Numbers of which more is better, beside those that are known to be so.
    package var higherIsBetter: [String]
    /// Where there are any, these numbers are compared and no others.
    package var tolerances: [BaselineRule.Tolerance]

    package init(
        _ name: String, _ kind: Kind, tolerance: Double = 0.2, higherIsBetter: [String] = [],
        tolerances: [BaselineRule.Tolerance] = []
    ) {
        self.name = name
        self.kind = kind
        self.tolerance = tolerance
        self.higherIsBetter = higherIsBetter
        self.tolerances = tolerances
    }

    var rule: BaselineRule {
        BaselineRule(tolerance: tolerance, higherIsBetter: higherIsBetter, named: tolerances)
    }
}

extension TestSpec.Kind {
    /// What it sends cannot be told from users' requests, unless its own numbers say how many it were.
    package var mayHideRequests: Bool {
        switch self {
        case .command(let command): command.sendsRequests
        case .http(let load): !load.dark && load.versionHeader == nil
        case .webhook(let webhook): webhook.sendsRequests
        case .tcp(let talk): talk.sendsRequests
        case .ssh(let session): session.sendsRequests
        case .job(let job): job.sendsRequests
        }
    }
}
